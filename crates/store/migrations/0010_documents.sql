-- What one document of a feed of several has for itself, so that another can be taken without reading it again.
ALTER TABLE feed_documents ADD COLUMN alone BIGINT; -- 1: none of its records stands in another document of the feed; 0: some do; NULL: not noted.
ALTER TABLE feed_documents ADD COLUMN lost BIGINT; -- Of its records that could not be read, those that would have had something to say; NULL: not noted.
ALTER TABLE feed_documents ADD COLUMN lost_kept BIGINT; -- Of them, those of which feed_losses tells what they were about; NULL: not noted.
ALTER TABLE feed_losses ADD COLUMN document TEXT; -- The document it stood in; NULL: not noted.
