//! Which compression a document has, and its content, streamed under a ceiling.
//!
//! The formats are told apart by their magic numbers and never by a file's name: gzip RFC 1952,
//! xz file format 1.2, LZ4 frame format 1.6, Zstandard RFC 8878, bzip2 "BZh".

use std::fmt;
use std::io::{self, BufRead, Read};

/// How a document is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, several members allowed.
    Gzip,
    /// xz, several streams allowed.
    Xz,
    /// LZ4 frames, several allowed.
    Lz4,
    /// Zstandard frames, several allowed.
    Zstd,
    /// bzip2, several streams allowed.
    Bzip2,
}

/// How many bytes at the start [`detect`] needs to be sure.
pub const MAGIC_BYTES: usize = 6;

/// What an xz or Zstandard stream may claim for its window, in bytes. Archives' lists use 8 MiB.
const WINDOW_BYTES: u64 = 128 << 20;
/// The same as a power of two.
const WINDOW_LOG: u32 = 27;

/// Tells the compression from the first bytes.
#[must_use]
pub fn detect(start: &[u8]) -> Compression {
    const MAGIC: &[(&[u8], Compression)] = &[
        (&[0x1f, 0x8b], Compression::Gzip),
        (&[0xfd, b'7', b'z', b'X', b'Z', 0], Compression::Xz),
        (&[0x04, 0x22, 0x4d, 0x18], Compression::Lz4),
        (&[0x28, 0xb5, 0x2f, 0xfd], Compression::Zstd),
        (b"BZh", Compression::Bzip2),
    ];
    MAGIC.iter().find(|(magic, _)| start.starts_with(magic)).map_or(Compression::None, |(_, compression)| *compression)
}

/// The ceiling was met: the content is larger than the reader was told to accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge {
    /// The ceiling in bytes.
    pub limit: u64,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} bytes after decompression", self.limit)
    }
}

impl std::error::Error for TooLarge {}

/// The ceiling that an error of a [`Decoder`] is about, if it is about one.
#[must_use]
pub fn too_large(error: &io::Error) -> Option<TooLarge> {
    error.get_ref()?.downcast_ref::<TooLarge>().copied()
}

enum Inner<R: BufRead> {
    Plain(R),
    Gzip(flate2::bufread::MultiGzDecoder<R>),
    Xz(liblzma::bufread::XzDecoder<R>),
    Lz4(Box<lz4_flex::frame::FrameDecoder<R>>),
    Zstd(zstd::stream::read::Decoder<'static, R>),
    Bzip2(bzip2::bufread::MultiBzDecoder<R>),
}

/// The content of a document, decompressed as it is read.
///
/// Reading beyond the ceiling fails with [`TooLarge`]; damaged or truncated input fails with the
/// decompressor's own error. Nothing is allocated in proportion to what a header claims, beyond a
/// window of 128 MiB.
pub struct Decoder<R: BufRead> {
    inner: Inner<R>,
    compression: Compression,
    limit: u64,
    left: u64,
}

impl<R: BufRead> fmt::Debug for Decoder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("compression", &self.compression).field("left", &self.left).finish()
    }
}

