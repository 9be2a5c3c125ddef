//! Any bytes as an OVAL document: read, evaluated on a host and said in facts, without a panic and in bounded time.

#![no_main]

use feeds::formats::oval::{Evaluation, Host, HostPackage, parse};
use feeds::{Collected, Document};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(document) = parse(data) {
        for scheme in [versions::Scheme::Rpm, versions::Scheme::Dpkg] {
            let mut host = Host { scheme: Some(scheme), running_kernel: "4.18.0-80.el8".into(), ..Host::default() };
            let package = |name: &str| HostPackage {
                name: name.into(),
                version: "8.4-1".into(),
                arch: "x86_64".into(),
                key: "199e2f91fd431d51".into(),
            };
            host.add_owner("/etc/redhat-release", package("redhat-release"));
            host.packages.push(package("a"));
            host.enable_module("php", "7.2");
            let mut evaluation = Evaluation::new(&document, &host);
            for definition in document.definitions.items() {
                let _ = evaluation.definition(definition.id);
            }
        }
    }
    for id in ["redhat-oval", "ubuntu-oval", "ubuntu-usn-oval", "debian-oval"] {
        let document = Document { name: "x".into(), url: "x".into() };
        let feed = feeds::feed(id).expect("the catalogue has it");
        let _ = feed.parse(&document, &mut &*data, &mut Collected::default());
    }
});
