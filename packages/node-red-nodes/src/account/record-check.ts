import type { MeasureGroup } from "@weighbridge/core";
import type { AccountRecord } from "./record.ts";

/** Whether everything in it has the shape that the account relies on; a file may have been edited or damaged. */
export function isSound(record: AccountRecord): boolean {
  const { addedAt, state, memory, verdicts, eventCounts, subscriptions = {}, hints, outbox, groups } = record;
  return (
    isWhole(addedAt) &&
    [state, state?.latest, state?.target, memory, verdicts, eventCounts, subscriptions].every(isObject) &&
    isListOf(hints, ({ id, takenAt }) => isWhole(id) && isWhole(takenAt)) &&
    isListOf(
      outbox,
      ({ id, kind, values }) => typeof id === "string" && typeof kind === "string" && isObject(values),
    ) &&
    [...groups.parts(Infinity)].every((part) => isListOf(part, isSoundGroup))
  );
}

const isSoundGroup = ({ id, measuredAt, measures }: MeasureGroup): boolean =>
  isWhole(id) && isWhole(measuredAt) && Array.isArray(measures);

const isWhole = (number: unknown): boolean => Number.isSafeInteger(number);

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

const isListOf = <T>(list: readonly T[], fits: (item: T) => boolean): boolean =>
  Array.isArray(list) && list.every((item) => isObject(item) && fits(item));