impl<R: BufRead> Decoder<R> {
    /// Looks at the first bytes and prepares to read the content, at most `limit` bytes of it.
    ///
    /// # Errors
    /// When the first bytes can't be read, or the decompressor can't be set up.
    pub fn new(mut reader: R, limit: u64) -> io::Result<Self> {
        let compression = detect(reader.fill_buf()?);
        let inner = match compression {
            Compression::None => Inner::Plain(reader),
            Compression::Gzip => Inner::Gzip(flate2::bufread::MultiGzDecoder::new(reader)),
            Compression::Xz => {
                let stream = liblzma::stream::Stream::new_stream_decoder(WINDOW_BYTES, liblzma::stream::CONCATENATED)?;
                Inner::Xz(liblzma::bufread::XzDecoder::new_stream(reader, stream))
            }
            Compression::Lz4 => Inner::Lz4(Box::new(lz4_flex::frame::FrameDecoder::new(reader))),
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
                decoder.window_log_max(WINDOW_LOG)?;
                Inner::Zstd(decoder)
            }
            Compression::Bzip2 => Inner::Bzip2(bzip2::bufread::MultiBzDecoder::new(reader)),
        };
        Ok(Self { inner, compression, limit, left: limit })
    }

    /// What was detected.
    #[must_use]
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// What it reads from, at the place up to which the decompressor has asked for bytes.
    pub fn into_inner(self) -> R {
        match self.inner {
            Inner::Plain(reader) => reader,
            Inner::Gzip(reader) => reader.into_inner(),
            Inner::Xz(reader) => reader.into_inner(),
            Inner::Lz4(reader) => reader.into_inner(),
            Inner::Zstd(reader) => reader.finish(),
            Inner::Bzip2(reader) => reader.into_inner(),
        }
    }

    fn read_inner(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Plain(reader) => reader.read(buffer),
            Inner::Gzip(reader) => reader.read(buffer),
            Inner::Xz(reader) => reader.read(buffer),
            Inner::Lz4(reader) => {
                // The end of a frame reads as 0: go on with the next while there is input.
                loop {
                    let read = reader.read(buffer)?;
                    if read > 0 || reader.get_mut().fill_buf()?.is_empty() {
                        return Ok(read);
                    }
                }
            }
            Inner::Zstd(reader) => reader.read(buffer),
            Inner::Bzip2(reader) => reader.read(buffer),
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            // Exactly at the ceiling: fine if nothing follows.
            let mut one = [0];
            return match self.read_inner(&mut one)? {
                0 => Ok(0),
                _ => Err(io::Error::new(io::ErrorKind::FileTooLarge, TooLarge { limit: self.limit })),
            };
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.read_inner(&mut buffer[..most])?;
        self.left -= u64::try_from(read).unwrap_or(self.left).min(self.left);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    const TEXT: &[u8] = b"Package: bash\nVersion: 5.2.15-2+b7\n\n";

    /// The same text by the tools themselves, `TOOL -c | xxd -p` on Debian 12: gzip -n, xz, lz4,
    /// zstd, bzip2.
    const BY_TOOLS: &[(Compression, &str)] = &[
        (
            Compression::Gzip,
            "1f8b08000000000000030b484cce4e4c4fb552484a2ccee00a4b2d2acecccfb35230d533d23334d535d24e32e7e20200b2e9274924000000",
        ),
        (
            Compression::Xz,
            "fd377a585a000004e6d6b4460200210116000000742fe5a30100235061636b6167653a20626173680a56657273696f6e3a20352e322e31352d322b62370a0a009e473f6b8061f31000013c240528766f1fb6f37d010000000004595a",
        ),
        (
            Compression::Lz4,
            "04224d186440a7240000805061636b6167653a20626173680a56657273696f6e3a20352e322e31352d322b62370a0a0000000044e1ff09",
        ),
        (
            Compression::Zstd,
            "28b52ffd04582101005061636b6167653a20626173680a56657273696f6e3a20352e322e31352d322b62370a0a052c9959",
        ),
        (
            Compression::Bzip2,
            "425a683931415926535929ed48d3000008db800010400b329041003ae9980020003141a3468320342268064068d04c50c08c44884caea940bac3124de9be05ef6d0f7c5dc914e14240a7b5234c",
        ),
    ];

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    fn all(compressed: &[u8], limit: u64) -> io::Result<(Compression, Vec<u8>)> {
        let mut decoder = Decoder::new(compressed, limit)?;
        let mut out = Vec::new();
        decoder.read_to_end(&mut out)?;
        Ok((decoder.compression(), out))
    }

    #[test]
    fn reads_what_the_tools_wrote() {
        for (compression, hex) in BY_TOOLS {
            let (detected, content) = all(&unhex(hex), 1 << 20).unwrap();
            assert_eq!((detected, content.as_slice()), (*compression, TEXT));
        }
        assert_eq!(all(TEXT, 1 << 20).unwrap(), (Compression::None, TEXT.to_vec()));
        assert_eq!(all(b"", 1 << 20).unwrap(), (Compression::None, Vec::new()));
    }

    #[test]
    fn reads_documents_of_several_frames() {
        for (compression, hex) in BY_TOOLS {
            let (_, content) = all(&unhex(hex).repeat(3), 1 << 20).unwrap();
            assert_eq!(content, TEXT.repeat(3), "{compression:?}");
        }
    }

    #[test]
    fn stops_at_the_ceiling_with_a_named_error() {
        let length = u64::try_from(TEXT.len()).unwrap();
        for (compression, hex) in BY_TOOLS {
            assert_eq!(all(&unhex(hex), length).unwrap().1, TEXT, "{compression:?} at the ceiling");
            let error = all(&unhex(hex), length - 1).unwrap_err();
            assert_eq!(too_large(&error), Some(TooLarge { limit: length - 1 }), "{compression:?} above it");
        }
        let error = all(TEXT, 3).unwrap_err();
        assert_eq!(error.to_string(), "more than 3 bytes after decompression");
    }

    #[test]
    fn a_bomb_costs_no_more_than_the_ceiling() {
        // 8 MiB of zeros in a few KiB.
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        for _ in 0..8 {
            encoder.write_all(&[0; 1 << 20]).unwrap();
        }
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < 20_000);
        let error = all(&bomb, 1 << 20).unwrap_err();
        assert_eq!(too_large(&error), Some(TooLarge { limit: 1 << 20 }));
    }

    #[test]
    fn truncated_and_damaged_documents_are_errors_never_short_reads() {
        for (compression, hex) in BY_TOOLS {
            let whole = unhex(hex);
            for end in MAGIC_BYTES..whole.len() - 1 {
                let cut = all(&whole[..end], 1 << 20);
                // An LZ4 frame and a bzip2 stream end in a checksum that some decoders don't miss; what
                // they may never do is to give other content than the text's beginning.
                match cut {
                    Err(_) => {}
                    Ok((_, content)) => assert!(TEXT.starts_with(&content), "{compression:?} cut at {end}"),
                }
            }
            let mut junk = whole.clone();
            for byte in junk.iter_mut().skip(MAGIC_BYTES) {
                *byte ^= 0xa5;
            }
            assert!(all(&junk, 1 << 20).is_err(), "{compression:?}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]
        #[test]
        fn never_panics(magic in 0_usize..6, junk in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let mut bytes = BY_TOOLS.get(magic).map_or_else(Vec::new, |(_, hex)| unhex(hex)[..MAGIC_BYTES].to_vec());
            bytes.extend(junk);
            let _ = all(&bytes, 1 << 16);
        }
    }
}
