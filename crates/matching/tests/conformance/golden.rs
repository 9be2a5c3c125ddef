//! Trivy's golden files: package X at version V is reported for a CVE, with the fixed version if there was
//! one.
//!
//! Decided are the rows about whose CVE a feed at hand says something for that package. Where the set says
//! that the fix stands in a feed at hand (`fix_found_in_corpus_feed`), that very version is asked for; the
//! other rows are of another day than the feed, so that only the finding is. CentOS is judged by Red Hat's
//! data there, which ours never is (matching rule 6): such rows are held against Red Hat's release of the
//! same number, and as CentOS the package has to stay not assessed.

use super::data::{package, records, rules, text};
use super::shelf::{Shelf, open};
use super::table::{Outcome, Table};

#[test]
fn golden_rows() {
    let mut shelf = Shelf::default();
    let mut table = Table::default();
    let mut found_in_feed = 0;
    for record in records("trivy-golden-match") {
        let (distribution, release) = (text(&record, "distro"), text(&record, "release"));
        let major = release.split('.').next().unwrap_or_default();
        let minor: Vec<&str> = release.split('.').take(2).collect();
        let platform = match distribution {
            "alma" => format!("almalinux:{major}"),
            "alpine" => format!("alpine:{}", minor.join(".")),
            "debian" => format!("debian:{major}"),
            "centos" | "redhat" => format!("rhel:{major}"),
            "ubuntu" => format!("ubuntu:{release}"),
            other => format!("{other}:{release}"),
        };
        let (name, cve, version) = (text(&record, "package"), text(&record, "vuln_id"), text(&record, "version"));
        if distribution == "centos" {
            let package = package(&format!("centos:{release}"), name, version, "x86_64", "");
            let rules = rules(&format!("centos:{release}"), "redhat-oval", &[]);
            assert!(!rules.judge(&package, model::Role::Installed).assessment.is_assessed());
        }
        let in_feed = record["fix_found_in_corpus_feed"] == true;
        found_in_feed += usize::from(in_feed);
        let Some(known) = shelf.of(&platform) else {
            table.add(Outcome::Undecided("no feed of the release at hand"));
            continue;
        };
        if version.contains("~bpo") {
            table.add(Outcome::Undecided("built for backports, of which the lists do not speak"));
            continue;
        }
        let package = known.package(name, version, source_of(name));
        let fixed = text(&record, "fixed_version");
        table.add(match known.said(&package, cve) {
            None if in_feed => Outcome::Wrong(format!("{platform} {name} {version} {cve}: nothing is said")),
            None => Outcome::Undecided("the feed at hand does not name the CVE for the package"),
            Some(verdict) if open(&verdict) && (!in_feed || same(&verdict.fixed_version, fixed)) => Outcome::Agree,
            // Then it had no fix; the vendor's file of 2021 says that there never was anything to fix, or that
            // an earlier build had the fix already (RHSA-2019:0483 for openssl 1.0.2k-16.el7_6.1, before -19).
            Some(verdict) if fixed.is_empty() && distribution != "debian" && !open(&verdict) => {
                Outcome::Explained("the vendor has said since that this build is not affected")
            }
            Some(verdict) => {
                Outcome::Wrong(format!("{platform} {name} {version} {cve} fixed in '{fixed}': {verdict:?}"))
            }
        });
    }
    table.conclude("trivy-golden-match");
    // `zstd -dc trivy-golden-match.jsonl.zst | jq -c 'select(.fix_found_in_corpus_feed == true)' | wc -l`
    assert_eq!((table.cases, found_in_feed), (1726, 148));
    assert!(table.decided() >= found_in_feed, "{}", table.decided());
}

/// Red Hat's and Ubuntu's OVAL write the epoch 0 where the golden files leave it out.
fn same(ours: &str, theirs: &str) -> bool {
    ours.strip_prefix("0:").unwrap_or(ours) == theirs.strip_prefix("0:").unwrap_or(theirs)
}

/// The sources of Alpine's binaries and of Debian's that have gone since: the golden files carry binaries
/// alone.
fn source_of(binary: &str) -> &str {
    match binary {
        "e2fslibs" | "libcom-err2" | "libcomerr2" | "libext2fs2" | "libss2" => "e2fsprogs",
        "libgnutls30" => "gnutls28",
        "libidn2-0" => "libidn2",
        "libcrypto1.1" | "libssl1.1" | "libcrypto1.0" | "libssl1.0" => "openssl",
        "musl-utils" => "musl",
        "ssl_client" => "busybox",
        _ => "",
    }
}
