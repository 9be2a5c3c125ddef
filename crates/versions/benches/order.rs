//! What one comparison and one key cost in each scheme, on the vectors' own versions (most of them real):
//! the text comparison, making a key, and comparing two keys that were made before. A figure is the time of
//! a whole pass; `thrpt` says pairs (or versions) a second.

#![expect(clippy::unwrap_used, reason = "a bench stops at what it did not expect")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use versions::Scheme;

/// The pairs of the vectors that any tool would take for versions.
fn pairs(scheme: Scheme) -> Vec<(String, String)> {
    let name = if scheme == Scheme::Dpkg { "deb" } else { scheme.as_str() };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/versions");
    let file = std::fs::File::open(format!("{folder}/{name}.jsonl.zst")).unwrap();
    let text = String::from_utf8(zstd::decode_all(file).unwrap()).unwrap();
    text.lines()
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            (record["a"].as_str().unwrap().to_owned(), record["b"].as_str().unwrap().to_owned())
        })
        .filter(|(a, b)| scheme.check(a).is_ok() && scheme.check(b).is_ok())
        .collect()
}

fn order(c: &mut Criterion) {
    for scheme in Scheme::ALL {
        let pairs = pairs(scheme);
        let keys: Vec<(Vec<u8>, Vec<u8>)> = pairs.iter().map(|(a, b)| (scheme.key(a), scheme.key(b))).collect();
        let mut group = c.benchmark_group(scheme.as_str());
        group.throughput(Throughput::Elements(u64::try_from(pairs.len()).unwrap()));
        group.bench_function("compare", |b| {
            b.iter(|| {
                for (left, right) in &pairs {
                    black_box(scheme.compare(black_box(left), black_box(right)));
                }
            });
        });
        group.bench_function("key", |b| {
            b.iter(|| {
                for (left, _) in &pairs {
                    black_box(scheme.key(black_box(left)));
                }
            });
        });
        group.bench_function("compare keys", |b| {
            b.iter(|| {
                for (left, right) in &keys {
                    black_box(black_box(left).cmp(black_box(right)));
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, order);
criterion_main!(benches);
