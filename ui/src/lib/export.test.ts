import { expect, it } from "vitest";
import { toCsv, toJson } from "./export";

const fields = [
  { name: "host", value: (row: { host: string; n: number | null }) => row.host },
  { name: "n", value: (row: { host: string; n: number | null }) => row.n },
];

it("CSV quotes what RFC 4180 says", () => {
  expect(
    toCsv(fields, [
      { host: 'a "b", c', n: 1 },
      { host: "two\nlines", n: null },
    ]),
  ).toBe('host,n\r\n"a ""b"", c",1\r\n"two\nlines",\r\n');
});

it("CSV lets no foreign name run as a formula", () => {
  expect(
    toCsv(fields, [
      { host: "=cmd()", n: -1 },
      { host: "@x", n: 2 },
    ]),
  ).toBe("host,n\r\n'=cmd(),-1\r\n'@x,2\r\n");
});

it("JSON keeps types and names", () => {
  expect(JSON.parse(toJson(fields, [{ host: "a", n: null }]))).toEqual([{ host: "a", n: null }]);
});
