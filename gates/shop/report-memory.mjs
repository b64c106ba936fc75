import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Loaded into an instance before anything else: on SIGUSR2 it collects its garbage and says what is left.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

const CALM_ROUNDS = 5;

// V8 gives emptied pages back some time after a collection, from other threads; what is asked is what stays.
process.on("SIGUSR2", async () => {
  const atOnce = process.memoryUsage.rss();
  let lowest = atOnce;
  for (let calm = 0; calm < CALM_ROUNDS; calm++) {
    collect();
    await sleep(200);
    const rss = process.memoryUsage.rss();
    if (rss < lowest) calm = 0;
    lowest = Math.min(lowest, rss);
  }
  const { heapUsed, external } = process.memoryUsage();
  // The log of the instance has all four: what only `rss` shows is the allocator's, not a leak of ours.
  console.log(
    `Memory: ${lowest} bytes, before collections ${atOnce}, heap ${heapUsed}, external ${external}`,
  );
});
