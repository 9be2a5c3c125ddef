//! What can go wrong with the record.

/// Why the record could not be read or written. Messages fit "could not ...: {error}".
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The location is no database that this build can open.
    #[error("{location} can't be opened: {why}")]
    Open {
        /// The directory, or the address without its password.
        location: String,
        /// What is wrong with it.
        why: String,
    },
    /// The database was written by a newer version.
    #[error(
        "the database has schema {found}, this version knows schemas up to {known}: start a version that is at least as new, or restore a backup made before the upgrade"
    )]
    NewerSchema {
        /// The newest migration that the database has.
        found: i64,
        /// The newest migration of this build.
        known: i64,
    },
    /// The database was written by an older version, and is not to be changed here.
    #[error("the database has schema {found}, not yet {known}: `mendwatch server` brings it up to date")]
    OlderSchema {
        /// The newest migration that the database has.
        found: i64,
        /// The newest migration of this build.
        known: i64,
    },
    /// A migration that the database has differs from this build's.
    #[error(
        "migration {version} of the database is not the one of this version: the schema was changed by hand or by another build"
    )]
    ForeignSchema {
        /// The migration's number.
        version: i64,
    },
    /// A setting under which an acknowledged report could be lost.
    #[error("{setting} is {found}, which can lose acknowledged reports: it has to be {needed}")]
    UnsafeSetting {
        /// The engine's name of the setting.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it has to be.
        needed: &'static str,
    },
    /// Somebody else changed the same thing meanwhile; nothing was written.
    #[error("{0} was changed by somebody else meanwhile")]
    Conflict(String),
    /// The thing is not there.
    #[error("there is no {0}")]
    Missing(String),
    /// There is one of that name already.
    #[error("there is a {0} already")]
    Exists(String),
    /// What is stored can't be understood.
    #[error("{what} is damaged: {why}")]
    Damaged {
        /// What was read.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] sqlx::Error),
}

impl StoreError {
    /// Whether the same request may succeed later, without anybody changing it: the disk is full or
    /// fails, the database can't be reached, is starting or stopping, or all connections stay busy.
    /// A server answers 503 to such a request, so that an agent keeps its report and sends it again.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        use sqlx::Error;
        let Self::Engine(error) = self else { return false };
        match error {
            Error::Io(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed | Error::BeginFailed => true,
            // fork: each engine numbers its errors in a way of its own.
            Error::Database(error) => match error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
                Some(error) => temporary_in_postgres(error.code()),
                None => error.code().is_some_and(|code| temporary_in_sqlite(&code)),
            },
            _ => false,
        }
    }

    /// Whether it is room that lacks: on the disk, or below a ceiling of the database.
    #[must_use]
    pub fn is_full(&self) -> bool {
        use sqlx::Error;
        match self {
            Self::Engine(Error::Io(error)) => {
                matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
            }
            Self::Engine(Error::Database(error)) => error.code().is_some_and(|code| is_disk_full(&code)),
            _ => false,
        }
    }

    pub(crate) fn damaged(what: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self::Damaged { what: what.into(), why: why.to_string() }
    }
}

/// SQLITE_FULL is written `13`, PostgreSQL's `disk_full` `53100`: neither is a code of the other.
fn is_disk_full(code: &str) -> bool {
    matches!(code, "13" | "53100")
}

/// SQLite's result codes, <https://www.sqlite.org/rescode.html>, written as a decimal number.
/// The low byte is the primary code: BUSY, LOCKED, NOMEM, IOERR, FULL, CANTOPEN.
fn temporary_in_sqlite(code: &str) -> bool {
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 7 | 10 | 13 | 14))
}

/// PostgreSQL's SQLSTATE, <https://www.postgresql.org/docs/current/errcodes-appendix.html>:
/// connection exceptions, insufficient resources (`disk_full`), system errors (`io_error`), a server
/// that stops or starts, and transactions that lost against another one.
fn temporary_in_postgres(code: &str) -> bool {
    matches!(code.get(..2), Some("08" | "53" | "58"))
        || matches!(code, "57P01" | "57P02" | "57P03" | "40001" | "40P01" | "55P03")
}

/// The engine's own error, as [`StoreError::Engine`] holds it.
pub type EngineError = sqlx::Error;

/// A result of the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from sqlite3.h, SQLSTATEs from appendix A of PostgreSQL's manual.
    #[test]
    fn what_passes_by_itself() {
        // SQLITE_BUSY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_IOERR_WRITE, SQLITE_BUSY_SNAPSHOT.
        for code in ["5", "10", "13", "14", "778", "517"] {
            assert!(temporary_in_sqlite(code), "{code}");
        }
        // SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_CONSTRAINT, SQLITE_CONSTRAINT_UNIQUE.
        for code in ["1", "11", "19", "2067", ""] {
            assert!(!temporary_in_sqlite(code), "{code}");
        }
        // connection_failure, disk_full, too_many_connections, io_error, admin_shutdown, cannot_connect_now.
        for code in ["08006", "53100", "53300", "58030", "57P01", "57P03"] {
            assert!(temporary_in_postgres(code), "{code}");
        }
        // unique_violation, undefined_table, invalid_password, query_canceled.
        for code in ["23505", "42P01", "28P01", "57014", ""] {
            assert!(!temporary_in_postgres(code), "{code}");
        }
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert!(StoreError::Engine(sqlx::Error::Io(refused)).is_temporary());
        assert!(StoreError::Engine(sqlx::Error::PoolTimedOut).is_temporary());
        assert!(!StoreError::Engine(sqlx::Error::RowNotFound).is_temporary());
        assert!(!StoreError::Missing("host".into()).is_temporary());
    }
}
