//! `/var/log/zypp/history`: fields between `|`, in local time. Of an upgrade only the version after stands there; the one
//! before is that of the last event of the name.
//!
//! ```text
//! 2026-11-20 04:15:00|command|root@host|'zypper' 'update'|
//! 2026-11-20 04:15:02|install|NAME|VERSION|ARCH|root@host|REPOSITORY|CHECKSUM|
//! 2026-11-20 04:15:02|remove |NAME|VERSION|ARCH|root@host|
//! ```

use super::{Zone, action, lines, said};
use crate::Root;
use crate::text::identifier;
use model::wire::sections::{HistoryAction, HistoryRecord};
use std::collections::HashMap;
use versions::Scheme;

pub(super) const LOG: &str = "/var/log/zypp/history";

/// # Errors
/// Why the log can't be read.
pub(super) fn read(root: &Root, zone: &Zone) -> Result<Vec<HistoryRecord>, String> {
    let mut records = Vec::new();
    let mut known: HashMap<(String, String), String> = HashMap::new();
    let mut by = String::new();
    // The oldest first: each event tells the version before the next.
    for path in lines::files(root, LOG).into_iter().rev() {
        lines::each(root, &path, &mut |line| {
            let fields: Vec<&str> = line.split('|').collect();
            match fields.as_slice() {
                [_, "command", _, command, ..] => {
                    by = said(&command.replace('\'', ""));
                }
                [time, what, name, version, arch, ..] if !time.starts_with('#') => {
                    let Some(at) = zone.at(time) else { return };
                    let (name, version, arch) = (identifier(name), identifier(version), identifier(arch));
                    let package = (name.clone(), arch.clone());
                    let (action, from, to) = match what.trim() {
                        "install" => match known.insert(package, version.clone()) {
                            Some(from) if from == version => return,
                            Some(from) => (action(&from, &version, Scheme::Rpm), from, version),
                            None => (HistoryAction::Install, String::new(), version),
                        },
                        "remove" => {
                            known.remove(&package);
                            (HistoryAction::Remove, version, String::new())
                        }
                        _ => return,
                    };
                    records.push(HistoryRecord { action, arch, at, by: by.clone(), from, name, to });
                }
                _ => {}
            }
        })?;
    }
    Ok(records)
}
