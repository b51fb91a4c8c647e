import type { Benchmark, Failure, Log, Result } from "./benchmark.ts";

export interface Measured {
  readonly results: readonly Result[];
  readonly failures: readonly Failure[];
}

/** Runs the benchmarks that give a wanted figure. Each wanted name ends up in `results` or in `failures`. */
export async function measure(
  benchmarks: readonly Benchmark[],
  isWanted: (name: string) => boolean,
  log: Log,
): Promise<Measured> {
  const results: Result[] = [];
  const failures: Failure[] = [];
  for (const benchmark of benchmarks) {
    const names = benchmark.names.filter(isWanted);
    if (names.length === 0) continue;
    const { figures, error } = await tried(benchmark, log);
    for (const name of names) {
      const figure = figures.find((one) => one.name === name);
      if (figure) results.push(figure);
      else failures.push({ name, error: error ?? "the benchmark gave no such figure" });
    }
    if (error !== undefined) log(`${names.join(", ")} could not be measured: ${error}`);
  }
  return { results, failures };
}

async function tried(
  benchmark: Benchmark,
  log: Log,
): Promise<{ readonly figures: readonly Result[]; readonly error?: string }> {
  try {
    return { figures: await benchmark.run(log) };
  } catch (error) {
    return { figures: [], error: String(error) };
  }
}
