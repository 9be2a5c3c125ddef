//! Credentials of agents. Only hashes are kept; making and hashing secrets is the server's work.

use crate::db::{Row, args};
use crate::error::{Result, StoreError};
use crate::{Namespace, SecretHash, Store};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long a token that was found in force is taken to be so where other servers may revoke it.
const SHARED: SignedDuration = SignedDuration::from_secs(1);

/// Tokens that were found in force, so that not every message of an agent asks for its token anew. A revocation
/// through this store forgets them all before it returns.
#[derive(Debug, Default)]
pub(crate) struct Credentials(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    /// Goes up with every revocation: what was read before one is not kept after it.
    revocations: u64,
    /// With the moment of the look.
    tokens: HashMap<SecretHash, (AgentToken, Timestamp)>,
}

impl Credentials {
    fn found(&self) -> MutexGuard<'_, Found> {
        // A map is written at once: a panic elsewhere leaves nothing half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self) {
        let mut found = self.found();
        found.revocations += 1;
        found.tokens.clear();
    }
}

/// The name space that all agent tokens share. A token lets agents in; it does not say which host
/// they are, or replacing it would make every machine a second host (docs/decisions/0005).
pub const TOKENS: Namespace = 1;

/// A credential of agents, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentToken {
    /// Its number.
    pub id: i64,
    /// For people.
    pub name: String,
    /// Name space of the hosts that it speaks for.
    pub namespace: Namespace,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, name, namespace, created_at, revoked_at";

fn token(row: &Row) -> Result<AgentToken> {
    Ok(AgentToken {
        id: row.int(0)?,
        name: row.text(1)?,
        namespace: row.int(2)?,
        created_at: row.time(3)?,
        revoked_at: row.opt_time(4)?,
    })
}

impl Store {
    /// Stores a new token by its hash. Its name space is [`TOKENS`], as every token's.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the hash is known.
    pub async fn token_create(&self, name: &str, hash: SecretHash, now: Timestamp) -> Result<AgentToken> {
        const SQL: &str = "INSERT INTO agent_tokens (id, hash, name, namespace, created_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (hash) DO NOTHING";
        let mut tx = self.write().await?;
        let id = tx.take("agent_tokens", 1).await?;
        if tx.run(SQL, args![id, hash, name, TOKENS, now]).await? == 0 {
            return Err(StoreError::Exists("token with this secret".to_owned()));
        }
        tx.commit().await?;
        Ok(AgentToken { id, name: name.to_owned(), namespace: TOKENS, created_at: now, revoked_at: None })
    }

    /// The token with this hash, if it was not revoked. Where other servers share the record, one that is revoked
    /// there may be found for a second longer; through this store, not once after [`Store::token_revoke`] returned.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn token_find(&self, hash: SecretHash, now: Timestamp) -> Result<Option<AgentToken>> {
        let revocations = {
            let found = self.credentials.found();
            if let Some((token, at)) = found.tokens.get(&hash)
                && (!self.is_shared() || (*at..*at + SHARED).contains(&now))
            {
                return Ok(Some(token.clone()));
            }
            found.revocations
        };
        let sql = format!("SELECT {COLUMNS} FROM agent_tokens WHERE hash = ? AND revoked_at IS NULL");
        let mut tx = self.read().await?;
        let token = tx.rows_built(sql, args![hash]).await?.first().map(token).transpose()?;
        let mut found = self.credentials.found();
        match &token {
            Some(token) if found.revocations == revocations => _ = found.tokens.insert(hash, (token.clone(), now)),
            _ => _ = found.tokens.remove(&hash),
        }
        Ok(token)
    }

    /// Every token, in the order of making.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn token_list(&self) -> Result<Vec<AgentToken>> {
        let mut tx = self.read().await?;
        let rows = tx.rows_built(format!("SELECT {COLUMNS} FROM agent_tokens ORDER BY id"), vec![]).await?;
        rows.iter().map(token).collect()
    }

    /// Revokes a token. `false` when there is none, or it was revoked before.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn token_revoke(&self, id: i64, now: Timestamp) -> Result<bool> {
        const SQL: &str = "UPDATE agent_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";
        let mut tx = self.write().await?;
        let revoked = tx.run(SQL, args![now, id]).await? == 1;
        let committed = tx.commit().await;
        // Whatever became of it: one that failed may have been done.
        self.credentials.forget();
        committed?;
        Ok(revoked)
    }
}
