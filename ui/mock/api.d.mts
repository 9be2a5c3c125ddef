/** What tests use of the mock. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}
export interface Mock {
  state: { seq: number; session: boolean; setup: boolean; failures: number };
  hosts: { row: { id: number }; findings: { cve: string }[] }[];
  handle(method: string, url: string, headers?: Record<string, string>, body?: unknown): Answer;
  report(id: number): { seq: number; hosts: number[]; cause: string };
}
export function createMock(options?: { scenario?: string; signedIn?: boolean }): Mock;
