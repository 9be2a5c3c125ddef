//! Why packages are not assessed, with the command that mends it.

use super::types::NotAssessed;

use matching::Reason;
use model::Platform;

/// The command that loads what is missing, where one helps: where a feed of the catalogue knows the release. It names
/// the feeds: without names, `feeds sync` fetches what all hosts on record need.
#[must_use]
pub fn mending_command(reason: &Reason) -> Option<String> {
    let named: Vec<&str> = match reason {
        Reason::NoFeed { platform, wanted } => {
            // The best that decides, with what fills its gaps; else whatever could decide.
            let needed = needed(platform);
            let decides = |id: &&str| wanted.iter().any(|wanted| wanted == id);
            if needed.iter().any(decides) {
                needed
            } else {
                wanted.iter().map(String::as_str).filter(|id| knows(id, platform)).take(1).collect()
            }
        }
        Reason::ReleaseNotInFeed { platform, feed } if knows(feed, platform) => vec![feed],
        Reason::FeedTooOld { feed, .. } => vec![feed],
        Reason::PositivesOnly { wanted, .. } => vec![wanted],
        Reason::ReleaseNotInFeed { .. }
        | Reason::RecordSkipped { .. }
        | Reason::DocumentSkipped { .. }
        | Reason::TooManySkipped { .. }
        | Reason::ForeignOrigin { .. }
        | Reason::InvalidVersion { .. } => return None,
    };
    (!named.is_empty()).then(|| format!("mendwatch feeds sync {}", named.join(" ")))
}

/// Feeds that hosts of a platform need, of those that know its release.
fn needed(platform: &Platform) -> Vec<&'static str> {
    let guests = matching::needed_for(platform);
    guests.into_iter().filter(|id| knows(id, platform)).collect()
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
