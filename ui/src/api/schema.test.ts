import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createMock } from "../../mock/api.mjs";

const root = `${process.cwd()}/..`;
const source = readFileSync(`${root}/api/openapi.json`);

it("schema.d.ts is generated from the present api/openapi.json (else: npm run gen)", () => {
  const types = readFileSync(`${process.cwd()}/src/api/schema.d.ts`, "utf8");
  const hash = createHash("sha256").update(source).digest("hex");
  expect(types).toContain(`openapi.json sha256: ${hash}`);
});

interface Schema {
  $ref?: string;
  type?: string | string[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
}
interface Document {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >;
  components: { schemas: Record<string, Schema> };
}
const document = JSON.parse(source.toString("utf8")) as Document;

/** As much of JSON Schema as the server's description uses. Gives the paths at which a value differs. */
function differences(value: unknown, schema: Schema, at = "$"): string[] {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return differences(value, document.components.schemas[name] ?? {}, at);
  }
  if (schema.oneOf) {
    const each = schema.oneOf.map((one) => differences(value, one, at));
    return each.some((found) => found.length === 0) ? [] : (each[0] ?? []);
  }
  const found = (schema.allOf ?? []).flatMap((part) => differences(value, part, at));
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const wanted = schema.type === undefined ? [] : [schema.type].flat();
  const fits = (type: string) =>
    type === kind ||
    (type === "integer" && Number.isInteger(value)) ||
    (type === "number" && kind === "number");
  if (wanted.length > 0 && !wanted.some(fits)) return [...found, `${at}: ${kind}, not ${wanted.join("|")}`];
  if (schema.enum && !schema.enum.includes(value))
    found.push(`${at}: ${String(value)} is none of ${schema.enum.join(", ")}`);
  if (Array.isArray(value)) {
    return [
      ...found,
      ...value
        .slice(0, 50)
        .flatMap((item, index) => differences(item, schema.items ?? {}, `${at}[${index}]`)),
    ];
  }
  if (kind === "object") {
    const object = value as Record<string, unknown>;
    for (const name of schema.required ?? []) {
      if (object[name] === undefined) found.push(`${at}.${name}: missing`);
    }
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      if (object[name] !== undefined) found.push(...differences(object[name], property, `${at}.${name}`));
    }
  }
  return found;
}

describe("the mock answers as the server is described", () => {
  const mock = createMock({ signedIn: true });
  const cve = mock.hosts[0]?.findings[0]?.cve ?? "";
  it.each([
    ["/api/v1/session", "/api/v1/session"],
    ["/api/v1/overview", "/api/v1/overview"],
    ["/api/v1/hosts", "/api/v1/hosts?limit=5"],
    ["/api/v1/hosts/{id}", "/api/v1/hosts/1"],
    ["/api/v1/hosts/{id}/packages", "/api/v1/hosts/1/packages"],
    ["/api/v1/hosts/{id}/updates", "/api/v1/hosts/1/updates"],
    ["/api/v1/hosts/{id}/findings", "/api/v1/hosts/1/findings"],
    ["/api/v1/hosts/{id}/findings", "/api/v1/hosts/12/findings"],
    ["/api/v1/hosts/{id}/findings/{cve}", `/api/v1/hosts/1/findings/${cve}`],
    ["/api/v1/packages", "/api/v1/packages"],
    ["/api/v1/updates", "/api/v1/updates"],
    ["/api/v1/findings", "/api/v1/findings"],
    ["/api/v1/cves/{id}", `/api/v1/cves/${cve}`],
    ["/api/v1/feeds", "/api/v1/feeds"],
  ])("%s", (path, url) => {
    const schema = document.paths[path]?.get?.responses["200"]?.content?.["application/json"]?.schema;
    expect(schema, `no description of GET ${path}`).toBeDefined();
    const answer = mock.handle("GET", url);
    expect(answer.status).toBe(200);
    expect(differences(JSON.parse(JSON.stringify(answer.body)), schema ?? {})).toEqual([]);
  });

  it("finds a difference when there is one", () => {
    expect(differences({ value: 3 }, { $ref: "#/components/schemas/Count" })).toEqual([
      "$.count: missing",
      "$.value: number, not string",
    ]);
  });
});
