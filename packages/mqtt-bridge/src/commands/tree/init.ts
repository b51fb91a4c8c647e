import { command, JSON_OPTION } from "../command.ts";
import type { InitOptions } from "../init.ts";

const port = (text: string): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error("give a port from 0 to 65535");
  return Number(text);
};

export const INIT = command<InitOptions>({
  name: "init",
  group: "Set up:",
  summary: "Make a configuration: asks what it needs, and tries it on the way",
  more: "Tries the broker, the API and the callback, writes a commented file with each secret in a file of its own beside it, asks for consents, and waits for a weigh-in to see that it arrives. What is given as an option is not asked.",
  options: [
    { flags: "--yes", words: "ask nothing: options are the answers" },
    { flags: "--generation <api>", words: "today's API or the original one", choices: ["public", "wbs"] },
    { flags: "--person <name>", words: "a person, as Name or slug=Name; again for each", isList: true },
    { flags: "--unit <unit>", words: "the unit of their weights", choices: ["kg", "lb", "st"] },
    { flags: "--client-id <id>", words: "the ClientID of your application in the developer portal" },
    { flags: "--client-secret-file <file>", words: "a file with its Secret", names: "file" },
    { flags: "--broker <url>", words: "where the MQTT broker is" },
    { flags: "--username <name>", words: "its user name" },
    { flags: "--password-file <file>", words: "a file with its password", names: "file" },
    {
      flags: "--public-url <url>",
      words: "the URL at which the API reaches this machine; without it the bridge polls",
    },
    { flags: "--port <number>", words: "the port that it leads to", parse: port },
    { flags: "--userid <number>", words: "original API: the userid of each person", isList: true },
    {
      flags: "--publickey-file <file>",
      words: "original API: a file with the publickey of each",
      isList: true,
      names: "file",
    },
    { flags: "--base-url <url>", words: "another server that speaks the API, such as the simulator" },
    { flags: "--authorize-url <url>", words: "its consent page" },
    { flags: "--redirect-url <url>", words: "the registered URL, where it is not http://localhost:8643/callback" },
    { flags: "--no-test", words: "try nothing" },
    { flags: "--no-browser", words: "print the link to the consent page only" },
    { flags: "--force", words: "replace files that are there" },
    JSON_OPTION,
  ],
  examples: [
    ["init", "answer questions, and have weighbridge.yaml in this folder"],
    [
      "init --yes --person Ada --client-id 0123 --client-secret-file secret.txt --broker mqtt://192.168.1.10:1883",
      "the same without questions",
    ],
    ["init --config home/weighbridge.yaml", "write another file"],
  ],
  async start({ options, file = "weighbridge.yaml", terminal }) {
    const { init } = await import("../init.ts");
    return init(file, options, terminal);
  },
});
