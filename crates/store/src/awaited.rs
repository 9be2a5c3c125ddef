//! Sections that are known to be outdated: the host has said that they are otherwise than on record, and
//! no report has brought them. It may have died in between, or its reports are refused; either way what
//! is on record of it is no longer what it has.

use crate::changes::{self, Cause, NewChange};
use crate::current::{self, Current};
use crate::db::{Tx, args};
use crate::{HostId, Namespace, Result, Store};
use jiff::Timestamp;
use model::wire::{Digest, SectionHash, SectionName};
use std::collections::BTreeMap;

/// The sections on which it rests whether anything waits to be upgraded. Others are not noted: most
/// check-ins ask for one that is merely new.
pub(crate) const NOTED: [SectionName; 3] = [SectionName::Packages, SectionName::Updates, SectionName::Repositories];

/// Sections that are awaited, each with the moment (server's clock) at which the host first said so.
pub(crate) type Awaited = BTreeMap<SectionName, Timestamp>;

/// Whether a digest is another than the section on record. A section that can't be collected any more, or
/// again, is news as much as another hash.
pub(crate) fn is_news(host: &Current, section: SectionName, digest: &Digest) -> bool {
    let outage = host.outage(section).is_some();
    match digest {
        Digest::Unavailable { .. } => !outage,
        Digest::Present { hash } => outage || host.held(section).and_then(|held| held.hash) != Some(hash.0),
    }
}

/// What is awaited of a host once it has said these digests. Sections that were never on record are not
/// outdated, and those that could not be read are known to be as they were.
pub(crate) fn awaited<'a>(
    host: &Current,
    digests: impl Iterator<Item = (SectionName, &'a Digest)>,
    at: Timestamp,
) -> Awaited {
    let mut awaited = host.awaited.clone();
    for (section, digest) in digests.filter(|(section, _)| NOTED.contains(section)) {
        let is_outdated =
            host.held(section).is_some() && host.outage(section).is_none() && is_news(host, section, digest);
        if is_outdated {
            awaited.entry(section).or_insert(at);
        } else {
            awaited.remove(&section);
        }
    }
    awaited
}

/// Those of some hosts.
pub(crate) async fn load(tx: &mut Tx, hosts: &[crate::db::Value]) -> Result<BTreeMap<HostId, Awaited>> {
    const SQL: &str = "SELECT host_id, section, since FROM awaited_sections WHERE host_id IN ({})";
    let mut found: BTreeMap<HostId, Awaited> = BTreeMap::new();
    for row in &tx.rows_in(SQL, &[], hosts).await? {
        found.entry(row.int(0)?).or_default().insert(current::section_of(&row.text(1)?)?, row.time(2)?);
    }
    Ok(found)
}

/// Writes those of a host anew.
pub(crate) async fn write(tx: &mut Tx, host: HostId, awaited: &Awaited) -> Result<()> {
    const CLEAR: &str = "DELETE FROM awaited_sections WHERE host_id = ?";
    const INSERT: &str = "INSERT INTO awaited_sections (host_id, section, since) VALUES (?, ?, ?)";
    tx.run(CLEAR, args![host]).await?;
    for (section, since) in awaited {
        tx.run(INSERT, args![host, section.as_str(), *since]).await?;
    }
    Ok(())
}

/// The same, if the host is still at the revision that they were found with, and whether it is: a report that
/// came meanwhile knows better. Until the end of the transaction none can come.
pub(crate) async fn write_unless_changed(tx: &mut Tx, host: HostId, revision: i64, awaited: &Awaited) -> Result<bool> {
    const HOLD: &str = "UPDATE hosts SET revision = revision WHERE id = ? AND revision = ?";
    if tx.run(HOLD, args![host, revision]).await? == 0 {
        return Ok(false);
    }
    write(tx, host, awaited).await?;
    Ok(true)
}

/// What is awaited of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAwaited {
    /// Its public number.
    pub host: HostId,
    /// The sections (`packages`, `updates`, `repositories`), each with the moment (server's clock) at which
    /// the host first said that it is otherwise than on record.
    pub sections: Vec<(SectionName, Timestamp)>,
    /// The number of the change under which that is on record.
    pub seq: i64,
}

impl Store {
    /// Notes what a host says of its sections by their hashes, where no report brings them: of one that was
    /// refused. `None` where no such host counts, it says nothing new, or a report of it was taken just then.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn host_says(
        &self,
        namespace: Namespace,
        machine_id: &str,
        hashes: &[(SectionName, SectionHash)],
        at: Timestamp,
    ) -> Result<Option<HostAwaited>> {
        let mut tx = self.write().await?;
        let identity = (namespace, machine_id.to_owned());
        let host = current::find(&mut tx, std::slice::from_ref(&identity)).await?.remove(&identity);
        let Some(mut host) = host.filter(|host| !host.removed) else { return Ok(None) };
        let digests: Vec<(SectionName, Digest)> =
            hashes.iter().map(|(section, hash)| (*section, Digest::Present { hash: *hash })).collect();
        let awaited = awaited(&host, digests.iter().map(|(section, digest)| (*section, digest)), at);
        if awaited == host.awaited {
            return Ok(None);
        }
        if !write_unless_changed(&mut tx, host.row.id, host.row.revision, &awaited).await? {
            return Ok(None);
        }
        let what = serde_json::json!({ "hosts": [host.row.id] });
        let change = NewChange { at, cause: Cause::CheckIn, host: None, sequence: None, what };
        let seq = changes::commit(tx, vec![change]).await?.unwrap_or_default();
        host.awaited.clone_from(&awaited);
        self.heard.learn(&host);
        Ok(Some(HostAwaited { host: host.row.id, sections: awaited.into_iter().collect(), seq }))
    }
}
