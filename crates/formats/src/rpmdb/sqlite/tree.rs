//! The rows of a table, in the order of their ids ("B-tree Pages", "Cell Payload Overflow Pages").

use super::super::visited::Visited;
use super::super::{Error, Sink, be16, be32, size};
use super::damaged;
use super::pages::{FILE_HEADER, Pages};
use super::record::varint;
use std::io::{Read, Seek};

const INTERIOR: u8 = 5;
const LEAF: u8 = 13;

/// A walk through the pages of a table.
pub(super) struct Rows {
    /// Pages still to be looked at, the next one last.
    ahead: Vec<u32>,
    visited: Visited,
    /// The leaf that is being read, its number, its cells and how many of them were given out.
    leaf: Vec<u8>,
    number: u32,
    cells: usize,
    given: usize,
    /// A page of a chain.
    link: Vec<u8>,
}

/// A row, whose content is still to be put together.
pub(super) struct Row {
    pub(super) id: u64,
    /// Where its cell lies, in bytes from the start of the file.
    pub(super) offset: u64,
    /// Bytes of its content.
    pub(super) length: usize,
    /// The part of the content that is in the leaf.
    local: std::ops::Range<usize>,
    /// First page of the chain that holds the rest, 0 where there is none.
    chain: u32,
}

impl Row {
    /// Bytes of its content that are in its leaf.
    pub(super) fn local_bytes(&self) -> usize {
        self.local.len()
    }
}

impl Rows {
    /// Begins at the table's first page.
    pub(super) fn new(root: u32) -> Self {
        Self {
            ahead: vec![root],
            visited: Visited::default(),
            leaf: Vec::new(),
            number: 0,
            cells: 0,
            given: 0,
            link: Vec::new(),
        }
    }

    /// The next row.
    ///
    /// # Errors
    /// When the tree is broken: the rows below are lost, nobody knows how many.
    pub(super) fn next<F: Read + Seek>(
        &mut self,
        pages: &mut Pages<F>,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Row>, Error> {
        loop {
            while self.given < self.cells {
                let at = self.given;
                self.given += 1;
                match self.row(pages, at) {
                    Ok(row) => return Ok(Some(row)),
                    // The cell's beginning is unreadable, its neighbours are not.
                    Err(why) => sink.skip(0, pages.offset(self.number), why),
                }
            }
            let Some(number) = self.ahead.pop() else { return Ok(None) };
            self.enter(pages, number)?;
        }
    }

    /// Reads a page of the tree.
    fn enter<F: Read + Seek>(&mut self, pages: &mut Pages<F>, number: u32) -> Result<(), Error> {
        let offset = pages.offset(number);
        // Pages are counted from 1, the set's from 0.
        if !self.visited.insert(number.wrapping_sub(1), pages.count()) {
            let is_there = number > 0 && number <= pages.count();
            let why = if is_there { "was met before" } else { "does not exist" };
            return Err(damaged(offset, format!("page {number} of a table {why}")));
        }
        self.leaf.resize(pages.page(), 0);
        pages.read(number, &mut self.leaf)?;
        let start = if number == 1 { FILE_HEADER } else { 0 };
        let kind = self.leaf.get(start).copied().unwrap_or_default();
        let cells = be16(&self.leaf, start + 3).map(usize::from).unwrap_or_default();
        let header = if kind == INTERIOR { 12 } else { 8 };
        if !matches!(kind, INTERIOR | LEAF) {
            return Err(damaged(offset, format!("page {number} is none of a table (type {kind})")));
        }
        if start + header + 2 * cells > pages.usable() {
            return Err(damaged(offset, format!("page {number} says that it has {cells} cells")));
        }
        (self.number, self.cells, self.given) = (number, cells, 0);
        if kind == INTERIOR {
            self.cells = 0;
            self.ahead.extend(be32(&self.leaf, start + 8));
            for cell in (0..cells).rev() {
                let child = self.pointer(start + header, cell).and_then(|at| be32(&self.leaf, at));
                self.ahead.push(child.ok_or_else(|| damaged(offset, format!("cell {cell} lies outside of its page")))?);
            }
            if self.ahead.len() > 2 * size(pages.count()) {
                return Err(damaged(offset, "the pages of a table point to more pages than there are"));
            }
        }
        Ok(())
    }

    /// Where a cell begins.
    fn pointer(&self, pointers: usize, cell: usize) -> Option<usize> {
        be16(&self.leaf, pointers + 2 * cell).map(usize::from)
    }

    /// A cell of the leaf that is being read.
    fn row<F: Read + Seek>(&self, pages: &Pages<F>, cell: usize) -> Result<Row, String> {
        let start = if self.number == 1 { FILE_HEADER } else { 0 };
        let usable = pages.usable();
        let begins = self.pointer(start + 8, cell);
        let outside = || format!("cell {cell} of page {} lies outside of it", self.number);
        let at = begins.filter(|at| *at < usable).ok_or_else(outside)?;
        let number = |at| self.leaf.get(at..usable).and_then(varint);
        let (length, used) = number(at).ok_or_else(outside)?;
        let (id, more) = number(at + used).ok_or_else(outside)?;
        let content = at + used + more;
        let length = size(length);
        let held = local(length, usable);
        let end = content.saturating_add(held);
        let chain = if held < length { be32(&self.leaf, end).filter(|_| end + 4 <= usable) } else { Some(0) };
        let chain = chain.filter(|_| end <= usable).ok_or_else(outside)?;
        let offset = pages.offset(self.number) + super::super::wide(at);
        Ok(Row { id, offset, length, local: content..end, chain })
    }

    /// Puts the content of a row together. What is wrong with it is in the inner result.
    ///
    /// # Errors
    /// When the file can't be read.
    pub(super) fn payload<F: Read + Seek>(
        &mut self,
        pages: &mut Pages<F>,
        row: &Row,
        payload: &mut Vec<u8>,
    ) -> Result<Result<(), String>, Error> {
        payload.clear();
        payload.extend_from_slice(self.leaf.get(row.local.clone()).unwrap_or_default());
        let mut next = row.chain;
        self.link.resize(pages.page(), 0);
        while payload.len() < row.length {
            if !self.visited.insert(next.wrapping_sub(1), pages.count()) {
                let is_there = next > 0 && next <= pages.count();
                let why = if is_there { "is part of another thing" } else { "does not exist" };
                return Ok(Err(format!("page {next} of its chain {why}")));
            }
            pages.read(next, &mut self.link)?;
            let content = self.link.get(4..pages.usable()).unwrap_or_default();
            payload.extend_from_slice(content.get(..row.length - payload.len()).unwrap_or(content));
            next = be32(&self.link, 0).unwrap_or_default();
        }
        Ok(Ok(()))
    }
}

/// How many bytes of a row's content are in its leaf: all, or so many that the rest fills whole pages.
fn local(length: usize, usable: usize) -> usize {
    let most = usable - 35;
    if length <= most {
        return length;
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let filled = least + (length - least) % (usable - 4);
    if filled <= most { filled } else { least }
}
