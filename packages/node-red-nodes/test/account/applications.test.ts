import { ManualClock } from "@weighbridge/core/testing";
import { expect, test } from "vitest";
import { Applications } from "../../src/account/applications.ts";
import { openApi } from "../../src/account/open-api.ts";

test("accounts of one server share the limit, the wait and the pace; other servers and other limits do not", () => {
  const applications = new Applications(new ManualClock(Date.UTC(2026, 2, 1)));
  const one = applications.of("http://api.example", 60);
  expect(applications.of("http://api.example/", 60)).toBe(one);
  expect(applications.of("http://other.example/", 60)).not.toBe(one);
  expect(applications.of("http://api.example/", 30)).not.toBe(one);
});

test("an account asks for the application of its base URL and calls per minute", () => {
  const clock = new ManualClock(Date.UTC(2026, 2, 1));
  const applications = new Applications(clock);
  const asked: unknown[] = [];
  const application = (baseUrl: string, calls: number) => {
    asked.push([baseUrl, calls]);
    return applications.of(baseUrl, calls);
  };
  const settings = { generation: "wbs", baseUrl: "http://api.example/", userId: "1", publicKey: "k" };
  openApi({ ...settings, callsPerMinute: "60" }, { clock, application });
  expect(asked).toEqual([["http://api.example/", 60]]);
});
