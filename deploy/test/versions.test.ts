import { expect, test } from "vitest";
import { withVersion } from "../versions.ts";
import { readDeploy } from "./files.ts";

test.each(["compose.yaml", "home-assistant-app/config.yaml", "home-assistant-app/Dockerfile"])(
  "%s gets the version of the packages in one place",
  (path) => {
    const text = readDeploy(path);
    const next = withVersion(path, text, "9.8.7-beta.1");
    const changed = next.split("\n").filter((line, index) => line !== text.split("\n")[index]);
    expect(changed).toEqual([expect.stringContaining("9.8.7-beta.1")]);
    expect(withVersion(path, next, "0.1.0")).toBe(withVersion(path, text, "0.1.0"));
  },
);

test("the app's changelog gets an entry on top, once", () => {
  const next = withVersion("home-assistant-app/CHANGELOG.md", readDeploy("home-assistant-app/CHANGELOG.md"), "9.8.7");
  expect(next).toMatch(/^# Changelog\n\n## 9\.8\.7\n\n- \[What changed\]\(.*v9\.8\.7\)\n\n## 0\.1\.0\n/);
  expect(withVersion("home-assistant-app/CHANGELOG.md", next, "9.8.7")).toBe(next);
});
