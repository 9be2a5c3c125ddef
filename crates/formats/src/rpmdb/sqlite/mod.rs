//! SQLite: `rpmdb.sqlite`, of which only the table `Packages (hnum INTEGER PRIMARY KEY, blob BLOB)` is read.
//!
//! Source: "Database File Format", <https://www.sqlite.org/fileformat2.html>. A library is not used for it since
//! it would lock and write: see `docs/decisions/0008-rpm-databases.md`.

mod pages;
mod record;
mod tables;
mod tree;
mod wal;

pub use tables::Tables;

use super::{Error, Sink, Source};
use pages::Pages;
use std::io::{Read, Seek};
use tree::Rows;

pub(super) const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Most bytes of a row of the schema; rpm's longest has 200.
const SCHEMA_ROW: usize = 64 << 10;

pub(super) fn read<F: Read + Seek>(file: Source<F>, log: Option<Source<F>>, sink: &mut Sink<'_>) -> Result<(), Error> {
    let mut pages = Pages::open(file, log)?;
    let (root, _) = schema_of(&mut pages, sink, b"Packages")?;
    let mut rows = Rows::new(root);
    let mut payload = Vec::new();
    while let Some(row) = rows.next(&mut pages, sink)? {
        // A header is nearly its row: what else is in there are some bytes of column types.
        if !sink.admits(row.id, row.offset, row.length)? {
            continue;
        }
        // What is in the leaf: pages of chains are read once, whoever points to them.
        sink.charge(row.offset, row.local_bytes())?;
        match rows.payload(&mut pages, &row, &mut payload)? {
            Ok(()) => match record::column(&payload, 1) {
                Some(record::Value::Blob(header)) => sink.header(row.id, row.offset, header),
                _ => sink.skip(row.id, row.offset, "its row holds no blob"),
            },
            Err(why) => sink.skip(row.id, row.offset, why),
        }
    }
    Ok(())
}

/// The error that packages are lost.
fn damaged(offset: u64, why: impl Into<String>) -> Error {
    Error::Damaged { format: super::Format::Sqlite, offset, why: why.into() }
}

/// The error that the database is of a kind that is not read.
fn unsupported(why: impl Into<String>) -> Error {
    Error::Unsupported { format: super::Format::Sqlite, why: why.into() }
}

/// The first page of a table and the text by which it was made, by the schema, which is a table on page 1 of type,
/// name, table, first page and text.
fn schema_of<F: Read + Seek>(pages: &mut Pages<F>, sink: &mut Sink<'_>, table: &[u8]) -> Result<(u32, Vec<u8>), Error> {
    let mut rows = Rows::new(1);
    let mut payload = Vec::new();
    while let Some(row) = rows.next(pages, sink)? {
        if row.length > SCHEMA_ROW {
            continue;
        }
        if let Err(why) = rows.payload(pages, &row, &mut payload)? {
            return Err(damaged(row.offset, format!("a row of the schema is broken: {why}")));
        }
        let text = |at| match record::column(&payload, at) {
            Some(record::Value::Text(text)) => text,
            _ => &[],
        };
        if text(0) == b"table" && text(1).eq_ignore_ascii_case(table) {
            return match record::column(&payload, 3) {
                Some(record::Value::Integer(root)) => {
                    let page = u32::try_from(root);
                    page.map(|page| (page, text(4).to_vec()))
                        .map_err(|_| damaged(row.offset, format!("a table begins on page {root}")))
                }
                _ => Err(damaged(row.offset, "a table without a first page")),
            };
        }
    }
    Err(unsupported(format!("has no table {}", String::from_utf8_lossy(table))))
}
