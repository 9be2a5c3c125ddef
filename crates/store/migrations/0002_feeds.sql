-- What vendors publish: documents, advisories and their versions in time.

-- Feeds and the generation in force of each.
CREATE TABLE feeds (
    id TEXT NOT NULL PRIMARY KEY, -- The feed, such as debian-tracker.
    generation BIGINT NOT NULL, -- The generation in force; 0 before the first.
    published_at BIGINT, -- When it was made current here, server's clock.
    as_of BIGINT, -- How old the data is: the vendor's date, else the time of the fetch.
    records BIGINT NOT NULL, -- Advisories in force.
    skipped BIGINT NOT NULL, -- Records that could not be read.
    checked_at BIGINT, -- When the vendor was last asked, whatever came of it.
    error TEXT -- Why the last attempt failed; NULL after a success.
);

-- Attempts to bring a feed up to date. Nothing of an unpublished one is visible.
CREATE TABLE feed_generations (
    id BIGINT PRIMARY KEY, -- Number of the generation; a later one has a higher number.
    feed TEXT NOT NULL REFERENCES feeds (id), -- The feed.
    begun_at BIGINT NOT NULL, -- When writing began.
    published_at BIGINT, -- When it was made current, server's clock; its advisories are known since then. NULL: not published.
    changed BIGINT NOT NULL, -- Advisories that are new, different or gone.
    skipped BIGINT NOT NULL -- Records that could not be read.
);
CREATE INDEX feed_generations_feed ON feed_generations (feed, published_at);

-- The documents of a feed, as last fetched. The raw copy is kept as a file.
CREATE TABLE feed_documents (
    feed TEXT NOT NULL REFERENCES feeds (id), -- The feed.
    url TEXT NOT NULL, -- Where it comes from; file: for an imported one.
    etag TEXT, -- The server's ETag, for the next question.
    last_modified TEXT, -- The server's Last-Modified, as it stood.
    sha256 BYTEA, -- SHA-256 of the document as it came.
    fetched_at BIGINT, -- When this copy was fetched.
    checked_at BIGINT, -- When it was last asked for.
    as_of BIGINT, -- The vendor's date of it, where it has one.
    bytes BIGINT, -- Its size as it came.
    path TEXT, -- The raw copy, relative to the data directory.
    parser BIGINT NOT NULL, -- Version of the parser that read it last.
    records BIGINT NOT NULL, -- Records understood.
    skipped BIGINT NOT NULL, -- Records not understood.
    error TEXT, -- Why the last attempt failed; NULL after a success.
    PRIMARY KEY (feed, url)
);

-- Records of the published generation that could not be read.
CREATE TABLE feed_skipped (
    generation BIGINT NOT NULL REFERENCES feed_generations (id), -- The generation.
    ordinal BIGINT NOT NULL, -- Place in the list, from 0.
    document TEXT NOT NULL, -- The document it stood in.
    record TEXT NOT NULL, -- Which one: its name, or its place.
    why TEXT NOT NULL, -- Why, in words.
    PRIMARY KEY (generation, ordinal)
);

-- Advisories: one row for each key of each feed, for ever.
CREATE TABLE advisories (
    id BIGINT PRIMARY KEY, -- Number of the advisory.
    feed TEXT NOT NULL REFERENCES feeds (id), -- The feed.
    key TEXT NOT NULL -- The vendor's key within the feed, such as DSA-5900-1.
);
CREATE UNIQUE INDEX advisories_key ON advisories (feed, key);

-- What an advisory said, and in which generations of its feed.
CREATE TABLE advisory_versions (
    id BIGINT PRIMARY KEY, -- Number of the version.
    advisory_id BIGINT NOT NULL REFERENCES advisories (id), -- The advisory.
    feed TEXT NOT NULL REFERENCES feeds (id), -- Its feed.
    generation BIGINT NOT NULL REFERENCES feed_generations (id), -- The first generation that says so; known since that was published.
    next_generation BIGINT, -- The first generation that says otherwise or nothing; NULL while there is none.
    hash BYTEA NOT NULL, -- SHA-256 of the uncompressed body.
    body BYTEA NOT NULL -- JSON of the advisory, compressed with zstd.
);
CREATE UNIQUE INDEX advisory_versions_generation ON advisory_versions (advisory_id, generation);
CREATE INDEX advisory_versions_feed ON advisory_versions (feed, next_generation, generation);

-- Which platforms a version of an advisory speaks of, so that only those in the fleet are loaded.
CREATE TABLE advisory_platforms (
    platform TEXT NOT NULL, -- Distribution and release.
    version_id BIGINT NOT NULL REFERENCES advisory_versions (id), -- The version.
    PRIMARY KEY (platform, version_id)
);
CREATE INDEX advisory_platforms_version ON advisory_platforms (version_id);

-- The verdict log: when the judgement of a package changed, and why. History only; no verdict reads it.
CREATE TABLE verdict_log (
    id BIGINT PRIMARY KEY, -- Number of the entry, in the order of writing.
    package_id BIGINT NOT NULL REFERENCES packages (id), -- The package.
    role BIGINT NOT NULL, -- 0 installed, 1 running kernel, 2 next kernel, 3 resident.
    cve TEXT NOT NULL, -- The CVE, or the advisory's key where it names none.
    from_state TEXT, -- The state before; NULL: none was known.
    to_state TEXT, -- The state after; NULL: nothing is said any more.
    at BIGINT NOT NULL, -- When, server's clock.
    cause TEXT NOT NULL CHECK (cause IN ('advisory', 'rules', 'feed_age')), -- What made it change.
    detail TEXT NOT NULL -- Feed and generation, or the version of the rules; may be empty.
);
CREATE INDEX verdict_log_package ON verdict_log (package_id, cve, id);
CREATE INDEX verdict_log_cve ON verdict_log (cve, id);
