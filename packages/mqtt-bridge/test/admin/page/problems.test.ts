import { expect, test } from "vitest";
import type { StatusAnswer, StatusProblem } from "../../../src/admin/contract.ts";
import { problemGroups } from "../../../src/admin/page/problems.ts";

const AWAY_WORDS = { message: "No broker.", remedy: "Start it." };

const ofPerson = (person: string, code: string, remedy: string): StatusProblem => ({
  ...{ person, part: "account", code, remedy },
  message: `${person}: ${code}`,
});

const statusWith = (problems: readonly StatusProblem[], broker: StatusAnswer["broker"] = "online") =>
  ({ broker, problems, people: [{ slug: "ada", name: "Ada" }], consents: [] }) as unknown as StatusAnswer;

test("an outage of the service is one problem for a thousand people", () => {
  const problems = Array.from({ length: 1_000 }, (_, index) => ofPerson(`p${index}`, "network", "Wait."));
  const [group, ...others] = problemGroups(statusWith(problems), AWAY_WORDS);
  expect(others).toEqual([]);
  expect(group?.names.length).toBe(1_000);
  expect(group?.remedies).toEqual(["Wait."]);
});

test("people with the same problem and different remedies stand together, each by name where it is known", () => {
  const problems = [
    ofPerson("ada", "not_authorized", "authorize ada"),
    ofPerson("ben", "not_authorized", "authorize ben"),
    ofPerson("ben", "network", "Wait."),
  ];
  expect(problemGroups(statusWith(problems), AWAY_WORDS)).toMatchObject([
    { code: "not_authorized", names: ["Ada", "ben"], remedies: ["authorize ada", "authorize ben"] },
    { code: "network", names: ["ben"] },
  ]);
});

test("a broker that is away is one problem, also where the bridge lists it itself", () => {
  expect(problemGroups(statusWith([], "offline"), AWAY_WORDS)).toMatchObject([{ code: "broker_offline", names: [] }]);
  const listed: StatusProblem = {
    person: null,
    part: "bridge",
    code: "broker_refused",
    message: "no",
    remedy: "login",
  };
  expect(problemGroups(statusWith([listed], "offline"), AWAY_WORDS).map(({ code }) => code)).toEqual([
    "broker_refused",
  ]);
});
