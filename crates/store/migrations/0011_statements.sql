-- What a version of an advisory says, counted, so that one that has lost it is told from one that never said anything.
ALTER TABLE advisory_versions ADD COLUMN facts BIGINT; -- Statements about packages in it; of versions written before they were counted, the platforms that it speaks of.
UPDATE advisory_versions SET facts =
    (SELECT COUNT(*) FROM advisory_platforms WHERE advisory_platforms.version_id = advisory_versions.id);
