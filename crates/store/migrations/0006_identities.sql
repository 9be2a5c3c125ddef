-- Who speaks under one machine id.

-- Names and boots under which a host was heard lately: written when they change. One that comes back after another had spoken is a second machine with the same machine id.
CREATE TABLE host_identities (
    host_id BIGINT NOT NULL REFERENCES hosts (id), -- The host.
    hostname TEXT NOT NULL, -- The node name.
    boot_id TEXT NOT NULL, -- The kernel's boot id, may be empty.
    last_at BIGINT NOT NULL, -- When it was last heard, server's clock; of the one in force, since when it is.
    returned_at BIGINT, -- When it last came back after another had spoken, server's clock; NULL: never.
    PRIMARY KEY (host_id, hostname, boot_id)
);
