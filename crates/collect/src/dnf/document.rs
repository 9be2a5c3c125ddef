//! A file of metadata, decompressed as it is read, and held against what the repository's index says of it.
//!
//! The checksum is taken of the bytes as they come past, so that what was understood and what was checked are the same.

use super::cache::MOST_UNPACKED;
use crate::Root;
use crate::sha1::Sha1;
use formats::compression::Decoder;
use formats::repomd::MetadataFile;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

/// A checksum under way, of the kinds that createrepo and createrepo_c write.
#[derive(Debug)]
enum Sum {
    Sha1(Box<Sha1>),
    Sha224(Box<Sha224>),
    Sha256(Box<Sha256>),
    Sha384(Box<Sha384>),
    Sha512(Box<Sha512>),
    /// A kind that is not checked here (MD5): size and number of packages still are.
    Other,
}

impl Sum {
    fn new(kind: &str) -> Self {
        match kind {
            "sha" | "sha1" => Self::Sha1(Box::new(Sha1::new())),
            "sha224" => Self::Sha224(Box::default()),
            "sha256" => Self::Sha256(Box::default()),
            "sha384" => Self::Sha384(Box::default()),
            "sha512" => Self::Sha512(Box::default()),
            _ => Self::Other,
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(sum) => sum.update(bytes),
            Self::Sha224(sum) => sum.update(bytes),
            Self::Sha256(sum) => sum.update(bytes),
            Self::Sha384(sum) => sum.update(bytes),
            Self::Sha512(sum) => sum.update(bytes),
            Self::Other => {}
        }
    }

    /// In hexadecimal digits, if it was taken.
    fn finish(self) -> Option<String> {
        let hex = |bytes: &[u8]| {
            bytes.iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
        };
        Some(match self {
            Self::Sha1(sum) => hex(&sum.finish()),
            Self::Sha224(sum) => hex(&sum.finalize()),
            Self::Sha256(sum) => hex(&sum.finalize()),
            Self::Sha384(sum) => hex(&sum.finalize()),
            Self::Sha512(sum) => hex(&sum.finalize()),
            Self::Other => return None,
        })
    }
}

/// A file whose bytes are summed up as they are read.
#[derive(Debug)]
struct Summed {
    file: File,
    sum: Sum,
    bytes: u64,
}

impl Read for Summed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.sum.update(buffer.get(..read).unwrap_or_default());
        self.bytes += u64::try_from(read).unwrap_or_default();
        Ok(read)
    }
}

/// A document under way.
#[derive(Debug)]
pub(super) struct Document {
    body: BufReader<Decoder<BufReader<Summed>>>,
    path: String,
    stated: Option<MetadataFile>,
}

impl Document {
    /// Opens a file; `stated` is what the index of its repository says of it, where it is of one.
    ///
    /// # Errors
    /// Why it can't be opened.
    pub(super) fn open(root: &Root, path: &str, stated: Option<&MetadataFile>) -> Result<Self, String> {
        let kind = stated.and_then(|file| file.checksum.as_ref()).map_or("", |(kind, _)| kind);
        let file = root.open(path).map_err(|why| why.to_string())?;
        let file = BufReader::with_capacity(64 << 10, Summed { file, sum: Sum::new(kind), bytes: 0 });
        let decoder = Decoder::new(file, MOST_UNPACKED).map_err(|error| format!("{path}: {error}"))?;
        let body = BufReader::with_capacity(64 << 10, decoder);
        Ok(Self { body, path: path.to_owned(), stated: stated.cloned() })
    }

    /// Reads what is left, and says whether all of it is what the index says.
    ///
    /// # Errors
    /// What is otherwise, with the path.
    pub(super) fn finish(self) -> Result<(), String> {
        let Self { body, path, stated } = self;
        let mut file = body.into_inner().into_inner();
        io::copy(&mut file, &mut io::sink()).map_err(|error| format!("{path}: {error}"))?;
        let Some(stated) = stated else { return Ok(()) };
        held(file.into_inner(), stated.size, stated.checksum.as_ref()).map_err(|why| format!("{path} {why}"))
    }
}

impl Read for Document {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.body.read(buffer)
    }
}

impl BufRead for Document {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.body.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.body.consume(amount);
    }
}

/// Holds a file that lies there unpacked (yum's databases) against what the index says of it, before it is read.
///
/// # Errors
/// What is otherwise, or why it can't be read; with the path.
pub(super) fn unpacked(root: &Root, path: &str, stated: &MetadataFile) -> Result<(), String> {
    let kind = stated.open_checksum.as_ref().map_or("", |(kind, _)| kind);
    let file = root.open(path).map_err(|why| why.to_string())?;
    let mut file = Summed { file, sum: Sum::new(kind), bytes: 0 };
    io::copy(&mut file, &mut io::sink()).map_err(|error| format!("{path}: {error}"))?;
    held(file, stated.open_size, stated.open_checksum.as_ref()).map_err(|why| format!("{path} {why}"))
}

/// Compares what was read with size and checksum, as far as these are stated.
fn held(read: Summed, size: Option<u64>, checksum: Option<&(String, String)>) -> Result<(), String> {
    let Summed { sum, bytes, .. } = read;
    if let Some(size) = size.filter(|size| *size != bytes) {
        return Err(format!("has {bytes} bytes, but {size} by repomd.xml: it is not what the repository has"));
    }
    let (Some((kind, wanted)), Some(found)) = (checksum, sum.finish()) else { return Ok(()) };
    if wanted.trim().eq_ignore_ascii_case(&found) {
        return Ok(());
    }
    Err(format!("does not have the checksum ({kind}) of repomd.xml: it is not what the repository has"))
}
