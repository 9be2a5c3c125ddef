-- What people decided, who they are, and how servers share the work.

-- Exceptions, tags, acknowledgements: what people decided, by whom and until when. Never changed, only revoked.
CREATE TABLE decisions (
    id BIGINT PRIMARY KEY, -- Number of the decision.
    kind TEXT NOT NULL CHECK (kind IN ('exception', 'tag', 'acknowledgement', 'policy')), -- What was decided on.
    body TEXT NOT NULL, -- JSON object; its fields depend on the kind.
    author TEXT NOT NULL, -- Name of who decided.
    at BIGINT NOT NULL, -- When, server's clock.
    expires_at BIGINT, -- Until when it holds; NULL: until revoked.
    revoked_at BIGINT, -- When it was revoked; NULL while it stands.
    revoked_by TEXT -- Name of who revoked it.
);
CREATE INDEX decisions_kind ON decisions (kind, id);

-- People who may sign in.
CREATE TABLE users (
    id BIGINT PRIMARY KEY, -- Number of the user.
    name TEXT NOT NULL, -- Name to sign in with, as it was chosen.
    name_key TEXT NOT NULL, -- The name in lower case: names that differ in case only are one.
    password TEXT NOT NULL, -- Argon2id in PHC notation.
    role TEXT NOT NULL, -- What the user may do: administrator.
    created_at BIGINT NOT NULL, -- When the account was made.
    disabled_at BIGINT -- When it was shut; NULL while it is open.
);
CREATE UNIQUE INDEX users_name ON users (name_key);

-- Signed-in browsers.
CREATE TABLE sessions (
    hash BYTEA NOT NULL PRIMARY KEY, -- SHA-256 of the session's secret, which is nowhere stored.
    user_id BIGINT NOT NULL REFERENCES users (id), -- Who is signed in.
    created_at BIGINT NOT NULL, -- When the browser signed in.
    expires_at BIGINT NOT NULL -- Until when at most.
);
CREATE INDEX sessions_user ON sessions (user_id);

-- One-time links by which the first administrator is made.
CREATE TABLE setup_links (
    hash BYTEA NOT NULL PRIMARY KEY, -- SHA-256 of the link's secret, which is nowhere stored.
    created_at BIGINT NOT NULL, -- When it was printed.
    expires_at BIGINT NOT NULL, -- Until when it works.
    used_at BIGINT -- When it was used; NULL while it works.
);

-- Credentials of agents.
CREATE TABLE agent_tokens (
    id BIGINT PRIMARY KEY, -- Number of the token.
    hash BYTEA NOT NULL, -- SHA-256 of the token, which is nowhere stored.
    name TEXT NOT NULL, -- For people.
    namespace BIGINT NOT NULL, -- Name space of the hosts it speaks for; a token that replaces another has the same.
    created_at BIGINT NOT NULL, -- When it was made.
    revoked_at BIGINT -- When it was revoked; NULL while it works.
);
CREATE UNIQUE INDEX agent_tokens_hash ON agent_tokens (hash);

-- Settings that people change at run time.
CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY, -- Name of the setting.
    value TEXT NOT NULL, -- The value as JSON, of whatever type the setting has.
    changed_at BIGINT NOT NULL, -- When it was last set.
    changed_by TEXT NOT NULL -- By whom.
);

-- Which server does which scheduled work.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY, -- The work.
    holder TEXT NOT NULL, -- The server process that does it.
    until BIGINT NOT NULL, -- Until when, server's clock; then anybody may take it.
    version TEXT NOT NULL -- The holder's version, which gates a rolling upgrade.
);
