import { fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { renderApp } from "../../test/renderApp";
import { taken } from "./QueryInput";

const COMPLETE = "/api/v1/query/complete";
const answered = {
  start: 8,
  end: 9,
  suggestions: [
    { text: "prod", kind: "value", hosts: 2 },
    { text: "proxy", kind: "value", hosts: 1 },
  ],
};

async function typed(text: string) {
  const shown = await renderApp("/hosts", {
    answer: (_, url) => (url.startsWith(COMPLETE) ? new Response(JSON.stringify(answered)) : undefined),
  });
  const input = (await screen.findByRole("combobox", { name: "Query on hosts" })) as HTMLInputElement;
  fireEvent.change(input, { target: { value: text } });
  input.setSelectionRange(text.length, text.length);
  fireEvent.select(input);
  return { ...shown, input };
}

describe("completion", () => {
  it("asks for the place of the cursor and puts what is chosen there", async () => {
    const { asked, href, input } = await typed("web env:p");
    expect((await screen.findAllByRole("option")).map((one) => one.textContent)).toEqual([
      "prod2 hosts",
      "proxy1 host",
    ]);
    const requests = asked.filter((one) => one.includes(COMPLETE));
    expect(requests).toHaveLength(1);
    expect(new URLSearchParams(requests[0]?.split("?")[1]).get("q")).toBe("web env:p");
    expect(new URLSearchParams(requests[0]?.split("?")[1]).get("at")).toBe("9");

    fireEvent.keyDown(input, { key: "ArrowDown" });
    fireEvent.keyDown(input, { key: "ArrowDown" });
    expect(input.getAttribute("aria-activedescendant")).toBe(screen.getAllByRole("option")[1]?.id);
    fireEvent.keyDown(input, { key: "Enter" });
    expect(input.value).toBe("web env:proxy");
    expect(href()).toBe("/hosts");
  });

  it("leaves Enter to the query where nothing is chosen, and closes by Escape", async () => {
    const { href, input } = await typed("web env:p");
    await screen.findAllByRole("option");
    fireEvent.keyDown(input, { key: "Escape" });
    expect(screen.queryAllByRole("option")).toEqual([]);
    fireEvent.submit(input);
    await waitFor(() => expect(href()).toContain("env:p"));
  });

  it("counts characters as the server does", () => {
    // The first one is two UTF-16 units.
    expect(taken("😀 env:p x", 6, 7, "prod")).toEqual({ text: "😀 env:prod x", caret: 11 });
  });
});
