// `npm run dev` answers /api from the mock; a report of some host comes in every ten seconds.
import { createMock } from "./api.mjs";
import { apiHandler } from "./http.mjs";

export function mockApi() {
  return {
    name: "mendwatch-mock-api",
    apply: "serve",
    configureServer(server) {
      const mock = createMock({ scenario: process.env.MOCK_SCENARIO ?? "fleet" });
      const handler = apiHandler(mock);
      const timer = setInterval(() => {
        const host = mock.hosts[Math.floor(Math.random() * mock.hosts.length)];
        if (host) handler.announce(mock.report(host.row.id));
      }, 10_000);
      timer.unref();
      server.middlewares.use((req, res, next) => {
        handler(req, res).then((answered) => answered || next(), next);
      });
    },
  };
}
