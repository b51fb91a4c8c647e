import { isoTime, massIn } from "@weighbridge/core";
import { LIMITS } from "../limits.ts";
import type { People } from "../people/people.ts";
import type { Person } from "../people/person.ts";
import type { HeldAnswer, HeldWeighIn } from "./contract.ts";

/** Everybody's held weigh-ins, the newest first, each with those whose last weight is nearest. */
export function heldAnswer({ all }: People): HeldAnswer {
  const weighIns = all
    .flatMap((person) => person.rows.stored.held.newest.map((held) => ({ person, held })))
    .toSorted((a, b) => b.held.measuredAt - a.held.measuredAt)
    .slice(0, LIMITS.heldListed)
    .map(({ person, held }): HeldWeighIn => {
      const { slug, name, weight_unit: unit } = person.config;
      const weight = held.values["weight"] ?? 0;
      return {
        ...{ person: slug, name, weigh_in: held.id, unit },
        measured_at: isoTime(held.measuredAt),
        weight: massIn(unit, weight),
        others: othersOf(person, weight, all),
      };
    });
  return { weigh_ins: weighIns };
}

function othersOf(holder: Person, weight: number, all: readonly Person[]): HeldWeighIn["others"] {
  const distance = (person: Person) => Math.abs((lastWeightOf(person) ?? Infinity) - weight);
  return all
    .filter((person) => person !== holder)
    .map((person) => ({ person, far: distance(person) }))
    .toSorted((a, b) => (a.far === b.far ? 0 : a.far - b.far))
    .slice(0, LIMITS.othersNamed)
    .map(({ person }) => {
      const last = lastWeightOf(person);
      const { slug, name } = person.config;
      return {
        ...{ person: slug, name },
        last_weight: last === undefined ? null : massIn(holder.config.weight_unit, last),
      };
    });
}

const lastWeightOf = ({ rows }: Person): number | undefined => rows.stored.state.lastWeighIn?.values["weight"];
