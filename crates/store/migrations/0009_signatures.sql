-- Who signed vendors' documents, as far as that was checked when they were taken. One whose signature was bad was refused, and is not here.
ALTER TABLE feed_documents ADD COLUMN signature TEXT; -- verified, unknown_key (made by a key that was not at hand) or not_signed (the vendor publishes none); NULL: nobody looked.
ALTER TABLE feed_documents ADD COLUMN signed_by TEXT; -- Fingerprint of the primary key in capital hexadecimal digits; of an unknown key its fingerprint or id.
ALTER TABLE feed_documents ADD COLUMN signed_at BIGINT; -- Of a verified one: when it was made, as it says itself.

-- By which a file that is brought again is known without reading it.
ALTER TABLE feed_documents ADD COLUMN file_sha256 BYTEA; -- SHA-256 of the file that was imported, packed as it was; NULL: it was fetched, or imported before this was noted.
ALTER TABLE feed_documents ADD COLUMN dated TEXT; -- Who says as_of: given (whoever imported it), server, inside (the document itself), file (its modification time), fetched (nobody); NULL: not noted.
