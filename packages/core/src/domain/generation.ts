/** `wbs`: the original API (userid + publickey). `public`: today's OAuth 2.0 API. */
export type Generation = "wbs" | "public";
