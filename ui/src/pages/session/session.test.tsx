import { act, fireEvent, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderApp, TestEvents } from "../../test/renderApp";

const type = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label, { selector: "input" }), { target: { value } });
const press = async (name: string) => {
  await act(async () => {
    fireEvent.click(screen.getByRole("button", { name }));
  });
};

it("signing in leads to the page that was asked for", async () => {
  const { href } = await renderApp("/feeds", { signedIn: false });
  await screen.findByRole("heading", { name: "Sign in" });
  type("Name", "admin");
  type("Password", "wrong");
  await press("Sign in");
  expect(screen.getByRole("alert").textContent).toBe("Name or password is wrong.");
  type("Password", "correct horse battery");
  await press("Sign in");
  expect(await screen.findByRole("table", { name: "Feeds" })).toBeTruthy();
  expect(href()).toBe("/feeds");
});

it("a session that ended says so, and leads on to where one was", async () => {
  const { mock, href } = await renderApp("/feeds");
  await screen.findByRole("table", { name: "Feeds" });
  mock.state.session = false;
  await act(async () => {
    for (const each of TestEvents.open) each.say("change", { seq: 99_999, hosts: null, cause: "time" });
  });
  await screen.findByRole("heading", { name: "Sign in" });
  expect(screen.getByRole("status").textContent).toMatch(/^Your session has ended/);
  type("Name", "admin");
  type("Password", "correct horse battery");
  await press("Sign in");
  expect(await screen.findByRole("table", { name: "Feeds" })).toBeTruthy();
  expect(href()).toBe("/feeds");
});

it("who was not signed in is told of no session", async () => {
  await renderApp("/feeds", { signedIn: false });
  await screen.findByRole("heading", { name: "Sign in" });
  expect(screen.queryByText(/Your session has ended/)).toBeNull();
});

it("too many attempts say how long to wait", async () => {
  await renderApp("/", { signedIn: false });
  await screen.findByRole("heading", { name: "Sign in" });
  for (let tries = 0; tries < 5; tries += 1) {
    type("Name", "admin");
    type("Password", "wrong");
    await press("Sign in");
  }
  expect(screen.getByRole("alert").textContent).toBe("Too many attempts. Try again in 30 s.");
});

it("the first administrator is set up with the token of the fragment", async () => {
  const { href, asked } = await renderApp("/setup#first-light", { scenario: "setup", signedIn: false });
  await screen.findByRole("heading", { name: "Set up the first administrator" });
  type("Name", "root");
  type("Password", "short");
  expect((screen.getByRole("button", { name: "Set up and sign in" }) as HTMLButtonElement).disabled).toBe(
    true,
  );
  type("Password", "long enough for this");
  await press("Set up and sign in");
  expect(await screen.findByText("No host has reported yet.")).toBeTruthy();
  expect(href()).toBe("/");
  // The token goes into the body of one request and nowhere else.
  expect(asked.filter((each) => each.includes("first-light"))).toEqual([]);
});

it("a wrong token says what to do", async () => {
  await renderApp("/setup#guess", { scenario: "setup", signedIn: false });
  await screen.findByRole("heading", { name: "Set up the first administrator" });
  type("Password", "long enough for this");
  await press("Set up and sign in");
  expect(await screen.findByRole("heading", { name: "This set-up link is not known" })).toBeTruthy();
});

it("without a link the page says where to find it", async () => {
  await renderApp("/", { scenario: "setup", signedIn: false });
  expect(await screen.findByRole("heading", { name: "Mendwatch is not set up yet" })).toBeTruthy();
});

it("a used link leads to the sign-in", async () => {
  await renderApp("/setup#first-light", { signedIn: false });
  expect(await screen.findByRole("heading", { name: "This set-up link has been used" })).toBeTruthy();
});

it("the set-up page says how long the password must be, and how long it is", async () => {
  await renderApp("/setup#first-light", { scenario: "setup", signedIn: false });
  await screen.findByRole("heading", { name: "Set up the first administrator" });
  const note = () => {
    const id = screen.getByLabelText("Password", { selector: "input" }).getAttribute("aria-describedby");
    return document.getElementById(id ?? "")?.textContent;
  };
  expect(note()).toBe("At least 12 characters; a few words do well.");
  type("Password", "x");
  expect(note()).toBe("1 character so far; at least 12 are needed, 11 more.");
  type("Password", "elevenchars");
  expect(note()).toBe("11 characters so far; at least 12 are needed, 1 more.");
  // Characters as the server counts them, not UTF-16 units.
  type("Password", "🙂".repeat(12));
  expect(note()).toBe("12 characters: long enough.");
});
