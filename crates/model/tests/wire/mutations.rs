//! Whatever is done to a report, it is taken or refused, and what is taken keeps the promises.

use crate::sample;
use model::wire::{Accepted, Incoming, Limits, SectionHash, read_report};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use std::cell::Cell;

/// What every accepted report holds, however it came about.
fn assert_promises(accepted: &Accepted) {
    assert_eq!(accepted.machine_id.len(), 32);
    assert!(!accepted.hostname.is_empty());
    assert!(!accepted.hostname.contains(|c: char| c.is_control() || "<>&\"' ".contains(c)));
    if let Incoming::Present { hash, canonical, data } = &accepted.packages {
        assert_eq!(*hash, SectionHash::of(canonical.as_bytes()));
        assert!(data.records.is_sorted_by(|a, b| (&a.name, &a.arch, &a.version) < (&b.name, &b.arch, &b.version)));
        for record in &data.records {
            assert!(!record.name.is_empty() && !record.name.contains(char::is_control));
            assert!(!record.version.is_empty() && !record.version.contains(char::is_control));
        }
    }
    for odd in &accepted.odd {
        assert!(!odd.record.contains(char::is_control), "{odd:?}");
        assert!(!odd.why.contains(char::is_control), "{odd:?}");
    }
}

/// Something to put in a leaf's place.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "[0-9a-z.:~+_-]{0,20}".prop_map(Value::from),
        Just(Value::Array(Vec::new())),
        Just(Value::Object(serde_json::Map::new())),
    ]
}

/// The leaves of a tree, each to be replaced.
fn leaves<'a>(tree: &'a mut Value, into: &mut Vec<&'a mut Value>) {
    let inner = match tree {
        Value::Object(object) => object.len(),
        Value::Array(array) => array.len(),
        _ => 0,
    };
    if inner == 0 {
        into.push(tree);
        return;
    }
    match tree {
        Value::Object(object) => object.values_mut().for_each(|value| leaves(value, into)),
        Value::Array(array) => array.iter_mut().for_each(|value| leaves(value, into)),
        _ => {}
    }
}

/// Reads a report, of 300 that are drawn, in as many ways as are drawn of each; how many are taken.
fn taken<S: Strategy>(reports: &S, body: impl Fn(S::Value) -> Vec<u8>) -> u32 {
    let taken = Cell::new(0);
    let config = ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(reports, |drawn| {
        match read_report(&body(drawn), &Limits::default()) {
            Ok(accepted) => {
                assert_promises(&accepted);
                taken.set(taken.get() + 1);
            }
            // Of what is no JSON there is no field to name.
            Err(invalid) => prop_assert!(!invalid.to_string().is_empty()),
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    taken.get()
}

/// Anywhere, and before the sections alone, which no hash covers.
#[test]
fn bytes_changed() {
    let changes = |most| prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..most);
    let reports = prop_oneof![(Just(false), changes(8)), (Just(true), changes(3))];
    let taken = taken(&reports, |(before_sections, changes)| {
        let mut body = sample::body(sample::tree());
        let end = body.windows(10).position(|bytes| bytes == b"\"sections\"").unwrap();
        for (at, byte, way) in changes {
            let at = at.index(if before_sections { end - 2 } else { body.len() });
            match way {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ => _ = body.remove(at),
            }
        }
        body
    });
    assert!(taken > 0, "none got past the reader");
}

/// Values changed and hashed again, so that the change gets past the hash.
#[test]
fn values_changed() {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), leaf()), 1..4);
    let taken = taken(&changes, |changes| {
        let mut tree = sample::tree();
        for (at, value) in changes {
            let mut found = Vec::new();
            leaves(&mut tree, &mut found);
            let at = at.index(found.len());
            *found[at] = value;
        }
        sample::body(tree)
    });
    assert!(taken > 0, "none got past the reader");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC*") {
        prop_assert!(read_report(text.as_bytes(), &Limits::default()).is_err());
    }
}
