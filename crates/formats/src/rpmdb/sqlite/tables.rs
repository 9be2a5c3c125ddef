//! Other databases of SQLite that rpm's tools write, table by table.

use super::super::{Error, Format, Limits, Package, Sink, Source};
use super::pages::Pages;
use super::tree::Rows;
use super::{MAGIC, damaged, record, schema_of};
use std::fmt;
use std::io::{Read, Seek};

/// Longest row that is read, in bytes; descriptions are the longest part of one.
const MAX_ROW: usize = 16 << 20;
/// Longest text of a column, in bytes.
const MAX_TEXT: usize = 4 << 10;

/// A database that is read one table after the other.
pub struct Tables<F> {
    pages: Pages<F>,
}

impl<F> fmt::Debug for Tables<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").finish_non_exhaustive()
    }
}

impl<F: Read + Seek> Tables<F> {
    /// Opens a database of at most `limit` bytes, of which no write-ahead log is looked for.
    ///
    /// # Errors
    /// When it is none of SQLite's, is damaged, or is larger.
    pub fn open(file: F, limit: u64) -> Result<Self, Error> {
        let mut file = Source::new(file, limit)?;
        let mut magic = [0; MAGIC.len()];
        if !file.has(0, 16) {
            return Err(Error::Unknown);
        }
        file.read_at(0, &mut magic)?;
        if magic != *MAGIC {
            return Err(Error::Unknown);
        }
        Ok(Self { pages: Pages::open(file, None)? })
    }

    /// Gives out the rows of a table: the number of each, and the columns that are asked for as text. What is empty, or
    /// longer than 4 KB, is empty.
    ///
    /// # Errors
    /// When there is no such table or column, or a part of it is damaged: nobody knows then what is lost.
    pub fn rows(&mut self, table: &str, columns: &[&str], each: &mut dyn FnMut(u64, &[String])) -> Result<(), Error> {
        let mut none = |_: &Package<'_>| {};
        let mut sink = Sink::new(Format::Sqlite, Limits::default(), u64::MAX, &mut none);
        let (root, schema) = schema_of(&mut self.pages, &mut sink, table.as_bytes())?;
        let schema = without_comments(&String::from_utf8_lossy(&schema));
        let inside = schema.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map(|(inside, _)| inside);
        let known: Vec<String> = inside
            .unwrap_or_default()
            .split(',')
            .map(|column| {
                column.split_whitespace().next().unwrap_or_default().trim_matches(['"', '`', '[', ']']).to_owned()
            })
            .collect();
        let mut places = Vec::new();
        for wanted in columns {
            let place = known.iter().position(|column| column.eq_ignore_ascii_case(wanted));
            places
                .push(place.ok_or_else(|| super::unsupported(format!("has no column {wanted} in its table {table}")))?);
        }
        let (mut rows, mut payload) = (Rows::new(root), Vec::new());
        let mut texts = vec![String::new(); columns.len()];
        while let Some(row) = rows.next(&mut self.pages, &mut sink)? {
            if row.length > MAX_ROW {
                return Err(damaged(row.offset, format!("a row of {} bytes", row.length)));
            }
            if let Err(why) = rows.payload(&mut self.pages, &row, &mut payload)? {
                return Err(damaged(row.offset, why));
            }
            for (text, place) in texts.iter_mut().zip(&places) {
                text.clear();
                match record::column(&payload, *place) {
                    Some(record::Value::Text(found)) if found.len() <= MAX_TEXT => {
                        text.push_str(&String::from_utf8_lossy(found));
                    }
                    Some(record::Value::Integer(number)) => text.push_str(&number.to_string()),
                    _ => {}
                }
            }
            each(row.id, &texts);
        }
        match sink.outcome().skipped.first() {
            Some(odd) => Err(damaged(odd.offset, odd.why.clone())),
            None => Ok(()),
        }
    }
}

/// SQL keeps the comments with which a table was made; libdnf's have some between the columns.
fn without_comments(sql: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(sql.len()), sql);
    while let Some(at) = rest.find("/*").into_iter().chain(rest.find("--")).min() {
        out.push_str(&rest[..at]);
        out.push(' ');
        let end = if rest[at..].starts_with("/*") { "*/" } else { "\n" };
        rest = rest[at + 2..].split_once(end).map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_columns() {
        let sql = "CREATE TABLE t (\n id INTEGER, /* a, b */\n x TEXT -- c, d\n, y) /* open";
        assert_eq!(
            without_comments(sql).split_whitespace().collect::<Vec<_>>().join(" "),
            "CREATE TABLE t ( id INTEGER, x TEXT , y)"
        );
    }
}
