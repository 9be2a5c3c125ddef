//! Sections that hosts say are otherwise than on record, so that nothing outdated is shown as known.
//!
//! A check-in that is answered `send` notes them in the record; a report takes them off it. A report that
//! is refused says as much as a check-in, as far as it can be read. All three go through the intake's queue,
//! so that record and index hear of them in the same order.

use fleet::Awaited;
use jiff::Timestamp;
use model::wire::{SectionHash, SectionName};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::HostState;

/// What a host's state has of them.
#[must_use]
pub fn of_state(state: &HostState) -> Awaited {
    of(|name| state.section(name).and_then(|status| status.awaited_since))
}

/// What the record says of them.
#[must_use]
pub fn of_sections(sections: &[(SectionName, Timestamp)]) -> Awaited {
    of(|name| sections.iter().find(|(section, _)| *section == name).map(|(_, since)| *since))
}

fn of(since: impl Fn(SectionName) -> Option<Timestamp>) -> Awaited {
    Awaited {
        packages: since(SectionName::Packages),
        updates: since(SectionName::Updates),
        repositories: since(SectionName::Repositories),
    }
}

/// What a report that was refused says, as far as it can be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// Who sent it.
    pub machine_id: String,
    /// What its sections are to hold.
    pub hashes: Vec<(SectionName, SectionHash)>,
}

impl Said {
    /// Reads who sent a report and the hashes of its sections, whatever else is wrong with it; none where that
    /// can't be read.
    #[must_use]
    pub fn read(report: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Text {
            machine_id: String,
            sections: BTreeMap<String, Section>,
        }
        #[derive(Deserialize)]
        struct Section {
            #[serde(default)]
            hash: Option<SectionHash>,
        }
        let text: Text = serde_json::from_slice(report).ok()?;
        let hash = |(name, section): (String, Section)| Some((SectionName::from_name(&name)?, section.hash?));
        Some(Self { machine_id: text.machine_id, hashes: text.sections.into_iter().filter_map(hash).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_elsewhere_keeps_nothing_back() {
        let hash = "ab".repeat(32);
        let report = format!(
            r#"{{"machine_id":"m","hostname":7,"sections":{{"packages":{{"state":"present","hash":"{hash}","data":[[]]}},"history":{{"state":"unavailable"}},"new":{{}}}}}}"#
        );
        let said = Said::read(report.as_bytes()).unwrap();
        assert_eq!((said.machine_id.as_str(), said.hashes.len()), ("m", 1));
        assert_eq!(said.hashes[0].0, SectionName::Packages);
        for unreadable in [&b"\xff"[..], b"{}", br#"{"machine_id":1,"sections":{}}"#, &report.as_bytes()[..40]] {
            assert_eq!(Said::read(unreadable), None);
        }
    }
}
