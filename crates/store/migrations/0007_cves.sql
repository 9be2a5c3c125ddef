-- What is known of CVEs themselves, and what was lost with records that could not be read.

-- What a feed says of a CVE itself: texts, scores, known exploitation. Only what is in force is kept, no past.
CREATE TABLE cve_records (
    id BIGINT PRIMARY KEY, -- Number of the record.
    feed TEXT NOT NULL REFERENCES feeds (id), -- The feed.
    cve TEXT NOT NULL, -- The CVE.
    generation BIGINT NOT NULL REFERENCES feed_generations (id), -- The first generation of the feed that says so.
    next_generation BIGINT, -- The first generation that says otherwise or nothing; NULL while there is none.
    hash BYTEA NOT NULL, -- SHA-256 of the uncompressed body.
    body BYTEA NOT NULL -- JSON of the record: as it is where it is short, else compressed with zstd.
);
CREATE UNIQUE INDEX cve_records_cve ON cve_records (cve, feed, generation);
CREATE INDEX cve_records_feed ON cve_records (feed, next_generation, generation);

-- What records of the published generation that could not be read would have spoken of: silence about it is no word.
CREATE TABLE feed_losses (
    generation BIGINT NOT NULL REFERENCES feed_generations (id), -- The generation.
    ordinal BIGINT NOT NULL, -- Place in the list, from 0.
    platform TEXT NOT NULL, -- The release that it is about; empty: all that the feed speaks for.
    cve TEXT NOT NULL, -- The CVE, or the vendor's name of the issue; empty: the record does not tell.
    package TEXT NOT NULL, -- The source or binary package; empty: the record does not tell.
    record TEXT NOT NULL, -- Which record: its name, or its place.
    why TEXT NOT NULL, -- Why it could not be read, in words.
    PRIMARY KEY (generation, ordinal)
);

ALTER TABLE feeds ADD COLUMN lost BIGINT NOT NULL DEFAULT 0; -- Records that could not be read and would have had something to say.
ALTER TABLE feeds ADD COLUMN lost_kept BIGINT NOT NULL DEFAULT 0; -- Of them, those of which feed_losses tells what they were about.
ALTER TABLE feed_documents ADD COLUMN name TEXT; -- Its name within the feed; NULL: fetched before names were kept.
INSERT INTO counters (name, next) VALUES ('cve_records', 1);
