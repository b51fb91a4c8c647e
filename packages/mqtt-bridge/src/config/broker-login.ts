import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Problem } from "./problems.ts";
import type { Config } from "./schema.ts";
import { describe } from "./source.ts";

type Mqtt = Config["mqtt"];

/** Keys that name a file for TLS. */
export const FILE_KEYS = ["ca_file", "cert_file", "key_file"] as const;
type FileKey = (typeof FILE_KEYS)[number];

/** Settings of the broker that contradict each other, found before a connection would fail without a reason. */
export function brokerProblems({ mqtt }: Config): Problem[] {
  return [...pairProblems(mqtt), ...fileProblems(mqtt)];
}

/** Keys that need another one. */
const PAIRS = [
  ["password", "username", "brokers take no password without a user name"],
  ["cert_file", "key_file", "a certificate is of no use without its key"],
  ["key_file", "cert_file", "a key is of no use without its certificate"],
] as const;

function pairProblems(mqtt: Mqtt): Problem[] {
  return PAIRS.filter(([key, other]) => isSet(mqtt[key]) && !isSet(mqtt[other])).map(([key, other, reason]) => ({
    path: ["mqtt", key],
    words: `needs mqtt.${other} as well: ${reason}`,
  }));
}

/** A sentence about TLS files beside a URL without TLS: nothing reads them, and the password travels in clear text. */
export function brokerWarnings({ mqtt }: Config): string[] {
  const unused = FILE_KEYS.filter((key) => isSet(mqtt[key]));
  if (unused.length === 0 || /^(mqtts|wss):/.test(mqtt.url)) return [];
  const keys = unused.map((key) => `mqtt.${key}`).join(", ");
  return [`mqtt.url starts without TLS, so ${keys} is not used: give mqtts:// or wss://, or take it out`];
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== "";

function fileProblems(mqtt: Mqtt): Problem[] {
  const problems: Problem[] = [];
  /** The parsed content; undefined where there is none, or where it cannot be used. */
  const parsed = <T>(
    key: FileKey,
    parse: (content: Buffer) => T,
    words: (content: Buffer) => string,
  ): T | undefined => {
    const file = mqtt[key];
    if (file === undefined) return undefined;
    const content = contentOf(file);
    if (typeof content === "string") problems.push({ path: ["mqtt", key], words: content });
    else
      try {
        return parse(content);
      } catch {
        problems.push({ path: ["mqtt", key], words: words(content) });
      }
    return undefined;
  };
  parsed("ca_file", parseCertificate, () => `the file ${HOLDS_NO_CERTIFICATE}`);
  const certificate = parsed("cert_file", parseCertificate, () => `the file ${HOLDS_NO_CERTIFICATE}`);
  const key = parsed("key_file", (content): KeyObject => createPrivateKey(content), keyWords);
  if (certificate !== undefined && key !== undefined && !certificate.checkPrivateKey(key))
    problems.push({
      path: ["mqtt", "key_file"],
      words: "does not fit mqtt.cert_file: give the key that the certificate was made for",
    });
  return problems;
}

export const HOLDS_NO_CERTIFICATE =
  "holds no certificate in PEM form (a block that starts with -----BEGIN CERTIFICATE-----)";

const keyWords = (content: Buffer): string =>
  content.includes("ENCRYPTED")
    ? "the key is locked by a passphrase; give one without"
    : "the file holds no private key in PEM form (a block that starts with -----BEGIN PRIVATE KEY-----)";

export function parseCertificate(content: Buffer): X509Certificate {
  // TLS of Node reads PEM only; this class reads DER as well.
  if (!content.includes("-----BEGIN ")) throw new Error("not PEM");
  return new X509Certificate(content);
}

/** The file's content, or why it cannot be read. The path is not quoted: it may be the content itself. */
export function contentOf(file: string): Buffer | string {
  try {
    return readFileSync(file);
  } catch (cause) {
    return `the file cannot be read: ${describe(cause)}`;
  }
}
