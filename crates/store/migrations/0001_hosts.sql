-- Hosts, what they reported, and the change log.
--
-- A comment stands above every table and beside every column; on PostgreSQL they become COMMENTs.
-- Types: BIGINT, TEXT, BYTEA. Times are microseconds since 1970 UTC. Flags are 0 and 1.
-- `BIGINT PRIMARY KEY` becomes `INTEGER PRIMARY KEY` on SQLite, which stores the id with the row.

-- The next number of each series of ids. Numbers are never used twice; gaps are harmless.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY, -- The series, named after the table.
    next BIGINT NOT NULL -- The number that comes next.
);
INSERT INTO counters (name, next) VALUES
    ('hosts', 1), ('packages', 1), ('section_bodies', 1), ('advisories', 1), ('advisory_versions', 1),
    ('feed_generations', 1), ('verdict_log', 1), ('decisions', 1), ('users', 1), ('agent_tokens', 1);

-- The newest sequence number. Each writer takes its numbers here just before COMMIT, so they have no gaps and appear in order.
CREATE TABLE log_head (
    id BIGINT PRIMARY KEY, -- Always 1: there is one head.
    seq BIGINT NOT NULL -- The last number given out.
);
INSERT INTO log_head (id, seq) VALUES (1, 0);

-- What changed, in the order in which it became visible. Other servers follow it.
CREATE TABLE change_log (
    seq BIGINT PRIMARY KEY, -- Sequence number, without gaps.
    at BIGINT NOT NULL, -- When, by the clock of the server that wrote.
    cause TEXT NOT NULL CHECK (cause IN ('report', 'checkin', 'feed', 'decision', 'setting')), -- What made it change.
    host_id BIGINT, -- The host, where it is one.
    sequence BIGINT, -- With a report: its number.
    what TEXT NOT NULL -- JSON object; its fields depend on the cause.
);
CREATE INDEX change_log_host ON change_log (host_id, sequence) WHERE host_id IS NOT NULL;

-- Hosts: who they are and when they were last heard of. Machine id, name and addresses are attributes; the id is the host.
CREATE TABLE hosts (
    id BIGINT PRIMARY KEY, -- Public number, never used twice.
    namespace BIGINT NOT NULL, -- Name space of the identity, from the token; 0 is the server itself.
    machine_id TEXT NOT NULL, -- 32 hexadecimal digits, unique within the name space.
    boot_id TEXT NOT NULL, -- The kernel's boot id at the last message, may be empty.
    hostname TEXT NOT NULL, -- The node name at the last message.
    platform TEXT NOT NULL, -- Distribution and release, such as debian:12.
    agent_name TEXT NOT NULL, -- The program that spoke last.
    agent_version TEXT NOT NULL, -- Its version.
    tag TEXT NOT NULL, -- Free label set on the host, may be empty.
    site TEXT NOT NULL, -- Site set on the host, may be empty.
    env TEXT NOT NULL, -- Environment set on the host, may be empty.
    first_seen_at BIGINT NOT NULL, -- When it was first heard of, server's clock.
    last_seen_at BIGINT NOT NULL, -- When it was last heard of, server's clock.
    observed_at BIGINT NOT NULL, -- When it last looked at itself: host's clock, clamped to the server's and never backwards.
    clock_skew BIGINT NOT NULL, -- Host's clock minus server's clock at the last message, in microseconds.
    sequence BIGINT NOT NULL, -- Number of the last report that was taken.
    revision BIGINT NOT NULL, -- Counts the writes to this host; a writer names the one it has read.
    run_revision BIGINT NOT NULL, -- The revision with which the current run in scans began.
    heartbeat TEXT NOT NULL -- JSON of the volatile values of the last message.
);
CREATE UNIQUE INDEX hosts_identity ON hosts (namespace, machine_id);

-- Distinct packages: only what is true of a package on any host. Two hosts with equal packages share the row.
CREATE TABLE packages (
    id BIGINT PRIMARY KEY, -- Number of the package, never used twice.
    hash BYTEA NOT NULL, -- First 16 bytes of the SHA-256 of the other columns, the key by which it is found.
    platform TEXT NOT NULL, -- Distribution and release of the hosts that have it.
    name TEXT NOT NULL, -- Name of the binary package.
    version TEXT NOT NULL, -- Full version.
    arch TEXT NOT NULL, -- Architecture in the manager's words.
    source TEXT NOT NULL, -- Name of the source package.
    source_version TEXT NOT NULL, -- Version of the source package.
    module TEXT NOT NULL, -- Module label name:stream, else empty.
    origin TEXT NOT NULL CHECK (origin IN ('distribution', 'distribution_inferred', 'foreign')), -- Who built it, by the evidence.
    origin_name TEXT NOT NULL -- With a foreign origin: its name.
);
CREATE UNIQUE INDEX packages_hash ON packages (hash);

