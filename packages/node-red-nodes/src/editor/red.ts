// The part of Node-RED's editor that our forms use.

type Validator = (this: EditorNode, value: string, options?: { readonly label?: string }) => boolean | string;

export interface Property {
  readonly value: unknown;
  readonly type?: string;
  readonly required?: boolean;
  readonly validate?: Validator;
}

export interface EditorNode {
  readonly id: string;
  readonly name?: string;
  readonly [property: string]: unknown;
  _(key: string, values?: Readonly<Record<string, unknown>>): string;
}

interface NodeDefinition {
  readonly category: string;
  readonly color?: string;
  readonly icon?: string;
  readonly inputs?: number;
  readonly outputs?: number;
  paletteLabel?(this: EditorNode): string;
  readonly align?: "left" | "right";
  readonly defaults: Readonly<Record<string, Property>>;
  readonly credentials?: Readonly<Record<string, { readonly type: "text" | "password" }>>;
  label?(this: EditorNode): string;
  labelStyle?(this: EditorNode): string;
  inputLabels?(this: EditorNode): string;
  outputLabels?(this: EditorNode): string;
  oneditprepare?(this: EditorNode): void;
  oneditsave?(this: EditorNode): void;
  oneditcancel?(this: EditorNode): void;
  oneditdelete?(this: EditorNode): void;
}

export interface TypedInputType {
  readonly value: string;
  readonly label?: string;
  readonly icon?: string;
  readonly multiple?: boolean;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** Shows the value: the chosen words of a list with `multiple`, else the text of the field. */
  valueLabel?(container: JQuery, value: readonly string[]): void;
}

interface TypedInputOptions {
  readonly default: string;
  readonly types: readonly (string | TypedInputType)[];
  readonly typeField: string;
}

/** A node of the workspace, as far as an account's form changes it. */
export interface EarlierNode {
  readonly type: string;
  readonly account?: string;
  publicurl?: string;
  changed?: boolean;
  dirty?: boolean;
}

interface Editor {
  readonly settings: { readonly httpNodeRoot?: string };
  readonly nodes: {
    registerType(type: string, definition: NodeDefinition): void;
    node(id: string): EditorNode | null;
    eachNode(each: (node: EarlierNode) => void): void;
    /** Undefined where the id is no subflow's. */
    subflow(id: string): object | undefined;
  };
  readonly validators: {
    typedInput(options: {
      readonly typeField: string;
      readonly isConfig: boolean;
      readonly allowBlank: boolean;
    }): Validator;
  };
  readonly comms: {
    /** `topic` may end with `#`, which stands for anything. Hears nothing twice. */
    subscribe(topic: string, heard: (topic: string, payload: unknown) => void): void;
    unsubscribe(topic: string, heard: (topic: string, payload: unknown) => void): void;
  };
  notify(message: string, options: { readonly type: "success" | "error"; readonly timeout?: number }): void;
}

/** A jQuery object, as far as typed inputs go. */
export interface TypedInput {
  typedInput(options: TypedInputOptions): unknown;
  typedInput(method: "type" | "value"): string;
}

declare global {
  const RED: Editor;
}
