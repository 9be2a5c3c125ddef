//! One way to speak to both engines: arguments, rows and transactions.
//!
//! Everything goes through [`Tx`], so that each statement stands once in the code. Only this file,
//! `open.rs` and `migrate.rs` know which engine it is.

use crate::error::{Result, StoreError};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Postgres, Row as _, Sqlite, Transaction, postgres::PgRow};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// An argument of a statement. The engines know three types of columns.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! values_from {
    ($($from:ty => |$x:ident| $value:expr),* $(,)?) => { $(
        impl From<$from> for Value {
            fn from($x: $from) -> Self { $value }
        }
    )* };
}

values_from! {
    i64 => |x| Self::Int(Some(x)),
    Option<i64> => |x| Self::Int(x),
    bool => |x| Self::Int(Some(i64::from(x))),
    Timestamp => |x| Self::Int(Some(x.as_microsecond())),
    Option<Timestamp> => |x| Self::Int(x.map(|x| x.as_microsecond())),
    String => |x| Self::Text(Some(x)),
    &String => |x| Self::Text(Some(x.clone())),
    &str => |x| Self::Text(Some(x.to_owned())),
    Option<String> => |x| Self::Text(x),
    Option<&str> => |x| Self::Text(x.map(str::to_owned)),
    Vec<u8> => |x| Self::Bytes(Some(x)),
    Option<Vec<u8>> => |x| Self::Bytes(x),
    &[u8] => |x| Self::Bytes(Some(x.to_vec())),
    [u8; 32] => |x| Self::Bytes(Some(x.to_vec())),
    [u8; 16] => |x| Self::Bytes(Some(x.to_vec())),
    Option<[u8; 32]> => |x| Self::Bytes(x.map(|x| x.to_vec())),
}

/// `args![a, b]`: the arguments of a statement.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}
pub(crate) use args;

/// Runs one expression on whichever engine is behind a two-armed enum, and gives back the enum's
/// name to the expression where the result is engine-specific.
macro_rules! on {
    ($enum:ident, $value:expr, $db:ident => $body:expr) => {
        match $value {
            $enum::Sqlite($db) => $body,
            $enum::Postgres($db) => $body,
        }
    };
}

/// A row of an answer; columns are counted from 0.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(crate) fn int(&self, at: usize) -> Result<i64> {
        Ok(on!(Row, self, row => row.try_get(at))?)
    }

    pub(crate) fn opt_int(&self, at: usize) -> Result<Option<i64>> {
        Ok(on!(Row, self, row => row.try_get(at))?)
    }

    pub(crate) fn flag(&self, at: usize) -> Result<bool> {
        Ok(self.int(at)? != 0)
    }

    pub(crate) fn text(&self, at: usize) -> Result<String> {
        Ok(on!(Row, self, row => row.try_get(at))?)
    }

    pub(crate) fn opt_text(&self, at: usize) -> Result<Option<String>> {
        Ok(on!(Row, self, row => row.try_get(at))?)
    }

    pub(crate) fn bytes(&self, at: usize) -> Result<Vec<u8>> {
        Ok(on!(Row, self, row => row.try_get(at))?)
    }

    pub(crate) fn opt_bytes(&self, at: usize) -> Result<Option<Vec<u8>>> {
        Ok(on!(Row, self, row => row.try_get(at))?)
    }

    pub(crate) fn array<const N: usize>(&self, at: usize) -> Result<[u8; N]> {
        self.bytes(at)?.try_into().map_err(|found: Vec<u8>| {
            StoreError::damaged("a hash", format!("it has {} bytes instead of {N}", found.len()))
        })
    }

    pub(crate) fn time(&self, at: usize) -> Result<Timestamp> {
        timestamp(self.int(at)?)
    }

    pub(crate) fn opt_time(&self, at: usize) -> Result<Option<Timestamp>> {
        self.opt_int(at)?.map(timestamp).transpose()
    }

    /// A column of JSON text.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, at: usize) -> Result<T> {
        serde_json::from_str(&self.text(at)?).map_err(|error| StoreError::damaged("a column of JSON", error))
    }
}

