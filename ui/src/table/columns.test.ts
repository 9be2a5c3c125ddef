import { expect, it } from "vitest";
import { hasWords } from "./columns";

it.each([
  [undefined, true],
  ["  ", true],
  ["SSL", true],
  ["3 lib", true],
  ["ssl tls", false],
])("a filter of %j is every word of it, in any case and order: %s", (filter, held) => {
  expect(hasWords(filter, "libssl3 OpenSSL")).toBe(held);
});
