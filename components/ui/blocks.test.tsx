import { describe, expect, it } from "vitest";
import { classesOf, element, elements, render, tableOf, textOf } from "@/test/support/render";
import { Badge } from "./badge";
import { Day } from "./day";
import { Facts } from "./facts";
import { Notice } from "./notice";
import { PageTitle, Section } from "./section";
import { Table } from "./table";

describe("Badge", () => {
  it.each([
    ["sound", "bg-ink"],
    ["hot", "bg-ember"],
    ["plain", "shadow-edge"],
  ] as const)("%s is %s", async (tone, mark) => {
    const html = await render(<Badge tone={tone}>Paid</Badge>);
    expect(element(html, "span").text).toBe("Paid");
    expect(classesOf(element(html, "span"))).toContain(mark);
  });
});

describe("Notice", () => {
  it("is read aloud only when it is an alert", async () => {
    expect(element(await render(<Notice alert>Stop.</Notice>), "div")).toMatchObject({
      text: "Stop.",
      attributes: { role: "alert" },
    });
    expect(element(await render(<Notice>Well.</Notice>), "div").attributes).not.toHaveProperty("role");
  });
});

describe("Table", () => {
  it("has a caption, a header for each column, and a row for each row", async () => {
    const html = await render(
      <Table
        caption="Tools"
        rows={[
          { id: "2", name: "Tongs", weight: 9 },
          { id: "1", name: "Hammer", weight: 7 },
        ]}
        columns={[
          { title: "Name", cell: ({ name }) => name },
          { title: "Weight", cell: ({ weight }) => `${weight} kg`, right: true },
        ]}
      />,
    );
    expect(element(html, "caption").text).toBe("Tools");
    expect(tableOf(html)).toEqual([
      ["Name", "Weight"],
      ["Tongs", "9 kg"],
      ["Hammer", "7 kg"],
    ]);
    expect(elements(html, "th").map(({ attributes }) => attributes.scope)).toEqual(["col", "col"]);
    // Figures stand at the right, under their title.
    const right = (name: string) =>
      elements(html, name).map((cell) => classesOf(cell)?.includes("text-right"));
    expect(right("th")).toEqual([false, true]);
    expect(right("td")).toEqual([false, true, false, true]);
  });
});

describe("Facts", () => {
  it("are names with their values", async () => {
    const html = await render(
      <Facts
        facts={[
          ["Order", "Anvil"],
          ["Paid", "$9.00"],
        ]}
      />,
    );
    expect(elements(html, "dt").map(({ text }) => text)).toEqual(["Order", "Paid"]);
    expect(elements(html, "dd").map(({ text }) => text)).toEqual(["Anvil", "$9.00"]);
  });
});

describe("Day", () => {
  it("is short for people and exact for programs", async () => {
    const day = element(await render(<Day date={new Date("2026-09-05T23:59:58.007Z")} />), "time");
    expect(day).toMatchObject({ text: "Sep 5, 2026", attributes: { dateTime: "2026-09-05T23:59:58.007Z" } });
  });
});

describe("Section and PageTitle", () => {
  it("puts a heading and its note before the matter", async () => {
    const html = await render(
      <Section label="Orders" note="By the piece.">
        <p>One anvil.</p>
      </Section>,
    );
    expect(element(html, "h2").text).toBe("Orders");
    expect(textOf(html)).toBe("Orders\nBy the piece.\nOne anvil.");
    expect(textOf(await render(<Section label="Orders">None</Section>))).toBe("Orders\nNone");
  });

  it("has one h1, with or without a sentence below", async () => {
    const html = await render(<PageTitle title="Prices">Plans that renew.</PageTitle>);
    expect(element(html, "h1").text).toBe("Prices");
    expect(textOf(html)).toBe("Prices\nPlans that renew.");
    const bare = await render(<PageTitle title="Prices" />);
    expect(textOf(bare)).toBe("Prices");
    expect(elements(bare, "div")).toHaveLength(1);
  });
});
