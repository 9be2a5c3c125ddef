// Writes src/api/schema.d.ts from api/openapi.json, with the hash by which a test sees that it is stale.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const source = readFileSync(new URL("../../api/openapi.json", import.meta.url));
const hash = createHash("sha256").update(source).digest("hex");
const types = astToString(await openapiTS(JSON.parse(source.toString("utf8"))));
writeFileSync(
  new URL("../src/api/schema.d.ts", import.meta.url),
  `/**\n * Generated from api/openapi.json by \`npm run gen\`. Do not edit.\n * openapi.json sha256: ${hash}\n */\n\n${types}`,
);
