//! What reading Red Hat's OVAL of RHEL 7 costs, unpatched CVEs included (54 MB, decompressed before), as a
//! document alone and as facts; and evaluating all its definitions on a host of 600 packages.

#![expect(clippy::unwrap_used, reason = "a bench stops at what it did not expect")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use feeds::formats::oval::{self, Evaluation, Host, HostPackage};
use feeds::{Collected, Document};
use std::hint::black_box;
use std::io::Read;
use versions::Scheme;

const FILE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds/redhat/rhel-7-including-unpatched.oval.xml.bz2");

/// A host with packages that the document names.
fn host(document: &oval::Document) -> Host {
    let key = "199e2f91fd431d51";
    let package = |name: &str, version: &str| HostPackage {
        name: name.to_owned(),
        version: version.to_owned(),
        arch: "x86_64".to_owned(),
        key: key.to_owned(),
    };
    let running_kernel = "3.10.0-1160.el7.x86_64".to_owned();
    let mut host = Host { scheme: Some(Scheme::Rpm), running_kernel, ..Host::default() };
    host.add_owner("/etc/redhat-release", package("redhat-release-server", "7.9-6.el7"));
    let names = document.objects.items().iter().filter_map(|object| match object.entities.first()?.value {
        oval::Value::Text(name) if object.kind == oval::Kind::RpmInfo => Some(document.text(name)),
        _ => None,
    });
    host.packages.extend(names.step_by(6).take(600).map(|name| package(name, "1.0-1.el7")));
    host
}

fn bench(c: &mut Criterion) {
    let mut bytes = Vec::new();
    let file = std::io::BufReader::new(std::fs::File::open(FILE).unwrap());
    formats::compression::Decoder::new(file, 1 << 30).unwrap().read_to_end(&mut bytes).unwrap();
    let feed = feeds::feed("redhat-oval").unwrap();
    let name = Document { name: "x".into(), url: "x".into() };
    let mut group = c.benchmark_group("oval");
    group.sample_size(10).throughput(Throughput::Bytes(u64::try_from(bytes.len()).unwrap()));
    group.bench_function("parse", |b| b.iter(|| oval::parse(black_box(&bytes[..])).unwrap()));
    group.bench_function("facts", |b| {
        b.iter(|| {
            let mut collected = Collected::default();
            feed.parse(&name, &mut black_box(&bytes[..]), &mut collected).unwrap();
            collected
        });
    });
    let document = oval::parse(&bytes[..]).unwrap();
    let host = host(&document);
    group.throughput(Throughput::Elements(document.seen));
    group.bench_function("evaluate", |b| {
        b.iter(|| {
            let mut evaluation = Evaluation::new(&document, &host);
            let definitions = document.definitions.items().iter();
            definitions.filter_map(|definition| evaluation.definition(definition.id).ok()).count()
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
