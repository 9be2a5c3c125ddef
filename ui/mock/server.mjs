// `npm run mock`: serves dist/ with the mock behind it, for a look at the built dashboard.
import { createMock } from "./api.mjs";
import { serve } from "./http.mjs";

const mock = createMock({ scenario: process.env.MOCK_SCENARIO ?? "fleet" });
const { url } = await serve(mock, { port: Number(process.env.PORT ?? 0) });
console.log(`${url}  (sign in: admin / correct horse battery; set-up link: ${url}/setup#first-light)`);
