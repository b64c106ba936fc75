import { expect, test } from "vitest";
import { journalled, Table, undone } from "./store";

const rows = new Table<{ id: string; colour: string }, "colour">("test_row", "", {
  colour: (row) => row.colour,
});

const ids = (found: readonly { id: string }[]) => found.map(({ id }) => id);

test("an index gives rows in the order of their creation, whenever their keys came to be", () => {
  rows.clear();
  for (const id of ["a", "b", "c"]) rows.put({ id, colour: "red" });
  rows.update("a", { colour: "blue" });
  rows.update("a", { colour: "red" });
  expect(ids(rows.where({ colour: "red" }))).toEqual(["a", "b", "c"]);
});

test("what is taken back leaves no trace, nor does it change the order", () => {
  rows.clear();
  for (const id of ["a", "b", "c"]) rows.put({ id, colour: "red" });
  undone(() => {
    rows.delete("a");
    rows.update("b", { colour: "blue" });
    rows.put({ id: "d", colour: "red" });
  });
  expect(ids(rows.all())).toEqual(["a", "b", "c"]);
  expect(ids(rows.where({ colour: "red" }))).toEqual(["a", "b", "c"]);
});

test("a rehearsal inside of a transaction takes back only itself", () => {
  rows.clear();
  journalled(() => {
    rows.put({ id: "a", colour: "red" });
    undone(() => rows.put({ id: "b", colour: "red" }));
  });
  expect(ids(rows.all())).toEqual(["a"]);
  journalled((undo) => {
    rows.put({ id: "c", colour: "red" });
    undone(() => rows.delete("a"));
    undo();
  });
  expect(ids(rows.all())).toEqual(["a"]);
});
