//! Whether the bytes that came are the vendor's.

use crate::fetch::{FetchError, Fetcher};
use crate::signature::{BadSignature, Signed, Trust, check_detached};
use crate::source::{Checksum, FeedConfig, Source};
use jiff::Timestamp;
use sha2::{Digest, Sha256, Sha512};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The checks of one document.
pub(crate) struct Checks<'a> {
    config: &'a FeedConfig,
    fetcher: &'a Fetcher,
    source: &'a Source,
    now: Timestamp,
    signed: Signed,
}

impl<'a> Checks<'a> {
    pub(crate) fn new(config: &'a FeedConfig, fetcher: &'a Fetcher, source: &'a Source, now: Timestamp) -> Self {
        Self { config, fetcher, source, now, signed: source.index_signed.clone() }
    }

    /// Who signed the document, as far as it was checked.
    pub(crate) fn signed(self) -> Signed {
        self.signed
    }

    /// Looks at the bytes as published.
    pub(crate) fn of(&mut self, raw: &Path) -> Result<(), FetchError> {
        let url = &self.source.document.url;
        if let Some(checksum) = &self.source.checksum {
            compare(url, checksum, raw)?;
        }
        if let Some(address) = &self.source.checksum_file
            && let Some(text) = self.beside(address)?
        {
            compare(url, &named(address, &text)?, raw)?;
        }
        let trust = &self.config.trust;
        if !trust.asks() {
            return Ok(());
        }
        // A signed index vouches for the document by its checksum.
        if !(matches!(self.signed, Signed::By { .. }) && self.source.checksum.is_some()) {
            self.signed = match &self.source.signature_file {
                Some(address) => match self.beside(address)? {
                    Some(signature) => detached(trust, url, &signature, &|| File::open(raw), self.now)?,
                    None => Signed::NotSigned,
                },
                None if self.signed == Signed::NotAsked => Signed::NotSigned,
                None => self.signed.clone(),
            };
        }
        trust.accepts(&self.signed).map_err(|bad| refused(url, bad))
    }

    /// A small file beside the document, if the vendor has it.
    fn beside(&self, url: &str) -> Result<Option<Vec<u8>>, FetchError> {
        found(self.fetcher.read(url))
    }
}

/// What was read, or nothing where the server says that it has no such thing, for which stores of objects say 403.
pub(crate) fn found(read: Result<Vec<u8>, FetchError>) -> Result<Option<Vec<u8>>, FetchError> {
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(FetchError::Status { status: 403 | 404 | 410, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Checks a signature that came beside a document.
pub(crate) fn detached<R: Read>(
    trust: &Trust,
    url: &str,
    signature: &[u8],
    open: &dyn Fn() -> io::Result<R>,
    now: Timestamp,
) -> Result<Signed, FetchError> {
    check_detached(&trust.keyring, signature, open, now).map_err(|bad| refused(url, bad))
}

pub(crate) fn refused(url: &str, bad: BadSignature) -> FetchError {
    FetchError::Signature { url: url.to_owned(), why: bad.why }
}

/// The checksum in a file as `sha256sum` writes it.
fn named(url: &str, text: &[u8]) -> Result<Checksum, FetchError> {
    let digits = std::str::from_utf8(text).ok().and_then(|text| text.split_whitespace().next()).unwrap_or_default();
    if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(FetchError::Checksum { url: url.to_owned(), why: "it holds no SHA-256".to_owned() });
    }
    Ok(Checksum { kind: "sha256".to_owned(), digits: digits.to_ascii_lowercase() })
}

fn compare(url: &str, wanted: &Checksum, raw: &Path) -> Result<(), FetchError> {
    let wrong = |why: String| FetchError::Checksum { url: url.to_owned(), why };
    let hashed = match wanted.kind.as_str() {
        "sha256" => digits(Sha256::new(), raw),
        "sha512" => digits(Sha512::new(), raw),
        other => return Err(wrong(format!("checksums of the kind '{}' are not relied on", other.escape_debug()))),
    };
    let is = hashed.map_err(|error| wrong(error.to_string()))?;
    if is == wanted.digits.to_ascii_lowercase() {
        return Ok(());
    }
    Err(wrong(format!("its {} is {is}, but {} is published", wanted.kind, wanted.digits)))
}

fn digits(mut digest: impl Digest, path: &Path) -> io::Result<String> {
    let (mut file, mut buffer) = (File::open(path)?, vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(digest.finalize().as_slice())),
            read => digest.update(&buffer[..read]),
        }
    }
}
