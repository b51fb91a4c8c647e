import { describe, expect, test } from "vitest";
import { callbackUrlOf, isPrivateHost, rulesFor } from "../src/shared/callback-address.ts";

describe("a host that the internet cannot reach", () => {
  test.each([
    "localhost",
    "nodered.local",
    "pi.lan",
    "server.home.arpa",
    "raspberrypi",
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.1",
    "192.168.1.10",
    "169.254.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "[::1]",
    "[fe80::1]",
    "[fd12:3456::1]",
  ])("%s", (host) => {
    expect(isPrivateHost(host)).toBe(true);
  });
});

describe("a host that the internet may reach", () => {
  test.each(["home.example.org", "203.0.113.7", "172.32.0.1", "100.128.0.1", "[2001:db8::1]", "localhost.example.org"])(
    "%s",
    (host) => {
      expect(isPrivateHost(host)).toBe(false);
    },
  );
});

test("the callback URL is below the public address, with or without a slash at its end", () => {
  expect(callbackUrlOf("https://home.example.org/endpoint/ ", "s")).toBe(
    "https://home.example.org/endpoint/withings/s",
  );
  expect(callbackUrlOf("https://home.example.org", "s")).toBe("https://home.example.org/withings/s");
});

test("a server on this machine may call back over http, whichever generation it speaks", () => {
  expect(rulesFor("public", "http://127.0.0.1:8470/")).toBe("wbs");
  expect(rulesFor("public", "https://wbsapi.withings.net/")).toBe("public");
  expect(rulesFor("public", "\u0024{BASE_URL}")).toBe("public");
  expect(rulesFor("wbs", "http://wbsapi.withings.net/")).toBe("wbs");
});
