//! The canonical form of a section and its hash.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// SHA-256 of a section's canonical form, written as 64 lower case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SectionHash(pub [u8; 32]);

impl SectionHash {
    /// The hash of a canonical form.
    #[must_use]
    pub fn of(canonical: &[u8]) -> Self {
        Self(Sha256::digest(canonical).into())
    }
}

impl fmt::Display for SectionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SectionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SectionHash({self})")
    }
}

impl FromStr for SectionHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err("a section hash is 64 lower case hexadecimal digits".to_owned());
        }
        hex::decode_to_slice(text, &mut bytes)
            .map_err(|_| "a section hash is 64 lower case hexadecimal digits".to_owned())?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for SectionHash {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SectionHash> for String {
    fn from(hash: SectionHash) -> Self {
        hash.to_string()
    }
}

/// Writes a section's data in canonical form: UTF-8 JSON, object keys in ascending order of their
/// bytes, no white space, integers only, nothing escaped that JSON lets stand.
///
/// The types in [`super::sections`] declare their fields in alphabetical order and hold no floats
/// and no maps, so plain serialisation is canonical. Lists are sorted by whoever filled them
/// ([`super::sections`] says by what). It equals Python's
/// `json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
///
/// # Errors
/// Never for the types of [`super::sections`]; for others when serialisation fails.
pub fn canonical_json<T: Serialize>(data: &T) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(data)
}
