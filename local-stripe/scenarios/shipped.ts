import { readFileSync } from "node:fs";
import { readScenario, type Scenario, ScenarioError } from "./scenario";

/** The descriptions that come along, by name. */
export const shippedScenarios: Readonly<Record<string, string>> = {
  "growing-shop": readFileSync(new URL("./growing-shop.json", import.meta.url), "utf8"),
};

/** A shipped one by its name, or else a file's. */
export function scenarioFrom(nameOrFile: string): Scenario {
  return readScenario(shippedScenarios[nameOrFile] ?? textOf(nameOrFile));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const names = Object.keys(shippedScenarios).join(", ");
    const { code } = error as NodeJS.ErrnoException;
    throw new ScenarioError(
      `The scenario ${file} cannot be read (${code}); name a file, or one of ${names}.`,
    );
  }
}
