import { expect, test } from "vitest";
import { readRedirect } from "../../src/public/redirect.ts";

const state = "c3RhdGUtb2YtdGhpcy1hdHRlbXB0";
const pasted = (text: string) => readRedirect(text, { state, isPasted: true });
const followed = (text: string) => readRedirect(text, { state, isPasted: false });
const whole = `http://localhost:8643/callback?code=abc.1-2_3&state=${state}`;

test.each([
  whole,
  `  ${whole}\n`,
  `${whole}#_=_`,
  `/callback?code=abc.1-2_3&state=${state}`,
  `code=abc.1-2_3&state=${state}`,
  `?state=${state}&code=abc.1-2_3`,
])("PUB-CLI-2: %j gives its code, pasted or followed", (text) => {
  expect(pasted(text)).toEqual({ is: "code", code: "abc.1-2_3" });
  expect(followed(text)).toEqual({ is: "code", code: "abc.1-2_3" });
});

test("PUB-CLI-2: a bare code is one where it was pasted, and none in a redirect", () => {
  expect(pasted("abc.1-2_3")).toEqual({ is: "code", code: "abc.1-2_3" });
  expect(followed("abc.1-2_3")).toEqual({ is: "wrong", what: "no_code" });
});

test.each([
  ["", "empty"],
  ["   \n", "empty"],
  [
    "https://account.withings.com/oauth2_user/authorize2?response_type=code&client_id=c&state=s&scope=user.info&redirect_uri=x",
    "consent_page",
  ],
  [`{"errors":[{"message":"redirect_uri_mismatch: http://localhost:8643/callbak"}]}`, "redirect_not_registered"],
  ["http://localhost:8643/callback?code=abc&state=that-of-yesterday", "other_attempt"],
  ["http://localhost:8643/callback?error=access_denied&state=that-of-yesterday", "other_attempt"],
  ["http://localhost:8643/callback", "no_code"],
  [`http://localhost:8643/callback?state=${state}`, "no_code"],
  ["my password is hunter2", "no_code"],
])("PUB-CLI-3: %j is named as %s, and gives no code", (text, what) => {
  expect(pasted(text)).toEqual({ is: "wrong", what });
});

test("PUB-AUTH-6: a redirect without a state, or with another one, gives no code", () => {
  expect(followed("/callback?code=abc")).toEqual({ is: "wrong", what: "other_attempt" });
  expect(followed("/callback?code=abc&state=")).toEqual({ is: "wrong", what: "other_attempt" });
  expect(followed(`/callback?code=abc&state=${state}x`)).toEqual({ is: "wrong", what: "other_attempt" });
});

test("PUB-AUTH-19: a refused consent is told by the word of the service", () => {
  expect(followed(`/callback?error=access_denied&state=${state}`)).toEqual({ is: "refused", error: "access_denied" });
});
