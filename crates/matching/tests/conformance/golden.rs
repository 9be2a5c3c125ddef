//! Trivy's golden files: package X at version V is reported for a CVE with fixed version F.
//!
//! Decided are the rows whose fix stands in a feed at hand (`fix_found_in_corpus_feed`), of the vendors
//! whose feed is read; CentOS is judged by Red Hat's data there, which ours never is (matching rule 6).

use super::data::{document, package, parsed, records, rules, text};
use super::table::{Outcome, Table};
use matching::Rules;
use model::Role;
use std::collections::BTreeMap;

#[test]
fn golden_rows() {
    let alpine = parsed("alpine-secdb", "feeds/alpine/alpine-secdb-yaml.tar.zst", |name| name.ends_with(".yaml"));
    let lists = "feeds/debian/security-tracker-lists.tar.zst";
    let mut debian = parsed("debian-dsa", lists, |name| name.ends_with("data/DSA/list"));
    debian.extend(parsed("debian-dla", lists, |name| name.ends_with("data/DLA/list")));
    let redhat = document("redhat-oval", "feeds/redhat/rhel-7-including-unpatched.oval.xml.bz2");
    let xenial = document("ubuntu-oval", "feeds/ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2");
    let bionic = document("ubuntu-oval", "feeds/ubuntu/com.ubuntu.bionic.cve.oval.xml.bz2");
    let mut compiled: BTreeMap<String, Rules> = BTreeMap::new();
    let mut table = Table::default();
    for record in records("trivy-golden-match") {
        let (distribution, release) = (text(&record, "distro"), text(&record, "release"));
        let (platform, feed, advisories) = match distribution {
            "alpine" => (format!("alpine:{release}"), "alpine-secdb", &alpine),
            "debian" => (format!("debian:{}", release.split('.').next().unwrap_or_default()), "debian-dsa", &debian),
            "redhat" => (format!("rhel:{release}"), "redhat-oval", &redhat),
            "ubuntu" if release == "16.04" => ("ubuntu:16.04".to_owned(), "ubuntu-oval", &xenial),
            "ubuntu" if release == "18.04" => ("ubuntu:18.04".to_owned(), "ubuntu-oval", &bionic),
            "centos" => {
                table.add(Outcome::Undecided("CentOS is not judged by Red Hat's data"));
                continue;
            }
            _ => {
                table.add(Outcome::Undecided("no feed of the vendor at hand is read"));
                continue;
            }
        };
        if record["fix_found_in_corpus_feed"] != true {
            table.add(Outcome::Undecided("its fix is in no feed at hand"));
            continue;
        }
        let rules = compiled.entry(platform.clone()).or_insert_with(|| rules(&platform, feed, advisories));
        let (name, cve, fixed) = (text(&record, "package"), text(&record, "vuln_id"), text(&record, "fixed_version"));
        let arch = if distribution == "redhat" { "x86_64" } else { "amd64" };
        let package = package(&platform, name, text(&record, "version"), arch, source_of(name));
        let found = rules.judge(&package, Role::Installed).verdicts;
        table.add(if found.iter().any(|verdict| verdict.cve == cve && same(&verdict.fixed_version, fixed)) {
            Outcome::Agree
        } else {
            let ours: Vec<_> = found.iter().filter(|verdict| verdict.cve == cve).collect();
            Outcome::Wrong(format!("{platform} {name} {} {cve} fixed in {fixed}: {ours:?}", package.version))
        });
    }
    table.conclude("trivy-golden-match");
    // `zstd -dc trivy-golden-match.jsonl.zst | jq -c 'select(.fix_found_in_corpus_feed == true and
    // .distro != "centos")' | wc -l`
    assert_eq!((table.cases, table.decided()), (1726, 79));
}

/// Red Hat's and Ubuntu's OVAL write the epoch 0 where the golden files leave it out.
fn same(ours: &str, theirs: &str) -> bool {
    ours.strip_prefix("0:").unwrap_or(ours) == theirs.strip_prefix("0:").unwrap_or(theirs)
}

/// The source of the packages that the decided rows name. The golden files carry binaries alone.
fn source_of(binary: &str) -> &str {
    match binary {
        "e2fslibs" | "libcom-err2" | "libcomerr2" | "libext2fs2" | "libss2" => "e2fsprogs",
        "libgnutls30" => "gnutls28",
        "libidn2-0" => "libidn2",
        "libcrypto1.1" | "libssl1.1" | "libcrypto1.0" | "libssl1.0" => "openssl",
        "musl-utils" => "musl",
        "ssl_client" => "busybox",
        other => other,
    }
}
