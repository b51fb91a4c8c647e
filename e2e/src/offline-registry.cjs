// Loaded before node-red-dev: what it would ask a registry and a catalogue for, so that it judges the package alone.
const Module = require("node:module");

const NODE_RED = {
  "dist-tags": { latest: "5.0.7", maintenance: "4.1.15" },
  versions: { "5.0.7": { engines: { node: ">=22.9" } } },
};
const STANDINS = {
  axios: { get: async (url) => ({ data: url.includes("catalogue") ? { modules: [] } : NODE_RED }) },
  "npm-check": async () => ({ get: () => [] }),
  "npm-remote-ls": { ls: (_name, _version, _isFlat, done) => done([]), config: () => {} },
};

const load = Module._load;
Module._load = function standIn(request, ...others) {
  return STANDINS[request] ?? load.call(this, request, ...others);
};