pub(crate) fn timestamp(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| StoreError::damaged("a time", error))
}

/// JSON text for a column.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::damaged("a value for a column of JSON", error))
}

/// A count as the engines store it.
pub(crate) fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Rewrites `?` to `$1`, `$2` ... for PostgreSQL. No statement of ours has a `?` in a literal.
pub(crate) fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    let mut number = 0;
    for part in sql.split_inclusive('?') {
        match part.strip_suffix('?') {
            Some(before) => {
                number += 1;
                out.push_str(before);
                out.push('$');
                out.push_str(&number.to_string());
            }
            None => out.push_str(part),
        }
    }
    out
}

/// A transaction on either engine. Dropped without [`Tx::commit`], it is rolled back.
pub(crate) struct Tx {
    on: Begun,
    /// Counts what is said to the engine, beginnings and commits included.
    statements: Arc<AtomicU64>,
}

/// The transaction as its engine knows it.
pub(crate) enum Begun {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Binds the arguments in their order.
macro_rules! bound {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for value in $args {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Tx {
    pub(crate) fn new(on: Begun, statements: &Arc<AtomicU64>) -> Self {
        let tx = Self { on, statements: Arc::clone(statements) };
        tx.count();
        tx
    }

    fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// Runs a statement; the number of rows it touched.
    pub(crate) async fn run(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64> {
        self.count();
        match &mut self.on {
            Begun::Sqlite(tx) => Ok(bound!(sql, args).execute(&mut **tx).await?.rows_affected()),
            Begun::Postgres(tx) => {
                Ok(bound!(AssertSqlSafe(numbered(sql)), args).execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// Runs a statement put together from our own constants (never from input).
    pub(crate) async fn run_built(&mut self, sql: String, args: Vec<Value>) -> Result<u64> {
        self.count();
        match &mut self.on {
            Begun::Sqlite(tx) => Ok(bound!(AssertSqlSafe(sql), args).execute(&mut **tx).await?.rows_affected()),
            Begun::Postgres(tx) => {
                Ok(bound!(AssertSqlSafe(numbered(&sql)), args).execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// All rows of an answer.
    pub(crate) async fn rows(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>> {
        self.rows_built(sql.to_owned(), args).await
    }

    /// All rows of the answer to a statement put together from our own constants.
    pub(crate) async fn rows_built(&mut self, sql: String, args: Vec<Value>) -> Result<Vec<Row>> {
        self.count();
        Ok(match &mut self.on {
            Begun::Sqlite(tx) => {
                let rows = bound!(AssertSqlSafe(sql), args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Begun::Postgres(tx) => {
                let rows = bound!(AssertSqlSafe(numbered(&sql)), args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row, if there is one.
    pub(crate) async fn first(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// The one row that has to be there.
    pub(crate) async fn one(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Row> {
        self.first(sql, args).await?.ok_or(StoreError::Engine(sqlx::Error::RowNotFound))
    }

    /// Several statements without arguments.
    pub(crate) async fn script(&mut self, sql: String) -> Result<()> {
        self.count();
        on!(Begun, &mut self.on, tx => { sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **tx).await?; });
        Ok(())
    }

    /// Makes it durable.
    pub(crate) async fn commit(self) -> Result<()> {
        self.count();
        on!(Begun, self.on, tx => tx.commit().await?);
        Ok(())
    }

    /// Takes `n` numbers of a counter; the first of them. Held until COMMIT, so only in short
    /// transactions.
    pub(crate) async fn take(&mut self, counter: &str, n: usize) -> Result<i64> {
        let n = count(n);
        let row =
            self.one("UPDATE counters SET next = next + ? WHERE name = ? RETURNING next", args![n, counter]).await?;
        Ok(row.int(0)? - n)
    }

    /// `head` followed by as many rows of values as there are (`INSERT INTO t (a, b) VALUES`), then
    /// `tail`. Rows are sent in a few fixed lengths, so that few statements fill the cache of
    /// prepared ones. All rows have the same width.
    pub(crate) async fn insert_many(&mut self, head: &str, tail: &str, rows: Vec<Vec<Value>>) -> Result<u64> {
        let mut touched = 0;
        let mut rows = rows.into_iter();
        while !rows.as_slice().is_empty() {
            let left = rows.as_slice().len();
            let width = rows.as_slice()[0].len().max(1);
            let take =
                [256, 64, 16, 4, 2, 1].into_iter().find(|size| *size <= left && size * width <= 8192).unwrap_or(1);
            let tuple = format!("({})", vec!["?"; width].join(", "));
            let sql = format!("{head} VALUES {} {tail}", vec![tuple.as_str(); take].join(", "));
            let args = rows.by_ref().take(take).flatten().collect();
            touched += self.run_built(sql, args).await?;
        }
        Ok(touched)
    }

    /// The rows of `SELECT ... WHERE x IN (...)` for any number of keys: `sql` holds `{}` where the
    /// list goes, which is the last of its arguments.
    pub(crate) async fn rows_in(&mut self, sql: &str, before: &[Value], keys: &[Value]) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        for part in keys.chunks(LIST) {
            let (sql, args) = listed(sql, before, part);
            found.extend(self.rows_built(sql, args).await?);
        }
        Ok(found)
    }

    /// Runs a statement that joins a list of rows (`UPDATE t SET ... FROM (VALUES {}) AS v WHERE ...`): `sql` holds
    /// `{}` where they go, which are its only arguments; their columns are called `column1`, `column2` and so on by
    /// both engines. The rows that its RETURNING gives. `nobody` is a row that nothing matches.
    pub(crate) async fn rows_joined(
        &mut self,
        sql: &str,
        mut rows: Vec<Vec<Value>>,
        nobody: &[Value],
    ) -> Result<Vec<Row>> {
        let mut found = Vec::new();
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(JOINED));
            // A few lengths, so that few statements fill the cache of prepared ones.
            rows.resize(rows.len().next_power_of_two(), nobody.to_vec());
            let tuple = format!("({})", vec!["?"; nobody.len()].join(", "));
            let sql = sql.replace("{}", &vec![tuple.as_str(); rows.len()].join(", "));
            found.extend(
                self.rows_built(sql, std::mem::replace(&mut rows, rest).into_iter().flatten().collect()).await?,
            );
        }
        Ok(found)
    }

    /// The same for statements that change rows.
    pub(crate) async fn run_in(&mut self, sql: &str, before: &[Value], keys: &[Value]) -> Result<()> {
        for part in keys.chunks(LIST) {
            let (sql, args) = listed(sql, before, part);
            self.run_built(sql, args).await?;
        }
        Ok(())
    }
}

/// Most keys in one list.
const LIST: usize = 256;
/// Most rows that one statement joins.
const JOINED: usize = 128;

/// A statement with a list of one of a few lengths, so that few statements fill the cache of
/// prepared ones. A short list is filled up with its last key, which changes nothing.
fn listed(sql: &str, before: &[Value], keys: &[Value]) -> (String, Vec<Value>) {
    let size = [1, 16, LIST].into_iter().find(|size| keys.len() <= *size).unwrap_or(LIST);
    let sql = sql.replace("{}", &vec!["?"; size].join(", "));
    let mut args = before.to_vec();
    args.extend_from_slice(keys);
    if let Some(last) = keys.last() {
        args.extend(std::iter::repeat_n(last.clone(), size - keys.len()));
    }
    (sql, args)
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn arguments_are_numbered_for_postgresql() {
        assert_eq!(numbered("SELECT ? WHERE a = ? AND b IN (?)"), "SELECT $1 WHERE a = $2 AND b IN ($3)");
        assert_eq!(numbered("SELECT 1"), "SELECT 1");
    }
}
