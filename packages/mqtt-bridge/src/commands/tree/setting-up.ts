import { command, JSON_OPTION, type JsonOption, PERSON_OPTION, type PersonOption } from "../command.ts";
import type { UsersOptions } from "../users.ts";

interface AuthorizeGiven extends PersonOption {
  readonly browser: boolean;
  readonly demo?: boolean;
}

export const SETTING_UP = [
  command({
    name: "run",
    group: "Set up:",
    summary: "Run the bridge until it is stopped",
    more: "SIGTERM and SIGINT (Ctrl-C) stop it in order; a second one ends it at once.",
    examples: [
      ["run --config weighbridge.yaml", "run with this configuration"],
      ["run", "run with weighbridge.yaml of this folder"],
    ],
    async start({ config, terminal }) {
      const warnings: string[] = [];
      const read = await config((warning) => void warnings.push(warning));
      const { run } = await import("../run.ts");
      return run(read, warnings, terminal);
    },
  }),
  command({
    name: "demo",
    group: "Set up:",
    summary: "Say how to try all of it without a scale, an account or a broker",
    examples: [["demo", "name the package that is the demo"]],
    async start({ terminal }) {
      terminal.note("The demo is a package of its own. Run it with: npx @weighbridge/demo\n");
      return 2;
    },
  }),
  command<UsersOptions>({
    name: "users",
    group: "People:",
    summary: "List the people of the configuration, and who has consented",
    options: [
      {
        flags: "--email <address>",
        words: "list the users of this account of the original API; asks for its password",
      },
      { flags: "--account <id>", words: "with --email: the account of the configuration, where there are several" },
      { flags: "--keys", words: "with --email: show each publickey, which is a secret" },
      JSON_OPTION,
    ],
    examples: [
      ["users", "who is watched, and who has not consented yet"],
      ["users --email ada@example.org", "userids of the original API, for the configuration"],
    ],
    async start({ options, config, terminal }) {
      const { users } = await import("../users.ts");
      return users(await config(), options, terminal);
    },
  }),
  command<AuthorizeGiven>({
    name: "authorize",
    group: "People:",
    summary: "Ask a person's consent for today's API, in the browser",
    more: "Once for each person. A bridge that runs takes the consent up within seconds.",
    options: [
      PERSON_OPTION,
      { flags: "--no-browser", words: "print the link only" },
      { flags: "--demo", words: "use the demo user of the service, who has data and no scale" },
    ],
    examples: [
      ["authorize --person ada", "open the consent page for Ada"],
      ["authorize --person ada --no-browser", "print its link, for a browser on another machine"],
    ],
    async start({ options, config, terminal }) {
      const { authorize } = await import("../authorize.ts");
      const { person, browser: isBrowserOpened, demo: isDemo = false } = options;
      return authorize(await config(), { person, isBrowserOpened, isDemo }, terminal);
    },
  }),
  command<PersonOption & JsonOption>({
    name: "revoke",
    group: "People:",
    summary: "End a person's consent, at the service too",
    more: "The subscriptions end with it. What is known of the person stays until they leave the configuration.",
    options: [PERSON_OPTION, JSON_OPTION],
    examples: [["revoke --person ada", "end Ada's consent"]],
    async start({ options, config, terminal }) {
      const { revoke } = await import("../grant.ts");
      return revoke(await config(), options, terminal);
    },
  }),
  command<PersonOption>({
    name: "grant export",
    group: "People:",
    summary: "Print a person's consent, to move it to another machine",
    more: "It is a secret, and one machine alone may use it.",
    options: [PERSON_OPTION],
    examples: [["grant export --person ada > ada.json", "write Ada's consent to a file"]],
    async start({ options, config, terminal }) {
      const { exportGrant } = await import("../grant.ts");
      return exportGrant(await config(), options, terminal);
    },
  }),
  command<PersonOption & JsonOption>({
    name: "grant import",
    group: "People:",
    summary: "Take a person's consent from standard input",
    options: [PERSON_OPTION, JSON_OPTION],
    examples: [["grant import --person ada < ada.json", "store the consent that another machine exported"]],
    async start({ options, config, terminal }) {
      const { importGrant } = await import("../grant.ts");
      return importGrant(await config(), options, terminal);
    },
  }),
];
