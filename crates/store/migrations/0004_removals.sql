-- Hosts that do not count for a time, and whether the record can be written.

-- Times during which a host does not count: somebody removed it, or another host stands for the same machine. Everything else of the host stays as it is.
CREATE TABLE host_removals (
    host_id BIGINT NOT NULL REFERENCES hosts (id), -- The host.
    revision BIGINT NOT NULL, -- The host's revision that the removal made.
    removed_at BIGINT NOT NULL, -- Since when, server's clock.
    removed_by TEXT NOT NULL, -- Who removed it: a user's name, or server.
    successor_id BIGINT REFERENCES hosts (id), -- The host that stands for the same machine, where that is why.
    returned_at BIGINT, -- Until when, server's clock: it reported again; NULL while it does not count.
    PRIMARY KEY (host_id, revision)
);
CREATE UNIQUE INDEX host_removals_open ON host_removals (host_id) WHERE returned_at IS NULL;
CREATE INDEX host_removals_successor ON host_removals (successor_id) WHERE successor_id IS NOT NULL;

-- Which hosts are the same machine, whoever reports it.
CREATE INDEX hosts_machine ON hosts (machine_id);

-- One row that is written to see whether the record can be written.
CREATE TABLE write_probe (
    id BIGINT PRIMARY KEY, -- Always 1: there is one probe.
    at BIGINT NOT NULL -- When it was last written, by the clock of the server that wrote.
);
INSERT INTO write_probe (id, at) VALUES (1, 0);
