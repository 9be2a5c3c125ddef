//! Who speaks under one machine id: one machine, or two that take turns.
//!
//! A machine may get another name, and gets another boot id with every start; neither comes back after
//! the next. A name and boot that speak again after another had spoken are therefore a second machine
//! that was copied with its machine id, most likely. It is marked, not told apart: that needs credentials of
//! each machine's own.

use crate::current::Current;
use crate::db::{Tx, Value, args};
use crate::{HostId, Result};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// How long a name and boot are remembered after they were last heard. Agents report at least daily.
const WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most that are remembered of a host: whoever invents a boot id for every report fills no table.
const MOST: usize = 16;

/// A name and boot under which a host was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaker {
    /// The node name.
    pub hostname: String,
    /// The kernel's boot id, may be empty.
    pub boot_id: String,
    /// When it was last heard (server's clock).
    pub last_at: Timestamp,
    /// When it last came back after another had spoken, if it did.
    pub returned_at: Option<Timestamp>,
}

impl Speaker {
    fn is(&self, hostname: &str, boot_id: &str) -> bool {
        (self.hostname.as_str(), self.boot_id.as_str()) == (hostname, boot_id)
    }
}

/// What a message says of who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// The one that spoke last.
    Same,
    /// One that was not heard before, or not lately.
    New,
    /// One that was heard before the last one: they take turns.
    Returned,
}

impl Current {
    /// Notes who speaks now. To be called before the row has the new names; what it changes is
    /// written by [`write`] unless the turn is [`Turn::Same`].
    pub(crate) fn speaks(&mut self, hostname: &str, boot_id: &str, at: Timestamp) -> Turn {
        let row = &self.row;
        if (row.hostname.as_str(), row.boot_id.as_str()) == (hostname, boot_id) {
            return Turn::Same;
        }
        let oldest = at.checked_sub(WINDOW).unwrap_or(Timestamp::MIN);
        let leaving = self.speakers.iter().find(|speaker| speaker.is(&row.hostname, &row.boot_id));
        let leaving = Speaker {
            hostname: row.hostname.clone(),
            boot_id: row.boot_id.clone(),
            last_at: row.last_seen_at,
            returned_at: leaving.and_then(|speaker| speaker.returned_at),
        };
        self.speakers.retain(|speaker| !speaker.is(&leaving.hostname, &leaving.boot_id) && speaker.last_at >= oldest);
        if leaving.last_at >= oldest {
            self.speakers.push(leaving);
        }
        let known = self.speakers.iter().position(|speaker| speaker.is(hostname, boot_id));
        let turn = if known.is_some() { Turn::Returned } else { Turn::New };
        if let Some(known) = known {
            self.speakers.remove(known);
        }
        self.speakers.push(Speaker {
            hostname: hostname.to_owned(),
            boot_id: boot_id.to_owned(),
            last_at: at,
            returned_at: known.is_some().then_some(at),
        });
        // The oldest go first.
        self.speakers.sort_by(|a, b| (a.last_at, &a.hostname, &a.boot_id).cmp(&(b.last_at, &b.hostname, &b.boot_id)));
        let surplus = self.speakers.len().saturating_sub(MOST);
        self.speakers.drain(..surplus);
        turn
    }
}

/// When two of these last took turns.
pub(crate) fn alternated_at(speakers: &[Speaker]) -> Option<Timestamp> {
    speakers.iter().filter_map(|speaker| speaker.returned_at).max()
}

/// Those of some hosts, the one that was heard last at the end.
pub(crate) async fn load(tx: &mut Tx, hosts: &[Value]) -> Result<BTreeMap<HostId, Vec<Speaker>>> {
    const SQL: &str =
        "SELECT host_id, hostname, boot_id, last_at, returned_at FROM host_identities WHERE host_id IN ({})";
    let mut found: BTreeMap<HostId, Vec<Speaker>> = BTreeMap::new();
    for row in &tx.rows_in(SQL, &[], hosts).await? {
        found.entry(row.int(0)?).or_default().push(Speaker {
            hostname: row.text(1)?,
            boot_id: row.text(2)?,
            last_at: row.time(3)?,
            returned_at: row.opt_time(4)?,
        });
    }
    for speakers in found.values_mut() {
        speakers.sort_by(|a, b| (a.last_at, &a.hostname, &a.boot_id).cmp(&(b.last_at, &b.hostname, &b.boot_id)));
    }
    Ok(found)
}

/// Writes those of one host anew: there are few, and they seldom change.
pub(crate) async fn write(tx: &mut Tx, host: HostId, speakers: &[Speaker]) -> Result<()> {
    const INSERT: &str =
        "INSERT INTO host_identities (host_id, hostname, boot_id, last_at, returned_at) VALUES (?, ?, ?, ?, ?)";
    tx.run("DELETE FROM host_identities WHERE host_id = ?", args![host]).await?;
    for speaker in speakers {
        let row = args![host, &speaker.hostname, &speaker.boot_id, speaker.last_at, speaker.returned_at];
        tx.run(INSERT, row).await?;
    }
    Ok(())
}
