import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { home, settledFor } from "./support/home.ts";

/** The API at `target`, which adds a group without a date to each page of measures once it is spoilt. */
async function spoilable(target: string) {
  let isSpoilt = false;
  const server = createServer(async (request, response) => {
    const { method = "GET", headers } = request;
    const type = headers["content-type"];
    const body = await text(request);
    const answer = await fetch(new URL(request.url ?? "/", target), {
      method,
      ...(type !== undefined && { headers: { "content-type": type } }),
      ...(method === "POST" && { body }),
    });
    const page = (await answer.json()) as { body?: { measuregrps?: object[] } };
    if (isSpoilt) page.body?.measuregrps?.push({ grpid: 999_999_999, attrib: 0, category: 1, measures: [] });
    response.end(JSON.stringify(page));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    spoil: () => {
      isSpoilt = true;
    },
  };
}

test("a group that cannot be read is left out, and said once: in the log, as an event, and in the figures", async () => {
  const at = await home();
  const api = await spoilable(at.simulator.url);
  await at.start({ apiUrl: api.url });
  await settledFor(at);
  api.spoil();
  at.ada.weighsIn({ weight: 68.4 });
  const infos = () => at.subscriber.on("weighbridge/bridge/info").map((info) => JSON.parse(info).unreadable_fields);
  await at.subscriber.until(() => at.state()["weight"] === 68.4 && infos().includes(1));
  const events = at.subscriber.on("weighbridge/bridge/event").map((event) => JSON.parse(event));
  expect(events.filter(({ event }) => event === "group_skipped")).toMatchObject([{ groups: 1, field: "date" }]);
  expect(at.log.lines.filter((line) => JSON.stringify(line).includes("cannot be read"))).toHaveLength(1);
});
