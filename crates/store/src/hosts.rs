//! Hosts as they are now: the row of identity and everything in force.

use crate::current::{self, Current};
use crate::db::{Row, Tx, args};
use crate::identities::Speaker;
use crate::removals::COUNTED;
use crate::{HostId, Namespace, PackageId, Result, Store, StoreError, bodies, sets};
use jiff::Timestamp;
use model::wire::sections::{Host, Repositories, Runtime, Updates};
use model::wire::{AgentInfo, Heartbeat, Odd, SectionHash, SectionName};
use model::{Platform, Role};
use std::collections::HashMap;

/// One line of a host's inventory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InventoryEntry {
    /// Which package.
    pub package: PackageId,
    /// In which capacity.
    pub role: Role,
    /// The administrator keeps this version.
    pub held: bool,
    /// Installed as a dependency.
    pub auto: bool,
    /// The manager's state where it is not plainly installed, else empty.
    pub status: Box<str>,
    /// When it was installed or last upgraded, whole seconds, where the manager knows.
    pub installed_at: Option<Timestamp>,
}

/// What is held of one section of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionStatus {
    /// Which section.
    pub section: SectionName,
    /// The hash of what is in force, as the host sent it. `None` where nothing came yet, or where it
    /// has to be asked for again whatever its hash.
    pub hash: Option<SectionHash>,
    /// Since when (host's clock) the content in force has been as it is; `None` where nothing came yet.
    pub since: Option<Timestamp>,
    /// When the section was last seen to be so (host's clock); `None` where nothing came yet.
    pub observed_at: Option<Timestamp>,
    /// Why it can't be collected at present, and since when (host's clock).
    pub unavailable: Option<(String, Timestamp)>,
    /// Since when (server's clock) the host says that it is otherwise than on record, while no report has
    /// brought it. Only of `packages`, `updates` and `repositories`.
    pub awaited_since: Option<Timestamp>,
}

/// Everything that the index needs of a host.
#[derive(Debug, Clone, PartialEq)]
pub struct HostState {
    /// Its public number.
    pub id: HostId,
    /// The name space of its identity.
    pub namespace: Namespace,
    /// 32 hexadecimal digits.
    pub machine_id: String,
    /// The kernel's boot id, may be empty.
    pub boot_id: String,
    /// The node name.
    pub hostname: String,
    /// Its distribution and release.
    pub platform: Platform,
    /// The program that reported last.
    pub agent: AgentInfo,
    /// Free label, may be empty.
    pub tag: String,
    /// Site, may be empty.
    pub site: String,
    /// Environment, may be empty.
    pub env: String,
    /// When it was first heard of (server's clock).
    pub first_seen_at: Timestamp,
    /// When it was last heard of (server's clock).
    pub last_seen_at: Timestamp,
    /// When it last looked at itself (host's clock, clamped).
    pub observed_at: Timestamp,
    /// Host's clock minus server's clock at the last message, in microseconds.
    pub clock_skew: i64,
    /// Number of the last report that was taken.
    pub sequence: u64,
    /// Counts the writes to this host; the guard of the optimistic lock.
    pub revision: i64,
    /// Volatile values of the last message.
    pub heartbeat: Heartbeat,
    /// The sections, in the order of [`SectionName::ALL`].
    pub sections: Vec<SectionStatus>,
    /// When two machines last took turns under this identity, if they did.
    pub alternated_at: Option<Timestamp>,
    /// Names and boots under which it was heard within a week, that of now last; empty while there was
    /// one only.
    pub speakers: Vec<Speaker>,
    /// Records that were left out of the sections in force.
    pub odd: Vec<Odd>,
    /// Packages by role, sorted by (package, role).
    pub inventory: Vec<InventoryEntry>,
    /// Section `updates` in force.
    pub updates: Option<Updates>,
    /// Section `host` in force.
    pub host: Option<Host>,
    /// Section `repositories` in force.
    pub repositories: Option<Repositories>,
    /// Section `runtime` in force.
    pub runtime: Option<Runtime>,
}

impl HostState {
    /// The status of one section.
    #[must_use]
    pub fn section(&self, name: SectionName) -> Option<&SectionStatus> {
        self.sections.iter().find(|status| status.section == name)
    }
}

/// A host without its sections.
#[derive(Debug, Clone, PartialEq)]
pub struct HostSummary {
    /// Its public number.
    pub id: HostId,
    /// 32 hexadecimal digits.
    pub machine_id: String,
    /// The node name.
    pub hostname: String,
    /// Its distribution and release.
    pub platform: Platform,
    /// When it was last heard of (server's clock).
    pub last_seen_at: Timestamp,
}

/// What [`Store::hosts_load`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostsLoaded {
    /// How many hosts were handed over.
    pub hosts: u64,
    /// The head of the change log before the first was read: whoever follows the log from here
    /// misses nothing (and may see again what is already in).
    pub seq: i64,
}

/// Some hosts, and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub struct HostsPart {
    /// The hosts, in the order of ids.
    pub hosts: Vec<HostState>,
    /// What to give as `after` for those behind them; `None` where there are none.
    pub next: Option<HostId>,
}

/// How many hosts are read in one go: a few megabytes.
const PART: u32 = 256;

/// The uncompressed bodies of the hosts at hand.
type Bodies = HashMap<i64, Vec<u8>>;

fn section<T: serde::de::DeserializeOwned>(current: &Current, name: SectionName, bodies: &Bodies) -> Result<Option<T>> {
    let Some(body) = current.held(name).map(|held| held.body) else { return Ok(None) };
    let content = bodies.get(&body).ok_or_else(|| StoreError::damaged("a section", format!("body {body} is gone")))?;
    bodies::parse(content).map(Some)
}

