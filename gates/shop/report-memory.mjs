import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Loaded into an instance before anything else: on SIGUSR2 it collects its garbage and says what is left.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

process.on("SIGUSR2", () => {
  collect();
  collect();
  console.log(`Memory: ${process.memoryUsage.rss()} bytes`);
});
