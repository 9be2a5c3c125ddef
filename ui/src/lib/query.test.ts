import { describe, expect, it } from "vitest";
import { formatQuery, hasTerm, parseQuery, queryValue, toggleTerm, withoutTerm } from "./query";

describe("query line", () => {
  it("splits fields, comparisons, negation and free words", () => {
    expect(parseQuery("os:debian:12 security>10 -tag:lab web")).toEqual([
      { text: "os:debian:12", negated: false, field: "os", op: ":", value: "debian:12" },
      { text: "security>10", negated: false, field: "security", op: ">", value: "10" },
      { text: "-tag:lab", negated: true, field: "tag", op: ":", value: "lab" },
      { text: "web", negated: false, field: "", op: "", value: "web" },
    ]);
  });

  it("keeps blanks and quotes inside quotes", () => {
    expect(parseQuery('tag:"two words" "a \\"b\\""').map((term) => term.value)).toEqual([
      "two words",
      'a "b"',
    ]);
  });

  it.each([
    "",
    "web-17",
    "os:debian:12 -freshness:lost security>=10",
    'tag:"two words" pkg:libstdc++6',
    'free "quoted word" -gone',
    "(os:debian or os:ubuntu) -freshness:lost",
    "web or db",
    "security> -",
    '"open quote',
  ])("comes back as it was: %j", (text) => {
    expect(formatQuery(parseQuery(text))).toBe(text);
  });

  it("a group is one term, and a query joined by 'or' is one", () => {
    expect(parseQuery("(a or b) colour:red").map((term) => term.text)).toEqual(["(a or b)", "colour:red"]);
    expect(parseQuery("a or b colour:red").map((term) => term.text)).toEqual(["a or b colour:red"]);
  });

  it("removes one term and leaves its twin", () => {
    expect(withoutTerm("a b a", 0)).toBe("b a");
  });

  it("a facet replaces the other value of its field, and a second click removes it", () => {
    const one = toggleTerm("web colour:red", "colour:green");
    expect(one).toBe("web colour:green");
    expect(toggleTerm(one, "colour:green")).toBe("web");
    expect(toggleTerm("-colour:grey", "colour:green")).toBe("-colour:grey colour:green");
    expect(hasTerm(one, "colour:green")).toBe(true);
  });

  it("a facet narrows all of a joined query, not its last part", () => {
    expect(toggleTerm("web or db", "colour:red")).toBe("(web or db) colour:red");
    expect(toggleTerm("(web or db) colour:red", "colour:red")).toBe("(web or db)");
  });

  it("values are quoted where the language needs it", () => {
    expect(queryValue("libstdc++6")).toBe("libstdc++6");
    expect(queryValue("two words")).toBe('"two words"');
    expect(queryValue('a"(b)\\')).toBe('"a\\"(b)\\\\"');
  });
});
