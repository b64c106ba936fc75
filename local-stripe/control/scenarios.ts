import { play, scenarioProgress } from "../scenarios/player";
import { readScenario } from "../scenarios/scenario";
import { shippedScenarios } from "../scenarios/shipped";
import { count, type Input, oneOf } from "./input";

/** Begins to play one that comes along, or that the caller describes; `GET /__local/scenario` tells how far it is. */
export function playScenario(input: Input) {
  const seed = input("seed") === undefined ? undefined : count(input, "seed");
  const names = Object.keys(shippedScenarios);
  const text = input("json") ?? shippedScenarios[oneOf(input, "name", names, names[0])] ?? "";
  // Its failure is part of its progress.
  play(readScenario(text, seed)).catch(() => {});
  return scenarioProgress();
}
