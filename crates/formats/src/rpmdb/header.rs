//! The header of a package: an index of tags, and the data they point to.
//!
//! Source: rpm's `docs/manual/format.md` and `lib/header.c`. A header as the database keeps it: count of the index's
//! entries, bytes of data (4 bytes each, most significant first), the entries of 16 bytes (tag, type, offset
//! into the data, count), the data. What was signed is a region at the front; entries behind it
//! were added on installation, and replace those of the same tag within it.

use super::{be32, size, wide};
use std::fmt;

/// The tags that are asked for. Source: rpm's `lib/rpmtag.h`.
pub mod tag {
    /// DSA signature of the header.
    pub const DSA_HEADER: u32 = 267;
    /// RSA signature of the header.
    pub const RSA_HEADER: u32 = 268;
    /// RSA signature of header and payload.
    pub const SIG_PGP: u32 = 259;
    /// DSA signature of header and payload.
    pub const SIG_GPG: u32 = 262;
    /// Signatures of any kind, each as base64 (rpm 6).
    pub const OPENPGP: u32 = 278;
    /// Name.
    pub const NAME: u32 = 1000;
    /// Version.
    pub const VERSION: u32 = 1001;
    /// Release.
    pub const RELEASE: u32 = 1002;
    /// Epoch.
    pub const EPOCH: u32 = 1003;
    /// When it was built, in seconds since 1970.
    pub const BUILD_TIME: u32 = 1006;
    /// When it was installed.
    pub const INSTALL_TIME: u32 = 1008;
    /// Vendor.
    pub const VENDOR: u32 = 1011;
    /// Packager.
    pub const PACKAGER: u32 = 1015;
    /// Architecture.
    pub const ARCH: u32 = 1022;
    /// File name of the source package.
    pub const SOURCE_RPM: u32 = 1044;
    /// Module label.
    pub const MODULARITY_LABEL: u32 = 5096;
}

/// Bytes of an entry of the index.
const ENTRY: usize = 16;

/// Types of data, by their numbers.
const CHAR: u32 = 1;
const INT8: u32 = 2;
const INT16: u32 = 3;
const INT32: u32 = 4;
const INT64: u32 = 5;
const STRING: u32 = 6;
const BINARY: u32 = 7;
const STRING_ARRAY: u32 = 8;
const STRING_I18N: u32 = 9;

/// A header in memory.
#[derive(Clone, Copy)]
pub struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header").field("entries", &(self.index.len() / ENTRY)).field("data", &self.data.len()).finish()
    }
}

/// An entry of the index with its data, from its offset to the data's end.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    kind: u32,
    count: usize,
    data: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads a header as the database keeps it, and checks every entry of its index as rpm does.
    ///
    /// # Errors
    /// What is wrong, as a sentence about the header.
    pub fn parse(bytes: &'a [u8], most_entries: usize) -> Result<Self, String> {
        let (Some(entries), Some(length)) = (be32(bytes, 0).map(size), be32(bytes, 4).map(size)) else {
            return Err(format!("has {} bytes, too few for a header", bytes.len()));
        };
        if entries == 0 || entries > most_entries {
            return Err(format!("says that it has {entries} entries; 1 to {most_entries} are taken"));
        }
        let rest = bytes.get(8..).unwrap_or_default();
        if wide(entries) * wide(ENTRY) + wide(length) != wide(rest.len()) {
            return Err(format!(
                "says that it has {entries} entries and {length} bytes of data, and has {} bytes in all",
                bytes.len()
            ));
        }
        let (index, data) = rest.split_at(entries * ENTRY);
        let header = Self { index, data };
        header.check()?;
        Ok(header)
    }

    fn check(&self) -> Result<(), String> {
        for entry in self.index.chunks_exact(ENTRY) {
            let [tag, kind, offset, count] = [0, 4, 8, 12].map(|at| be32(entry, at).unwrap_or_default());
            let width = match kind {
                INT16 => 2,
                INT32 => 4,
                INT64 => 8,
                0..=STRING_I18N => 1,
                _ => return Err(format!("tag {tag} is of type {kind}, which does not exist")),
            };
            let rest = self.data.len().checked_sub(size(offset));
            if rest.is_none_or(|rest| size(count).saturating_mul(width) > rest) {
                return Err(format!("{count} values of tag {tag} at {offset} lie beyond its data"));
            }
        }
        Ok(())
    }

    /// The last entry of a tag: what was added on installation replaces what was signed.
    fn entry(&self, tag: u32) -> Option<Entry<'a>> {
        let number = tag.to_be_bytes();
        let entry = self.index.rchunks_exact(ENTRY).find(|entry| entry.starts_with(&number))?;
        let [kind, offset, count] = [4, 8, 12].map(|at| be32(entry, at).unwrap_or_default());
        Some(Entry { kind, count: size(count), data: self.data.get(size(offset)..)? })
    }

    /// The text of a tag, without the zero at its end; the first where it has several.
    #[must_use]
    pub fn text(&self, tag: u32) -> Option<&'a [u8]> {
        self.texts(tag).next()
    }

    /// The texts of a tag, none where it has none.
    pub fn texts(&self, tag: u32) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let entry = self.entry(tag).filter(|entry| matches!(entry.kind, STRING | STRING_ARRAY | STRING_I18N));
        let (mut rest, count) = entry.map_or((&[][..], 0), |entry| (entry.data, entry.count));
        let count = if entry.is_some_and(|entry| entry.kind == STRING) { count.min(1) } else { count };
        (0..count).map_while(move |_| {
            let end = memchr::memchr(0, rest)?;
            let (text, behind) = rest.split_at(end);
            rest = behind.get(1..).unwrap_or_default();
            Some(text)
        })
    }

    /// The numbers of a tag of 32 bits each, none where it has none.
    pub fn numbers(&self, tag: u32) -> impl Iterator<Item = u32> + use<'a> {
        let entry = self.entry(tag).filter(|entry| entry.kind == INT32);
        let (data, count) = entry.map_or((&[][..], 0), |entry| (entry.data, entry.count));
        data.chunks_exact(4).take(count).filter_map(|bytes| be32(bytes, 0))
    }

    /// The only, or first, number of a tag of 32 bits.
    #[must_use]
    pub fn number(&self, tag: u32) -> Option<u32> {
        self.numbers(tag).next()
    }

    /// The bytes of a tag.
    #[must_use]
    pub fn bytes(&self, tag: u32) -> Option<&'a [u8]> {
        let entry = self.entry(tag).filter(|entry| matches!(entry.kind, BINARY | CHAR | INT8))?;
        entry.data.get(..entry.count)
    }
}

#[cfg(test)]
mod tests;
