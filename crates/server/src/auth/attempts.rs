//! Brute-force protection: failed sign-ins are counted by name and by address.
//!
//! Five failures within fifteen minutes close the door for a time that doubles with each further
//! one, up to fifteen minutes. Counting is per process and in memory: a restart forgives, which an
//! attacker can't cause.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

const FREE: u32 = 5;
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// At most this many names and addresses are remembered; the oldest are forgotten first.
const MOST: usize = 10_000;

/// Who failed: a name, or an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Name(String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

/// The counters.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<HashMap<Key, Failures>>);

fn keys(name: &str, address: Option<IpAddr>) -> impl Iterator<Item = Key> {
    [Some(name_key(name)), address.map(Key::Address)].into_iter().flatten()
}

/// No name of a user is longer than 64 characters; what a stranger sends may be.
fn name_key(name: &str) -> Key {
    Key::Name(name.chars().take(65).collect::<String>().to_lowercase())
}

fn closed_for(failures: Failures, now: Timestamp) -> Option<u64> {
    if failures.count < FREE {
        return None;
    }
    let delay = SignedDuration::from_secs(1 << (failures.count - FREE).min(10)).min(WINDOW);
    let left = delay - now.duration_since(failures.last);
    u64::try_from(left.as_secs()).ok().filter(|_| left > SignedDuration::ZERO).map(|seconds| seconds.max(1))
}

impl Attempts {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Failures>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Seconds until the next try is taken, if the door is closed.
    #[must_use]
    pub fn closed(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> Option<u64> {
        let failures = self.lock();
        keys(name, address).filter_map(|key| closed_for(*failures.get(&key)?, now)).max()
    }

    /// Counts a try as a failure, before it is known to be one: of many at once, none is free.
    pub fn tried(&self, name: &str, address: Option<IpAddr>, now: Timestamp) {
        let mut failures = self.lock();
        failures.retain(|_, entry| now.duration_since(entry.last) < WINDOW);
        if failures.len() >= MOST
            && let Some(oldest) = failures.iter().min_by_key(|(_, entry)| entry.last).map(|(key, _)| key.clone())
        {
            failures.remove(&oldest);
        }
        for key in keys(name, address) {
            let entry = failures.entry(key).or_insert(Failures { count: 0, last: now });
            *entry = Failures { count: entry.count.saturating_add(1), last: now };
        }
    }

    /// A sign-in that went well clears the name's count and takes this try off the address's (the
    /// rest of which stays: one right password must not reset guessing at others).
    pub fn succeeded(&self, name: &str, address: Option<IpAddr>) {
        let mut failures = self.lock();
        failures.remove(&name_key(name));
        if let Some(entry) = address.and_then(|address| failures.get_mut(&Key::Address(address))) {
            entry.count = entry.count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_close_the_door_for_longer_and_longer() {
        let attempts = Attempts::default();
        let start: Timestamp = "2026-11-22T06:00:00Z".parse().unwrap();
        for _ in 0..4 {
            attempts.tried("admin", None, start);
        }
        assert_eq!(attempts.closed("admin", None, start), None);
        attempts.tried("Admin", None, start);
        assert_eq!(attempts.closed("admin", None, start), Some(1));
        attempts.tried("admin", None, start);
        attempts.tried("admin", None, start);
        assert_eq!(attempts.closed("admin", None, start), Some(4));
        assert_eq!(attempts.closed("admin", None, start + SignedDuration::from_secs(4)), None);
        assert_eq!(attempts.closed("other", None, start), None);
        attempts.succeeded("admin", None);
        assert_eq!(attempts.closed("admin", None, start), None);
    }

    #[test]
    fn an_address_that_guesses_at_many_names_is_stopped() {
        let attempts = Attempts::default();
        let now: Timestamp = "2026-11-22T06:00:00Z".parse().unwrap();
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        for name in ["a", "b", "c", "d", "e"] {
            attempts.tried(name, address, now);
        }
        assert!(attempts.closed("f", address, now).is_some());
        attempts.tried("a", address, now);
        attempts.succeeded("a", address);
        assert!(attempts.closed("f", address, now).is_some());
    }
}
