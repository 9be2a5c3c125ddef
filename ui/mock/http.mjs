// Wraps the mock for node:http and for Vite: bodies, cookies left out, events as a stream.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

/** A request handler `(req, res) => Promise<boolean>`: true when it answered. */
export function apiHandler(mock) {
  const listeners = new Set();
  const handler = async (req, res) => {
    if (!req.url.startsWith("/api/")) return false;
    if (req.url.startsWith("/api/v1/events")) {
      res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      res.write(`event: hello\ndata: ${JSON.stringify({ seq: mock.state.seq })}\n\n`);
      listeners.add(res);
      req.on("close", () => listeners.delete(res));
      return true;
    }
    let text = "";
    for await (const chunk of req) text += chunk;
    const answer = mock.handle(req.method, req.url, req.headers, text ? JSON.parse(text) : {});
    res.writeHead(answer.status, {
      "content-type": "application/json",
      "cache-control": "no-store",
      ...answer.headers,
    });
    res.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
    return true;
  };
  handler.announce = (change) => {
    for (const res of listeners) res.write(`event: change\ndata: ${JSON.stringify(change)}\n\n`);
  };
  handler.drop = () => {
    for (const res of listeners) res.destroy();
    listeners.clear();
  };
  return handler;
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Serves dist/ and the mock on a free port of the loopback address, under the server's policy. */
export async function serve(mock, { dist = new URL("../dist/", import.meta.url).pathname, port = 0 } = {}) {
  const api = apiHandler(mock);
  const server = createServer(async (req, res) => {
    if (await api(req, res)) return;
    const path = normalize(new URL(req.url, "http://mock").pathname);
    const answer = async (file) => {
      const body = await readFile(join(dist, file));
      res.writeHead(200, {
        "content-type": TYPES[extname(file)] ?? "application/octet-stream",
        "content-security-policy":
          "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
      });
      res.end(body);
    };
    try {
      await answer(path === "/" ? "index.html" : path);
    } catch {
      if (path.startsWith("/assets/")) res.writeHead(404).end();
      else await answer("index.html");
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    api,
    close: () =>
      new Promise((resolve) => {
        api.drop();
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
