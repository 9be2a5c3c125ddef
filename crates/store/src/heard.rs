//! What check-ins are compared with, in memory: most of them say what the host said before, and are answered
//! without reading the record.
//!
//! **Invariant**: an entry is believed only as far as the record confirms it. It names the host's revision, which
//! goes up with every write to the host, and the write of the check-in asks for that very revision: what another
//! server did meanwhile makes it touch no row, and the check-in is compared with the record itself.

use crate::HostId;
use crate::current::{Current, Identity, is_ahead};
use model::wire::{Digest, Labels, SectionName};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// 16 bytes of SHA-256 over everything that decides whether a check-in says something new.
type Fingerprint = [u8; 16];

/// A host as check-ins know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: HostId,
    pub(crate) revision: i64,
    /// The revision with which its run of scans began.
    pub(crate) run_revision: i64,
    /// The number of its last report.
    pub(crate) sequence: i64,
    /// That of a check-in which says nothing new.
    fingerprint: Fingerprint,
}

/// Name space and machine id; the latter as the number that its digits are.
type Key = (i64, [u8; 16]);

/// The hosts that are known; about 100 bytes each.
#[derive(Debug, Default)]
pub(crate) struct Heard(Mutex<HashMap<Key, Entry>>);

/// Everything of a check-in that is compared with the record. Its reasons for what it could not collect are not, nor
/// are heartbeat and agent.
pub(crate) struct Says<'a> {
    pub(crate) digests: [Said<'a>; 6],
    pub(crate) hostname: &'a str,
    pub(crate) boot_id: &'a str,
    /// Tag, site and environment.
    pub(crate) labels: [&'a str; 3],
    /// Its clock is ahead of the server's.
    pub(crate) ahead: bool,
}

/// What is said of a section.
#[derive(Clone, Copy)]
pub(crate) enum Said<'a> {
    Present(&'a [u8; 32]),
    Unavailable,
}

impl<'a> Says<'a> {
    /// What a check-in says; `None` where it leaves out the labels, as old agents do: it is compared with the
    /// record.
    pub(crate) fn of_checkin(checkin: &'a model::wire::CheckIn, clock_skew: i64) -> Option<Self> {
        let Labels { tag, site, env } = checkin.labels.as_ref()?;
        let mut digests = [Said::Unavailable; 6];
        for (place, (_, digest)) in digests.iter_mut().zip(checkin.sections.iter()) {
            if let Digest::Present { hash } = digest {
                *place = Said::Present(&hash.0);
            }
        }
        let (hostname, boot_id) = (&checkin.hostname, &checkin.boot_id);
        Some(Self { digests, hostname, boot_id, labels: [tag, site, env], ahead: is_ahead(clock_skew) })
    }

    /// What a host says at a check-in while it is as on record; `None` where whatever it says is news.
    fn of_record(host: &'a Current) -> Option<Self> {
        if host.removed || !host.awaited.is_empty() {
            return None;
        }
        let mut digests = [Said::Unavailable; 6];
        for (place, section) in digests.iter_mut().zip(SectionName::ALL) {
            if host.outage(section).is_none() {
                *place = Said::Present(host.held(section)?.hash.as_ref()?);
            }
        }
        let row = &host.row;
        Some(Self {
            digests,
            hostname: &row.hostname,
            boot_id: &row.boot_id,
            labels: [&row.tag, &row.site, &row.env],
            ahead: is_ahead(row.clock_skew),
        })
    }

    fn fingerprint(&self) -> Fingerprint {
        let mut digest = Sha256::new();
        for said in self.digests {
            match said {
                Said::Present(hash) => {
                    digest.update([1]);
                    digest.update(hash);
                }
                Said::Unavailable => digest.update([0]),
            }
        }
        for text in [self.hostname, self.boot_id].iter().chain(&self.labels) {
            // The length keeps ("ab", "c") and ("a", "bc") apart.
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text.as_bytes());
        }
        digest.update([u8::from(self.ahead)]);
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&digest.finalize()[..16]);
        fingerprint
    }
}

/// `None` for a machine id that is not written as agents write it: such a host is looked up in the record.
fn key((namespace, machine_id): &Identity) -> Option<Key> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if machine_id.len() != 32 || !machine_id.bytes().all(is_digit) {
        return None;
    }
    Some((*namespace, u128::from_str_radix(machine_id, 16).ok()?.to_be_bytes()))
}

impl Heard {
    fn hosts(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        // Each entry is written at once: a panic elsewhere leaves none half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The host of a check-in that says nothing new, by what was heard.
    pub(crate) fn same(&self, identity: &Identity, says: &Says<'_>) -> Option<Entry> {
        let entry = self.hosts().get(&key(identity)?).copied()?;
        (entry.fingerprint == says.fingerprint()).then_some(entry)
    }

    /// Notes a host as it is on record.
    pub(crate) fn learn(&self, host: &Current) {
        let row = &host.row;
        let Some(key) = key(&(row.namespace, row.machine_id.clone())) else { return };
        match Says::of_record(host) {
            Some(says) => {
                let entry = Entry {
                    id: row.id,
                    revision: row.revision,
                    run_revision: row.run_revision,
                    sequence: row.sequence,
                    fingerprint: says.fingerprint(),
                };
                self.hosts().insert(key, entry);
            }
            None => _ = self.hosts().remove(&key),
        }
    }

    /// Notes that a check-in was written, by which the revision went up.
    pub(crate) fn wrote(&self, identity: &Identity, before: i64) {
        let Some(key) = key(identity) else { return };
        if let Some(entry) = self.hosts().get_mut(&key).filter(|entry| entry.revision == before) {
            entry.revision += 1;
        }
    }

    /// Forgets a host, so that it is read from the record next time.
    pub(crate) fn forget(&self, identity: &Identity) {
        if let Some(key) = key(identity) {
            self.hosts().remove(&key);
        }
    }
}
