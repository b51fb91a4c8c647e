import { InvalidCallError } from "../errors.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The host of the URL is this machine: nothing that is sent to it leaves it. */
const isLoopback = ({ hostname }: URL): boolean => LOOPBACK.test(hostname);

interface BaseUrlRules {
  /** Plain http only on this machine: tokens travel in the headers of each call. */
  readonly mustEncrypt?: boolean;
}

/** With a slash at its end, so that a service's name is added and replaces nothing. Throws an InvalidCallError. */
export function checkedBaseUrl(given: string | URL, { mustEncrypt = false }: BaseUrlRules = {}): URL {
  const url = URL.parse(String(given));
  const isPlain = url && !url.username && !url.password && !url.search && !url.hash;
  if (!isPlain || (url.protocol !== "http:" && url.protocol !== "https:"))
    // Not repeated in the message: it may hold a password.
    throw new InvalidCallError("the base URL is not a plain http or https URL", {
      code: "invalid_option",
      remedy: "Give a URL without user name, password, query and fragment, such as http://wbsapi.withings.net/.",
    });
  if (mustEncrypt && url.protocol !== "https:" && !isLoopback(url))
    throw new InvalidCallError(`the base URL would send tokens unencrypted to ${url.hostname}`, {
      code: "invalid_option",
      remedy: "Give an https URL. Plain http is only for a server on this machine, such as http://127.0.0.1:8470/.",
    });
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
