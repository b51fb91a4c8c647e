import { describe, expect, test } from "vitest";
import { entryOf } from "../../src/error-codes.ts";
import { RejectedError, WeighbridgeError } from "../../src/errors.ts";
import { rejection, STATUSES } from "../../src/wbs/statuses.ts";

const endpoint = { service: "measure", action: "getmeas" };

test.each([
  [100, "wrong_password", "person"],
  [247, "unknown_user", "operator"],
  [249, "wrong_credentials", "operator"],
  [250, "not_shared", "person"],
  [264, "unknown_email", "person"],
  [283, "wrong_generation", "operator"],
  [284, "temporary_failure", "service"],
  [286, "no_subscription", "caller"],
  [293, "callback_url_refused", "operator"],
  [294, "nothing_to_revoke", "caller"],
  [304, "comment_refused", "caller"],
  [305, "too_many_subscriptions", "operator"],
  [328, "user_deactivated", "person"],
  [342, "wrong_generation", "operator"],
  [343, "no_subscription", "caller"],
  [353, "unknown_user", "operator"],
  [522, "service_timeout", "service"],
  [601, "too_many_requests", "service"],
  [2554, "unknown_action", "operator"],
  [2555, "unknown_error", "service"],
  [2556, "unknown_service", "operator"],
])("WBS-REST-4, WBS-REST-7: status %d is %s, for the %s to act on", (status, code, actor) => {
  expect(rejection(status, endpoint)).toMatchObject({ status, code, actor, ...endpoint });
});

describe("every status", () => {
  test.each(Object.entries(STATUSES))("%s has a meaning that reads on after a colon, and a remedy", (_, entry) => {
    expect(entry.meaning).toMatch(/^[a-z][^.]+$/);
    expect(entryOf(entry.code).remedy).toMatch(/^[A-Z].+\.$/);
    expect(entry.code).toMatch(/^[a-z_]+$/);
  });
});

test("WBS-REST-5: an unknown status is kept", () => {
  const error = rejection(4711, endpoint);
  expect(error).toBeInstanceOf(RejectedError);
  expect(error).toBeInstanceOf(WeighbridgeError);
  expect(error).toMatchObject({ status: 4711, code: "status_4711", actor: "service" });
  expect(error.message).toContain("measure/getmeas was refused with status 4711");
});
