// For HEALTHCHECK in the image, which has no curl: ends with 0 while the bridge serves.
const { env } = process;
const port = env["WEIGHBRIDGE_ADMIN__PORT"] ?? "8481";

try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
