//! Sections that hosts say are otherwise than on record, told to the index, so that nothing outdated is
//! shown as known.
//!
//! A check-in that is answered `send` notes them in the record; a report takes them off it. A report that
//! is refused says as much as a check-in, as far as it can be read.

use crate::api::events::Cause;
use crate::app::App;
use crate::intake::Sender;
use fleet::{Awaited, Change, HostId};
use model::wire::{SectionHash, SectionName};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::{HostAwaited, HostState, Namespace};

/// What a host's state has of them.
#[must_use]
pub fn of_state(state: &HostState) -> Awaited {
    of(|name| state.section(name).and_then(|status| status.awaited_since))
}

fn of(since: impl Fn(SectionName) -> Option<jiff::Timestamp>) -> Awaited {
    Awaited {
        packages: since(SectionName::Packages),
        updates: since(SectionName::Updates),
        repositories: since(SectionName::Repositories),
    }
}

const fn namespace(sender: Sender) -> Namespace {
    match sender {
        Sender::OwnHost => 0,
        Sender::Token(namespace) => namespace,
    }
}

/// Tells the index what is awaited of a host, once its check-in is in the record. Should a report of the same
/// host come in just then, it may be told of what has come; the next check-in or report mends that.
///
/// # Errors
/// When the record can't be read.
pub async fn tell(app: &App, sender: Sender, machine_id: &str) -> store::Result<()> {
    if let Some(awaited) = app.store().host_awaited(namespace(sender), machine_id).await? {
        apply(app, &awaited);
    }
    Ok(())
}

fn apply(app: &App, host: &HostAwaited) {
    let awaited = of(|name| host.sections.iter().find(|(section, _)| *section == name).map(|(_, since)| *since));
    app.apply(host.seq, vec![Change::HostAwaited { host: HostId(host.host), awaited }], Cause::Report);
}

/// What a report that was refused says, as far as it can be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    machine_id: String,
    hashes: Vec<(SectionName, SectionHash)>,
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

/// Notes that what is on record of a host is outdated, since its report was refused.
///
/// # Errors
/// When the record can't be written.
pub async fn refused(app: &App, sender: Sender, said: &Said) -> store::Result<()> {
    let noted = app.store().host_says(namespace(sender), &said.machine_id, &said.hashes, app.now()).await?;
    noted.iter().for_each(|awaited| apply(app, awaited));
    Ok(())
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
