//! `/var/log/pacman.log`: `[TIME] [ALPM] upgraded NAME (FROM -> TO)`, with what was run before it.

use super::{Zone, lines, said};
use crate::Root;
use crate::text::identifier;
use jiff::Timestamp;
use model::wire::sections::{HistoryAction, HistoryRecord};

const LOG: &str = "/var/log/pacman.log";

/// # Errors
/// Why the log can't be read.
pub(super) fn read(root: &Root, zone: &Zone) -> Result<Vec<HistoryRecord>, String> {
    let (mut records, mut by) = (Vec::new(), String::new());
    lines::each(root, LOG, &mut |line| {
        if let Some((_, command)) = line.split_once("[PACMAN] Running '") {
            by = said(command.trim_end_matches('\''));
        }
        records.extend(record(line, &by, zone));
    })?;
    Ok(records)
}

fn record(line: &str, by: &str, zone: &Zone) -> Option<HistoryRecord> {
    let (time, rest) = line.strip_prefix('[')?.split_once("] ")?;
    let (what, rest) = rest.strip_prefix("[ALPM] ")?.split_once(' ')?;
    let (name, versions) = rest.split_once(" (")?;
    let versions = versions.strip_suffix(')')?;
    let (from, to) = versions.split_once(" -> ").unwrap_or(("", versions));
    let (action, from, to) = match what {
        "installed" => (HistoryAction::Install, "", to),
        "upgraded" => (HistoryAction::Upgrade, from, to),
        "downgraded" => (HistoryAction::Downgrade, from, to),
        "removed" => (HistoryAction::Remove, versions, ""),
        _ => return None,
    };
    let (by, from, name, to) = (by.to_owned(), identifier(from), identifier(name), identifier(to));
    Some(HistoryRecord { action, arch: String::new(), at: at(time, zone)?, by, from, name, to })
}

/// `2026-11-20T04:15:00+0100`, and `2018-11-20 04:15` before pacman 5.2.
fn at(text: &str, zone: &Zone) -> Option<Timestamp> {
    match text.split_once('T') {
        Some(_) => Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text).ok(),
        None => zone.at(&format!("{text}:00")),
    }
}
