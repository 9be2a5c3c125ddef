//! Whatever is done to a report, it is taken or refused, and what is taken keeps the promises.

use crate::sample;
use model::wire::{Accepted, Incoming, Limits, SectionHash, read_report};
use proptest::prelude::*;
use serde_json::Value;

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_changed(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let mut body = sample::body(sample::tree());
        for (at, byte, way) in changes {
            let at = at.index(body.len());
            match way {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ => _ = body.remove(at),
            }
        }
        if let Ok(accepted) = read_report(&body, &Limits::default()) {
            assert_promises(&accepted);
        }
    }

    /// Values changed and hashed again, so that the change gets past the hash.
    #[test]
    fn values_changed(
        changes in prop::collection::vec((any::<prop::sample::Index>(), leaf()), 1..4),
    ) {
        let mut tree = sample::tree();
        for (at, value) in changes {
            let mut found = Vec::new();
            leaves(&mut tree, &mut found);
            let at = at.index(found.len());
            *found[at] = value;
        }
        match read_report(&sample::body(tree), &Limits::default()) {
            Ok(accepted) => assert_promises(&accepted),
            Err(invalid) => prop_assert!(!invalid.field.is_empty(), "{invalid}"),
        }
    }

    #[test]
    fn any_text(text in "\\PC*") {
        prop_assert!(read_report(text.as_bytes(), &Limits::default()).is_err());
    }
}
