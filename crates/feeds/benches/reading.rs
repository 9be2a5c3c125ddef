//! What reading costs, every bundle at hand with its feed: megabytes and records a second, and a hash of
//! everything that was read, so that a faster reader shows itself to say the same.
//!
//! Counted is the processor time of this thread (`/proc/thread-self/schedstat`), so that other work on the
//! machine does not show; the least of several runs is given. Documents are decompressed before; records are
//! counted and dropped, as a taker does that has written them. An argument is part of the names to measure.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, and fails by panicking"
)]

use feeds::{Document, Sink, Skipped, Stop, feed};
use model::{Advisory, CveRecord};
use sha2::{Digest as _, Sha256};
use std::io::{BufReader, Read as _};
use std::time::Duration;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds");

/// A feed, a file of the shared data, and of an archive the ends of the paths of its documents.
type Bundle = (&'static str, &'static str, &'static [&'static str]);

const BUNDLES: &[Bundle] = &[
    ("redhat-oval", "redhat/rhel-7-including-unpatched.oval.xml.bz2", &[]),
    ("redhat-oval", "redhat/rhel-6-including-unpatched.oval.xml.bz2", &[]),
    ("redhat-oval", "redhat/rhel-8-including-unpatched.oval.xml.bz2", &[]),
    ("redhat-oval", "redhat/com.redhat.rhsa-RHEL5.xml.bz2", &[]),
    ("redhat-oval", "redhat/com.redhat.rhsa-RHEL8.xml.zst", &[]),
    ("redhat-oval", "redhat/Red_Hat_Enterprise_Linux_3.oval.xml.zst", &[]),
    ("redhat-oval", "redhat/samples-vuls-data-update.tar.zst", &["including-unpatched.oval.xml.bz2"]),
    ("redhat-oval", "redhat/samples-vuln-list-update-redhat.tar.zst", &["including-unpatched.oval.xml.bz2"]),
    ("ubuntu-oval", "ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2", &[]),
    ("ubuntu-oval", "ubuntu/com.ubuntu.bionic.cve.oval.xml.bz2", &[]),
    ("ubuntu-oval", "ubuntu/com.ubuntu.focal.cve.oval.xml.bz2", &[]),
    ("ubuntu-oval", "ubuntu/com.ubuntu.trusty.cve.oval.xml.bz2", &[]),
    ("ubuntu-oval", "ubuntu/samples-vuls-data-update.tar.zst", &[".cve.oval.xml.bz2", ".pkg.oval.xml.bz2"]),
    ("ubuntu-usn-oval", "ubuntu/samples-vuls-data-update.tar.zst", &[".usn.oval.xml.bz2"]),
    ("debian-oval", "debian/samples-vuls-data-update.tar.zst", &[".xml.bz2"]),
    ("redhat-vex", "redhat/csaf-trustify.tar.zst", &[".json"]),
    ("redhat-vex", "redhat/csaf-vex-claircore.tar.zst", &[".json"]),
    ("redhat-csaf", "redhat/csaf-trustify.tar.zst", &[".json"]),
    ("redhat-csaf", "redhat/csaf-advisories-vunnel.tar.zst", &[".json"]),
    ("redhat-csaf", "redhat/csaf-vulnerablecode.tar.zst", &[".json"]),
    ("almalinux-osv", "almalinux/osv-database.tar.zst", &[".json"]),
    ("almalinux-errata", "almalinux/samples-vuls-data-update.tar.zst", &["errata.full.json"]),
    ("almalinux-updateinfo", "almalinux/samples-vuls-data-update.tar.zst", &["-updateinfo.xml.gz"]),
    ("rocky-osv", "rocky/samples-vunnel-rocky.tar.zst", &[".json"]),
    ("rocky-errata", "rocky/samples-vuls-data-update.tar.zst", &["page1.json", "page2.json"]),
    ("rocky-updateinfo", "rocky/samples-vuls-data-update.tar.zst", &["-updateinfo.xml.gz"]),
    ("epel-updateinfo", "epel/epel-6-updateinfo.xml.gz", &[]),
    ("fedora-updateinfo", "fedora/samples-vuls-data-update.tar.zst", &["-updateinfo.xml.zst", "-updateinfo.xml.xz"]),
    ("fedora-bodhi", "fedora/bodhi-F36-updates-page1.json.zst", &[]),
    ("ubuntu-osv", "ubuntu/samples-vunnel-ubuntu.tar.zst", &[".json"]),
    ("ubuntu-usn", "ubuntu/samples-vuls-data-update.tar.zst", &["database-all.json.bz2"]),
    ("ubuntu-usn", "other/vulnerablecode-distro-samples.tar.zst", &["database-all.json.bz2"]),
    ("debian-tracker", "debian/samples-vunnel-debian.tar.zst", &["test-fixtures/input/debian.json"]),
    ("debian-tracker", "debian/samples-vuls-data-update.tar.zst", &["api/testdata/fixtures/advisory.json"]),
    ("debian-dsa", "debian/security-tracker-lists.tar.zst", &["data/DSA/list"]),
    ("debian-dla", "debian/security-tracker-lists.tar.zst", &["data/DLA/list"]),
    ("arch-tracker", "arch/all.json.zst", &[]),
    ("alpine-secdb", "alpine/alpine-secdb-yaml.tar.zst", &[".yaml"]),
    ("alpine-secdb", "alpine/samples-vuls-data-update.tar.zst", &["main.json", "community.json"]),
    ("wolfi-secdb", "wolfi/samples-vuls-data-update.tar.zst", &["happy/security.json"]),
    ("chainguard-secdb", "wolfi/samples-vunnel-chainguard.tar.zst", &["secdb/security.json"]),
    ("cisa-kev", "kev/known_exploited_vulnerabilities.json.zst", &[]),
    ("first-epss", "epss/samples-vuls-data-update.tar.zst", &[".csv.gz"]),
    ("nvd", "nvd/samples-vunnel-nvd.tar.zst", &["test-fixtures/full-page.json"]),
    ("cve-records", "cve/vulnrichment-subset.tar.zst", &[".json"]),
];

