//! Why packages are not assessed, with the command that mends it.

use super::types::NotAssessed;

/// The command that loads what is missing, where one helps.
#[must_use]
pub fn mending_command(code: &str) -> Option<String> {
    matches!(code, "no_feed" | "feed_too_old" | "positives_only").then(|| "mendwatch feeds sync".to_owned())
}

/// Reasons of the index, as the API shows them.
#[must_use]
pub fn reasons(reasons: &[fleet::ReasonCount]) -> Vec<NotAssessed> {
    reasons
        .iter()
        .map(|reason| NotAssessed {
            reason: reason.reason.to_string(),
            packages: reason.count,
            command: mending_command(reason.reason.code()),
        })
        .collect()
}
