import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Times } from "./Times";
import { Words } from "./Words";

afterEach(cleanup);

it.each([
  [
    "the data of redhat-oval is of 2021-05-21T06:26:13Z, too old to call anything unaffected",
    "2021-05-21 06:26 UTC",
  ],
  ["data of 2022-11-22T22:37:44.129547Z, file:all.json.zst", "2022-11-22 22:37 UTC"],
  [
    "Host 12 does not count since 2022-11-22 06:12 UTC: host 3 stands for the same machine.",
    "2022-11-22 06:12 UTC",
  ],
])("a time within a sentence is an age, the exact one on hover: %s", (sentence, exact) => {
  const { container } = render(<Times text={sentence} />);
  const time = container.querySelector("time");
  expect(time?.title).toBe(exact);
  expect(time?.textContent).toMatch(/^\d+ years ago$/);
  expect(container.textContent).not.toMatch(/\d\d:\d\d/);
});

it("days, versions and numbers stay as they are, also around commands", () => {
  const text = "Of 2021-05-21, tzdata 2024a-0+deb12u1 12:30. Run `mendwatch feeds sync`.";
  const { container } = render(<Words text={text} />);
  expect(container.querySelector("time")).toBeNull();
  expect(container.textContent).toContain("Of 2021-05-21, tzdata 2024a-0+deb12u1 12:30.");
});

it("an age has no preposition that only a moment has", () => {
  const text = "The lists were last fetched on 2022-11-03 06:12 UTC, more than 7 days ago. It is on.";
  const { container } = render(<Times text={text} />);
  expect(container.textContent).toMatch(/last fetched \d+ years ago, more than 7 days ago\. It is on\.$/);
});
