//! The least of an rpm file that rpm takes: a header with a name and a version, a signature header.
//!
//! Format: rpm's docs/manual/format.md ("Package format"), tags.md, signatures_digests.md. The signature is an
//! OpenPGP packet (RFC 4880, 5.2.3) of the vendor's key id and the right digest; the numbers of RSA are made up,
//! and nobody has the key to check them with.

use sha2::{Digest, Sha256};
use std::io::Write;

/// A value of a header.
enum Data {
    Int16(u16),
    Int32(u32),
    Text(String),
    Bytes(Vec<u8>),
    Texts(String),
}

/// What a package has to say of itself.
pub(crate) struct RpmFile<'a> {
    pub(crate) name: &'a str,
    pub(crate) epoch: u32,
    pub(crate) version: &'a str,
    pub(crate) release: &'a str,
    pub(crate) arch: &'a str,
    /// Key id of its signature, 16 hexadecimal digits.
    pub(crate) key: &'a str,
    /// A file in `/etc` that it owns.
    pub(crate) file: Option<&'a str>,
}

impl RpmFile<'_> {
    /// The file's bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let text = |tag: u32, text: &str| (tag, Data::Text(text.to_owned()));
        let mut tags = vec![
            text(1000, self.name),
            text(1001, self.version),
            text(1002, self.release),
            (1003, Data::Int32(self.epoch)),
            text(1004, "x"),
            text(1005, "x"),
            (1006, Data::Int32(0)),
            (1009, Data::Int32(0)),
            text(1014, "x"),
            text(1016, "x"),
            text(1021, "linux"),
            text(1022, self.arch),
            text(1044, "x-1-1.src.rpm"),
            text(1124, "cpio"),
            text(1125, "gzip"),
            text(1126, "9"),
        ];
        if let Some(file) = self.file {
            let texts = |tag: u32, text: &str| (tag, Data::Texts(text.to_owned()));
            tags.extend([
                (1028, Data::Int32(1)),
                (1030, Data::Int16(0o100_644)),
                (1033, Data::Int16(0)),
                (1034, Data::Int32(0)),
                texts(1035, ""),
                texts(1036, ""),
                (1037, Data::Int32(0)),
                texts(1039, "root"),
                texts(1040, "root"),
                (1045, Data::Int32(u32::MAX)),
                (1095, Data::Int32(1)),
                (1096, Data::Int32(1)),
                texts(1097, ""),
                (1116, Data::Int32(0)),
                texts(1117, file),
                texts(1118, "/etc/"),
            ]);
        }
        let header = header(63, tags);
        let mut signatures = header_of_signature(self.key, &header);
        signatures.resize(signatures.len().next_multiple_of(8), 0);
        // The lead, of which only the magic number is read.
        let mut bytes = vec![0xed, 0xab, 0xee, 0xdb, 3, 0, 0, 0, 0, 1];
        let mut name = self.name.as_bytes().to_vec();
        name.resize(66, 0);
        name[65] = 0;
        bytes.extend(name);
        bytes.extend([0, 1, 0, 5]);
        bytes.extend([0; 16]);
        bytes.extend(signatures);
        bytes.extend(header);
        let mut payload = flate2::write::GzEncoder::new(bytes, flate2::Compression::fast());
        payload.write_all(b"").unwrap();
        payload.finish().unwrap()
    }
}

fn header_of_signature(key: &str, header: &[u8]) -> Vec<u8> {
    // Version 4, of a binary document, RSA, SHA-256; made at some time.
    let mut signed = vec![4, 0, 1, 8, 0, 6, 5, 2, 0x5f, 0, 0, 0];
    let length = u32::try_from(signed.len()).unwrap().to_be_bytes();
    let digest = Sha256::new()
        .chain_update(header)
        .chain_update(&signed)
        .chain_update([4, 0xff])
        .chain_update(length)
        .finalize();
    // Unsigned: whose it is. Then the digest's beginning, and a number of eight bits.
    signed.extend([0, 10, 9, 16]);
    signed.extend(hex::decode(key).unwrap());
    signed.extend(&digest[..2]);
    signed.extend([0, 8, 0xff]);
    let mut packet = vec![0x89];
    packet.extend(u16::try_from(signed.len()).unwrap().to_be_bytes());
    packet.extend(signed);
    let sha256 = hex::encode(Sha256::digest(header));
    // The signature of the header, and that of header and payload, of which oscap takes the key id.
    let whole = Data::Bytes(packet.clone());
    super::rpm_file::header(62, vec![(268, Data::Bytes(packet)), (273, Data::Text(sha256)), (1002, whole)])
}

/// A header with its region, which is what digests and signatures are about.
fn header(region: u32, mut tags: Vec<(u32, Data)>) -> Vec<u8> {
    tags.sort_by_key(|(tag, _)| *tag);
    let (mut index, mut store) = (Vec::new(), Vec::new());
    for (tag, data) in tags {
        let (kind, align, count, bytes) = match data {
            Data::Int16(number) => (3, 2, 1, number.to_be_bytes().to_vec()),
            Data::Int32(number) => (4, 4, 1, number.to_be_bytes().to_vec()),
            Data::Text(text) => (6, 1, 1, [text.as_bytes(), b"\0"].concat()),
            Data::Texts(text) => (8, 1, 1, [text.as_bytes(), b"\0"].concat()),
            Data::Bytes(bytes) => (7, 1, bytes.len(), bytes),
        };
        store.resize(usize::next_multiple_of(store.len(), align), 0);
        for number in [tag, kind, u32::try_from(store.len()).unwrap(), u32::try_from(count).unwrap()] {
            index.extend(number.to_be_bytes());
        }
        store.extend(bytes);
    }
    let entries = u32::try_from(index.len() / 16 + 1).unwrap();
    let at = u32::try_from(store.len()).unwrap();
    // The trailer says where the region began, as a negative offset.
    for number in [region, 7, 0_u32.wrapping_sub(16 * entries), 16] {
        store.extend(number.to_be_bytes());
    }
    let mut bytes = vec![0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0];
    for number in [entries, u32::try_from(store.len()).unwrap(), region, 7, at, 16] {
        bytes.extend(number.to_be_bytes());
    }
    bytes.extend(index);
    bytes.extend(store);
    bytes
}