/// Nanoseconds that this thread has had a processor.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

fn decompressed(from: impl std::io::BufRead) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    formats::compression::Decoder::new(from, 2 << 30)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The documents of a bundle by name, decompressed. What of them can't be is a damaged sample.
fn documents((_, file, ends): Bundle) -> Vec<(String, Vec<u8>)> {
    let path = format!("{DATA}/{file}");
    let opened = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let bytes = decompressed(BufReader::new(opened)).unwrap();
    if ends.is_empty() {
        return vec![(file.to_owned(), bytes)];
    }
    let mut found = Vec::new();
    for entry in tar::Archive::new(&*bytes).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        if ends.iter().any(|end| name.ends_with(end)) {
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            found.extend(decompressed(&*content).ok().map(|content| (name, content)));
        }
    }
    assert!(!found.is_empty(), "{file} holds none of {ends:?}");
    found
}

/// Counts what is read and, where it is asked for, hashes it.
#[derive(Default)]
struct Counts {
    records: u64,
    facts: u64,
    skipped: u64,
    hash: Option<Sha256>,
}

impl Counts {
    fn add(&mut self, what: &[u8]) {
        if let Some(hash) = &mut self.hash {
            hash.update(what);
            hash.update(b"\n");
        }
    }
}

impl Sink for Counts {
    fn dated(&mut self, at: jiff::Timestamp) {
        self.add(at.to_string().as_bytes());
    }

    fn advisory(&mut self, advisory: Advisory) -> Result<(), Stop> {
        self.records += 1;
        self.facts += advisory.facts.len() as u64;
        if self.hash.is_some() {
            self.add(&serde_json::to_vec(&advisory).unwrap());
        }
        Ok(())
    }

    fn cve(&mut self, record: CveRecord) -> Result<(), Stop> {
        self.records += 1;
        if self.hash.is_some() {
            self.add(&serde_json::to_vec(&record).unwrap());
        }
        Ok(())
    }

    fn skipped(&mut self, skipped: Skipped) -> Result<(), Stop> {
        self.skipped += 1;
        if self.hash.is_some() {
            self.add(format!("{skipped:?}").as_bytes());
        }
        Ok(())
    }
}

fn read(id: &str, documents: &[(String, Vec<u8>)], counts: &mut Counts) {
    let feed = feed(id).unwrap_or_else(|| panic!("no feed {id}"));
    for (name, bytes) in documents {
        let document = Document { name: name.clone(), url: name.clone() };
        // Among samples are damaged ones, which the tests are about.
        if let Err(error) = feed.parse(&document, &mut &**bytes, counts) {
            counts.add(error.to_string().as_bytes());
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` runs it without the flag, to see that it runs.
    let runs = if arguments.iter().any(|argument| argument == "--bench") { 5 } else { 1 };
    let wanted = arguments.iter().find(|argument| !argument.starts_with("--"));
    println!(
        "{:<20} {:<50} {:>6} {:>9} {:>7} {:>8} {:>9} {:>9}  {:<16}",
        "feed", "bundle", "MB", "ms", "MB/s", "records", "facts", "facts/ms", "of all that was read"
    );
    for bundle in BUNDLES {
        let (id, file, _) = *bundle;
        if wanted.is_some_and(|wanted| !format!("{id} {file}").contains(wanted.as_str())) {
            continue;
        }
        let documents = documents(*bundle);
        let bytes: usize = documents.iter().map(|(_, bytes)| bytes.len()).sum();
        let mut hashed = Counts { hash: Some(Sha256::new()), ..Counts::default() };
        read(id, &documents, &mut hashed);
        let hash = hex::encode(hashed.hash.take().unwrap().finalize());
        // The kernel counts in ticks of some milliseconds: many rounds of what is small are one measurement.
        let before = cpu();
        read(id, &documents, &mut Counts::default());
        let once = (cpu() - before).max(1e3);
        let rounds = (Duration::from_millis(50).as_nanos() as f64 / once).ceil().clamp(1.0, 10_000.0);
        let rounds = if runs == 1 { 1.0 } else { rounds };
        let mut best = f64::INFINITY;
        for _ in 0..runs {
            let before = cpu();
            let mut left = rounds;
            while left > 0.0 {
                read(id, &documents, &mut Counts::default());
                left -= 1.0;
            }
            best = best.min((cpu() - before) / rounds);
        }
        let (mb, ms) = (bytes as f64 / 1e6, best / 1e6);
        println!(
            "{id:<20} {file:<50} {mb:>6.2} {ms:>9.3} {:>7.0} {:>8} {:>9} {:>9.0}  {}",
            mb / ms * 1e3,
            hashed.records,
            hashed.facts,
            (hashed.facts.max(hashed.records)) as f64 / ms,
            &hash[..16]
        );
    }
}
