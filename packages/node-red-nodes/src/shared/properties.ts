import { choice, flag, moment, text, wholeNumber } from "./fields.ts";

/** How a value is entered and checked. */
type FieldKind =
  | { readonly kind: "text" | "moment" | "flag" | "password" }
  /** A whole number from `least` up. */
  | { readonly kind: "number"; readonly least: number }
  /** Words that the form offers as a list. With `isMultiple` any of them, separated by commas. */
  | { readonly kind: "choice"; readonly words: readonly [string, ...string[]]; readonly isMultiple?: true }
  /** Another node, by its id. */
  | { readonly kind: "account" }
  /** Saved, not shown. */
  | { readonly kind: "hidden" };

/**
 * Source of a value, beside the form itself.
 * - `form`: `${NAME}`, which Node-RED fills in
 * - `setting`: an environment variable, as a type of the field
 * - `message`: also message properties, contexts and JSONata; `msg.withings` overrides it by name
 * - `credential`: kept encrypted, and never exported
 */
type Source = "form" | "setting" | "message" | "credential";

export type PropertySpec = FieldKind & {
  readonly from: Source;
  /** Default of a new node; a blank setting counts as this, too. */
  readonly value: string | number;
  /** Font Awesome's name of the icon before the label. */
  readonly icon?: string;
  readonly isRequired?: true;
  /** Actions, or generations of the API, that use the property: the form hides its row for the others. */
  readonly usedBy?: readonly string[];
  /** Actions that fail without it. */
  readonly neededFor?: readonly string[];
  /** Whether a fixed value is well-formed; the form's reason is the label `invalid.<name>`. */
  isValid?(value: string): boolean;
};

/**
 * Everything that a node saves, in the order of its form. The labels of a property are in the catalogues: `label.<name>` and `help.<name>` always,
 * `hint.<name>` and `placeholder.<name>` where there is one, `<name>.<word>` for each word.
 */
export type Properties = Readonly<Record<string, PropertySpec>>;

/** Common to the nodes with messages. */
export const COMMON = {
  version: { kind: "hidden", from: "form", value: 1 },
  name: { kind: "text", from: "form", value: "", icon: "tag" },
  account: { kind: "account", from: "form", value: "", icon: "user", isRequired: true },
} as const satisfies Properties;

type ValueOf<S> = S extends { readonly kind: "number" | "moment" }
  ? number | undefined
  : S extends { readonly kind: "flag" }
    ? boolean | undefined
    : S extends { readonly kind: "choice"; readonly words: readonly (infer W)[] }
      ? S extends { readonly isMultiple: true }
        ? readonly W[]
        : W
      : string | undefined;

/** Gives a property by name: moments in epoch seconds, undefined where it is blank. Throws an CallError where it is malformed. */
export type Reader<P extends Properties> = <K extends keyof P & string>(name: K) => ValueOf<P[K]>;

/** Reads what `raw` gives. `nowMs` (epoch milliseconds) is what relative moments count from. */
export function readerOf<P extends Properties>(properties: P, raw: (name: string) => unknown, nowMs = 0): Reader<P> {
  return (name) => {
    const spec = properties[name] as PropertySpec;
    const given = raw(name);
    // A blank message field is missing: its action says so rather than guess.
    const isDefault = spec.from !== "message" && (given === undefined || given === null || given === "");
    return checked(name, spec, isDefault ? spec.value : given, nowMs) as ValueOf<P[typeof name]>;
  };
}

/** Checked by its kind. */
export function checked(name: string, spec: PropertySpec, value: unknown, nowMs: number): unknown {
  switch (spec.kind) {
    case "number":
      return wholeNumber(name, value, spec.least);
    case "moment":
      return moment(name, value, nowMs);
    case "flag":
      return flag(name, value);
    case "choice":
      return spec.isMultiple ? wordsOf(name, value, spec.words) : choice(name, value, spec.words);
    default:
      return text(name, value);
  }
}

function wordsOf(name: string, value: unknown, words: readonly [string, ...string[]]): readonly string[] {
  const given = text(name, value);
  return given === undefined ? [] : given.split(",").map((word) => choice(name, word.trim(), words));
}

const ofSource = (properties: Properties, from: Source): string[] =>
  Object.keys(properties).filter((name) => properties[name]?.from === from);

/** Properties that a message may override. */
export const messageFields = (properties: Properties): readonly string[] => ofSource(properties, "message");

/** As Node-RED wants them, of the runtime and of the form. */
export function credentialsOf(properties: Properties): Record<string, { readonly type: "text" | "password" }> {
  const entries = ofSource(properties, "credential").map((name) => {
    const type = properties[name]?.kind === "password" ? "password" : "text";
    return [name, { type }] as const;
  });
  return Object.fromEntries(entries);
}

/** Whether the form shows it as a typed input, whose type is saved as `<name>Type`. */
export const isTyped = ({ from }: PropertySpec): boolean => from === "setting" || from === "message";

const FIXED_TYPE = {
  text: "str",
  password: "str",
  moment: "str",
  flag: "bool",
  number: "num",
  choice: "choice",
} as const;

/** The type of a fixed value. */
export const fixedTypeOf = ({ kind }: PropertySpec): string =>
  kind === "account" || kind === "hidden" ? "str" : FIXED_TYPE[kind];
