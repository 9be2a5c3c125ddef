//! The compact form of an inventory: a set of (package, role) with flags, a few bytes an entry.
//!
//! `version, count, entries`; numbers are LEB128. An entry is the package's number minus the one
//! before it, a byte (low four bits the role, then the flags), and what the flags announce: the
//! status as length and bytes, the install time as zigzag seconds. Entries are sorted by (package,
//! role), so equal inventories have equal bytes and one body.

use crate::error::{Result, StoreError};
use crate::hosts::InventoryEntry;
use jiff::Timestamp;
use model::Role;

const VERSION: u8 = 1;
const ROLE: u8 = 0x0f;
const HELD: u8 = 0x10;
const AUTO: u8 = 0x20;
const STATUS: u8 = 0x40;
const INSTALLED_AT: u8 = 0x80;

/// Writes a set. Sorts it and drops doubles of (package, role) first.
pub(crate) fn encode(entries: &mut Vec<InventoryEntry>) -> Vec<u8> {
    entries.sort();
    entries.dedup_by_key(|entry| (entry.package, entry.role));
    let mut out = Vec::with_capacity(entries.len() * 3 + 8);
    out.push(VERSION);
    put(&mut out, entries.len() as u64);
    let mut last = 0;
    for entry in entries.iter() {
        put(&mut out, (entry.package - last).unsigned_abs());
        last = entry.package;
        let mut head = entry.role.code() & ROLE;
        for (set, flag) in [
            (entry.held, HELD),
            (entry.auto, AUTO),
            (!entry.status.is_empty(), STATUS),
            (entry.installed_at.is_some(), INSTALLED_AT),
        ] {
            head |= if set { flag } else { 0 };
        }
        out.push(head);
        if !entry.status.is_empty() {
            put(&mut out, entry.status.len() as u64);
            out.extend_from_slice(entry.status.as_bytes());
        }
        if let Some(at) = entry.installed_at {
            let seconds = at.as_second();
            put(&mut out, ((seconds << 1) ^ (seconds >> 63)).cast_unsigned());
        }
    }
    out
}

fn put(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

/// Reads a set.
pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<InventoryEntry>> {
    let mut reader = Reader { bytes };
    let version = reader.byte()?;
    if version != VERSION {
        return Err(damaged(format!("version {version} is not known")));
    }
    let count = reader.size()?;
    // An entry has at least two bytes, which bounds what a damaged count can allocate.
    if count > reader.bytes.len() / 2 {
        return Err(damaged("it is shorter than it says"));
    }
    let mut entries = Vec::with_capacity(count);
    let mut package = 0_i64;
    for _ in 0..count {
        let step = i64::try_from(reader.number()?).map_err(|_| damaged("a package number is out of range"))?;
        package = package.checked_add(step).ok_or_else(|| damaged("a package number is out of range"))?;
        let head = reader.byte()?;
        let role = Role::from_code(head & ROLE).ok_or_else(|| damaged(format!("role {} is not known", head & ROLE)))?;
        let status = if head & STATUS == 0 {
            Box::default()
        } else {
            let length = reader.size()?;
            std::str::from_utf8(reader.take(length)?).map_err(damaged)?.into()
        };
        let installed_at = if head & INSTALLED_AT == 0 {
            None
        } else {
            let zigzag = reader.number()?;
            let seconds = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
            Some(Timestamp::from_second(seconds).map_err(damaged)?)
        };
        entries.push(InventoryEntry {
            package,
            role,
            held: head & HELD != 0,
            auto: head & AUTO != 0,
            status,
            installed_at,
        });
    }
    Ok(entries)
}

fn damaged(why: impl std::fmt::Display) -> StoreError {
    StoreError::damaged("a stored inventory", why)
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or_else(|| damaged("it ends early"))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(damaged("a number is too long"))
    }

    fn size(&mut self) -> Result<usize> {
        usize::try_from(self.number()?).map_err(damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry() -> impl Strategy<Value = InventoryEntry> {
        (
            1..1_i64 << 40,
            0..4_u8,
            any::<bool>(),
            any::<bool>(),
            "[a-z-]{0,12}",
            prop::option::of(-9_000_000_000_i64..9_000_000_000),
        )
            .prop_map(|(package, role, held, auto, status, at)| InventoryEntry {
                package,
                role: Role::from_code(role).unwrap(),
                held,
                auto,
                status: status.into(),
                installed_at: at.map(|at| Timestamp::from_second(at).unwrap()),
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_set_comes_back_as_it_was(mut entries in prop::collection::vec(entry(), 0..200)) {
            let bytes = encode(&mut entries);
            prop_assert_eq!(decode(&bytes).unwrap(), entries);
        }

        #[test]
        fn damage_is_an_error_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }

    #[test]
    fn an_ordinary_entry_takes_two_bytes() {
        let plain = |package| InventoryEntry {
            package,
            role: Role::Installed,
            held: false,
            auto: true,
            status: "".into(),
            installed_at: None,
        };
        let mut entries: Vec<_> = (1..=600).map(plain).collect();
        assert_eq!(encode(&mut entries).len(), 1 + 2 + 600 * 2);
    }
}
