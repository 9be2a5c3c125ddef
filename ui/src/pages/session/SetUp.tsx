import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { change, Problem } from "../../api/client";
import { api, sessionQuery } from "../../api/queries";
import { Command } from "../../components/Command";
import { count, plural } from "../../lib/format";
import { paths } from "../../paths";
import { Doorway } from "./Doorway";
import { PasswordField, TextField } from "./PasswordField";

const LEAST = 12;

/** The first administrator. The token is the address's fragment: it never reaches a server's log. */
export function SetUp({ needed }: { needed: boolean }) {
  const [token] = useState(() => window.location.hash.slice(1));
  const client = useQueryClient();
  const router = useRouter();
  const [name, setName] = useState("admin");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Problem | null>(null);

  if (!needed || failure?.code === "setup_link_used") return <LinkUsed />;
  if (!token || failure?.code === "setup_link_unknown") return <NoLink unknown={token !== ""} />;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await change("POST", api.setup, { token, name, password });
      // The token is spent; it need not stay in the history.
      router.history.replace(paths.overview());
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    } catch (error) {
      setFailure(error instanceof Problem ? error : new Problem(0, "failed", "Setting up failed."));
    } finally {
      setBusy(false);
    }
  };
  const missing = LEAST - [...password].length;

  return (
    <Doorway title="Set up the first administrator">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          autoComplete="username"
          error={failure?.field === "name" ? failure.detail : null}
        />
        <PasswordField
          label="Password"
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          error={failure?.field === "password" ? failure.detail : null}
          hint={passwordHint([...password].length)}
        />
        <p role="alert" className="min-h-5 text-sm text-critical">
          {failure && !failure.field ? failure.detail : null}
        </p>
        <button type="submit" className="button button-primary" disabled={busy || !name || missing > 0}>
          {busy ? "Setting up …" : "Set up and sign in"}
        </button>
      </form>
    </Doorway>
  );
}

/** What is wanted, and how far it is. */
function passwordHint(length: number): string {
  if (length === 0) return `At least ${LEAST} characters; a few words do well.`;
  const has = plural(length, "character");
  return length < LEAST
    ? `${has} so far; at least ${LEAST} are needed, ${count(LEAST - length)} more.`
    : `${has}: long enough.`;
}

function LinkUsed() {
  return (
    <Doorway title="This set-up link has been used">
      <p className="text-muted">There is an administrator already.</p>
      <a href={paths.overview()} className="button button-primary">
        Sign in
      </a>
    </Doorway>
  );
}

export function NoLink({ unknown = false }: { unknown?: boolean }) {
  return (
    <Doorway title={unknown ? "This set-up link is not known" : "Mendwatch is not set up yet"}>
      <p className="text-muted">
        The server printed a one-time set-up link when it started. Open that link in this browser. If it is
        lost, start the server again: it prints a new one until there is an administrator.
      </p>
      <Command text="mendwatch server" />
    </Doorway>
  );
}
