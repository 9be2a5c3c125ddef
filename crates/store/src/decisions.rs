//! What people decided: exceptions, tags, acknowledgements, policies.

use crate::Store;
use crate::changes::{self, Cause, NewChange};
use crate::db::{Row, args};
use crate::error::{Result, StoreError};
use jiff::Timestamp;

/// What a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecisionKind {
    /// A risk is accepted for packages, CVEs and hosts.
    Exception,
    /// Hosts carry a tag.
    Tag,
    /// Somebody has seen to something.
    Acknowledgement,
    /// How fast what has to be patched.
    Policy,
}

impl DecisionKind {
    const ALL: [Self; 4] = [Self::Exception, Self::Tag, Self::Acknowledgement, Self::Policy];

    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exception => "exception",
            Self::Tag => "tag",
            Self::Acknowledgement => "acknowledgement",
            Self::Policy => "policy",
        }
    }
}

/// A decision to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDecision {
    /// What it is about.
    pub kind: DecisionKind,
    /// A JSON object whose fields depend on the kind.
    pub body: serde_json::Value,
    /// Who decided.
    pub author: String,
    /// Until when it holds.
    pub expires_at: Option<Timestamp>,
}

/// A decision on record.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Its number.
    pub id: i64,
    /// What it is about.
    pub kind: DecisionKind,
    /// A JSON object whose fields depend on the kind.
    pub body: serde_json::Value,
    /// Who decided.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// Until when it holds.
    pub expires_at: Option<Timestamp>,
    /// When and by whom it was revoked.
    pub revoked: Option<(Timestamp, String)>,
}

fn decision(row: &Row) -> Result<Decision> {
    let word = row.text(1)?;
    let kind = DecisionKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == word)
        .ok_or_else(|| StoreError::damaged("a decision", format!("unknown kind '{word}'")))?;
    Ok(Decision {
        id: row.int(0)?,
        kind,
        body: row.json(2)?,
        author: row.text(3)?,
        at: row.time(4)?,
        expires_at: row.opt_time(5)?,
        revoked: row.opt_time(6)?.zip(row.opt_text(7)?),
    })
}

fn change(id: i64, kind: DecisionKind, at: Timestamp) -> NewChange {
    let what = serde_json::json!({ "decision": id, "kind": kind.as_str() });
    NewChange { at, cause: Cause::Decision, host: None, sequence: None, what }
}

impl Store {
    /// Records a decision. Its number, and the sequence number of the change.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the body is no JSON object.
    pub async fn decision_create(&self, new: &NewDecision, now: Timestamp) -> Result<(i64, i64)> {
        const SQL: &str = "INSERT INTO decisions (id, kind, body, author, at, expires_at) VALUES (?, ?, ?, ?, ?, ?)";
        if !new.body.is_object() {
            return Err(StoreError::damaged("the decision", "its body is no JSON object"));
        }
        let mut tx = self.write().await?;
        let id = tx.take("decisions", 1).await?;
        tx.run(SQL, args![id, new.kind.as_str(), new.body.to_string(), &new.author, now, new.expires_at]).await?;
        let seq = changes::commit(tx, vec![change(id, new.kind, now)]).await?.unwrap_or_default();
        Ok((id, seq))
    }

    /// Revokes a decision. The sequence number of the change; `None` when there is no such decision
    /// or it was revoked before.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn decision_revoke(&self, id: i64, by: &str, now: Timestamp) -> Result<Option<i64>> {
        const SQL: &str = "UPDATE decisions SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL
            RETURNING id, kind, body, author, at, expires_at, revoked_at, revoked_by";
        let mut tx = self.write().await?;
        let Some(row) = tx.first(SQL, args![now, by, id]).await? else { return Ok(None) };
        let kind = decision(&row)?.kind;
        changes::commit(tx, vec![change(id, kind, now)]).await
    }

    /// The decisions of a kind, in the order of making, also those that ran out or were revoked.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn decision_list(&self, kind: DecisionKind) -> Result<Vec<Decision>> {
        const SQL: &str = "SELECT id, kind, body, author, at, expires_at, revoked_at, revoked_by FROM decisions
            WHERE kind = ? ORDER BY id";
        let mut tx = self.read().await?;
        tx.rows(SQL, args![kind.as_str()]).await?.iter().map(decision).collect()
    }
}
