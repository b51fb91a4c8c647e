/** How a connection ended, or why it was never made. */
export interface Ending {
  /** `made`: CONNACK accepted it. `refused`: CONNACK refused it. `connecting`: no CONNACK came. `forgotten`: it was only made to end an older session. */
  readonly phase: "connecting" | "refused" | "made" | "forgotten";
  /** Reason code of CONNACK or DISCONNECT; of MQTT 3.1.1 below 6. */
  readonly reason?: number;
  readonly error?: Error & { readonly code?: unknown };
  /** No CONNACK came in time. */
  readonly isMute?: boolean;
}

/** Words of the log for an ending, and how long to wait before the next connection. */
export interface BrokerProblem {
  readonly message: string;
  readonly remedy?: string;
  /** `soon`: the broker is away for a moment. `growing`: asking often changes nothing. `long`: another program has the session. */
  readonly wait: "soon" | "growing" | "long";
  /** The next connection is tried in another way, which may well do. */
  readonly isFallback?: true;
}

/** Reason codes from here on refuse. */
export const REFUSALS = 0x80;
/** DISCONNECT: another connection uses the same client id. */
export const TAKEN_OVER = 0x8e;
const RETAIN_REFUSED = 0x9a;
const QOS_REFUSED = 0x9b;

/** CONNACK of a broker that knows only MQTT 3.1.1, in either version. */
export const refusesVersion = ({ phase, reason }: Ending): boolean =>
  phase === "refused" && (reason === 0x01 || reason === 0x84);
/** CONNACK of a broker that does not take the will as it is. */
export const refusesRetain = ({ phase, reason }: Ending): boolean => phase === "refused" && reason === RETAIN_REFUSED;
export const refusesQos = ({ phase, reason }: Ending): boolean => phase === "refused" && reason === QOS_REFUSED;
/** Neither an answer nor a reason: an older broker does so on CONNECT of MQTT 5. */
export const isSilent = ({ phase, error }: Ending): boolean =>
  phase === "connecting" && (error === undefined || (isReset(error) && !isTlsProblem(error)));

const LOGIN: BrokerProblem = {
  message: "The broker refused the login",
  remedy:
    "Check mqtt.username and mqtt.password (or mqtt.password_file), and the broker's access rules; it is tried again by itself.",
  wait: "growing",
};
const CLIENT_ID: BrokerProblem = {
  message: "The broker refused the client id",
  remedy: "Set mqtt.client_id to one that the broker's rules allow; the second connection adds -c to it.",
  wait: "growing",
};
const UNAVAILABLE: BrokerProblem = { message: "The broker says that it is not available", wait: "growing" };
const ELSEWHERE: BrokerProblem = {
  message: "The broker sends its clients to another server",
  remedy: "Set mqtt.url to that server.",
  wait: "growing",
};
const LIMITED = (what: string): BrokerProblem => ({
  message: `The broker ended the connection: ${what}`,
  remedy: "Raise the broker's limits for the user of mqtt.username.",
  wait: "growing",
});

/** By reason code of CONNACK or DISCONNECT: MQTT 5, section 2.4; MQTT 3.1.1, section 3.2.2.3. */
const BY_REASON: Readonly<Record<number, BrokerProblem>> = {
  2: CLIENT_ID,
  3: UNAVAILABLE,
  4: LOGIN,
  5: LOGIN,
  133: CLIENT_ID,
  134: LOGIN,
  135: LOGIN,
  136: UNAVAILABLE,
  137: { message: "The broker is busy", wait: "growing" },
  138: {
    message: "The broker has banned this client",
    remedy: "Lift the ban at the broker: it names the client id, the user or the address.",
    wait: "growing",
  },
  139: { message: "The broker is shutting down; events wait on disk until it is back", wait: "soon" },
  141: { message: "The broker did not hear from the bridge for too long", wait: "soon" },
  [TAKEN_OVER]: {
    message: "Another program uses this client id: a copy of this state directory runs elsewhere",
    remedy:
      "Stop one of the two bridges; give a second one its own state_dir, people and mqtt.base_topic. Nothing is published for a minute.",
    wait: "long",
  },
  147: LIMITED("too many messages at once"),
  149: {
    message: "The broker ended the connection: a message is larger than it takes",
    remedy: "Raise the broker's limit of the packet size, such as max_packet_size of Mosquitto.",
    wait: "growing",
  },
  150: LIMITED("too many messages in a time"),
  151: LIMITED("a quota is used up"),
  152: { message: "The broker's administrator ended the connection", wait: "growing" },
  [RETAIN_REFUSED]: { message: "The broker keeps no retained messages", wait: "growing" },
  [QOS_REFUSED]: { message: "The broker does not take this QoS", wait: "growing" },
  156: ELSEWHERE,
  157: ELSEWHERE,
  159: LIMITED("too many connections in a time"),
  160: { message: "The broker ended the connection: its longest time is over", wait: "soon" },
};

