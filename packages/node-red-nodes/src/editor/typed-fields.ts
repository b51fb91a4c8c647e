import { choice, flag, moment, wholeNumber } from "../shared/fields.ts";
import type { EditorNode, Property, TypedInput, TypedInputType } from "./red.ts";

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
  readonly isRequired?: boolean;
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
    const chosen = $(`#node-input-${name}Type`).val();
    const type = String(chosen ?? this[`${name}Type`] ?? "");
    if (String(value ?? "") === "") return spec.isRequired && type !== "date" ? reason(this, "required", name) : true;
    if (type === FIXED_TYPE[spec.field.kind] || type === "num" || type === "str")
      return judged(this, name, value, spec.field);
    const validate = RED.validators.typedInput({ typeField: `${name}Type`, isConfig: false, allowBlank: true });
    return validate.call(this, value, options);
  };
}

/** By the very checks that the runtime makes. */
function judged(node: EditorNode, name: string, value: string, field: FieldKind): true | string {
  try {
    checks[field.kind](name, String(value), field);
    return true;
  } catch {
    return reason(node, field.kind, name, field.kind === "number" ? { least: field.least } : {});
  }
}

/** In the user's language; nodes that were never edited have no translator of their own. */
function reason(node: EditorNode, key: string, name: string, values: Readonly<Record<string, unknown>> = {}): string {
  const { _def } = node as unknown as { readonly _def?: EditorNode };
  const translator = typeof node._ === "function" ? node : _def;
  if (typeof translator?._ !== "function") return key;
  return translator._(`invalid.${key}`, { field: translator._(`label.${name}`), ...values });
}

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
}

function choiceType(
  node: EditorNode,
  name: string,
  { words, isMultiple = false }: FieldKind & { kind: "choice" },
): TypedInputType {
  const options = words.map((value) => ({ value, label: node._(`${name}.${value}`) }));
  return { value: "choice", label: node._("label.choice"), multiple: isMultiple, options };
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
