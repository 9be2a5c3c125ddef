//! The pins: preferences and preferences.d.

use super::settings::{MOST_BYTES, Settings, files_in, note};
use crate::Root;
use formats::preferences::{self, Pin};
use model::wire::sections::Skipped;

/// Every pin, in the order in which apt considers them: the first that fits wins.
pub(super) fn read(root: &Root, settings: &Settings) -> (Vec<Pin>, Vec<Skipped>) {
    let mut skipped = Vec::new();
    let main = settings.config.path("Dir::Etc::preferences").filter(|main| root.is_file(main));
    let mut files: Vec<String> = main.into_iter().collect();
    if let Some(parts) = settings.config.path("Dir::Etc::preferencesparts") {
        files.extend(files_in(root, &parts, "pref", &mut skipped));
    }
    let mut pins = Vec::new();
    for path in files {
        match root.read(&path, MOST_BYTES) {
            Ok(bytes) => {
                let (found, faults) = preferences::parse(&bytes);
                pins.extend(found);
                skipped.extend(faults.iter().map(|skip| note(&path, skip)));
            }
            Err(why) => skipped.push(Skipped { record: path, why: why.why.to_string() }),
        }
    }
    (pins, skipped)
}
