//! ndb, rpm's own format: `Packages.db`.
//!
//! Source: rpm's `lib/backend/ndb/rpmpkg.c`. All numbers are little endian; the file is counted in blocks of 16
//! bytes. It begins with a header of two blocks (magic number, version, generation, pages of slots,
//! next number of a package) and pages of 4,096 bytes of slots, a block each: magic number, number of the
//! package, first block and count of blocks of its blob; without a first block the slot is free. A blob is a
//! block (magic number, number of the package, generation, length), the header of the package, zeros up to the block's end,
//! and 12 bytes: Adler-32 (RFC 1950) of all that, the length again, a magic number.

use super::{Error, Sink, Source, le32, size, wide};
use std::io::{Read, Seek};

pub(super) const MAGIC: &[u8; 4] = b"RpmP";
const SLOT: &[u8; 4] = b"Slot";
const BLOB: &[u8; 4] = b"BlbS";
const BLOB_END: &[u8; 4] = b"BlbE";
const BLOCK: u64 = 16;
const PAGE: usize = 4096;
const TAIL: usize = 12;

pub(super) fn read<F: Read + Seek>(file: &mut Source<F>, sink: &mut Sink<'_>) -> Result<(), Error> {
    let mut page = vec![0; PAGE];
    if !file.has(0, wide(PAGE)) {
        return Err(sink.damaged(0, "the file ends within the first page of slots"));
    }
    file.read_at(0, &mut page)?;
    let (version, pages) = (le32(&page, 4).unwrap_or_default(), u64::from(le32(&page, 12).unwrap_or_default()));
    if version != 0 {
        return Err(sink.unsupported(format!("has version {version}, which is not known")));
    }
    if pages == 0 || !file.has(0, pages * wide(PAGE)) {
        let why = format!("it says that {pages} pages of slots begin it, and has {} bytes", file.length());
        return Err(sink.damaged(12, why));
    }
    let mut blob = Vec::new();
    for number in 0..pages {
        let start = number * wide(PAGE);
        if number > 0 {
            file.read_at(start, &mut page)?;
        }
        // The file's own header takes the place of the first two slots.
        let first = if number == 0 { 2 } else { 0 };
        for (at, slot) in page.chunks_exact(16).enumerate().skip(first) {
            let offset = start + wide(at) * BLOCK;
            if !slot.starts_with(SLOT) {
                return Err(sink.damaged(offset, "no slot where one should be"));
            }
            let field = |at| le32(slot, at).unwrap_or_default();
            let (package, block, blocks) = (field(4), field(8), field(12));
            if block == 0 && (package, blocks) != (0, 0) {
                sink.skip(package.into(), 0, "its slot names no place");
            } else if block != 0 {
                let place = Place { package, offset: u64::from(block) * BLOCK, bytes: u64::from(blocks) * BLOCK };
                read_blob(file, sink, &place, &mut blob)?;
            }
        }
    }
    Ok(())
}

/// Where a slot says that a package's blob lies.
struct Place {
    package: u32,
    offset: u64,
    bytes: u64,
}

fn read_blob<F: Read + Seek>(
    file: &mut Source<F>,
    sink: &mut Sink<'_>,
    place: &Place,
    blob: &mut Vec<u8>,
) -> Result<(), Error> {
    let (number, offset) = (u64::from(place.package), place.offset);
    if !file.has(offset, place.bytes) {
        let why = format!("header {number} should lie here, and the file has {} bytes", file.length());
        return Err(sink.damaged(offset, why));
    }
    if !sink.admits(number, offset, size(place.bytes))? {
        return Ok(());
    }
    sink.charge(offset, size(place.bytes))?;
    blob.clear();
    blob.resize(size(place.bytes), 0);
    file.read_at(offset, blob)?;
    match content(blob, place.package) {
        Ok(header) => sink.header(number, offset, header),
        Err(why) => sink.skip(number, offset, why),
    }
    Ok(())
}

/// The header within a blob.
fn content(blob: &[u8], package: u32) -> Result<&[u8], String> {
    let (Some(head), Some((body, tail))) = (blob.get(..16), blob.split_last_chunk::<TAIL>()) else {
        return Err("its blob is too short".to_owned());
    };
    let field = |bytes: &[u8], at| le32(bytes, at).unwrap_or_default();
    let length = field(head, 12);
    let fits = |length: u32| (16 + u64::from(length) + wide(TAIL)).next_multiple_of(BLOCK) == wide(blob.len());
    if !head.starts_with(BLOB) || !tail.ends_with(BLOB_END) {
        Err("no blob begins and ends there".to_owned())
    } else if field(head, 4) != package {
        Err(format!("the blob says that it is of header {}", field(head, 4)))
    } else if length != field(tail, 4) || !fits(length) {
        Err(format!("the blob says that it has {length} bytes, and at its end {}", field(tail, 4)))
    } else if adler32(body) != field(tail, 0) {
        Err("its checksum is wrong".to_owned())
    } else {
        Ok(body.get(16..16 + size(length)).unwrap_or_default())
    }
}

/// RFC 1950, section 8.2. Sums are reduced every 5,552 bytes, before which they can't overflow.
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut a, mut b) = (1_u32, 0_u32);
    for chunk in bytes.chunks(5552) {
        for byte in chunk {
            a += u32::from(*byte);
            b += a;
        }
        (a, b) = (a % MODULUS, b % MODULUS);
    }
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::adler32;

    #[test]
    fn checksums() {
        // Python's zlib.adler32.
        assert_eq!(adler32(b""), 1);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(adler32(&[0xff; 100_000]), 0x149a_302c);
    }
}
