//! A file of metadata, decompressed as it is read, and held against what the repository's index says of it.
//!
//! The checksum is taken of the bytes as they come past, so that what was understood and what was checked are the same.

use super::cache::MOST_UNPACKED;
use crate::Root;
use formats::compression::Decoder;
use formats::repomd::MetadataFile;
use md5::Md5;
use sha1::Sha1;
use sha2::digest::DynDigest;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

/// A checksum under way, of the kinds that createrepo and createrepo_c write; none of a kind that they do not.
struct Sum(Option<Box<dyn DynDigest>>);

impl Sum {
    fn new(kind: &str) -> Self {
        Self(Some(match kind {
            "md5" => Box::<Md5>::default(),
            "sha" | "sha1" => Box::<Sha1>::default(),
            "sha224" => Box::<Sha224>::default(),
            "sha256" => Box::<Sha256>::default(),
            "sha384" => Box::<Sha384>::default(),
            "sha512" => Box::<Sha512>::default(),
            _ => return Self(None),
        }))
    }

    fn update(&mut self, bytes: &[u8]) {
        if let Some(sum) = &mut self.0 {
            sum.update(bytes);
        }
    }

    /// In hexadecimal digits, if it was taken.
    fn finish(self) -> Option<String> {
        self.0.map(|sum| hex::encode(sum.finalize()))
    }
}

/// A file whose bytes are summed up as they are read.
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
