//! `/var/log/apt/history.log`: runs of apt as stanzas, with who asked for them.
//!
//! ```text
//! Start-Date: 2026-11-20  04:15:00
//! Commandline: /usr/bin/unattended-upgrade
//! Requested-By: anna (1000)
//! Upgrade: libc6:amd64 (2.36-9, 2.36-10), tzdata:amd64 (1, 2)
//! End-Date: 2026-11-20  04:15:09
//! ```

use super::{MOST_EVENTS, Zone, lines, said};
use crate::Root;
use crate::text::identifier;
use jiff::Timestamp;
use model::wire::sections::{HistoryAction, HistoryRecord};

const LOG: &str = "/var/log/apt/history.log";
/// One run.
pub(super) struct Run {
    pub(super) begun: Timestamp,
    /// None where it was interrupted.
    pub(super) ended: Option<Timestamp>,
    /// `unattended-upgrades`, or the command in short, with the user who asked.
    pub(super) by: String,
    pub(super) records: Vec<HistoryRecord>,
}

/// Every run that is on record, in no order. A log that can't be read has none: what it would add is who did it.
pub(super) fn runs(root: &Root, zone: &Zone) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for path in lines::files(root, LOG) {
        let mut stanza: Vec<(String, String)> = Vec::new();
        let read = lines::each(root, &path, &mut |line| match line.split_once(": ") {
            Some((key, value)) => stanza.push((key.to_owned(), value.trim().to_owned())),
            None => runs.extend(run(&std::mem::take(&mut stanza), zone)),
        });
        runs.extend(run(&stanza, zone));
        if read.is_err() || runs.iter().map(|run| run.records.len()).sum::<usize>() >= MOST_EVENTS {
            break;
        }
    }
    runs
}

fn run(stanza: &[(String, String)], zone: &Zone) -> Option<Run> {
    let get = |key: &str| stanza.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    let time = |key: &str| zone.at(&get(key)?.split_whitespace().collect::<Vec<_>>().join(" "));
    let begun = time("Start-Date")?;
    let command = get("Commandline").unwrap_or_default();
    let is_by_itself = command.contains("unattended-upgrade");
    let command = if is_by_itself { "unattended-upgrades".to_owned() } else { said(command) };
    let user = get("Requested-By").and_then(|user| user.split_whitespace().next());
    let by = match user {
        Some(user) => identifier(format!("{command} ({user})").trim()),
        None => identifier(&command),
    };
    let mut records = Vec::new();
    for (key, list) in stanza {
        let action = match key.as_str() {
            "Install" => HistoryAction::Install,
            "Upgrade" => HistoryAction::Upgrade,
            "Downgrade" => HistoryAction::Downgrade,
            "Remove" | "Purge" => HistoryAction::Remove,
            _ => continue,
        };
        for item in list.split("), ") {
            let Some((package, versions)) = item.split_once(" (") else { continue };
            let mut versions = versions.trim_end_matches(')').split(", ").filter(|word| *word != "automatic");
            let (first, second) =
                (identifier(versions.next().unwrap_or_default()), versions.next().unwrap_or_default());
            let (from, to) = match action {
                HistoryAction::Install => (String::new(), first),
                HistoryAction::Remove => (first, String::new()),
                _ => (first, identifier(second)),
            };
            let (name, arch) = package.split_once(':').unwrap_or((package, ""));
            let (name, arch) = (identifier(name), identifier(arch));
            records.push(HistoryRecord { action, arch, at: begun, by: by.clone(), from, name, to });
        }
    }
    Some(Run { begun, ended: time("End-Date"), by, records })
}
