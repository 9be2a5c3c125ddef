//! Random secrets and the hashes under which they are stored.
//!
//! Tokens have 256 bits of entropy, so a plain SHA-256 protects them at rest; only passwords,
//! which people choose, need a slow hash ([`super::password`]).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// A new secret of 256 bits as 43 characters that are safe in addresses, behind a prefix that says
/// what it is for, so that leaked ones can be recognised (`mwa_` agent token, `mws_` session, `mwl_` set-up link).
///
/// # Errors
/// When the kernel gives no random bytes.
pub fn generate(prefix: &str) -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the kernel gave no random bytes: {error}"))?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The hash under which a secret is stored and looked up.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
