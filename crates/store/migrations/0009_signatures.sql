-- Who signed vendors' documents, as far as that was checked when they were taken. One whose signature was bad was refused, and is not here.
ALTER TABLE feed_documents ADD COLUMN signature TEXT; -- verified, unknown_key (made by a key that was not at hand) or not_signed (the vendor publishes none); NULL: nobody looked.
ALTER TABLE feed_documents ADD COLUMN signed_by TEXT; -- Fingerprint of the primary key in capital hexadecimal digits; of an unknown key its fingerprint or id.
ALTER TABLE feed_documents ADD COLUMN signed_at BIGINT; -- Of a verified one: when it was made, as it says itself.
