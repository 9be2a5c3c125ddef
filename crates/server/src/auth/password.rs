//! Passwords: Argon2id with the parameters that OWASP's password storage cheat sheet gives first
//! for Argon2id (19 MiB, 2 passes, 1 lane), stored as PHC strings, so that they can be raised later.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Shortest password that is taken (NIST SP 800-63B-4 asks for 15 without a second factor as
/// guidance for single-factor use and 8 as the floor; 12 lies between and is what most policies ask).
pub const MIN_LENGTH: usize = 12;
/// Longest one, so that hashing has a ceiling.
pub const MAX_LENGTH: usize = 1024;

/// At most this many hashes at once: each takes 19 MiB.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// What a name that does not exist is checked against, so that the answer takes as long.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("mendwatch: a password of nobody").ok());

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

fn hash_now(password: &str) -> anyhow::Result<String> {
    argon2()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| anyhow::anyhow!("hashing failed: {error}"))
}

/// Hashes a password off the runtime's threads.
///
/// # Errors
/// When the kernel gives no random salt.
pub async fn hash(password: String) -> anyhow::Result<String> {
    let _permit = AT_ONCE.acquire().await?;
    tokio::task::spawn_blocking(move || hash_now(&password)).await?
}

/// Checks a password against a stored hash; against nobody's, when there is none.
///
/// # Errors
/// When the stored hash can't be read.
pub async fn verify(password: String, stored: Option<String>) -> anyhow::Result<bool> {
    let _permit = AT_ONCE.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let known = stored.is_some();
        let Some(text) = stored.or_else(|| NOBODY.clone()) else { return Ok(false) };
        let hash = PasswordHash::new(&text).map_err(|error| anyhow::anyhow!("stored password hash: {error}"))?;
        Ok(argon2().verify_password(password.as_bytes(), &hash).is_ok() && known)
    })
    .await?
}

/// Why a password is not taken, if it is not.
#[must_use]
pub fn fault(password: &str, name: &str) -> Option<String> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Some(format!("The password has {length} characters; at least {MIN_LENGTH} are asked for."));
    }
    if password.len() > MAX_LENGTH {
        return Some(format!("The password is longer than {MAX_LENGTH} bytes."));
    }
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 || password.eq_ignore_ascii_case(name) {
        return Some("The password is too easy to guess: it repeats a few characters, or is the name.".to_owned());
    }
    None
}
