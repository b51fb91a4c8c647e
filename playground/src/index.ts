// The whole surface of the playground, for the end-to-end tests and the benchmark.

export { consentInNodeRed } from "./consent.ts";
export {
  accountFields,
  type Example,
  examplesOf,
  type FilledAccount,
  type FlowNode,
  readExamples,
  tailored,
} from "./examples.ts";
export { NodeRed, type NodeRedOptions, type SavedFlow, startNodeRed } from "./node-red.ts";
export { npmFolder } from "./npm-folder.ts";
export { paletteFolder } from "./packages.ts";
export { type NodeRedRelease, releasedNodeRed } from "./released-node-red.ts";
