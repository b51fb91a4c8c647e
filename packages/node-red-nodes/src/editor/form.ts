import {
  checked,
  credentialsOf,
  fixedTypeOf,
  isTyped,
  type Properties,
  type PropertySpec,
} from "../shared/properties.ts";
import { showReasons } from "./reasons.ts";
import type { EditorNode, Property, TypedInput, TypedInputType } from "./red.ts";
import { words } from "./words.ts";

/** Sources of a value, apart from the form. */
const FROM_MESSAGE = ["msg", "flow", "global", "jsonata", "env"] as const;

/** Give the reason against a fixed value, in the user's language; undefined where there is none. */
export type Refusals = Readonly<Record<string, (node: EditorNode, value: string) => string | undefined>>;

const isConfig = (properties: Properties): boolean => properties["account"] === undefined;
const prefixOf = (properties: Properties) => (isConfig(properties) ? "node-config-input" : "node-input");

/** Properties and credentials as Node-RED saves and checks them, with the types of those that have one. */
export function savedOf(properties: Properties, refusals: Refusals = {}) {
  const defaults: Record<string, Property> = {};
  for (const [name, spec] of Object.entries(properties)) {
    if (spec.from === "credential") continue;
    defaults[name] = propertyOf(properties, name, spec, refusals);
    if (isTyped(spec)) defaults[`${name}Type`] = { value: fixedTypeOf(spec) };
  }
  return { defaults, credentials: credentialsOf(properties) };
}

function propertyOf(properties: Properties, name: string, spec: PropertySpec, refusals: Refusals): Property {
  const { value, isRequired, kind } = spec;
  if (kind === "account") return { value, type: "withings-account", required: true };
  const property = isRequired ? { value, required: true } : { value };
  if (kind === "hidden" || name === "name") return property;
  return { ...property, validate: validatorOf(properties, name, spec, refusals[name]) };
}

/** Two arguments by name: only then does the editor show the reason. */
function validatorOf(properties: Properties, name: string, spec: PropertySpec, refusal: Refusals[string] | undefined) {
  const current = (node: EditorNode, field: string) =>
    String($(`#${prefixOf(properties)}-${field}`).val() ?? node[field] ?? "");
  const missing = (node: EditorNode, type: string) => {
    const isNeeded = current(node, "actionType") === "choice" && spec.neededFor?.includes(current(node, "action"));
    return isNeeded && type !== "date" ? reason(node, "needed", name) : true;
  };
  return function (this: EditorNode, value: string, options?: { readonly label?: string }): boolean | string {
    const given = String(value ?? "");
    const type = isTyped(spec) ? current(this, `${name}Type`) : "str";
    if (given === "") return missing(this, type);
    // Node-RED fills it in before the runtime checks it.
    if (given.startsWith("${")) return true;
    if (["str", "num", fixedTypeOf(spec)].includes(type))
      return refusal?.(this, given) ?? judged(this, name, given, spec);
    const own = { typeField: `${name}Type`, isConfig: isConfig(properties), allowBlank: true };
    return RED.validators.typedInput(own).call(this, value, options);
  };
}

/** By the very checks of the runtime. */
function judged(node: EditorNode, name: string, value: string, spec: PropertySpec): true | string {
  if (spec.isValid?.(value) === false) return reason(node, name, name);
  try {
    checked(name, spec, value, Date.now());
    return true;
  } catch {
    return reason(node, spec.kind, name, spec.kind === "number" ? { least: spec.least } : {});
  }
}

const reason = (node: EditorNode, key: string, name: string, values: Readonly<Record<string, unknown>> = {}): string =>
  words(node, `invalid.${key}`, { field: words(node, `label.${name}`), ...values });

const typed = (selector: string): TypedInput => $(selector) as unknown as TypedInput;

/** Turns the rows into what people use: typed inputs, reasons below the fields, and only the rows that the chosen action needs. */
export function prepareForm(node: EditorNode, properties: Properties): void {
  const prefix = prefixOf(properties);
  for (const [name, spec] of Object.entries(properties)) {
    if (!isTyped(spec)) continue;
    const field = `#${prefix}-${name}`;
    const own = ownTypes(node, name, spec, field);
    const types = spec.from === "setting" ? [...own, "env"] : [...own, ...FROM_MESSAGE];
    typed(field).typedInput({ default: fixedTypeOf(spec), types, typeField: `${field}Type` });
  }
  showReasons(node, prefix);
  if (properties["action"] !== undefined) showUsedRows(properties, typedAction());
  else if (properties["generation"] !== undefined) showUsedRows(properties, chosenGeneration());
}

function ownTypes(node: EditorNode, name: string, spec: PropertySpec, field: string): (string | TypedInputType)[] {
  if (spec.kind === "choice") return [choiceType(node, name, spec)];
  if (spec.kind === "flag") return [flagType(node, name, field)];
  return spec.kind === "moment" ? ["str", "num", "date"] : [fixedTypeOf(spec)];
}

function choiceType(
  node: EditorNode,
  name: string,
  { words: values, isMultiple }: PropertySpec & { readonly kind: "choice" },
): TypedInputType {
  const options = values.map((value) => ({ value, label: node._(`${name}.${value}`) }));
  const type = {
    value: "choice",
    label: node._("label.choice"),
    icon: "fa fa-list-ul",
    multiple: isMultiple === true,
    options,
  };
  if (!isMultiple) return type;
  const none = node._(`${name}.all`);
  const valueLabel = (container: JQuery, chosen: readonly string[]) => {
    const labels = options.filter(({ value }) => chosen.includes(value)).map(({ label }) => label);
    container.text(labels.length === 0 ? none : labels.join(", "));
  };
  return { ...type, valueLabel };
}

/** A checkbox, beside the other sources. It sets the input that the editor hides. */
function flagType(node: EditorNode, name: string, field: string): TypedInputType {
  const label = node._(`label.${name}`);
  const valueLabel = (container: JQuery, value: unknown) => {
    const box = $("<input>").attr({ type: "checkbox", "aria-label": label }).addClass("withings-checkbox");
    box.prop("checked", String(value) === "true");
    box.on(
      "change",
      () =>
        void $(field)
          .val(String(box.prop("checked")))
          .trigger("change"),
    );
    container.append(box);
  };
  return { value: "bool", label: node._("label.flag"), icon: "fa fa-check-square-o", valueLabel };
}

/** A field that decides which rows are of use. */
interface Chooser {
  readonly field: JQuery;
  /** Undefined where a message chooses: all rows are of use. */
  chosen(): string | undefined;
}

function typedAction(): Chooser {
  const action = typed("#node-input-action");
  return {
    field: $("#node-input-action"),
    chosen: () => (action.typedInput("type") === "choice" ? action.typedInput("value") : undefined),
  };
}

function chosenGeneration(): Chooser {
  const field = $("#node-config-input-generation");
  return { field, chosen: () => String(field.val()) };
}

function showUsedRows(properties: Properties, { field, chosen }: Chooser): void {
  const update = () => {
    const word = chosen();
    for (const [name, { usedBy }] of Object.entries(properties))
      if (usedBy !== undefined) $(`#withings-row-${name}`).toggle(word === undefined || usedBy.includes(word));
  };
  field.on("change", update);
  update();
}
