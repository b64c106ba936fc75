import { relative } from "node:path";
import { mergeConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import ours from "../../vitest.config";

/** A mutant is gone at the first test that fails: the files that took the least time last time go first. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    return files.toSorted((a, b) => this.duration(a) - this.duration(b));
  }

  private duration({ project, moduleId }: TestSpecification): number {
    const file = `${project.name}:${relative(this.ctx.config.root, moduleId)}`;
    return this.ctx.cache.getFileTestResults(file)?.duration ?? 0;
  }
}

/** Stryker ends a test that hangs, and knows how long it took without the mutant. */
const PATIENCE_MS = 300_000;

/** Stryker runs tests in threads, and a thread cannot be put into another time zone. */
const IN_A_PROCESS_ONLY = ["components/format-time-zones.test.ts"];

export default mergeConfig(ours, {
  test: {
    exclude: ["**/node_modules/**", ...IN_A_PROCESS_ONLY],
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    sequence: { sequencer: QuickestFirst },
  },
});
