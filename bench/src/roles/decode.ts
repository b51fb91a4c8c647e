// Times JSON.parse and core's decode of one text of an API generation, interleaved, and prints { floor: ms[], subject: ms[] }.
import { decodePublicPage } from "../../../packages/core/src/public/decode/measure-page.ts";
import { publicEnvelope } from "../../../packages/core/src/public/wire/envelope.ts";
import { decodeMeasurePage } from "../../../packages/core/src/wbs/decode/measure-page.ts";
import { wbsEnvelope } from "../../../packages/core/src/wbs/wire/envelope.ts";
import { answerText } from "../answer-text.ts";
import { median } from "../benchmark.ts";

const GROUPS = 100_000;
const BLOCKS = 3;
const CALLS = 4;

const generation = process.argv[2] === "public" ? "public" : "wbs";
const text = answerText(GROUPS, generation);
const parse = () => JSON.parse(text) as unknown;
const nobody = () => {};
const decode =
  generation === "public"
    ? () => decodePublicPage(publicEnvelope.parse(JSON.parse(text)).body, nobody, nobody)
    : () => decodeMeasurePage(wbsEnvelope.parse(JSON.parse(text)).body);

/** A result stays alive until the next call starts, as it would in a program. */
let kept: unknown;

function time(work: () => unknown): number {
  kept = undefined;
  const start = performance.now();
  kept = work();
  return performance.now() - start;
}

/** The first call also sweeps up after the block before: it does not count. */
const block = (work: () => unknown) => median(Array.from({ length: CALLS + 1 }, () => time(work)).slice(1));

if (decode().groups.length !== GROUPS) throw new Error("groups were lost");
const floor: number[] = [];
const subject: number[] = [];
block(parse);
block(decode);
for (let i = 0; i < BLOCKS; i++) {
  floor.push(block(parse));
  subject.push(block(decode));
}
process.stdout.write(JSON.stringify({ floor, subject, kept: kept !== undefined }));
