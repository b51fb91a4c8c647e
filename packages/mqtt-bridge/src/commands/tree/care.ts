import { command, JSON_OPTION, type JsonOption } from "../command.ts";

interface DoctorGiven extends JsonOption {
  readonly record?: string;
}

interface RestoreGiven extends JsonOption {
  readonly force?: boolean;
}

export const CARE = [
  command<DoctorGiven>({
    name: "doctor",
    group: "Look after it:",
    summary: "Look at everything that people depend on, and say what to do",
    more: "Looks at client, clock, consent, scope, callback, subscriptions and freshness, and changes nothing. Ends with 1 where something is wrong.",
    options: [
      JSON_OPTION,
      {
        flags: "--record <file>",
        words: "keep what the API answered in a file, without tokens, ids and names",
        names: "file",
      },
    ],
    examples: [
      ["doctor", "whenever something is not as it should be"],
      ["doctor --record answers.json", "keep the answers, for a report"],
      ["doctor --json | jq '.findings[] | select(.is == \"bad\")'", "what is wrong, for a script"],
    ],
    async start({ options, config, terminal }) {
      const { doctor } = await import("../doctor.ts");
      return doctor(await config(), { isJson: options.json === true, record: options.record }, terminal);
    },
  }),
  command<JsonOption>({
    name: "backup",
    group: "Look after it:",
    summary: "Copy the state directory into a new folder, while the bridge runs",
    more: "Consents and everything that is known of people, as it is at one moment, for this user alone. The configuration and its secret files are not in it.",
    arguments: [{ name: "<folder>", words: "a folder that is not there yet", names: "folder" }],
    options: [JSON_OPTION],
    examples: [["backup /backups/weighbridge-$(date +%F)", "a copy for each day"]],
    async start({ args: [folder], options, config, terminal }) {
      const { backup } = await import("../backup.ts");
      return backup(await config(), String(folder), options, terminal);
    },
  }),
  command<RestoreGiven>({
    name: "restore",
    group: "Look after it:",
    summary: "Put a backup into the place of the state directory",
    more: "Checks all of it first, and refuses while a bridge runs, or where a state is there already. Events that were sent after the backup may come a second time.",
    arguments: [{ name: "<folder>", words: "what backup made", names: "folder" }],
    options: [{ flags: "--force", words: "move a state that is there aside" }, JSON_OPTION],
    examples: [["restore /backups/weighbridge-2026-11-24", "go back to this day"]],
    async start({ args: [folder], options, config, terminal }) {
      const { restore } = await import("../backup.ts");
      return restore(await config(), String(folder), options, terminal);
    },
  }),
  command<{ readonly to?: string }>({
    name: "store move",
    group: "Look after it:",
    summary: "Move everything to another store, while no bridge runs",
    more: "Every row is compared. An interrupted move goes on when it is run again; what was there is kept under another name.",
    options: [{ flags: "--to <store>", words: "postgres://user@host/database, or sqlite" }],
    examples: [
      ["store move --to postgres://weighbridge@db.example.org/weighbridge", "from the file in state_dir to a database"],
      ["store move --to sqlite", "back into a file"],
    ],
    async start({ options, config, terminal }) {
      const { moveStore } = await import("../store.ts");
      return moveStore(await config(), options.to, terminal);
    },
  }),
  command<JsonOption>({
    name: "config check",
    group: "Configuration and shell:",
    summary: "Say whether the configuration can be used, and whom it watches",
    options: [JSON_OPTION],
    examples: [["config check --config weighbridge.yaml", "each problem comes with its line and remedy"]],
    async start({ options, config, terminal }) {
      const { checkConfig } = await import("../config.ts");
      return checkConfig(config, options, terminal);
    },
  }),
  command({
    name: "config example",
    group: "Configuration and shell:",
    summary: "Print a commented configuration with every setting and its default",
    examples: [["config example > weighbridge.yaml", "begin a configuration of your own"]],
    async start({ terminal }) {
      const { printExample } = await import("../config.ts");
      return printExample(terminal);
    },
  }),
  command({
    name: "config schema",
    group: "Configuration and shell:",
    summary: "Print the JSON Schema of the configuration, for editors",
    examples: [["config schema > weighbridge.schema.json", "let an editor complete and check the file"]],
    async start({ terminal }) {
      const { printSchema } = await import("../config.ts");
      return printSchema(terminal);
    },
  }),
  command({
    name: "completion",
    group: "Configuration and shell:",
    summary: "Print the completion script of a shell",
    arguments: [{ name: "<shell>", words: "the shell", choices: ["bash", "zsh", "fish"] }],
    examples: [
      ["completion bash > ~/.local/share/bash-completion/completions/weighbridge", "bash"],
      ["completion zsh > ~/.zfunc/_weighbridge", "zsh, with fpath+=(~/.zfunc) before compinit in ~/.zshrc"],
      ["completion fish > ~/.config/fish/completions/weighbridge.fish", "fish"],
    ],
    async start({ args: [shell], rows, terminal }) {
      const { completionScript } = await import("../completion.ts");
      terminal.print(completionScript(String(shell), rows));
      return 0;
    },
  }),
];