const AUTHORITY: BrokerProblem = {
  message: "The authority that signed the broker's certificate is not known",
  remedy: "Name the authority's certificate in mqtt.ca_file.",
  wait: "growing",
};
const NOT_TLS: BrokerProblem = {
  message: "Something answers at mqtt.url that does not speak TLS",
  remedy: "Check the port in mqtt.url: mqtts:// and wss:// need the broker's TLS port (often 8883).",
  wait: "growing",
};
const NOT_MQTT: BrokerProblem = {
  message: "Something answers at mqtt.url that is not MQTT",
  remedy:
    "Check host, port and scheme in mqtt.url: mqtt:// needs the broker's plain port (often 1883), mqtts:// its TLS port, ws:// its port for web sockets.",
  wait: "growing",
};

/** By code of a system or TLS error. */
const BY_CODE: Readonly<Record<string, BrokerProblem>> = {
  ECONNREFUSED: {
    message: "No broker answers at mqtt.url; events wait on disk until it does",
    remedy:
      "Start the broker, or correct host and port. In Docker, 127.0.0.1 is the container itself: use the broker's name.",
    wait: "soon",
  },
  ENOTFOUND: {
    message: "The host in mqtt.url is not known",
    remedy: "Check its name, and that this machine can look it up.",
    wait: "soon",
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    message: "The broker's certificate is for another name than the one in mqtt.url",
    remedy: "Use a name in mqtt.url that the certificate holds.",
    wait: "growing",
  },
  CERT_HAS_EXPIRED: {
    message: "The broker's certificate has expired",
    remedy: "Renew it at the broker.",
    wait: "growing",
  },
};

const isReset = ({ code }: NonNullable<Ending["error"]>) => code === "ECONNRESET" || code === "EPIPE";
/** Bytes came that are no TLS, or the connection ended in the middle of its handshake. */
const isTlsProblem = ({ code, message }: NonNullable<Ending["error"]>) =>
  /before secure TLS connection|wrong version number|packet length too long/i.test(
    `${message} ${code}`.replaceAll("_", " "),
  );

/** Errors that come from a socket and say that the broker cannot be reached now. */
const isSystemError = (code: unknown) => typeof code === "string" && /^E(?!RR_)[A-Z_]+$/.test(code);

/** The one place that reads why a connection ended. */
export function problemOf(ending: Ending): BrokerProblem {
  const { phase, reason, error, isMute } = ending;
  if (reason !== undefined && reason > 0) return BY_REASON[reason] ?? unknownReason(phase, reason);
  if (phase === "made") return lost(error);
  if (error !== undefined) return problemOfError(error);
  if (isMute) return { ...NOT_MQTT, message: "Something takes the connection at mqtt.url and does not answer MQTT" };
  return { ...NOT_MQTT, message: "Something answers at mqtt.url and ends the connection before MQTT began" };
}

const unknownReason = (phase: Ending["phase"], reason: number): BrokerProblem => ({
  message: `The broker ${phase === "refused" ? "refused" : "ended"} the connection with reason 0x${reason.toString(16).padStart(2, "0")}`,
  wait: "growing",
});

const lost = (error: Ending["error"]): BrokerProblem => ({
  message: `Lost the broker${error === undefined || isReset(error) ? "" : ` (${error.message})`}; events wait on disk until it is back`,
  wait: "growing",
});

function problemOfError(error: NonNullable<Ending["error"]>): BrokerProblem {
  const known = BY_CODE[String(error.code)];
  if (known !== undefined) return known;
  if (isTlsProblem(error)) return NOT_TLS;
  if (isReset(error))
    return { ...NOT_MQTT, message: "Something answers at mqtt.url and ends the connection before MQTT began" };
  // mqtt.js names no code where bytes are not MQTT, and where a web server refuses the web socket.
  if (error.code === undefined) return NOT_MQTT;
  const [words] = error.message.split("\n");
  const wait = isSystemError(error.code) && error.code !== "EPROTO" ? "soon" : "growing";
  return { message: `The broker cannot be reached: ${words}`, wait };
}

/** The reason code of a refusal, of MQTT 5 and of 3.1.1. */
export function reasonOf(error: unknown): number | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "number" && code >= REFUSALS ? code : undefined;
}
