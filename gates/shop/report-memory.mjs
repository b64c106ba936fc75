import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Loaded into an instance before anything else: on SIGUSR2 it collects its garbage and says what is left.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

process.on("SIGUSR2", () => {
  collect();
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  // The log of the instance has all three: what only `rss` shows is the allocator's, not a leak of ours.
  console.log(`Memory: ${rss} bytes, heap ${heapUsed}, external ${external}`);
});
