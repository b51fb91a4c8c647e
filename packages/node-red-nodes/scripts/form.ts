import { isTyped, type Properties, type PropertySpec } from "../src/shared/properties.ts";

/** Parts of a form that are no properties: `<template data-after="baseurl">` stands below that row, `<template data-in="baseurl">` in it. */
const PART = /<template data-(after|in)="(\w+)">\n?([\s\S]*?)<\/template>/g;

export interface FormInput {
  readonly properties: Properties;
  /** Content of the node's own `editor.html`, blank where it has none. */
  readonly parts: string;
  /** Has a key of the catalogue, such as `hint.limit`. */
  readonly has: (key: string) => boolean;
}

/** A node's form: a row for each property, in their order. */
export function formOf(input: FormInput): string {
  const parts = [...input.parts.matchAll(PART)].map(([, where, name, html = ""]) => ({ where, name, html }));
  const htmlAt = (where: string, name: string) =>
    parts.filter((part) => part.where === where && part.name === name).map(({ html }) => html);
  const rows = Object.entries(input.properties).flatMap(([name, spec]) => [
    rowOf(input, name, spec, htmlAt("in", name)),
    ...htmlAt("after", name),
  ]);
  return rows.join("");
}

function rowOf({ properties, has }: FormInput, name: string, spec: PropertySpec, parts: readonly string[]): string {
  const id = `node-${properties["account"] === undefined ? "config-" : ""}input-${name}`;
  if (spec.kind === "hidden") return `<input type="hidden" id="${id}">\n`;
  const label = has(`label.${name}`) ? `label.${name}` : `node-red:common.label.${name}`;
  const hint = has(`hint.${name}`) ? [`  <span class="withings-hint" data-i18n="hint.${name}"></span>\n`] : [];
  const type = isTyped(spec) ? [`  <input type="hidden" id="${id}Type">\n`] : [];
  return [
    `<div class="form-row" id="withings-row-${name}">\n`,
    `  <label for="${id}"><i class="fa fa-${spec.icon}"></i> <span data-i18n="${label}"></span></label>\n`,
    `  ${controlOf(id, name, spec, placeholderOf(has, name, spec))}\n`,
    ...type,
    ...parts,
    ...hint,
    "</div>\n",
  ].join("");
}

function controlOf(id: string, name: string, spec: PropertySpec, placeholder: string): string {
  if (spec.kind === "choice" && !isTyped(spec)) {
    const options = spec.words.map((word) => `<option value="${word}" data-i18n="${name}.${word}"></option>`);
    return `<select id="${id}">${options.join("")}</select>`;
  }
  if (spec.kind === "password") return `<input type="password" id="${id}" autocomplete="new-password"${placeholder}>`;
  return `<input type="text" id="${id}" autocomplete="off"${placeholder}>`;
}

/** Of the property itself, else of its kind. */
function placeholderOf(has: FormInput["has"], name: string, { kind }: PropertySpec): string {
  const own = [name, kind].map((word) => `placeholder.${word}`).find(has);
  const key = own ?? (name === "name" ? "node-red:common.label.name" : undefined);
  return key === undefined ? "" : ` data-i18n="[placeholder]${key}"`;
}
