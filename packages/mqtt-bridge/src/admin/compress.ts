import { promisify } from "node:util";
import { LIMITS } from "../limits.ts";
import type { Reply } from "./reply.ts";

/** By the plain bytes: an answer that is the same as before is compressed once. */
const known = new WeakMap<Buffer, Promise<Buffer>>();

/** A large answer in fewer bytes, for a reader who takes them: to a phone the status of a large household is a twentieth. */
export async function compressed(reply: Reply, acceptedEncodings = ""): Promise<Reply> {
  const { body } = reply;
  if (typeof body === "string" || body.length < LIMITS.compressedFrom || !/\bgzip\b/.test(acceptedEncodings))
    return reply;
  const packed = known.get(body) ?? packedOf(body);
  known.set(body, packed);
  const headers = { ...reply.headers, "content-encoding": "gzip", vary: "Accept-Encoding" };
  return { ...reply, headers, body: await packed };
}

/** In another thread, and by the fastest level: the answer is wanted now. */
async function packedOf(body: Buffer): Promise<Buffer> {
  const { gzip } = process.getBuiltinModule("node:zlib");
  return promisify(gzip)(body, { level: 1 });
}
