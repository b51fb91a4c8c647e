import { type CallExpression, type Expression, parseSync, Visitor } from "oxc-parser";

const REQUIREMENT_ID = /\b[A-Z]{2,5}-[A-Z]{2,10}-\d+\b/g;
const TEST_FUNCTIONS = new Set(["test", "it"]);
const SUITE_FUNCTIONS = new Set(["describe", "suite"]);
/** A test under one of these may not run, so it proves nothing. */
const MAY_NOT_RUN = new Set(["skip", "todo", "skipIf", "runIf"]);

export interface Citation {
  readonly id: string;
  readonly title: string;
  /** False where the test, or a suite around it, may be skipped. */
  readonly runs: boolean;
}

/** The ids in the titles of a test file's tests: `test("WBS-ONCE-1, WBS-ONCE-2: ...")`, also through `each` and its like. */
export function citationsIn(fileName: string, source: string): Citation[] {
  const citations: Citation[] = [];
  let skippedSuites = 0;
  const { program, errors } = parseSync(fileName, source);
  if (errors[0]) throw new Error(`${fileName} cannot be read: ${errors[0].message}`);
  new Visitor({
    CallExpression: (call) => {
      const { root, modifiers } = calleeOf(call);
      const runs = !modifiers.some((modifier) => MAY_NOT_RUN.has(modifier));
      if (SUITE_FUNCTIONS.has(root) && !runs) skippedSuites++;
      const title = TEST_FUNCTIONS.has(root) ? textOf(call.arguments[0]) : undefined;
      if (title === undefined) return;
      for (const [id] of title.matchAll(REQUIREMENT_ID))
        citations.push({ id, title, runs: runs && skippedSuites === 0 });
    },
    "CallExpression:exit": (call) => {
      const { root, modifiers } = calleeOf(call);
      if (SUITE_FUNCTIONS.has(root) && modifiers.some((modifier) => MAY_NOT_RUN.has(modifier))) skippedSuites--;
    },
  }).visit(program);
  return citations;
}

/** `test.skipIf(x).each(rows)` has the root `test` and the modifiers `skipIf`, `each`. */
function calleeOf(call: CallExpression): { root: string; modifiers: string[] } {
  const modifiers: string[] = [];
  let node: Expression = call.callee;
  for (;;) {
    if (node.type === "CallExpression") node = node.callee;
    else if (node.type === "TaggedTemplateExpression") node = node.tag;
    else if (node.type === "MemberExpression" && !node.computed && node.property.type === "Identifier") {
      modifiers.unshift(node.property.name);
      node = node.object;
    } else return { root: node.type === "Identifier" ? node.name : "", modifiers };
  }
}

function textOf(node: CallExpression["arguments"][number] | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral") return node.quasis.map(({ value }) => value.cooked ?? value.raw).join("…");
  return undefined;
}

export interface Coverage {
  readonly family: string;
  readonly known: number;
  readonly uncited: readonly string[];
}

/** Per family, in the order of the list: how many ids there are, and which of them no running test cites. */
export function coverageOf(ids: readonly string[], citations: readonly Citation[]): Coverage[] {
  const cited = new Set(citations.filter(({ runs }) => runs).map(({ id }) => id));
  return Array.from(Map.groupBy(ids, familyOf), ([family, members]) => ({
    family,
    known: members.length,
    uncited: members.filter((id) => !cited.has(id)),
  }));
}

/** Cited ids of the list's families that the list does not hold. */
export function unknownIds(ids: readonly string[], citations: readonly Citation[]): Citation[] {
  const known = new Set(ids);
  const families = new Set(ids.map(familyOf));
  return citations.filter(({ id }) => families.has(familyOf(id)) && !known.has(id));
}

const familyOf = (id: string) => id.slice(0, id.indexOf("-"));
