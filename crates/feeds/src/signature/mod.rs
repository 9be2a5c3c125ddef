//! Whether a document is what its vendor signed.
//!
//! OpenPGP signatures (RFC 9580, RFC 4880) beside a document (`repomd.xml.asc`, `cve-2024-1.json.asc`) or around
//! it (`InRelease`), made by a key of the administrator's [`Keyring`]. No key is shipped and none is fetched: one
//! that came the same way as the document would prove nothing.
//!
//! A signature counts when it is right for the bytes, made by a primary key or a bound signing subkey that is
//! neither expired nor revoked today, with a hash that is not broken. What `gpgv` and `apt` refuse is refused.
//!
//! **Invariant**: a signature by a key at hand that is wrong for the bytes refuses the document, whatever
//! the policy and however many others are right.

mod check;
mod keyring;

pub use check::{BadSignature, Signed, check_cleartext, check_detached};
pub use keyring::{Keyring, KeyringError};

use std::fmt;
use std::str::FromStr;

/// What is asked of a feed's signatures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignaturePolicy {
    /// A document that no key of the keyring signed is refused.
    Required,
    /// Where there is a keyring, signatures are fetched and checked; a document without one, or with one of a
    /// key that is not at hand, is taken and that is noted.
    #[default]
    IfSigned,
    /// No signature is asked for.
    Off,
}

impl FromStr for SignaturePolicy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "required" => Ok(Self::Required),
            "if-signed" => Ok(Self::IfSigned),
            "off" => Ok(Self::Off),
            other => Err(format!("'{}' is none of required, if-signed, off", other.escape_debug())),
        }
    }
}

impl fmt::Display for SignaturePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Required => "required",
            Self::IfSigned => "if-signed",
            Self::Off => "off",
        })
    }
}

/// What is asked of a feed's signatures, and the keys to check them with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trust {
    /// The policy.
    pub policy: SignaturePolicy,
    /// The keys; none where none are configured.
    pub keyring: Keyring,
}

impl Trust {
    /// Whether signatures are to be fetched at all.
    #[must_use]
    pub fn asks(&self) -> bool {
        match self.policy {
            SignaturePolicy::Required => true,
            SignaturePolicy::IfSigned => !self.keyring.is_empty(),
            SignaturePolicy::Off => false,
        }
    }

    /// Whether a document that was taken earlier, signed by the key of this fingerprint or by none, is still enough.
    #[must_use]
    pub fn accepts_held(&self, signed_by: Option<&str>) -> bool {
        let known = || self.keyring.fingerprints();
        self.policy != SignaturePolicy::Required
            || signed_by.is_some_and(|key| known().iter().any(|known| known == key))
    }

    /// Whether what was found is enough.
    ///
    /// # Errors
    /// Why not, when a signature is required.
    pub fn accepts(&self, signed: &Signed) -> Result<(), BadSignature> {
        match (self.policy, signed) {
            (SignaturePolicy::Required, Signed::KeyMissing { .. } | Signed::NotSigned | Signed::NotAsked) => {
                Err(BadSignature { why: format!("a signature is required, but it is {signed}") })
            }
            _ => Ok(()),
        }
    }
}
