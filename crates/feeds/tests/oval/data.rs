//! The documents.

use crate::bundles::{document, member, unpack};
use feeds::Feed;
use feeds::formats::oval;

/// The content of a file of the shared data, decompressed; `BUNDLE!MEMBER` is a member of a tar archive, by
/// the end of its path, decompressed in turn.
pub(crate) fn bytes(path: &str) -> Vec<u8> {
    match path.split_once('!') {
        None => document(path),
        Some((bundle, end)) => {
            let member = member(bundle, end);
            unpack(&*member).unwrap_or(member)
        }
    }
}

/// The feed of an id, of those tested here.
pub(crate) fn feed(id: &str) -> &'static dyn Feed {
    feeds::feed(id).unwrap_or_else(|| panic!("{id}"))
}

/// The document as it is.
pub(crate) fn parse(bytes: &[u8]) -> oval::Document {
    oval::parse(bytes).unwrap()
}
