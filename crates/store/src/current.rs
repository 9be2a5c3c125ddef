//! What is in force of a host, as a writer needs it: its row, the open interval of each section, and
//! the outages that last.

use crate::awaited::{self, Awaited};
use crate::db::{Row, Tx, Value, args, json};
use crate::hosts::{HostState, InventoryEntry, SectionStatus};
use crate::identities::{self, Speaker};
use crate::{HostId, Namespace, Result, StoreError};
use jiff::Timestamp;
use model::Platform;
use model::wire::sections::{Host, Repositories, Runtime, Updates};
use model::wire::{AgentInfo, Heartbeat, Odd, SectionHash, SectionName};
use std::collections::{BTreeMap, HashMap};

/// A row of `hosts`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HostRow {
    pub id: HostId,
    pub namespace: Namespace,
    pub machine_id: String,
    pub boot_id: String,
    pub hostname: String,
    pub platform: Platform,
    pub agent: AgentInfo,
    pub tag: String,
    pub site: String,
    pub env: String,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub observed_at: Timestamp,
    pub clock_skew: i64,
    pub sequence: i64,
    pub revision: i64,
    pub run_revision: i64,
    pub heartbeat: Heartbeat,
}

/// The open interval of a section.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    pub section: SectionName,
    pub revision: i64,
    pub hash: Option<[u8; 32]>,
    pub body: i64,
    pub odd: Vec<Odd>,
    pub observed_at: Timestamp,
}

/// An outage that lasts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outage {
    pub section: SectionName,
    pub revision: i64,
    pub reason: String,
    pub last_good_at: Option<Timestamp>,
    pub began_at: Timestamp,
}

/// A host as it is on record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Current {
    pub row: HostRow,
    pub held: Vec<Held>,
    pub outages: Vec<Outage>,
    /// Names and boots under which it was heard lately; empty while there was one only.
    pub speakers: Vec<Speaker>,
    /// Sections that are known to be outdated.
    pub awaited: Awaited,
    /// It was removed, or another host stands for its machine: a report makes it count again.
    pub removed: bool,
}

impl Current {
    pub(crate) fn held(&self, section: SectionName) -> Option<&Held> {
        self.held.iter().find(|held| held.section == section)
    }

    pub(crate) fn outage(&self, section: SectionName) -> Option<&Outage> {
        self.outages.iter().find(|outage| outage.section == section)
    }

    /// What the index is told.
    pub(crate) fn state(
        &self,
        inventory: Vec<InventoryEntry>,
        host: Option<Host>,
        updates: Option<Updates>,
        repositories: Option<Repositories>,
        runtime: Option<Runtime>,
    ) -> HostState {
        let sections = SectionName::ALL
            .into_iter()
            .map(|section| {
                let held = self.held(section);
                let outage = self.outage(section);
                SectionStatus {
                    section,
                    hash: held.and_then(|held| held.hash).map(SectionHash),
                    since: held.map(|held| held.observed_at),
                    observed_at: match (held, outage) {
                        (None, _) => None,
                        (Some(_), None) => Some(self.row.observed_at),
                        (Some(held), Some(outage)) => Some(outage.last_good_at.unwrap_or(held.observed_at)),
                    },
                    unavailable: outage.map(|outage| (outage.reason.clone(), outage.began_at)),
                    awaited_since: self.awaited.get(&section).copied(),
                }
            })
            .collect();
        let row = self.row.clone();
        HostState {
            id: row.id,
            namespace: row.namespace,
            machine_id: row.machine_id,
            boot_id: row.boot_id,
            hostname: row.hostname,
            platform: row.platform,
            agent: row.agent,
            tag: row.tag,
            site: row.site,
            env: row.env,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
            observed_at: row.observed_at,
            clock_skew: row.clock_skew,
            sequence: row.sequence.unsigned_abs(),
            revision: row.revision,
            heartbeat: row.heartbeat,
            sections,
            alternated_at: identities::alternated_at(&self.speakers),
            speakers: self.speakers.clone(),
            odd: self.held.iter().flat_map(|held| held.odd.iter().cloned()).collect(),
            inventory,
            updates,
            host,
            repositories,
            runtime,
        }
    }
}

