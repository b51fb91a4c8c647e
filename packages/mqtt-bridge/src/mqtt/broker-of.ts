import { readFileSync } from "node:fs";
import type { Config } from "../config/schema.ts";
import type { BrokerAddress } from "./broker.ts";

/** The broker of the configuration, with the certificates read. Throws the system's error where a file cannot be read. */
export function brokerOf({ mqtt }: Config): BrokerAddress {
  const { url, version, username, password, ca_file: ca, cert_file: cert, key_file: key } = mqtt;
  return {
    url,
    version,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    ...(cert === undefined ? {} : { cert: readFileSync(cert) }),
    ...(key === undefined ? {} : { key: readFileSync(key) }),
  };
}
