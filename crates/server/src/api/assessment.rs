//! Why packages are not assessed, with the command that mends it.

use super::types::NotAssessed;

use matching::Reason;
use model::Platform;

/// The command that loads what is missing, where one helps: where a feed of the catalogue knows the release.
#[must_use]
pub fn mending_command(reason: &Reason) -> Option<String> {
    let helps = match reason {
        Reason::NoFeed { platform, wanted } => wanted.iter().any(|id| knows(id, platform)),
        Reason::ReleaseNotInFeed { platform, feed } => knows(feed, platform),
        Reason::FeedTooOld { .. } | Reason::PositivesOnly { .. } => true,
        Reason::RecordSkipped { .. }
        | Reason::DocumentSkipped { .. }
        | Reason::TooManySkipped { .. }
        | Reason::ForeignOrigin { .. }
        | Reason::InvalidVersion { .. } => false,
    };
    helps.then(|| "mendwatch feeds sync".to_owned())
}

/// Whether a feed of the catalogue speaks for a platform, by the release that its facts name.
fn knows(id: &str, platform: &Platform) -> bool {
    let named = matching::platforms_of(platform);
    feeds::feed(id).is_some_and(|feed| feed.platforms().iter().any(|of| named.contains(of)))
}

/// Reasons of the index, as the API shows them.
#[must_use]
pub fn reasons(reasons: &[fleet::ReasonCount]) -> Vec<NotAssessed> {
    reasons
        .iter()
        .map(|reason| NotAssessed {
            reason: reason.reason.to_string(),
            packages: reason.count,
            command: mending_command(&reason.reason),
        })
        .collect()
}
