-- What is known to be outdated.

-- Sections of which a host has said that they are otherwise than on record, while no report has brought them. A row goes when the section comes, or is as on record again.
CREATE TABLE awaited_sections (
    host_id BIGINT NOT NULL REFERENCES hosts (id), -- The host.
    section TEXT NOT NULL CHECK (section IN ('packages', 'updates', 'repositories')), -- The section.
    since BIGINT NOT NULL, -- When it was first said, server's clock.
    PRIMARY KEY (host_id, section)
);
