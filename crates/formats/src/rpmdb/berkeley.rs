//! A hash of Berkeley DB: `Packages`.
//!
//! Source: Berkeley DB's `src/dbinc/db_page.h` and `hash.h` (4.2 to 6.2, hash versions 8 to 10), and rpm's reader
//! `lib/backend/bdb_ro.c`. The byte order is that of the machine that made the file, told by the magic number.
//!
//! Page 0 holds the metadata: the size of a page, the greatest page and bucket, and for each power of two of
//! buckets how far its pages are shifted. A bucket is a chain of pages. A page begins with its header, then come
//! offsets of items, which grow from the page's end: a key and a value in turn. Items that are too large for a
//! page lie in a chain of overflow pages. The key is the header's number, and number 0 is rpm's counter.

use super::visited::Visited;
use super::{Error, Sink, Source, big, size, wide};
use std::io::{Read, Seek};

const HASH_MAGIC: u32 = 0x0006_1561;
const BTREE_MAGIC: u32 = 0x0005_3162;
const VERSIONS: std::ops::RangeInclusive<u32> = 8..=10;
/// Bytes of the metadata that are read, up to the end of the shifts of 32 powers of two.
const META: usize = 224;

/// Types of pages: unsorted (until 4.5) and sorted ones of a hash, and those of what overflows.
const HASH_UNSORTED: u8 = 2;
const HASH: u8 = 13;
const OVERFLOW: u8 = 7;

/// Types of items.
const PLAIN: u8 = 1;
const OFF_PAGE: u8 = 3;

/// Whether the metadata page of a hash or tree begins so.
pub(super) fn is_database(start: &[u8]) -> bool {
    let magic = big(start, 12).unwrap_or_default();
    [u32::from_le_bytes(magic), u32::from_be_bytes(magic)].iter().any(|magic| [HASH_MAGIC, BTREE_MAGIC].contains(magic))
}

/// The byte order of a file.
#[derive(Debug, Clone, Copy)]
struct Order {
    big: bool,
}

