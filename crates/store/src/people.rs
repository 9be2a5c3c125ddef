//! Users, their sessions, and the one-time link by which the first of them is made.

use crate::db::{Row, Tx, args};
use crate::error::{Result, StoreError};
use crate::{SecretHash, Store};
use jiff::Timestamp;

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The user's number.
    pub id: i64,
    /// The name, as it was chosen.
    pub name: String,
    /// Argon2id in PHC notation.
    pub password: String,
    /// `administrator`.
    pub role: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it was shut.
    pub disabled_at: Option<Timestamp>,
}

impl std::fmt::Debug for User {
    /// Without the password's hash: users end up in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "User({} {:?} {})", self.id, self.name, self.role)
    }
}

/// An account to be made.
#[derive(Clone)]
pub struct NewUser {
    /// The name; names that differ in case only are one.
    pub name: String,
    /// Argon2id in PHC notation.
    pub password: String,
    /// `administrator`.
    pub role: String,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub user: User,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when at most.
    pub expires_at: Timestamp,
}

/// What became of a set-up link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetupLink {
    /// It was good; this is the user it made.
    Done(User),
    /// It was used before.
    Used,
    /// It is past its time.
    Expired,
    /// There is no such link.
    Unknown,
}

const COLUMNS: &str = "u.id, u.name, u.password, u.role, u.created_at, u.disabled_at";

fn user(row: &Row) -> Result<User> {
    Ok(User {
        id: row.int(0)?,
        name: row.text(1)?,
        password: row.text(2)?,
        role: row.text(3)?,
        created_at: row.time(4)?,
        disabled_at: row.opt_time(5)?,
    })
}

async fn create(tx: &mut Tx, new: &NewUser, now: Timestamp) -> Result<User> {
    const SQL: &str = "INSERT INTO users (id, name, name_key, password, role, created_at) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (name_key) DO NOTHING";
    let id = tx.take("users", 1).await?;
    let key = new.name.to_lowercase();
    if tx.run(SQL, args![id, &new.name, key, &new.password, &new.role, now]).await? == 0 {
        return Err(StoreError::Exists(format!("user named {}", new.name)));
    }
    Ok(User {
        id,
        name: new.name.clone(),
        password: new.password.clone(),
        role: new.role.clone(),
        created_at: now,
        disabled_at: None,
    })
}

impl Store {
    /// Makes an account.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the name is taken.
    pub async fn user_create(&self, new: &NewUser, now: Timestamp) -> Result<User> {
        let mut tx = self.write().await?;
        let user = create(&mut tx, new, now).await?;
        tx.commit().await?;
        Ok(user)
    }

    /// The account of a name, whatever its case; also one that was shut.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn user_find(&self, name: &str) -> Result<Option<User>> {
        let mut tx = self.read().await?;
        let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.name_key = ?");
        tx.rows_built(sql, args![name.to_lowercase()]).await?.first().map(user).transpose()
    }

    /// Every account, by number.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn user_list(&self) -> Result<Vec<User>> {
        let mut tx = self.read().await?;
        let rows = tx.rows_built(format!("SELECT {COLUMNS} FROM users u ORDER BY u.id"), vec![]).await?;
        rows.iter().map(user).collect()
    }

    /// Sets a password and signs the user out everywhere.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such user.
    pub async fn user_password_set(&self, id: i64, password: &str) -> Result<()> {
        let mut tx = self.write().await?;
        if tx.run("UPDATE users SET password = ? WHERE id = ?", args![password, id]).await? == 0 {
            return Err(StoreError::Missing(format!("user {id}")));
        }
        tx.run("DELETE FROM sessions WHERE user_id = ?", args![id]).await?;
        tx.commit().await
    }

    /// Signs a user in. Sessions that ran out are cleared away on the occasion.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn session_create(
        &self,
        user: i64,
        hash: SecretHash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<()> {
        const SQL: &str = "INSERT INTO sessions (hash, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)";
        let mut tx = self.write().await?;
        tx.run("DELETE FROM sessions WHERE expires_at <= ?", args![now]).await?;
        tx.run(SQL, args![hash, user, now, expires_at]).await?;
        tx.commit().await
    }

    /// The session with this hash, if it has not run out and its user's account is open.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn session_find(&self, hash: SecretHash, now: Timestamp) -> Result<Option<Session>> {
        let sql = format!(
            "SELECT {COLUMNS}, s.created_at, s.expires_at FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.hash = ? AND s.expires_at > ? AND u.disabled_at IS NULL"
        );
        let mut tx = self.read().await?;
        let rows = tx.rows_built(sql, args![hash, now]).await?;
        rows.first()
            .map(|row| Ok(Session { user: user(row)?, created_at: row.time(6)?, expires_at: row.time(7)? }))
            .transpose()
    }

    /// Signs out.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn session_delete(&self, hash: SecretHash) -> Result<()> {
        let mut tx = self.write().await?;
        tx.run("DELETE FROM sessions WHERE hash = ?", args![hash]).await?;
        tx.commit().await
    }

    /// Notes a set-up link that was printed. Links printed before and not used stop working.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn setup_link_create(&self, hash: SecretHash, now: Timestamp, expires_at: Timestamp) -> Result<()> {
        const SQL: &str = "INSERT INTO setup_links (hash, created_at, expires_at) VALUES (?, ?, ?)";
        let mut tx = self.write().await?;
        tx.run("DELETE FROM setup_links WHERE used_at IS NULL", vec![]).await?;
        tx.run(SQL, args![hash, now, expires_at]).await?;
        tx.commit().await
    }

    /// Uses a set-up link: marks it used and makes the user, both or neither.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the name is taken; the link then still works.
    pub async fn setup_link_use(&self, hash: SecretHash, new: &NewUser, now: Timestamp) -> Result<SetupLink> {
        const USE: &str = "UPDATE setup_links SET used_at = ? WHERE hash = ? AND used_at IS NULL AND expires_at > ?";
        let mut tx = self.write().await?;
        if tx.run(USE, args![now, hash, now]).await? == 1 {
            let user = create(&mut tx, new, now).await?;
            tx.commit().await?;
            return Ok(SetupLink::Done(user));
        }
        let row = tx.first("SELECT used_at FROM setup_links WHERE hash = ?", args![hash]).await?;
        Ok(match row.map(|row| row.opt_int(0)).transpose()? {
            None => SetupLink::Unknown,
            Some(None) => SetupLink::Expired,
            Some(Some(_)) => SetupLink::Used,
        })
    }
}