fn state(current: &Current, bodies: &Bodies) -> Result<HostState> {
    let inventory = match current.held(SectionName::Packages) {
        None => Vec::new(),
        Some(held) => {
            let gone = || StoreError::damaged("an inventory", format!("body {} is gone", held.body));
            sets::decode(bodies.get(&held.body).ok_or_else(gone)?)?
        }
    };
    let host = section(current, SectionName::Host, bodies)?;
    let updates = section(current, SectionName::Updates, bodies)?;
    let repositories = section(current, SectionName::Repositories, bodies)?;
    let runtime = section(current, SectionName::Runtime, bodies)?;
    Ok(current.state(inventory, host, updates, repositories, runtime))
}

/// The sections that make up a [`HostState`].
const IN_STATE: [SectionName; 5] =
    [SectionName::Host, SectionName::Packages, SectionName::Updates, SectionName::Repositories, SectionName::Runtime];

async fn states(tx: &mut Tx, ids: &[HostId], each: impl Fn(&Current)) -> Result<Vec<HostState>> {
    let currents = current::load(tx, ids).await?;
    currents.iter().for_each(each);
    let wanted: Vec<i64> = currents
        .iter()
        .flat_map(|current| IN_STATE.iter().filter_map(|name| current.held(*name)).map(|held| held.body))
        .collect();
    let bodies = bodies::load(tx, &wanted).await?;
    currents.iter().map(|current| state(current, &bodies)).collect()
}

fn summary(row: &Row) -> Result<HostSummary> {
    Ok(HostSummary {
        id: row.int(0)?,
        machine_id: row.text(1)?,
        hostname: row.text(2)?,
        platform: row.text(3)?.parse().map_err(|error| StoreError::damaged("a host", error))?,
        last_seen_at: row.time(4)?,
    })
}

impl Store {
    /// Hands every host that counts to `each`, in the order of ids, a few hundred at a time. `each` must not call
    /// the store.
    ///
    /// # Errors
    /// [`StoreError::Engine`]; [`StoreError::Damaged`] when a stored body can't be read.
    pub async fn hosts_load(&self, mut each: impl FnMut(HostState) + Send) -> Result<HostsLoaded> {
        let seq = self.change_head().await?;
        let (mut next, mut hosts) = (Some(0), 0);
        while let Some(after) = next {
            let part = self.hosts_part(after).await?;
            hosts += part.hosts.len() as u64;
            part.hosts.into_iter().for_each(&mut each);
            next = part.next;
        }
        Ok(HostsLoaded { hosts, seq })
    }

    /// The next few hundred hosts that count behind the host `after` in the order of ids, as one state of the record
    /// has them. From then on a check-in of theirs that says nothing new is known as such without a look at the record.
    ///
    /// # Errors
    /// As [`Store::hosts_load`].
    pub async fn hosts_part(&self, after: HostId) -> Result<HostsPart> {
        let mut tx = self.read().await?;
        let ids = ids_after(&mut tx, after, PART).await?;
        let hosts = states(&mut tx, &ids, |host| self.heard.learn(host)).await?;
        Ok(HostsPart { hosts, next: ids.last().copied().filter(|_| ids.len() == PART as usize) })
    }

    /// The platforms of the hosts that count, in the order of their names.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn host_platforms(&self) -> Result<Vec<Platform>> {
        let sql = format!("SELECT DISTINCT platform FROM hosts WHERE {COUNTED} ORDER BY platform");
        let mut tx = self.read().await?;
        let rows = tx.rows_built(sql, vec![]).await?;
        rows.iter().map(|row| row.text(0)?.parse().map_err(|error| StoreError::damaged("a host", error))).collect()
    }

    /// One host as it is now, also one that was removed; `None` where there is no such host.
    ///
    /// # Errors
    /// As [`Store::hosts_load`].
    pub async fn host_get(&self, id: HostId) -> Result<Option<HostState>> {
        let mut tx = self.read().await?;
        Ok(states(&mut tx, &[id], |_| ()).await?.into_iter().next())
    }

    /// The hosts that count after `after` in the order of ids, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn host_list(&self, after: HostId, limit: u32) -> Result<Vec<HostSummary>> {
        let sql = format!(
            "SELECT id, machine_id, hostname, platform, last_seen_at FROM hosts WHERE id > ? AND {COUNTED} ORDER BY id LIMIT ?"
        );
        let mut tx = self.read().await?;
        tx.rows_built(sql, args![after, i64::from(limit)]).await?.iter().map(summary).collect()
    }

    /// The data of one section in force (`host`, `updates`, `repositories`, `runtime`, `history`):
    /// `host_section::<Repositories>(7, SectionName::Repositories)`. `None` where nothing came yet.
    /// Packages are read by [`Store::host_packages`].
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it is not a `T`.
    pub async fn host_section<T: serde::de::DeserializeOwned>(
        &self,
        id: HostId,
        section: SectionName,
    ) -> Result<Option<T>> {
        const SQL: &str = "SELECT b.content FROM inventories i JOIN section_bodies b ON b.id = i.body_id
            WHERE i.host_id = ? AND i.section = ? AND i.ended_at IS NULL AND b.kind = 'json'";
        let mut tx = self.read().await?;
        let row = tx.first(SQL, args![id, section.as_str()]).await?;
        row.map(|row| bodies::parse(&bodies::decompress(&row.bytes(0)?)?)).transpose()
    }
}

async fn ids_after(tx: &mut Tx, after: HostId, limit: u32) -> Result<Vec<HostId>> {
    let sql = format!("SELECT id FROM hosts WHERE id > ? AND {COUNTED} ORDER BY id LIMIT ?");
    let rows = tx.rows_built(sql, args![after, i64::from(limit)]).await?;
    rows.iter().map(|row| row.int(0)).collect()
}
