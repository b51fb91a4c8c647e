import type { Profile } from "../applications/application.ts";
import { PUBLIC_LIMITS } from "../applications/limits.ts";
import type { Called } from "./called.ts";
import type { Form } from "./form.ts";
import { invalidParams, lacksScope, PublicRefusal } from "./refusal.ts";

/** Categories with the scope that each needs. */
const APPLIS: Readonly<Record<number, string>> = {
  ...Object.fromEntries([1, 2, 4, 54, 58, 61, 62, 63].map((appli) => [appli, "user.metrics"])),
  ...{ 16: "user.activity", 44: "user.activity", 46: "user.info" },
  ...{ 50: "user.sleepevents", 51: "user.sleepevents", 52: "user.sleepevents" },
};

function appliOf(form: Form, fallback?: number, name = "appli"): number {
  const appli = form.number(name) ?? fallback;
  if (appli === undefined || APPLIS[appli] === undefined) throw invalidParams(`invalid ${name}`);
  return appli;
}

const refusedUrl = () => new PublicRefusal(293, "The callback URL is either absent or incorrect");

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** A name with a dot in it, as the public internet knows it; an address is none. */
const PUBLIC_NAME = /^(?=.*[a-z])[^[]+\.[^.]+$/i;

/** The double itself is on this machine, so that a callback to this machine is as good as one to the internet. */
const isReachable = ({ protocol, hostname, port }: URL) =>
  LOOPBACK.test(hostname) || (protocol === "https:" && ["", "80"].includes(port) && PUBLIC_NAME.test(hostname));

function urlOf(form: Form, name = "callbackurl"): string {
  const url = form.text(name) ?? "";
  const parsed = URL.parse(url);
  const isFine =
    parsed !== null && /^https?:$/.test(parsed.protocol) && url.length <= PUBLIC_LIMITS.callbackUrlCharacters;
  if (!isFine || !isReachable(parsed)) throw refusedUrl();
  return url;
}

function commentOf(form: Form): string | undefined {
  const comment = form.text("comment");
  if (comment !== undefined && [...comment].length > PUBLIC_LIMITS.commentCharacters)
    throw new PublicRefusal(304, "The comment is incorrect");
  return comment;
}

/** Each category needs a scope of its own beside that of the service. */
function refuseUnscoped({ consent }: Called, appli: number): void {
  if (!consent.scopes.includes(APPLIS[appli] ?? "")) throw lacksScope();
}

async function refuseUnreachable({ world, person, application }: Called, url: string): Promise<void> {
  if (!(await world.deliveries.looks(person.name, url, application.name))) throw refusedUrl();
}

export async function subscribe(form: Form, called: Called): Promise<object> {
  const { application, consent } = called;
  const callbackUrl = urlOf(form);
  const appli = appliOf(form);
  const comment = commentOf(form) ?? null;
  form.end();
  refuseUnscoped(called, appli);
  await refuseUnreachable(called, callbackUrl);
  const isThere = consent.profiles.some((one) => one.appli === appli && one.callbackUrl === callbackUrl);
  if (consent.profiles.length >= PUBLIC_LIMITS.profiles) throw new PublicRefusal(305, "Too many notifications");
  if (!isThere || application.quirks.duplicatesProfiles) consent.profiles.push({ appli, callbackUrl, comment });
  return {};
}

export function get(form: Form, { consent }: Called): object {
  const callbackUrl = urlOf(form);
  const appli = appliOf(form, 1);
  form.end();
  const found = consent.profiles.find((one) => one.appli === appli && one.callbackUrl === callbackUrl);
  if (found === undefined) throw new PublicRefusal(286, "No such subscription was found");
  return { appli, callbackurl: callbackUrl, comment: found.comment };
}

export function list(form: Form, { consent }: Called): object {
  const appli = form.number("appli");
  form.end();
  const profiles = consent.profiles.filter((one) => appli === undefined || one.appli === appli);
  return {
    profiles: profiles.map(({ callbackUrl, ...one }) => ({
      ...one,
      callbackurl: callbackUrl,
      expires: PUBLIC_LIMITS.neverExpires,
    })),
  };
}

export function revoke(form: Form, { consent }: Called): object {
  const callbackUrl = urlOf(form);
  const appli = appliOf(form, 1);
  form.end();
  const index = consent.profiles.findIndex((one) => one.appli === appli && one.callbackUrl === callbackUrl);
  if (index < 0) throw new PublicRefusal(294, "No such subscription could be deleted");
  consent.profiles.splice(index, 1);
  return {};
}

/** Changes the URL, the category or the comment of one subscription. */
export async function update(form: Form, called: Called): Promise<object> {
  const { profiles } = called.consent;
  const callbackUrl = urlOf(form);
  const appli = appliOf(form);
  const changes = [form.text("new_callbackurl"), form.text("new_appli"), form.text("comment")];
  if (changes.filter((one) => one !== undefined).length !== 1) throw invalidParams("exactly one change");
  const index = profiles.findIndex((one) => one.appli === appli && one.callbackUrl === callbackUrl);
  const before = profiles[index];
  if (before === undefined) throw new PublicRefusal(343, "No notification matching the criteria was found");
  const after = changed(form, before);
  form.end();
  refuseUnscoped(called, after.appli);
  if (after.callbackUrl !== before.callbackUrl) await refuseUnreachable(called, after.callbackUrl);
  profiles[index] = after;
  return {};
}

function changed(form: Form, before: Profile): Profile {
  if (form.text("new_callbackurl") !== undefined) return { ...before, callbackUrl: urlOf(form, "new_callbackurl") };
  if (form.text("new_appli") !== undefined) return { ...before, appli: appliOf(form, undefined, "new_appli") };
  return { ...before, comment: commentOf(form) ?? null };
}
