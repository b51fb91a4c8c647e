// Prints the path of the configuration on standard output, and everything for people on standard error.
import { prepare } from "./prepare.ts";

const { env } = process;
const file = await prepare({
  dataDir: "/data",
  supervisorUrl: "http://supervisor",
  supervisorToken: env["SUPERVISOR_TOKEN"] ?? "",
  weighbridge: ["weighbridge"],
  print: (text) => process.stderr.write(text),
});
if (file === undefined) process.exitCode = 1;
else process.stdout.write(file);
