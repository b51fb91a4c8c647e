import { expect, test } from "vitest";
import { pageUrlOf } from "../../src/config/admin.ts";
import { configSchema } from "../../src/config/schema.ts";

const token = "0123456789abcdef";

test.each([
  [{}, undefined],
  [{ host: "192.168.1.10", token }, "http://192.168.1.10:8481/"],
  [{ host: "fd00::7", port: 80, token }, "http://[fd00::7]:80/"],
  [{ host: "0.0.0.0", token }, undefined],
  [{ host: "0.0.0.0", token, url: "http://nas.local:8481" }, "http://nas.local:8481"],
  [{ url: "https://weigh.example.org/" }, "https://weigh.example.org/"],
  [{ enabled: false, url: "https://weigh.example.org/" }, undefined],
])("with %j the household opens the page at %s", (admin, url) => {
  expect(pageUrlOf(configSchema.parse({ admin }))).toBe(url);
});
