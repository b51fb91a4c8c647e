/** What a person filled in under Configuration: /data/options.json. */
export interface AppOptions {
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly people?: readonly {
    readonly slug: string;
    readonly name: string;
    readonly weight_unit?: string;
    readonly ambiguous?: string;
  }[];
  readonly consents?: readonly { readonly person: string; readonly consent: string }[];
  readonly callback_url?: string;
  readonly log_level?: string;
}

/** The broker, as the Supervisor's service `mqtt` tells it. */
export interface MqttService {
  readonly host: string;
  readonly port: number;
  readonly ssl?: boolean;
  readonly username?: string;
  readonly password?: string;
}

/** Both are fixed in config.yaml. */
const CALLBACK_PORT = 8480;
const ADMIN_PORT = 8481;

/** What is still to be filled in, as sentences for the log; empty where the bridge can start. */
export function missingOptions({ client_id, client_secret, people = [] }: AppOptions): string[] {
  return [
    ...(client_id ? [] : ["client_id is empty: enter the ClientID of your application in the developer portal."]),
    ...(client_secret ? [] : ["client_secret is empty: enter the Secret that stands beside the ClientID."]),
    ...(people.length > 0 ? [] : ["people is empty: add each person with a slug and a name."]),
  ];
}

export interface ConfigurationInput {
  readonly options: AppOptions;
  readonly mqtt: MqttService;
  readonly stateDir: string;
  /** For requests that do not come through Home Assistant. */
  readonly adminToken: string;
}

/** The bridge's configuration file. */
export function configurationOf({ options, mqtt, stateDir, adminToken }: ConfigurationInput): object {
  const { client_id, client_secret, people = [], callback_url, log_level } = options;
  return {
    state_dir: stateDir,
    accounts: [{ id: "home", generation: "public", client_id, client_secret }],
    people: people.map(given),
    mqtt: given({ url: brokerUrl(mqtt), username: mqtt.username, password: mqtt.password }),
    callback: given({ host: "0.0.0.0", port: CALLBACK_PORT, public_url: callback_url }),
    // Home Assistant's Supervisor reaches the page at the container's own address, and is let in without the token.
    admin: { enabled: true, host: "0.0.0.0", port: ADMIN_PORT, ingress: true, token: adminToken },
    log: given({ level: log_level }),
  };
}

function brokerUrl({ host, port, ssl = false }: MqttService): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return `${ssl ? "mqtts" : "mqtt"}://${name}:${port}`;
}

/** Without what was left empty: the bridge has its own defaults. */
const given = (section: object): object =>
  Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined && value !== ""));
