import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { change, Problem } from "../../api/client";
import { api, sessionQuery } from "../../api/queries";
import { Doorway } from "./Doorway";
import { PasswordField, TextField } from "./PasswordField";

/** Stands at whatever address was asked for, so that signing in leads there. */
export function SignIn({ ended = false }: { ended?: boolean }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await change("POST", api.session, { name, password });
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    } catch (error) {
      setFailure(reason(error));
      setPassword("");
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <Doorway title="Sign in">
      {ended ? (
        <p role="status" className="text-muted">
          Your session has ended. Sign in to go on where you were.
        </p>
      ) : null}
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField label="Name" value={name} onChange={setName} autoComplete="username" />
        <PasswordField
          ref={field}
          label="Password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
        />
        <p role="alert" className="min-h-5 text-sm text-critical">
          {failure}
        </p>
        <button type="submit" className="button button-primary" disabled={busy || !name || !password}>
          {busy ? "Signing in …" : "Sign in"}
        </button>
      </form>
    </Doorway>
  );
}

function reason(error: unknown): string {
  if (!(error instanceof Problem)) return "Signing in failed.";
  if (error.code === "wrong_credentials") return "Name or password is wrong.";
  if (error.code === "too_many_attempts") {
    const wait = error.retryAfter ? ` Try again in ${error.retryAfter} s.` : " Try again in a while.";
    return `Too many attempts.${wait}`;
  }
  return error.detail;
}