const COLUMNS: &str =
    "id, namespace, machine_id, boot_id, hostname, platform, agent_name, agent_version, tag, site, env,
    first_seen_at, last_seen_at, observed_at, clock_skew, sequence, revision, run_revision, heartbeat";

fn host_row(row: &Row) -> Result<HostRow> {
    Ok(HostRow {
        id: row.int(0)?,
        namespace: row.int(1)?,
        machine_id: row.text(2)?,
        boot_id: row.text(3)?,
        hostname: row.text(4)?,
        platform: row.text(5)?.parse().map_err(|error| StoreError::damaged("a host", error))?,
        agent: AgentInfo { name: row.text(6)?, version: row.text(7)? },
        tag: row.text(8)?,
        site: row.text(9)?,
        env: row.text(10)?,
        first_seen_at: row.time(11)?,
        last_seen_at: row.time(12)?,
        observed_at: row.time(13)?,
        clock_skew: row.int(14)?,
        sequence: row.int(15)?,
        revision: row.int(16)?,
        run_revision: row.int(17)?,
        heartbeat: row.json(18)?,
    })
}

pub(crate) fn section_of(word: &str) -> Result<SectionName> {
    SectionName::from_name(word).ok_or_else(|| StoreError::damaged("a section", format!("unknown name '{word}'")))
}

/// Hosts with everything in force, in the order of ids; those that do not exist are left out.
pub(crate) async fn load(tx: &mut Tx, ids: &[HostId]) -> Result<Vec<Current>> {
    const HELD: &str = "SELECT host_id, section, revision, section_hash, body_id, odd, observed_at FROM inventories
        WHERE ended_at IS NULL AND host_id IN ({})";
    const OUTAGES: &str = "SELECT host_id, section, revision, reason, last_good_at, began_at FROM section_outages
        WHERE ended_at IS NULL AND host_id IN ({})";
    const REMOVED: &str = "SELECT host_id FROM host_removals WHERE returned_at IS NULL AND host_id IN ({})";
    let keys: Vec<Value> = ids.iter().map(|id| Value::from(*id)).collect();
    let mut found: BTreeMap<HostId, Current> = BTreeMap::new();
    for row in &tx.rows_in(&format!("SELECT {COLUMNS} FROM hosts WHERE id IN ({{}})"), &[], &keys).await? {
        let row = host_row(row)?;
        found.insert(
            row.id,
            Current {
                row,
                held: Vec::new(),
                outages: Vec::new(),
                speakers: Vec::new(),
                awaited: Awaited::new(),
                removed: false,
            },
        );
    }
    for row in &tx.rows_in(HELD, &[], &keys).await? {
        let Some(current) = found.get_mut(&row.int(0)?) else { continue };
        let hash = row.opt_bytes(3)?.map(|_| row.array(3)).transpose()?;
        current.held.push(Held {
            section: section_of(&row.text(1)?)?,
            revision: row.int(2)?,
            hash,
            body: row.int(4)?,
            odd: row.json(5)?,
            observed_at: row.time(6)?,
        });
    }
    for row in &tx.rows_in(OUTAGES, &[], &keys).await? {
        let Some(current) = found.get_mut(&row.int(0)?) else { continue };
        current.outages.push(Outage {
            section: section_of(&row.text(1)?)?,
            revision: row.int(2)?,
            reason: row.text(3)?,
            last_good_at: row.opt_time(4)?,
            began_at: row.time(5)?,
        });
    }
    for row in &tx.rows_in(REMOVED, &[], &keys).await? {
        let Some(current) = found.get_mut(&row.int(0)?) else { continue };
        current.removed = true;
    }
    for (host, speakers) in identities::load(tx, &keys).await? {
        let Some(current) = found.get_mut(&host) else { continue };
        current.speakers = speakers;
    }
    for (host, awaited) in awaited::load(tx, &keys).await? {
        let Some(current) = found.get_mut(&host) else { continue };
        current.awaited = awaited;
    }
    // The order of the wire, whatever the order of the rows.
    for current in found.values_mut() {
        current.held.sort_by_key(|held| held.section);
        current.outages.sort_by_key(|outage| outage.section);
    }
    Ok(found.into_values().collect())
}