impl Order {
    /// 0 where the bytes end before.
    fn u32(self, bytes: &[u8], at: usize) -> u32 {
        let bytes = big(bytes, at).unwrap_or_default();
        if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    /// The same.
    fn u16(self, bytes: &[u8], at: usize) -> usize {
        let bytes = big(bytes, at).unwrap_or_default();
        usize::from(if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }
}

pub(super) fn read<F: Read + Seek>(file: &mut Source<F>, sink: &mut Sink<'_>) -> Result<(), Error> {
    let mut hash = Hash::open(file, sink)?;
    let mut page = vec![0; hash.page];
    let mut header = Vec::new();
    for bucket in 0..=hash.buckets {
        let mut number = hash.first_page(bucket);
        while let Some(at) = number {
            let offset = u64::from(at) * wide(hash.page);
            if !hash.visited.insert(at, hash.pages) {
                let why = if at < hash.pages { "was met before" } else { "does not exist" };
                return Err(sink.damaged(offset, format!("page {at}, of bucket {bucket}, {why}")));
            }
            file.read_at(offset, &mut page)?;
            let kind = page.get(25).copied().unwrap_or_default();
            if kind == 0 && hash.order.u16(&page, 20) == 0 {
                // Never used: buckets get their pages by the power of two, before they are needed.
                break;
            }
            if !matches!(kind, HASH | HASH_UNSORTED) || hash.order.u32(&page, 8) != at {
                let why = format!("page {at}, of bucket {bucket}, is none of a hash (type {kind})");
                return Err(sink.damaged(offset, why));
            }
            hash.read_page(file, sink, &page, offset, &mut header)?;
            number = Some(hash.order.u32(&page, 16)).filter(|next| *next != 0);
        }
    }
    Ok(())
}

/// What the metadata say.
struct Hash {
    order: Order,
    /// Bytes of a page.
    page: usize,
    /// Bytes before a page's items.
    overhead: usize,
    pages: u32,
    /// The greatest bucket.
    buckets: u32,
    shifts: Vec<u32>,
    visited: Visited,
}

impl Hash {
    fn open<F: Read + Seek>(file: &mut Source<F>, sink: &Sink<'_>) -> Result<Self, Error> {
        let mut meta = [0; META];
        if !file.has(0, wide(META)) {
            return Err(sink.damaged(0, "the file ends within the metadata"));
        }
        file.read_at(0, &mut meta)?;
        let order =
            Order { big: [HASH_MAGIC, BTREE_MAGIC].contains(&u32::from_be_bytes(big(&meta, 12).unwrap_or_default())) };
        let field = |at| order.u32(&meta, at);
        let (version, page, last) = (field(16), field(20), field(32));
        let [encryption, kind, flags] = [24, 25, 26].map(|at| meta.get(at).copied().unwrap_or_default());
        if field(12) == BTREE_MAGIC {
            return Err(sink.unsupported("is a tree; the packages lie in a hash"));
        }
        if encryption != 0 {
            return Err(sink.unsupported("is encrypted"));
        }
        if !VERSIONS.contains(&version) || kind != 8 {
            return Err(sink.unsupported(format!("is a hash of version {version}; versions 8 to 10 are known")));
        }
        if !page.is_power_of_two() || !(512..=65_536).contains(&page) {
            return Err(sink.damaged(20, format!("it says that its pages have {page} bytes")));
        }
        let pages = last.checked_add(1).filter(|pages| file.has(0, u64::from(*pages) * u64::from(page)));
        let Some(pages) = pages else {
            let why =
                format!("its last page is {last}, of {page} bytes each, and the file has {} bytes", file.length());
            return Err(sink.damaged(32, why));
        };
        let buckets = field(72);
        if buckets >= pages {
            return Err(sink.damaged(72, format!("it says that it has {buckets} buckets on {pages} pages")));
        }
        let mut visited = Visited::default();
        visited.insert(0, pages);
        // With checksums these stand behind the header of each page.
        let overhead = if flags & 1 == 0 { 26 } else { 32 };
        let shifts = (0..32).map(|power| field(96 + 4 * power)).collect();
        Ok(Self { order, page: size(page), overhead, pages, buckets, shifts, visited })
    }

    /// The first page of a bucket, if the metadata give it one.
    fn first_page(&self, bucket: u32) -> Option<u32> {
        let power = u32::BITS - bucket.leading_zeros();
        // One that overflows is no page, and is reported as such.
        Some(self.shifts.get(size(power))?.saturating_add(bucket))
    }

    fn read_page<F: Read + Seek>(
        &mut self,
        file: &mut Source<F>,
        sink: &mut Sink<'_>,
        page: &[u8],
        offset: u64,
        header: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let items = self.order.u16(page, 20);
        if !items.is_multiple_of(2) || self.overhead + 2 * items > page.len() {
            return Err(sink.damaged(offset + 20, format!("a page says that it has {items} items")));
        }
        for pair in 0..items / 2 {
            let item = |index: usize| {
                let start = |index: usize| self.order.u16(page, self.overhead + 2 * index);
                // Items grow from the page's end downwards. 65,536 does not fit into an offset: it is the end.
                let end = if index == 0 { page.len() } else { start(index - 1) };
                page.get(start(index)..end).filter(|item| !item.is_empty() && start(index) >= self.overhead)
            };
            let (Some(key), Some(value)) = (item(2 * pair), item(2 * pair + 1)) else {
                return Err(sink.damaged(offset, format!("item {} of a page lies outside of it", 2 * pair)));
            };
            let number = match key {
                [PLAIN, rest @ ..] if rest.len() == 4 => self.order.u32(rest, 0),
                // A key of another length is none of rpm's: what it leads to has no number.
                _ => 0,
            };
            if number == 0 && matches!(key, [PLAIN, _, _, _, _]) {
                continue;
            }
            self.read_value(file, sink, (u64::from(number), offset), value, header)?;
        }
        Ok(())
    }

    fn read_value<F: Read + Seek>(
        &mut self,
        file: &mut Source<F>,
        sink: &mut Sink<'_>,
        (number, offset): (u64, u64),
        value: &[u8],
        header: &mut Vec<u8>,
    ) -> Result<(), Error> {
        match value {
            [PLAIN, bytes @ ..] => {
                if sink.admits(number, offset, bytes.len())? {
                    sink.charge(offset, bytes.len())?;
                    sink.header(number, offset, bytes);
                }
            }
            [OFF_PAGE, ..] if value.len() == 12 => {
                let (first, length) = (self.order.u32(value, 4), size(self.order.u32(value, 8)));
                let offset = u64::from(first) * wide(self.page);
                if sink.admits(number, offset, length)? {
                    // Pages of chains are read once, whoever points to them: no need to charge them.
                    match self.read_chain(file, first, length, header)? {
                        Ok(()) => sink.header(number, offset, header),
                        Err(why) => sink.skip(number, offset, why),
                    }
                }
            }
            [kind, ..] => {
                if sink.admits(number, offset, value.len())? {
                    sink.skip(number, offset, format!("its item is of type {kind}, which rpm does not write"));
                }
            }
            [] => {}
        }
        Ok(())
    }

    /// Puts a chain of overflow pages together. What is wrong with it is in the inner result.
    fn read_chain<F: Read + Seek>(
        &mut self,
        file: &mut Source<F>,
        first: u32,
        length: usize,
        header: &mut Vec<u8>,
    ) -> Result<Result<(), String>, Error> {
        header.clear();
        let (mut next, mut page) = (first, vec![0; self.page]);
        while header.len() < length {
            if next == 0 {
                return Ok(Err(format!("its chain of pages ends after {} of {length} bytes", header.len())));
            }
            if !self.visited.insert(next, self.pages) {
                let why = if next < self.pages { "is part of another thing" } else { "does not exist" };
                return Ok(Err(format!("page {next} of its chain {why}")));
            }
            file.read_at(u64::from(next) * wide(self.page), &mut page)?;
            let bytes = page.get(self.overhead..self.overhead + self.order.u16(&page, 22)).unwrap_or_default();
            if page.get(25) != Some(&OVERFLOW) || bytes.is_empty() {
                return Ok(Err(format!("page {next} of its chain is none of an overflow")));
            }
            header.extend_from_slice(bytes);
            next = self.order.u32(&page, 16);
        }
        if header.len() > length || next != 0 {
            return Ok(Err(format!("its chain of pages holds more than {length} bytes")));
        }
        Ok(Ok(()))
    }
}
