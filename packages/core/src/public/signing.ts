import { createHmac } from "node:crypto";

/** Lowercase hex HMAC-SHA256 of the values, joined by commas, with the application's secret. */
export const signature = (clientSecret: string, ...values: readonly string[]): string =>
  createHmac("sha256", clientSecret).update(values.join(",")).digest("hex");
