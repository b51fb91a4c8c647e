import { Bridge, createLog, loadConfig } from "@weighbridge/mqtt-bridge";

// The real bridge, which kills itself with -9 when it reaches a step for the nth time: crashing-bridge.ts <config> <step> <nth>
const [file = "", wanted = "", nth = "1"] = process.argv.slice(2);
let left = Number(nth);

const bridge = new Bridge({
  config: loadConfig({ file }),
  log: createLog("info", (line) => void process.stdout.write(line), Date.now),
  version: "0.0.0",
  onFatal: (error) => {
    throw error;
  },
  onStep: (step) => {
    if (step !== wanted) return;
    left--;
    if (left === 0) process.kill(process.pid, "SIGKILL");
  },
});
await bridge.start();
