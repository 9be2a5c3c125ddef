import { act, fireEvent, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderApp } from "../test/renderApp";

async function type(text: string): Promise<HTMLElement> {
  const field = await screen.findByRole("combobox", { name: "Search hosts, packages, CVEs" });
  await act(async () => {
    fireEvent.focus(field);
    fireEvent.change(field, { target: { value: text } });
  });
  return field;
}
const enter = (field: HTMLElement) => act(async () => void fireEvent.keyDown(field, { key: "Enter" }));

it("offers the page of a CVE that is open nowhere, in whatever case it is typed", async () => {
  const { href } = await renderApp("/");
  const field = await type("cve-1999-0001");
  const option = await screen.findByRole("option", { name: /CVE-1999-0001/ });
  expect(option.textContent).toContain("not known to be open on any host");
  await enter(field);
  expect(href()).toBe("/cves/CVE-1999-0001");
});

it("a whole id leads to its page before any answer is there", async () => {
  const { href } = await renderApp("/");
  await enter(await type(" CVE-2019-18224 "));
  expect(href()).toBe("/cves/CVE-2019-18224");
});

it("what is no id is looked for, and not found", async () => {
  await renderApp("/");
  await type("CVE-19-1");
  expect(await screen.findByText(/Nothing is called/)).toBeTruthy();
});
