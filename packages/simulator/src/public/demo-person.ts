import type { Person } from "../person.ts";
import type { World } from "../world.ts";

const NAME = "Demo";
const DAY_S = 86_400;
/** Weights of the past week, kilograms. */
const WEIGHTS: readonly number[] = [72.4, 72.1, 72.3, 71.9, 71.8, 72, 71.6];

/** The dummy person of `mode=demo`, who has weighed in each day of the past week. */
export function demoPerson(world: World): Person {
  const known = world.people.find(({ name }) => name === NAME);
  if (known) return known;
  const person = world.person(NAME);
  const now = world.clock.seconds();
  for (const [index, weight] of WEIGHTS.entries())
    person.weighsIn({ weight, fatRatio: 24, at: now - (WEIGHTS.length - index) * DAY_S });
  return person;
}
