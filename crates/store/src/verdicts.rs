//! The verdict log: when the judgement of a package changed, and why. Appended after a change of
//! feeds, rules or feed age; read for exposure and for questions about the past. No verdict reads it.

use crate::db::{Row, args, count};
use crate::error::{Result, StoreError};
use crate::{PackageId, Store};
use jiff::Timestamp;
use model::{Role, State};

/// One change of the judgement of one package in one role and one CVE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictChange {
    /// The package.
    pub package: PackageId,
    /// In which capacity.
    pub role: Role,
    /// The CVE, or the advisory's key where it names none.
    pub cve: String,
    /// The state before; `None`: none was known.
    pub from: Option<State>,
    /// The state after; `None`: nothing is said any more.
    pub to: Option<State>,
    /// When, server's clock.
    pub at: Timestamp,
    /// `advisory`, `rules` or `feed_age`.
    pub cause: String,
    /// Feed and generation, or the version of the rules; may be empty.
    pub detail: String,
}

fn state(text: Option<String>) -> Result<Option<State>> {
    text.map(|text| text.parse().map_err(|why: String| StoreError::damaged("a state", why))).transpose()
}

pub(crate) fn role(code: i64) -> Result<Role> {
    u8::try_from(code)
        .ok()
        .and_then(Role::from_code)
        .ok_or_else(|| StoreError::damaged("a role", format!("unknown code {code}")))
}

fn change(row: &Row) -> Result<VerdictChange> {
    Ok(VerdictChange {
        package: row.int(0)?,
        role: role(row.int(1)?)?,
        cve: row.text(2)?,
        from: state(row.opt_text(3)?)?,
        to: state(row.opt_text(4)?)?,
        at: row.time(5)?,
        cause: row.text(6)?,
        detail: row.text(7)?,
    })
}

impl Store {
    /// Appends changes, in their order, in transactions of at most 4096.
    ///
    /// # Errors
    /// [`StoreError::Engine`], also for a cause that is none of the three.
    pub async fn verdict_append(&self, changes: &[VerdictChange]) -> Result<()> {
        for part in changes.chunks(4096) {
            let mut tx = self.write().await?;
            let first = tx.take("verdict_log", part.len()).await?;
            let rows = (first..)
                .zip(part)
                .map(|(id, c)| {
                    let word = |state: Option<State>| state.map(State::as_str);
                    let role = i64::from(c.role.code());
                    args![id, c.package, role, &c.cve, word(c.from), word(c.to), c.at, &c.cause, &c.detail]
                })
                .collect();
            let head = "INSERT INTO verdict_log (id, package_id, role, cve, from_state, to_state, at, cause, detail)";
            tx.insert_many(head, "", rows).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The changes of one package, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn verdict_list(&self, package: PackageId) -> Result<Vec<VerdictChange>> {
        const SQL: &str = "SELECT package_id, role, cve, from_state, to_state, at, cause, detail FROM verdict_log
            WHERE package_id = ? ORDER BY id";
        let mut tx = self.read().await?;
        tx.rows(SQL, args![package]).await?.iter().map(change).collect()
    }

    /// The changes of one CVE, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn verdict_list_cve(&self, cve: &str, limit: usize) -> Result<Vec<VerdictChange>> {
        const SQL: &str = "SELECT package_id, role, cve, from_state, to_state, at, cause, detail FROM verdict_log
            WHERE cve = ? ORDER BY id DESC LIMIT ?";
        let mut tx = self.read().await?;
        tx.rows(SQL, args![cve, count(limit)]).await?.iter().map(change).collect()
    }
}
