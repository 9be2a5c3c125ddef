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
    pub(crate) fn damaged(what: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self::Damaged { what: what.into(), why: why.to_string() }
    }
}

/// A result of the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
