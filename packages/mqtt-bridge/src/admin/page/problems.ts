import type { StatusAnswer, StatusProblem } from "../contract.ts";

/** A problem with everybody who has it. */
export interface ProblemGroup extends StatusProblem {
  readonly names: readonly string[];
  /** Different ones, such as a command with the person's slug. */
  readonly remedies: readonly string[];
}

/** Code of the problem that the page itself adds. */
export const AWAY = "broker_offline";

/** One group for many people with the same problem: an outage of the service is one thing, not a thousand. A broker that is away is a problem, too. */
export function problemGroups(status: StatusAnswer, away: Pick<StatusProblem, "message" | "remedy">): ProblemGroup[] {
  const { problems, broker, people, consents } = status;
  const nameOf = new Map([
    ...people.map(({ slug, name }) => [slug, name] as const),
    ...consents.map(({ person, name }) => [person, name] as const),
  ]);
  const isAway = broker === "offline" && !problems.some(({ code }) => code.startsWith("broker"));
  const ofBroker: StatusProblem = { person: null, part: "bridge", code: AWAY, ...away };
  const groups = new Map<string, StatusProblem[]>();
  for (const problem of [...(isAway ? [ofBroker] : []), ...problems]) {
    const { person, part, code, message } = problem;
    const key = `${part}/${code}/${person === null ? message : ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [problem]);
    else group.push(problem);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = group.flatMap(({ person }) => (person === null ? [] : [nameOf.get(person) ?? person]));
    return [{ ...first, names, remedies: [...new Set(group.map(({ remedy }) => remedy))] }];
  });
}
