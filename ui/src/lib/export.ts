/** Tables as files. */

export interface Field<Row> {
  name: string;
  value: (row: Row) => string | number | boolean | null | undefined;
}

/**
 * One cell of RFC 4180 CSV. Names come from foreign hosts, so a text that a spreadsheet would run as
 * a formula gets an apostrophe in front.
 */
function cell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv<Row>(fields: readonly Field<Row>[], rows: readonly Row[]): string {
  const lines = [fields.map((field) => cell(field.name)).join(",")];
  for (const row of rows) lines.push(fields.map((field) => cell(field.value(row))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

export function toJson<Row>(fields: readonly Field<Row>[], rows: readonly Row[]): string {
  const objects = rows.map((row) =>
    Object.fromEntries(fields.map((field) => [field.name, field.value(row) ?? null])),
  );
  return `${JSON.stringify(objects, null, 2)}\n`;
}

/** Hands a text to the browser as a file. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has the blob by then; freeing it at once stops it in some browsers.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
