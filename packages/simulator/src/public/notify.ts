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

function appliOf(form: Form, fallback?: number): number {
  const appli = form.number("appli") ?? fallback;
  if (appli === undefined || APPLIS[appli] === undefined) throw invalidParams("invalid appli");
  return appli;
}

const refusedUrl = () => new PublicRefusal(293, "The callback URL is either absent or incorrect");

function urlOf(form: Form, name = "callbackurl"): string {
  const url = form.text(name) ?? "";
  const parsed = URL.parse(url);
  const isFine =
    parsed !== null && /^https?:$/.test(parsed.protocol) && url.length <= PUBLIC_LIMITS.callbackUrlCharacters;
  if (!isFine) throw refusedUrl();
  // The double itself is on this machine, so that callbacks to this machine are as good as any on the internet.
  const isHere = /^(localhost|127\.|\[::1\])/.test(parsed.hostname);
  const isReachable =
    parsed.protocol === "https:" && ["", "443", "80"].includes(parsed.port) && /[a-z]/i.test(parsed.hostname);
  if (!isHere && !isReachable) throw refusedUrl();
  return url;
}

export async function subscribe(form: Form, { world, person, application, consent }: Called): Promise<object> {
  const callbackUrl = urlOf(form);
  const appli = appliOf(form);
  const comment = form.text("comment") ?? null;
  form.end();
  if (!consent.scopes.includes(APPLIS[appli] ?? "")) throw lacksScope();
  if (!(await world.deliveries.looks(person.name, callbackUrl))) throw refusedUrl();
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

export function update(form: Form, { consent }: Called): object {
  const callbackUrl = urlOf(form);
  const appli = appliOf(form);
  const changes = [form.text("new_callbackurl"), form.text("new_appli"), form.text("comment")];
  if (changes.filter((one) => one !== undefined).length !== 1) throw invalidParams("exactly one change");
  const index = consent.profiles.findIndex((one) => one.appli === appli && one.callbackUrl === callbackUrl);
  const before = consent.profiles[index];
  if (before === undefined) throw new PublicRefusal(343, "No notification matching the criteria was found");
  const [newUrl, newAppli, comment] = changes;
  consent.profiles[index] = {
    ...before,
    ...(newUrl !== undefined && { callbackUrl: urlOf(form, "new_callbackurl") }),
    ...(newAppli !== undefined && { appli: Number(newAppli) }),
    ...(comment !== undefined && { comment }),
  };
  form.end();
  return {};
}