/// Who a message says it is from.
pub(crate) type Identity = (Namespace, String);

/// The hosts of these identities, as far as they are known.
pub(crate) async fn find(tx: &mut Tx, identities: &[Identity]) -> Result<HashMap<Identity, Current>> {
    let mut spaces: BTreeMap<Namespace, Vec<Value>> = BTreeMap::new();
    for (namespace, machine_id) in identities {
        spaces.entry(*namespace).or_default().push(Value::from(machine_id));
    }
    let mut ids = Vec::new();
    for (namespace, machines) in spaces {
        const SQL: &str = "SELECT id FROM hosts WHERE namespace = ? AND machine_id IN ({})";
        for row in &tx.rows_in(SQL, &[Value::from(namespace)], &machines).await? {
            ids.push(row.int(0)?);
        }
    }
    let hosts = load(tx, &ids).await?;
    Ok(hosts.into_iter().map(|host| ((host.row.namespace, host.row.machine_id.clone()), host)).collect())
}

/// Writes the row of a new host. `false` when somebody else just did.
pub(crate) async fn insert(tx: &mut Tx, row: &HostRow) -> Result<bool> {
    let sql = format!(
        "INSERT INTO hosts ({COLUMNS}) VALUES ({}) ON CONFLICT (namespace, machine_id) DO NOTHING",
        ["?"; 19].join(", ")
    );
    let mut all = args![row.id, row.namespace, &row.machine_id];
    all.extend(volatile(row)?);
    // The order of COLUMNS: first_seen_at stands between env and last_seen_at.
    all.insert(11, Value::from(row.first_seen_at));
    Ok(tx.run_built(sql, all).await? == 1)
}

/// Writes what a message changes of the row, if the host is still at the revision before. `false`
/// when somebody else changed it meanwhile.
pub(crate) async fn replace(tx: &mut Tx, row: &HostRow) -> Result<bool> {
    const SQL: &str = "UPDATE hosts SET boot_id = ?, hostname = ?, platform = ?, agent_name = ?, agent_version = ?,
        tag = ?, site = ?, env = ?, last_seen_at = ?, observed_at = ?, clock_skew = ?, sequence = ?, revision = ?,
        run_revision = ?, heartbeat = ? WHERE id = ? AND revision = ?";
    let mut all = volatile(row)?;
    all.extend(args![row.id, row.revision - 1]);
    Ok(tx.run(SQL, all).await? == 1)
}

/// Every column that a message may change, in the order of the table.
fn volatile(row: &HostRow) -> Result<Vec<Value>> {
    Ok(args![
        &row.boot_id,
        &row.hostname,
        row.platform.to_string(),
        &row.agent.name,
        &row.agent.version,
        &row.tag,
        &row.site,
        &row.env,
        row.last_seen_at,
        row.observed_at,
        row.clock_skew,
        row.sequence,
        row.revision,
        row.run_revision,
        json(&row.heartbeat)?,
    ])
}

/// How far back a host's clock is believed: a report may have waited on the host for its server.
const OLDEST: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

/// How far ahead of the server's a host's clock may be: clocks are not exact, and messages take their time.
/// Beyond it, whatever the host dates itself is not known to be so.
pub const CLOCK_AHEAD: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// Whether a host's clock is further ahead than [`CLOCK_AHEAD`], by its difference in microseconds.
pub(crate) fn is_ahead(clock_skew: i64) -> bool {
    jiff::SignedDuration::from_micros(clock_skew) > CLOCK_AHEAD
}

/// The host's clock, clamped: never ahead of the server's, never more than a week behind, never
/// before what the host said last. And how far it was from the server's, in microseconds.
pub(crate) fn clamp(observed: Timestamp, received: Timestamp, last: Option<Timestamp>) -> (Timestamp, i64) {
    let skew = observed.as_microsecond().saturating_sub(received.as_microsecond());
    let oldest = received.checked_sub(OLDEST).unwrap_or(received);
    let believed = if observed > received || observed < oldest { received } else { observed };
    // What is stored has microseconds; so has what is compared with it.
    let believed = Timestamp::from_microsecond(believed.as_microsecond()).unwrap_or(believed);
    (last.map_or(believed, |last| believed.max(last)), skew)
}
