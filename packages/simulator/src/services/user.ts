import { UNKNOWN_ERROR } from "../parameters.ts";
import type { Person } from "../person.ts";
import { Refusal } from "../refusal.ts";
import { type Action, identified, sharing } from "./action.ts";

/** `ispublic` is a mask by device; a scale is 1. */
const SCALE = 1;

export function userBody({ userId, name, details, isSharing }: Person): object {
  return {
    id: userId,
    firstname: details.firstName ?? name,
    lastname: details.lastName ?? "Example",
    shortname: name.slice(0, 3).toUpperCase(),
    gender: details.gender === "male" ? 0 : 1,
    fatmethod: 0,
    birthdate: details.birthDate ?? 211_629_600,
    ispublic: isSharing ? SCALE : 0,
  };
}

export const getbyuserid: Action = (parameters, world) => {
  const person = sharing(parameters, world);
  parameters.end();
  return { users: [userBody(person)] };
};

/** Works for those who do not share as well: that is what it is for. */
export const update: Action = (parameters, world) => {
  const person = identified(parameters, world);
  const isPublic = parameters.number("ispublic");
  parameters.end();
  if (isPublic !== 0 && isPublic !== 1) throw new Refusal(UNKNOWN_ERROR, "ispublic must be 0 or 1");
  if (isPublic === 1) person.startsSharing();
  else person.stopsSharing();
  return undefined;
};
