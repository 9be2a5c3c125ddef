import { type ReactNode, type Ref, useId, useState } from "react";

export function TextField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: string;
  type?: string;
  error?: string | null;
  hint?: ReactNode;
  ref?: Ref<HTMLInputElement>;
  children?: ReactNode;
}) {
  const id = useId();
  const { label, value, onChange, autoComplete, type = "text", error, hint, ref, children } = props;
  return (
    <div>
      <label htmlFor={id} className="mb-1 flex items-baseline justify-between text-sm font-semibold">
        {label}
      </label>
      <div className="relative">
        <input
          ref={ref}
          id={id}
          className="field"
          type={type}
          value={value}
          required
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={error ? true : undefined}
          aria-describedby={error || hint ? `${id}-note` : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
        {children}
      </div>
      {error || hint ? (
        <p id={`${id}-note`} className={`mt-1 text-xs ${error ? "text-critical" : "text-muted"}`}>
          {error ?? hint}
        </p>
      ) : null}
    </div>
  );
}

export function PasswordField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: "current-password" | "new-password";
  error?: string | null;
  hint?: ReactNode;
  ref?: Ref<HTMLInputElement>;
}) {
  const [shown, setShown] = useState(false);
  return (
    <TextField {...props} type={shown ? "text" : "password"}>
      <button
        type="button"
        className="absolute top-1 right-1 h-7 rounded-sm bg-surface px-2 text-xs text-muted hover:text-ink"
        aria-pressed={shown}
        aria-label="Show the password"
        onClick={() => setShown(!shown)}
      >
        {shown ? "Hide" : "Show"}
      </button>
    </TextField>
  );
}
