//! Checking signatures against a keyring.

use super::keyring::{Keyring, primary_may_sign, shown, subkey_may_sign};
use jiff::Timestamp;
use pgp::composed::{CleartextSignedMessage, Deserializable as _, DetachedSignature};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureType, SubpacketData};
use pgp::types::{KeyDetails, VerifyingKey};
use std::fmt;
use std::io::{self, Read};

/// Largest detached signature in bytes; real ones have under 2 KiB.
const MAX_SIGNATURE_BYTES: usize = 64 << 10;
/// Largest document with its signature around it; Debian's `InRelease` files have some 200 KB.
const MAX_CLEARTEXT_BYTES: usize = 16 << 20;
/// Most signatures of one document.
const MAX_SIGNATURES: usize = 16;
/// How far a vendor's clock may be ahead of ours, in seconds.
pub(super) const MAX_SKEW_SECONDS: i64 = 24 * 3600;

/// What is known of who signed a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// A key of the keyring did, and the signature is right.
    By {
        /// Fingerprint of the primary key, in capital hexadecimal digits.
        fingerprint: String,
        /// When, as the signature says.
        at: Timestamp,
    },
    /// A key did that is not in the keyring.
    KeyMissing {
        /// Fingerprint or, in older signatures, id of the key.
        issuer: String,
    },
    /// The vendor publishes no signature of it.
    NotSigned,
    /// Nobody asked: the policy says so, or there is no keyring.
    NotAsked,
}

impl Signed {
    /// The key's fingerprint, where the signature is right and by a key of the keyring.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        match self {
            Self::By { fingerprint, .. } => Some(fingerprint.clone()),
            Self::KeyMissing { .. } | Self::NotSigned | Self::NotAsked => None,
        }
    }
}

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By { fingerprint, .. } => write!(f, "signed by {fingerprint}, checked"),
            Self::KeyMissing { issuer } => write!(f, "signed by {issuer}, which is not in the keyring"),
            Self::NotSigned => f.write_str("not signed"),
            Self::NotAsked => f.write_str("not checked"),
        }
    }
}

/// Why a document is refused for its signature. Messages fit "the signature of X: ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct BadSignature {
    /// Why, in words.
    pub why: String,
}

