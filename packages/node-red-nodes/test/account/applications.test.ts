import { ManualClock } from "@weighbridge/core/testing";
import { expect, test } from "vitest";
import { accountSource } from "../../src/account/account-source.ts";
import { Applications } from "../../src/account/applications.ts";
import { BLANK, noGrant } from "../support/account.ts";

test("accounts of one server share the limit, the wait and the pace; other servers and other limits do not", () => {
  const applications = new Applications(new ManualClock(Date.UTC(2026, 2, 1)));
  const one = applications.of("http://api.example", 60);
  expect(applications.of("http://api.example/", 60)).toBe(one);
  expect(applications.of("http://other.example/", 60)).not.toBe(one);
  expect(applications.of("http://api.example/", 30)).not.toBe(one);
  const registered = applications.of("http://api.example/", 60, "client");
  expect(registered).not.toBe(one);
  expect(applications.of("http://api.example", 60, "client")).toBe(registered);
});

test("an account asks for the application of its base URL and calls per minute", () => {
  const clock = new ManualClock(Date.UTC(2026, 2, 1));
  const applications = new Applications(clock);
  const asked: unknown[] = [];
  const application = (...of: Parameters<Applications["of"]>) => {
    asked.push(of);
    return applications.of(...of);
  };
  const settings = {
    ...BLANK,
    userId: "1",
    publicKey: "k",
    clientId: "client",
    clientSecret: "s",
    callsPerMinute: "60",
  };
  const grant = noGrant();
  accountSource({ ...settings, baseUrl: "http://api.example/" }, { clock, application, grant });
  accountSource({ ...settings, generation: "public", baseUrl: "https://api.example/" }, { clock, application, grant });
  expect(asked).toEqual([
    ["http://api.example/", 60, undefined],
    ["https://api.example/", 60, "client"],
  ]);
});