-- Longer texts of packages, as the first host with the package reported them. Not part of what makes packages distinct.
CREATE TABLE package_texts (
    package_id BIGINT PRIMARY KEY REFERENCES packages (id), -- The package.
    depends TEXT NOT NULL, -- Dependencies in the manager's syntax, may be empty.
    vendor TEXT NOT NULL -- The packager, may be empty.
);

-- Bodies of sections, kept once however many hosts and times have the same.
CREATE TABLE section_bodies (
    id BIGINT PRIMARY KEY, -- Number of the body.
    hash BYTEA NOT NULL, -- SHA-256 of the uncompressed content, the key by which it is found.
    kind TEXT NOT NULL CHECK (kind IN ('json', 'set')), -- json: canonical JSON of the section; set: packages by number, role and flags.
    content BYTEA NOT NULL -- The content, compressed with zstd.
);
CREATE UNIQUE INDEX section_bodies_hash ON section_bodies (hash);

-- What was in force in a section of a host, and from when to when. An interval ends when another follows, never because a section could not be collected.
CREATE TABLE inventories (
    host_id BIGINT NOT NULL REFERENCES hosts (id), -- The host.
    section TEXT NOT NULL CHECK (section IN ('host', 'packages', 'updates', 'repositories', 'runtime', 'history')), -- The section.
    revision BIGINT NOT NULL, -- The host's revision that brought it.
    section_hash BYTEA, -- SHA-256 as the host sent it; NULL: to be asked for again.
    body_id BIGINT NOT NULL REFERENCES section_bodies (id), -- The content, without odd records.
    odd TEXT NOT NULL, -- JSON list of the records that were left out, with the reason.
    observed_at BIGINT NOT NULL, -- When the host was first seen so: host's clock, clamped.
    recorded_at BIGINT NOT NULL, -- When it was written here, server's clock.
    ended_at BIGINT, -- When the host was first seen otherwise: host's clock, clamped; NULL while in force.
    ended_recorded_at BIGINT, -- When the end was written here, server's clock.
    PRIMARY KEY (host_id, section, revision)
);
CREATE UNIQUE INDEX inventories_in_force ON inventories (host_id, section) WHERE ended_at IS NULL;

-- Times during which a section of a host could not be collected. What was known stays in force meanwhile.
CREATE TABLE section_outages (
    host_id BIGINT NOT NULL REFERENCES hosts (id), -- The host.
    section TEXT NOT NULL CHECK (section IN ('host', 'packages', 'updates', 'repositories', 'runtime', 'history')), -- The section.
    revision BIGINT NOT NULL, -- The host's revision that brought it.
    reason TEXT NOT NULL, -- Why, one line for people.
    last_good_at BIGINT, -- When the section was last seen, host's clock, clamped; NULL where it never was.
    began_at BIGINT NOT NULL, -- Since when, host's clock, clamped.
    recorded_at BIGINT NOT NULL, -- When it was written here, server's clock.
    ended_at BIGINT, -- Until when, host's clock, clamped; NULL while it lasts.
    ended_recorded_at BIGINT, -- When the end was written here, server's clock.
    PRIMARY KEY (host_id, section, revision)
);
CREATE UNIQUE INDEX section_outages_open ON section_outages (host_id, section) WHERE ended_at IS NULL;

-- The transposed log: which host got or lost a package in a role, and when. A host's first inventory writes nothing here: it is where the host's first interval begins.
CREATE TABLE package_log (
    package_id BIGINT NOT NULL REFERENCES packages (id), -- The package.
    role BIGINT NOT NULL, -- 0 installed, 1 running kernel, 2 next kernel, 3 resident.
    host_id BIGINT NOT NULL REFERENCES hosts (id), -- The host.
    revision BIGINT NOT NULL, -- The host's revision that brought it; with the host it leads to the sequence number in change_log.
    came BIGINT NOT NULL CHECK (came IN (0, 1)), -- 1 the host has it since, 0 no longer.
    observed_at BIGINT NOT NULL, -- When it was first seen so: host's clock, clamped.
    recorded_at BIGINT NOT NULL, -- When it was written here, server's clock.
    PRIMARY KEY (package_id, role, host_id, revision)
);

-- Runs of scans without a change between them: first, last and how many.
CREATE TABLE scans (
    host_id BIGINT NOT NULL REFERENCES hosts (id), -- The host.
    revision BIGINT NOT NULL, -- The host's revision with which the run began; sections in force are those of the newest revision up to it.
    first_at BIGINT NOT NULL, -- The first scan of the run: host's clock, clamped.
    last_at BIGINT NOT NULL, -- The last one.
    count BIGINT NOT NULL, -- How many scans.
    packages BIGINT NOT NULL, -- Installed packages.
    security_updates BIGINT NOT NULL, -- Pending updates from security repositories.
    other_updates BIGINT NOT NULL, -- Other pending updates.
    PRIMARY KEY (host_id, revision)
);
