import { choice, flag, moment, wholeNumber } from "../shared/fields.ts";
import { showReasons } from "./reasons.ts";
import type { EditorNode, Property, TypedInput, TypedInputType } from "./red.ts";
import { words } from "./words.ts";

/** Where a value may come from, apart from the form. */
const FROM_MESSAGE = ["msg", "flow", "global", "jsonata", "env"] as const;

type FieldKind =
  | { readonly kind: "text" | "moment" | "flag" }
  | { readonly kind: "number"; readonly least: number }
  /** Words that the form offers as a list; their labels are in the catalogue, below the field's name. */
  | { readonly kind: "choice"; readonly words: readonly [string, ...string[]]; readonly isMultiple?: boolean };

interface FieldSpec {
  readonly field: FieldKind;
  readonly value: string;
  /** Nodes without messages know fixed values and environment variables only. */
  readonly isFixed?: boolean;
  /** Actions that cannot do without the field. */
  readonly neededFor?: readonly string[];
  /** What speaks against a fixed value, in the user's language; undefined where nothing does. */
  refusal?(node: EditorNode, value: string): string | undefined;
}

export type FieldSpecs = Readonly<Record<string, FieldSpec>>;

const FIXED_TYPE = { text: "str", moment: "str", flag: "bool", number: "num", choice: "choice" } as const;

const checks: Readonly<Record<FieldKind["kind"], (name: string, value: string, field: FieldKind) => unknown>> = {
  text: () => undefined,
  moment: (name, value) => moment(name, value, Date.now()),
  flag: (name, value) => flag(name, value),
  number: (name, value, field) => wholeNumber(name, value, field.kind === "number" ? field.least : 0),
  choice: (name, value, field) => {
    if (field.kind !== "choice" || value === "") return undefined;
    return value.split(",").map((word) => choice(name, word, field.words));
  },
};

/** The saved properties of the fields: each has its value, and where it comes from in `<name>Type`. */
export function typedDefaults(specs: FieldSpecs): Record<string, Property> {
  const entries = Object.entries(specs).flatMap(([name, spec]) => {
    const property = { value: spec.value, validate: validatorOf(name, spec) };
    return [[name, property] as const, [`${name}Type`, { value: FIXED_TYPE[spec.field.kind] }] as const];
  });
  return Object.fromEntries(entries);
}

/** Two arguments by name: only then does the editor show the reason. */
function validatorOf(name: string, spec: FieldSpec) {
  return function (this: EditorNode, value: string, options?: { readonly label?: string }): boolean | string {
    const type = current(this, `${name}Type`);
    if (String(value ?? "") === "") {
      const isNeeded = current(this, "actionType") === "choice" && spec.neededFor?.includes(current(this, "action"));
      return isNeeded && type !== "date" ? reason(this, "needed", name) : true;
    }
    if (type === FIXED_TYPE[spec.field.kind] || type === "num" || type === "str")
      return spec.refusal?.(this, String(value)) ?? judged(this, name, value, spec.field);
    const validate = RED.validators.typedInput({ typeField: `${name}Type`, isConfig: false, allowBlank: true });
    return validate.call(this, value, options);
  };
}

/** As it stands in the open form, else as it is saved. */
const current = (node: EditorNode, name: string) => String($(`#node-input-${name}`).val() ?? node[name] ?? "");

/** By the very checks that the runtime makes. */
function judged(node: EditorNode, name: string, value: string, field: FieldKind): true | string {
  try {
    checks[field.kind](name, String(value), field);
    return true;
  } catch {
    return reason(node, field.kind, name, field.kind === "number" ? { least: field.least } : {});
  }
}

const reason = (node: EditorNode, key: string, name: string, values: Readonly<Record<string, unknown>> = {}): string =>
  words(node, `invalid.${key}`, { field: words(node, `label.${name}`), ...values });

export const typed = (selector: string): TypedInput => $(selector) as unknown as TypedInput;

/** Turns the form's inputs into typed inputs. */
export function prepareFields(node: EditorNode, specs: FieldSpecs): void {
  for (const [name, { field, isFixed = false }] of Object.entries(specs)) {
    const fixed = FIXED_TYPE[field.kind];
    const own = field.kind === "choice" ? choiceType(node, name, field) : fixed;
    const more = field.kind === "moment" ? ["num", "date"] : [];
    const types = isFixed ? [own, ...more, "env"] : [own, ...more, ...FROM_MESSAGE];
    typed(`#node-input-${name}`).typedInput({ default: fixed, types, typeField: `#node-input-${name}Type` });
  }
  showReasons(node, "node-input");
}

function choiceType(
  node: EditorNode,
  name: string,
  { words: values, isMultiple = false }: FieldKind & { kind: "choice" },
): TypedInputType {
  const options = values.map((value) => ({ value, label: node._(`${name}.${value}`) }));
  const type = { value: "choice", label: node._("label.choice"), icon: "fa fa-list-ul", multiple: isMultiple, options };
  if (!isMultiple) return type;
  const none = node._(`${name}.all`);
  const valueLabel = (container: JQuery, chosen: readonly string[]) => {
    const labels = options.filter(({ value }) => chosen.includes(value)).map(({ label }) => label);
    container.text(labels.length === 0 ? none : labels.join(", "));
  };
  return { ...type, valueLabel };
}

/** Shows rows only where they matter for the chosen action; all of them where a message chooses. */
export function showRowsOf(rows: Readonly<Record<string, readonly string[]>>): void {
  const action = typed("#node-input-action");
  const update = () => {
    const chosen = action.typedInput("type") === "choice" ? action.typedInput("value") : undefined;
    for (const [row, actions] of Object.entries(rows))
      $(`#row-${row}`).toggle(chosen === undefined || actions.includes(chosen));
  };
  $("#node-input-action").on("change", update);
  update();
}
