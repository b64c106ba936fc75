import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import type { Stryker } from "@stryker-mutator/core";

type Mutant = Awaited<ReturnType<Stryker["runMutationTest"]>>[number];

const FOLDER_DEPTH = 3;

const pathOf = ({ fileName }: Mutant) => relative(process.cwd(), fileName);
const folderOf = (mutant: Mutant) => dirname(pathOf(mutant)).split("/").slice(0, FOLDER_DEPTH).join("/");

/** A row for each folder. Mutants that were not drawn, or that broke the runner, count nowhere. */
export function describeScores(mutants: Mutant[]): string {
  const folders = [...new Set(mutants.map(folderOf))].toSorted();
  const rows = folders.map((folder) => {
    const inFolder = mutants.filter((mutant) => folderOf(mutant) === folder);
    return scoreRow(folder, inFolder);
  });
  const head = "| Folder | Killed | Timeout | Survived | No coverage | Score |\n|---|---|---|---|---|---|";
  return [head, ...rows, scoreRow("all", mutants)].join("\n");
}

function scoreRow(title: string, mutants: Mutant[]): string {
  const count = (status: Mutant["status"]) => mutants.filter((mutant) => mutant.status === status).length;
  const [killed, timeout] = [count("Killed"), count("Timeout")];
  const [survived, noCoverage] = [count("Survived"), count("NoCoverage")];
  const tried = killed + timeout + survived + noCoverage;
  const score = tried ? `${((100 * (killed + timeout)) / tried).toFixed(1)} %` : "–";
  return `| ${title} | ${killed} | ${timeout} | ${survived} | ${noCoverage} | ${score} |`;
}

/** A line for each mutant that no test noticed; of code over several lines the first. */
export function describeSurvivors(mutants: Mutant[]): string {
  const survivors = mutants.filter(({ status }) => status === "Survived" || status === "NoCoverage");
  return survivors
    .map(describeSurvivor)
    .toSorted(new Intl.Collator("en", { numeric: true }).compare)
    .join("");
}

function describeSurvivor(mutant: Mutant): string {
  const { status, mutatorName, replacement = "" } = mutant;
  const { start, end } = mutant.location;
  const line = readFileSync(mutant.fileName, "utf8").split("\n")[start.line - 1] ?? "";
  const original = line.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined);
  const change = `${original} → ${replacement.split("\n")[0]}`;
  return `${pathOf(mutant)}:${start.line}:${start.column} ${mutatorName} ${change} (${status})\n`;
}
