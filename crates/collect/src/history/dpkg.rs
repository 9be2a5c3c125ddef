//! `/var/log/dpkg.log`: `DATE TIME ACTION PACKAGE:ARCH FROM TO`, in local time. Who did it says apt's log.
//! Where only apt's is there, that is read.

use super::{MOST_EVENTS, Zone, action, apt, lines};
use crate::Root;
use crate::text::identifier;
use model::wire::sections::{HistoryAction, HistoryRecord};
use versions::Scheme;

const LOG: &str = "/var/log/dpkg.log";

/// # Errors
/// Why no log can be read.
pub(super) fn read(root: &Root, zone: &Zone) -> Result<Vec<HistoryRecord>, String> {
    let files = lines::files(root, LOG);
    let runs = apt::runs(root, zone);
    if files.is_empty() {
        let records: Vec<HistoryRecord> = runs.into_iter().flat_map(|run| run.records).collect();
        return if records.is_empty() { Err(format!("neither {LOG} nor apt's log is there")) } else { Ok(records) };
    }
    let (mut records, mut fault) = (Vec::new(), None);
    for path in files {
        let mut of_file = Vec::new();
        if let Err(why) = lines::each(root, &path, &mut |line| of_file.extend(record(line, zone))) {
            fault.get_or_insert(why);
            break;
        }
        records.extend(of_file);
        if records.len() >= MOST_EVENTS {
            break;
        }
    }
    if let Some(why) = fault.filter(|_| records.is_empty()) {
        return Err(why);
    }
    for record in &mut records {
        // apt starts dpkg after it has written when it began.
        let run = runs.iter().find(|run| run.begun <= record.at && run.ended.is_none_or(|ended| record.at <= ended));
        record.by = run.map(|run| run.by.clone()).unwrap_or_default();
    }
    Ok(records)
}

fn record(line: &str, zone: &Zone) -> Option<HistoryRecord> {
    let at = zone.at(line.get(..19)?)?;
    let mut words = line.get(20..)?.split(' ');
    let (what, package) = (words.next()?, words.next()?);
    let version = |word: &str| if word == "<none>" { String::new() } else { identifier(word) };
    let (from, to) = (version(words.next()?), version(words.next()?));
    let (name, arch) = package.split_once(':').unwrap_or((package, ""));
    let action = match what {
        "install" => HistoryAction::Install,
        // The same version once more is a repair.
        "upgrade" if from == to => return None,
        "upgrade" => action(&from, &to, Scheme::Dpkg),
        // A purge behind it takes away settings; one of what was removed before is no event.
        "remove" => HistoryAction::Remove,
        _ => return None,
    };
    // What was removed with its settings left behind comes with its old version.
    let from = if action == HistoryAction::Install { String::new() } else { from };
    Some(HistoryRecord { action, arch: identifier(arch), at, by: String::new(), from, name: identifier(name), to })
}
