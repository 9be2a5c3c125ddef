//! The keys that an administrator trusts for a feed, and which of them may sign today.

use jiff::Timestamp;
use pgp::composed::{Deserializable as _, SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{KeyFlags, PublicKey, Signature, SignatureType, SubpacketData};
use pgp::ser::Serialize as _;
use pgp::types::{KeyDetails as _, PublicParams, Tag};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Largest file of keys in bytes.
const MAX_FILE_BYTES: u64 = 8 << 20;
/// Most keys of a keyring.
const MAX_KEYS: usize = 1000;
/// Most files of a folder of keys.
const MAX_FILES: usize = 1000;
/// Bytes of the public numbers of the smallest RSA key that counts, 2048 bits (`gpgv` warns below, `apt` refuses).
const MIN_RSA_BYTES: usize = 256;

const ARMOR: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/// Keys of vendors.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Keyring {
    keys: Vec<SignedPublicKey>,
}

/// Why a keyring could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keyring {file}: {why}")]
pub struct KeyringError {
    /// The file or folder.
    pub file: String,
    /// What is wrong with it.
    pub why: String,
}

impl Keyring {
    /// Reads files of keys, armored or binary, as `gpg --export` writes them and vendors publish them. Of a folder,
    /// the files `*.asc`, `*.gpg`, `*.pgp`, `*.key` and `RPM-GPG-KEY*` are read.
    ///
    /// # Errors
    /// When a file can't be read, holds no key, or anything in it is none: a trust anchor that is not understood
    /// is not to be passed over.
    pub fn read(paths: &[PathBuf]) -> Result<Self, KeyringError> {
        let mut ring = Self::default();
        for path in paths {
            if path.is_dir() {
                let files = folder(path)?;
                if files.is_empty() {
                    return Err(wrong(path, "the folder holds no file of keys (*.asc, *.gpg, *.pgp, *.key)"));
                }
                for file in files {
                    ring.add(&file)?;
                }
            } else {
                ring.add(path)?;
            }
        }
        Ok(ring)
    }

    /// Whether it holds no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Fingerprints of the primary keys, in capital hexadecimal digits.
    #[must_use]
    pub fn fingerprints(&self) -> Vec<String> {
        self.keys.iter().map(|key| shown(&key.primary_key.fingerprint())).collect()
    }

    fn add(&mut self, path: &Path) -> Result<(), KeyringError> {
        let mut bytes = Vec::new();
        let read = std::fs::File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
        read.map_err(|error| wrong(path, &error.to_string()))?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(wrong(path, &format!("more than {MAX_FILE_BYTES} bytes")));
        }
        let keys = parse(&bytes).map_err(|why| wrong(path, &why))?;
        if keys.is_empty() {
            return Err(wrong(path, "it holds no OpenPGP key"));
        }
        for key in keys {
            if self.keys.len() >= MAX_KEYS {
                return Err(wrong(path, &format!("more than {MAX_KEYS} keys")));
            }
            self.keys.push(key);
        }
        Ok(())
    }

    /// The keys.
    pub(super) fn keys(&self) -> &[SignedPublicKey] {
        &self.keys
    }
}

fn wrong(path: &Path, why: &str) -> KeyringError {
    KeyringError { file: path.display().to_string(), why: why.to_owned() }
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, KeyringError> {
    let entries = std::fs::read_dir(path).map_err(|error| wrong(path, &error.to_string()))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(|error| wrong(path, &error.to_string()))?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let ends = [".asc", ".gpg", ".pgp", ".key"].iter().any(|end| name.ends_with(end));
        if (ends || name.starts_with("RPM-GPG-KEY")) && file.is_file() {
            files.push(file);
        }
        if files.len() > MAX_FILES {
            return Err(wrong(path, &format!("more than {MAX_FILES} files")));
        }
    }
    files.sort();
    Ok(files)
}

