// The built binaries, started and ended by the tests, in a directory that goes with them.
import { execFile, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const START_MS = 60_000;
const END_MS = 15_000;

/** The binary that the environment names, else the newest profile that was built. */
function binary(name, variable) {
  const target = fileURLToPath(new URL("../../target/", import.meta.url));
  const places = process.env[variable]
    ? [process.env[variable]]
    : [join(target, "ci", name), join(target, "debug", name)];
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`no ${name} at ${places.join(" or ")}: build it, or name it in ${variable}`);
  return found;
}

/** Variables of ours in the caller's shell would change what is tested. */
function cleanEnvironment() {
  const ours = /^(MENDWATCH|PATCHMONITOR)_|^(DATABASE_URL|COLLECTION_INTERVAL_MINUTES)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/**
 * A server on a port of the system's choice, with data of its own.
 *
 * Gives `{ url, setup, dir, cli(...args), agent(...args), log(), end() }`: `setup` is the set-up link
 * that the server printed, `cli` runs `mendwatch` on the same data, `agent` runs `mendwatch-agent`,
 * both give what was printed; `log` is what the server wrote so far.
 */
export async function startServer() {
  const mendwatch = binary("mendwatch", "MENDWATCH_BIN");
  const agent = binary("mendwatch-agent", "MENDWATCH_AGENT_BIN");
  const dir = await mkdtemp(join(tmpdir(), "mendwatch-e2e-"));
  const data = join(dir, "data");
  const env = cleanEnvironment();
  const lines = [];
  const child = spawn(mendwatch, ["server", "--listen", "127.0.0.1:0", "--data", data], {
    env,
    cwd: dir,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(String(error)));
    child.once("exit", (code, signal) => resolve(`code ${code}, signal ${signal}`));
  });
  const kill = () => child.kill("SIGKILL");
  // Also when the runner itself is ended: neither server nor data may outlive their test.
  const last = () => {
    kill();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  process.once("exit", last);

  async function end() {
    const running = child.exitCode === null && child.signalCode === null;
    if (running) child.kill("SIGTERM");
    const timer = setTimeout(kill, END_MS);
    const how = await ended;
    clearTimeout(timer);
    process.off("exit", last);
    await rm(dir, { recursive: true, force: true });
    return running ? how : `ended before it was asked to: ${how}`;
  }

  try {
    const { url, setup } = await new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`no address and link within ${START_MS} ms:\n${lines.join("\n")}`)),
        START_MS,
      );
      ended.then((how) => reject(new Error(`the server ended (${how}):\n${lines.join("\n")}`)));
      createInterface({ input: child.stderr }).on("line", (line) => lines.push(line));
      createInterface({ input: child.stdout }).on("line", (line) => {
        lines.push(line);
        const text = lines.join("\n");
        const link = /set up\s+(http:\/\/\S+)/.exec(text);
        const address = /^Mendwatch \S+ on (http:\/\/\S+)$/m.exec(text);
        if (address && link) {
          clearTimeout(late);
          resolve({ url: address[1], setup: link[1] });
        }
      });
    });
    const call = async (file, args) =>
      (await run(file, args, { env, cwd: dir, timeout: START_MS, maxBuffer: 64 << 20 })).stdout;
    return {
      url,
      setup,
      dir,
      cli: (...args) => call(mendwatch, [...args, "--data", data]),
      agent: (...args) => call(agent, args),
      log: () => lines.join("\n"),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
