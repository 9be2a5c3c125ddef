//! Every record of `versions/*.jsonl.zst`: what the real tool said, or for apk what its authors wrote
//! down.

use std::cmp::Ordering;
use versions::{Scheme, compare_fixed_keys};

/// One record: two versions and what the tool says of them.
pub(crate) struct Vector {
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) order: Ordering,
}

/// The records of a scheme.
pub(crate) fn vectors(scheme: Scheme) -> Vec<Vector> {
    let name = if scheme == Scheme::Dpkg { "deb" } else { scheme.as_str() };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/versions");
    let path = format!("{folder}/{name}.jsonl.zst");
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let text = String::from_utf8(zstd::decode_all(file).unwrap()).unwrap();
    text.lines()
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            let word = |name: &str| record[name].as_str().unwrap().to_owned();
            Vector { a: word("a"), b: word("b"), order: record["cmp"].as_i64().unwrap().cmp(&0) }
        })
        .collect()
}

/// The sign of both readings of a pair, or why they are wrong.
fn wrong(scheme: Scheme, Vector { a, b, order }: &Vector) -> Option<String> {
    let says = (scheme.compare_as_tool(a, b), scheme.compare_as_tool(b, a));
    let (left, right) = (scheme.key(a), scheme.key(b));
    // vercmp takes a version without pkgrel for any pkgrel of it, which the keys say by one being the
    // beginning of the other.
    let keys = match scheme {
        Scheme::Pacman if right.starts_with(&left) => compare_fixed_keys(&right, &left).reverse(),
        Scheme::Pacman => compare_fixed_keys(&left, &right),
        _ => left.cmp(&right),
    };
    (says != (*order, order.reverse()) || keys != *order)
        .then(|| format!("{a} {b}: the vector says {order:?}, compare {says:?}, keys {keys:?}"))
}

/// Counts: `zstd -dc NAME.jsonl.zst | wc -l`.
#[test]
fn every_vector_orders_as_the_tool_says() {
    for (scheme, count) in [(Scheme::Dpkg, 7246), (Scheme::Rpm, 2182), (Scheme::Pacman, 40), (Scheme::Apk, 7341)] {
        let vectors = vectors(scheme);
        assert_eq!(vectors.len(), count, "{scheme}");
        let wrong: Vec<String> = vectors.iter().filter_map(|vector| wrong(scheme, vector)).collect();
        assert_eq!(wrong, [] as [String; 0], "{scheme}");
    }
}

/// The order and the tool's verdict differ where vercmp's is no order, and nowhere else. One such
/// vector: `1.1-1` and `1.1` (pacman's own test/util/vercmptest.sh).
#[test]
fn the_order_is_the_tools_verdict_but_for_a_missing_pkgrel() {
    for scheme in Scheme::ALL {
        let other: Vec<(String, String)> = vectors(scheme)
            .into_iter()
            .filter(|vector| scheme.compare(&vector.a, &vector.b) != vector.order)
            .map(|vector| (vector.a, vector.b))
            .collect();
        let expected = match scheme {
            Scheme::Pacman => vec![("1.1-1".to_owned(), "1.1".to_owned())],
            _ => Vec::new(),
        };
        assert_eq!(other, expected, "{scheme}");
    }
}