/// The keys of a file: one run of binary packets, or armored blocks one after the other with any text around.
fn parse(bytes: &[u8]) -> Result<Vec<SignedPublicKey>, String> {
    if bytes.first().is_some_and(|first| first & 0x80 != 0) {
        return take(SignedPublicKey::from_bytes_many(bytes));
    }
    if bytes.get(8..12) == Some(b"KBXf") {
        return Err("a keybox is GnuPG's own; export its keys with gpg --export".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "neither OpenPGP packets nor armored text".to_owned())?;
    let mut keys = Vec::new();
    for block in text.split(ARMOR).skip(1) {
        let armored = format!("{ARMOR}{block}");
        keys.extend(take(SignedPublicKey::from_armor_many(armored.as_bytes()).map(|(keys, _)| keys))?);
    }
    Ok(keys)
}

type Found<'a> = pgp::errors::Result<Box<dyn Iterator<Item = pgp::errors::Result<SignedPublicKey>> + 'a>>;

fn take(found: Found<'_>) -> Result<Vec<SignedPublicKey>, String> {
    found.and_then(Iterator::collect).map_err(|error| error.to_string())
}

/// A fingerprint as people compare it.
pub(super) fn shown(fingerprint: &pgp::types::Fingerprint) -> String {
    fingerprint.to_string().to_uppercase()
}

/// Seconds since 1970 of an OpenPGP time.
fn seconds(time: pgp::types::Timestamp) -> i64 {
    i64::from(time.as_secs())
}

/// Whether the primary key itself may sign documents at `now`.
///
/// # Errors
/// Why not.
pub(super) fn primary_may_sign(key: &SignedPublicKey, now: Timestamp) -> Result<(), String> {
    let own = alive(key, now)?;
    match flags(own) {
        // Keys made before flags were common have none, and sign.
        Some(flags) if !flags.sign() => Err("the primary key is not for signing documents".to_owned()),
        _ => strong(key.primary_key.public_params()),
    }
}

/// Whether a subkey may sign documents at `now`: the primary key is alive and has bound it, and it has bound itself.
///
/// # Errors
/// Why not.
pub(super) fn subkey_may_sign(
    key: &SignedPublicKey,
    subkey: &SignedPublicSubKey,
    now: Timestamp,
) -> Result<(), String> {
    alive(key, now)?;
    let primary = &key.primary_key;
    let right =
        |signature: &&Signature| acceptable(signature) && signature.verify_subkey_binding(primary, &subkey.key).is_ok();
    let of = |kind: SignatureType| {
        subkey.signatures.iter().filter(move |signature| signature.typ() == Some(kind)).filter(right)
    };
    if of(SignatureType::SubkeyRevocation).next().is_some() {
        return Err("the subkey is revoked".to_owned());
    }
    let binding = of(SignatureType::SubkeyBinding)
        .filter(|signature| made_before(signature, now))
        .max_by_key(|signature| signature.created().map(seconds))
        .ok_or("the subkey is not bound to its primary key")?;
    if !binding.key_flags().sign() {
        return Err("the subkey is not for signing documents".to_owned());
    }
    let back = binding.embedded_signature().ok_or("the subkey has not signed its binding")?;
    if !acceptable(back) || back.verify_primary_key_binding(&subkey.key, primary).is_err() {
        return Err("the subkey has not signed its binding".to_owned());
    }
    if let Some(ended) = ended(subkey.key.created_at(), binding, now) {
        return Err(format!("the subkey expired at {ended}"));
    }
    strong(subkey.key.public_params())
}

/// The newest statement of the primary key about itself, if it is neither expired nor revoked.
fn alive(key: &SignedPublicKey, now: Timestamp) -> Result<&Signature, String> {
    let primary: &PublicKey = &key.primary_key;
    let revoked = key.details.revocation_signatures.iter().any(|signature| signature.verify_key(primary).is_ok());
    if revoked {
        return Err("the key is revoked".to_owned());
    }
    let direct = key.details.direct_signatures.iter().filter(|signature| signature.verify_key(primary).is_ok());
    let users = key.details.users.iter().flat_map(|user| {
        let certifies = |signature: &&Signature| {
            signature.typ() != Some(SignatureType::CertRevocation)
                && signature.verify_certification(primary, Tag::UserId, &user.id).is_ok()
        };
        user.signatures.iter().filter(certifies)
    });
    let own = direct
        .chain(users)
        .filter(|signature| acceptable(signature) && made_before(signature, now))
        .max_by_key(|signature| signature.created().map(seconds))
        .ok_or("the key has not signed itself")?;
    match ended(primary.created_at(), own, now) {
        Some(ended) => Err(format!("the key expired at {ended}")),
        None => Ok(own),
    }
}

/// When a key ended, if it has: `own` says how long after `created` it lives (RFC 9580 5.2.3.13).
fn ended(created: pgp::types::Timestamp, own: &Signature, now: Timestamp) -> Option<Timestamp> {
    let lives = own.key_expiration_time().map(|lives| i64::from(lives.as_secs())).filter(|lives| *lives > 0)?;
    let end = Timestamp::from_second(seconds(created) + lives).ok()?;
    (end <= now).then_some(end)
}

fn made_before(signature: &Signature, now: Timestamp) -> bool {
    signature.created().is_some_and(|created| seconds(created) <= now.as_second() + super::check::MAX_SKEW_SECONDS)
}

/// Whether a key's statement about itself counts. SHA-1 is let through here alone, as vendors' older keys have no
/// other: the administrator vouches for the file, so nobody can put a forged statement into it.
fn acceptable(signature: &Signature) -> bool {
    !matches!(
        signature.hash_alg(),
        None | Some(HashAlgorithm::None | HashAlgorithm::Md5 | HashAlgorithm::Ripemd160 | HashAlgorithm::Other(_))
    )
}

/// What the key may be used for, if its statement says so.
fn flags(own: &Signature) -> Option<&KeyFlags> {
    own.config()?.hashed_subpackets().find_map(|subpacket| match &subpacket.data {
        SubpacketData::KeyFlags(flags) => Some(flags),
        _ => None,
    })
}

/// Whether a key of this kind and size is still to be relied on.
fn strong(parameters: &PublicParams) -> Result<(), String> {
    match parameters {
        PublicParams::RSA(rsa) if rsa.write_len() < MIN_RSA_BYTES => {
            Err("RSA keys of less than 2048 bits are not relied on".to_owned())
        }
        PublicParams::DSA(_) => Err("DSA keys are not relied on".to_owned()),
        _ => Ok(()),
    }
}