impl BadSignature {
    fn new(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}

/// Checks a signature that stands in a file of its own, armored or binary. `open` gives the document's bytes as
/// published, from their beginning; it is called once for every signature by a key at hand.
///
/// # Errors
/// When the signature is damaged, wrong for the document, or made by a key at hand that may not sign.
pub fn check_detached<R: Read>(
    keyring: &Keyring,
    signature: &[u8],
    open: &dyn Fn() -> io::Result<R>,
    now: Timestamp,
) -> Result<Signed, BadSignature> {
    if signature.len() > MAX_SIGNATURE_BYTES {
        return Err(BadSignature::new(format!("more than {MAX_SIGNATURE_BYTES} bytes")));
    }
    let binary = signature.first().is_some_and(|first| first & 0x80 != 0);
    let found: pgp::errors::Result<Vec<DetachedSignature>> = if binary {
        DetachedSignature::from_bytes_many(signature).and_then(|found| found.take(MAX_SIGNATURES + 1).collect())
    } else {
        let start = signature.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or_default();
        DetachedSignature::from_armor_many(&signature[start..])
            .and_then(|(found, _)| found.take(MAX_SIGNATURES + 1).collect())
    };
    let found = found.map_err(|error| unreadable(&error))?;
    let signatures: Vec<&Signature> = found.iter().map(|found| &found.signature).collect();
    judge(keyring, &signatures, open, now)
}

/// Checks a document that stands within its signature (RFC 9580 7, `InRelease`) and gives what was signed, with
/// lines ending in `\n`. Nothing outside of the signature is allowed, so nothing unsigned can be taken for signed.
///
/// # Errors
/// As [`check_detached`]; also where the document is none of this kind.
pub fn check_cleartext(keyring: &Keyring, document: &[u8], now: Timestamp) -> Result<(String, Signed), BadSignature> {
    if document.len() > MAX_CLEARTEXT_BYTES {
        return Err(BadSignature::new(format!("more than {MAX_CLEARTEXT_BYTES} bytes")));
    }
    let (message, _) = CleartextSignedMessage::from_armor(document).map_err(|error| unreadable(&error))?;
    let text = message.signed_text();
    let signatures: Vec<&Signature> = message.signatures().iter().collect();
    let signed = judge(keyring, &signatures, &|| Ok(text.as_bytes()), now)?;
    Ok((text.replace("\r\n", "\n"), signed))
}

/// What the library says of bytes that are none, as far as it fits a line.
fn unreadable(error: &pgp::errors::Error) -> BadSignature {
    let text = error.to_string();
    let line: String = text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(120).collect();
    BadSignature::new(format!("it can't be read: {line}"))
}

/// What one signature amounts to.
enum Verdict {
    Good(Signed),
    /// By a key at hand, but wrong for the document.
    Wrong(String),
    /// Right or not: it does not count, since the key or the hash does not.
    Unfit(String),
    /// By a key that is not at hand.
    Unknown(String),
}

fn judge<R: Read>(
    keyring: &Keyring,
    signatures: &[&Signature],
    open: &dyn Fn() -> io::Result<R>,
    now: Timestamp,
) -> Result<Signed, BadSignature> {
    if signatures.is_empty() {
        return Err(BadSignature::new("it holds no signature"));
    }
    if signatures.len() > MAX_SIGNATURES {
        return Err(BadSignature::new(format!("more than {MAX_SIGNATURES} signatures")));
    }
    let (mut good, mut unfit, mut unknown) = (None, None, None);
    for signature in signatures {
        let verdict = one(keyring, signature, open, now).map_err(|error| BadSignature::new(error.to_string()))?;
        match verdict {
            Verdict::Wrong(why) => return Err(BadSignature { why }),
            Verdict::Good(signed) => good = good.or(Some(signed)),
            Verdict::Unfit(why) => unfit = unfit.or(Some(why)),
            Verdict::Unknown(issuer) => unknown = unknown.or(Some(issuer)),
        }
    }
    match (good, unfit, unknown) {
        (Some(signed), ..) => Ok(signed),
        (None, Some(why), _) => Err(BadSignature { why }),
        (None, None, issuer) => Ok(Signed::KeyMissing { issuer: issuer.unwrap_or_default() }),
    }
}

fn one<R: Read>(
    keyring: &Keyring,
    signature: &Signature,
    open: &dyn Fn() -> io::Result<R>,
    now: Timestamp,
) -> io::Result<Verdict> {
    let named: Vec<String> = signature.issuer_fingerprint().into_iter().map(shown).collect();
    let ids: Vec<String> = signature.issuer_key_id().into_iter().map(|id| id.to_string().to_uppercase()).collect();
    let Some(issuer) = named.first().or(ids.first()).cloned() else {
        return Ok(Verdict::Unfit("it does not say which key made it".to_owned()));
    };
    let made_it = |key: &dyn KeyDetails| {
        if named.is_empty() {
            ids.contains(&key.legacy_key_id().to_string().to_uppercase())
        } else {
            named.contains(&shown(&key.fingerprint()))
        }
    };
    let mut verdict = Verdict::Unknown(issuer);
    for key in keyring.keys() {
        let fingerprint = shown(&key.primary_key.fingerprint());
        if made_it(&key.primary_key) {
            let may = || primary_may_sign(key, now);
            verdict = by(signature, &key.primary_key, &fingerprint, &may, open()?, now);
        } else if let Some(subkey) = key.public_subkeys.iter().find(|subkey| made_it(&subkey.key)) {
            let may = || subkey_may_sign(key, subkey, now);
            verdict = by(signature, &subkey.key, &fingerprint, &may, open()?, now);
        } else {
            continue;
        }
        // The same key may be there twice, once out of date.
        if matches!(verdict, Verdict::Good(_)) {
            break;
        }
    }
    Ok(verdict)
}

/// Checks a signature by the key that it names.
fn by(
    signature: &Signature,
    key: &impl VerifyingKey,
    fingerprint: &str,
    may_sign: &dyn Fn() -> Result<(), String>,
    document: impl Read,
    now: Timestamp,
) -> Verdict {
    let unfit = |why: String| Verdict::Unfit(format!("by {fingerprint}: {why}"));
    if let Err(why) = relied_on(signature) {
        return unfit(why);
    }
    if signature.verify(key, document).is_err() {
        return Verdict::Wrong(format!("by {fingerprint}: it is not of this document"));
    }
    let at = signature.created().and_then(|at| Timestamp::from_second(i64::from(at.as_secs())).ok());
    let Some(at) = at else { return unfit("it has no date".to_owned()) };
    if at.as_second() > now.as_second() + MAX_SKEW_SECONDS {
        return unfit(format!("it is of {at}, which is still to come"));
    }
    if i64::from(key.created_at().as_secs()) > at.as_second() {
        return unfit("it is older than the key".to_owned());
    }
    let lasts =
        signature.signature_expiration_time().map(|lasts| i64::from(lasts.as_secs())).filter(|lasts| *lasts > 0);
    if lasts.is_some_and(|lasts| at.as_second() + lasts <= now.as_second()) {
        return unfit("it has expired".to_owned());
    }
    match may_sign() {
        Ok(()) => Verdict::Good(Signed::By { fingerprint: fingerprint.to_owned(), at }),
        Err(why) => unfit(why),
    }
}

/// Whether a signature of this kind counts at all.
fn relied_on(signature: &Signature) -> Result<(), String> {
    if !matches!(signature.typ(), Some(SignatureType::Binary | SignatureType::Text)) {
        return Err("it is not about a document".to_owned());
    }
    match signature.hash_alg() {
        Some(
            HashAlgorithm::Sha224
            | HashAlgorithm::Sha256
            | HashAlgorithm::Sha384
            | HashAlgorithm::Sha512
            | HashAlgorithm::Sha3_256
            | HashAlgorithm::Sha3_512,
        ) => {}
        Some(weak) => return Err(format!("it is made with {weak}, which is broken")),
        None => return Err("it is of a version that is not known".to_owned()),
    }
    // RFC 9580 5.2.3.7: what is critical and not understood makes it void.
    let odd = signature.config().is_some_and(|config| {
        config.hashed_subpackets().any(|subpacket| {
            subpacket.is_critical
                && matches!(
                    subpacket.data,
                    SubpacketData::Other(..) | SubpacketData::Experimental(..) | SubpacketData::Notation(_)
                )
        })
    });
    if odd { Err("it has a critical part that is not known".to_owned()) } else { Ok(()) }
}
