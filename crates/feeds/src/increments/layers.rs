//! A vendor's archive with what has changed since on top, in one file.
//!
//! The file is Zstandard frames of tar members: newest changes first, then older ones, and the vendor's archive, byte
//! for byte, at the end. Each layer begins with a member that says what holds ([`State`]); the first in the file
//! counts. Whoever reads takes of each document the first copy that comes by and passes over what was
//! changed or deleted since ([`Superseded`]): so a layer is put on by copying, and nothing has to be unpacked.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

/// The member with the state. Its end is none that a document has.
pub(crate) const STATE: &str = "mendwatch-increments";
/// What stands before the path of a document that changed since the archive.
const CHANGED: &str = "changed/";
/// Most bytes of a state: a million documents with path, time and checksum.
const MAX_STATE_BYTES: u64 = 256 << 20;
const BLOCK: usize = 512;

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Name of the archive beneath.
    pub(crate) archive: String,
    /// When it was made; what changed later is fetched.
    pub(crate) since: Timestamp,
    /// Fingerprint of the key that signed it, if that was checked.
    pub(crate) signed_by: Option<String>,
    /// SHA-256 of its content.
    pub(crate) sha256: String,
    /// Length of its content in bytes.
    pub(crate) bytes: u64,
    /// Bytes of the archive as the vendor packed it.
    pub(crate) packed: u64,
    /// The date of the newest that is in here.
    pub(crate) newest: Timestamp,
    /// Documents that changed since, by path.
    pub(crate) changed: BTreeMap<String, Changed>,
    /// Documents that were deleted since.
    pub(crate) deleted: BTreeSet<String>,
    /// Documents that changed, but could not be had, with the reason: what is older stays in force.
    pub(crate) missing: BTreeMap<String, Missing>,
}

/// A document that was fetched by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Changed {
    /// When the vendor says that it changed.
    pub(crate) at: Timestamp,
    /// Fingerprint of the key that signed it, if that was checked.
    pub(crate) signed_by: Option<String>,
    /// SHA-256 of its bytes.
    pub(crate) sha256: String,
    /// Their number.
    pub(crate) bytes: u64,
}

/// A document that could not be had.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Missing {
    /// When the vendor says that it changed.
    pub(crate) at: Timestamp,
    /// Why.
    pub(crate) why: String,
}

impl State {
    /// The state of a file, if it is one of this kind.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let decoder = zstd::Decoder::new(File::open(path).ok()?).ok()?;
        let mut archive = tar::Archive::new(BufReader::new(decoder));
        let mut first = archive.entries().ok()?.next()?.ok()?;
        (first.path_bytes().as_ref() == STATE.as_bytes()).then(|| Self::read(&mut first)).flatten()
    }

    fn read(body: &mut dyn Read) -> Option<Self> {
        let mut text = Vec::new();
        body.take(MAX_STATE_BYTES).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Bytes of all documents, unpacked.
    pub(crate) fn total_bytes(&self) -> u64 {
        self.bytes + self.changed.values().map(|changed| changed.bytes).sum::<u64>()
    }
}

/// Writes `to`: a layer with `documents` on top of `beneath`, whose bytes follow as they are. Each document is a
/// path and a file with its bytes.
pub(crate) fn put_on(to: &Path, state: &State, documents: &[(String, &Path)], beneath: &Path) -> io::Result<()> {
    let mut file = File::create(to)?;
    let mut encoder = zstd::Encoder::new(&mut file, 6)?;
    encoder.include_checksum(true)?;
    let text = serde_json::to_vec(state)?;
    member(&mut encoder, STATE, text.len() as u64, &mut &*text)?;
    for (path, bytes) in documents {
        let bytes = File::open(bytes)?;
        let length = bytes.metadata()?.len();
        member(&mut encoder, &format!("{CHANGED}{path}"), length, &mut BufReader::new(bytes))?;
    }
    encoder.finish()?;
    io::copy(&mut File::open(beneath)?, &mut file)?;
    file.sync_all()
}

/// One member: head, bytes, and zeros to the next block. No end of the archive is written, since more follows.
fn member(to: &mut dyn Write, name: &str, length: u64, body: &mut dyn Read) -> io::Result<()> {
    let mut head = tar::Header::new_gnu();
    head.set_path(name)?;
    head.set_size(length);
    head.set_mode(0o644);
    head.set_mtime(0);
    head.set_cksum();
    to.write_all(head.as_bytes())?;
    let written = io::copy(&mut body.take(length), to)?;
    if written != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let beyond = usize::try_from(length % BLOCK as u64).unwrap_or_default();
    to.write_all(&vec![0; (BLOCK - beyond) % BLOCK])
}

/// Tells which members of a file count, as they come by.
#[derive(Debug, Default)]
pub(crate) struct Superseded {
    state: Option<State>,
    begun: bool,
    seen: HashSet<String>,
}

impl Superseded {
    /// The name of the document that a member is, or nothing where it does not count.
    pub(crate) fn document(&mut self, member: &str, body: &mut dyn Read) -> Option<String> {
        let first = !std::mem::replace(&mut self.begun, true);
        if first && member == STATE {
            self.state = State::read(body);
            return None;
        }
        let Some(state) = &self.state else { return Some(member.to_owned()) };
        if member == STATE {
            return None;
        }
        let plain = member.trim_start_matches("./");
        match plain.strip_prefix(CHANGED) {
            Some(path) => {
                let counts = state.changed.contains_key(path) && self.seen.insert(path.to_owned());
                counts.then(|| path.to_owned())
            }
            None => {
                let counts = !state.changed.contains_key(plain) && !state.deleted.contains(plain);
                counts.then(|| member.to_owned())
            }
        }
    }
}
