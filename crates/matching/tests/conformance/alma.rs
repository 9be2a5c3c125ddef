//! AlmaLinux's whole OSV database against three real hosts, compared by rpm's own `rpmvercmp`.
//!
//! The set is about versions and module streams, advisory by advisory and bug fixes too: so here
//! advisories are judged under their own names, whatever their kind and CVEs. Its expectations do not
//! resolve module streams, as its README says; none of its installed packages is of a module, so that
//! what a module fixes must not be found (matching rule 5).

use super::data::{package, parsed, records, rules, text};
use super::table::{Outcome, Table};
use model::{Advisory, AdvisoryKind, Role, State};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn three_real_hosts_of_almalinux() {
    let mut advisories =
        parsed("almalinux-osv", "feeds/almalinux/osv-database.tar.zst", |name| name.ends_with(".json"));
    // `tar -xOf osv-database.tar.zst --wildcards '*.json' | jq -r .id | sort -u | wc -l`; 43 advisories
    // stand in the folders of two releases.
    let ids: BTreeSet<String> = advisories.iter().map(own_name).collect();
    assert_eq!(ids.len(), 5637);
    for advisory in &mut advisories {
        advisory.kind = AdvisoryKind::Security;
        advisory.id = own_name(advisory);
        advisory.facts.iter_mut().for_each(|fact| fact.cve.clear());
    }
    let rules: BTreeMap<String, _> = ["8", "9", "10"]
        .into_iter()
        .map(|release| {
            let platform = format!("almalinux:{release}");
            (format!("alma_{release}"), rules(&platform, "almalinux-osv", &advisories))
        })
        .collect();
    let mut table = Table::default();
    let mut trap = 0;
    for record in records("alma-osv-derived") {
        let rules = &rules[text(&record, "host")];
        let platform = rules.platform().to_string();
        let name = text(&record, "package");
        // The hosts run these kernels.
        let kernel = matches!(name, "kernel-core");
        let role = if kernel { Role::RunningKernel } else { Role::Installed };
        let source = if name.starts_with("kernel") || name == "python3-perf" { "kernel" } else { "" };
        let package = package(&platform, name, text(&record, "installed_evr"), text(&record, "arch"), source);
        let explanation = rules.explain(&package, role, None);
        let mut found = BTreeSet::new();
        let mut below = BTreeSet::new();
        for item in &explanation.considered {
            if item.verdict.states.iter().any(|guarded| guarded.state == State::FixAvailable) {
                found.insert(item.verdict.cve.clone());
            }
            if item.comparisons.iter().any(|comparison| comparison.relation == "<") {
                below.insert(item.verdict.cve.clone());
            }
        }
        let expected: BTreeSet<String> = record["expected_vulnerable"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|fix| !text(fix, "fixed").contains(".module_el"))
            .map(|fix| text(fix, "advisory").to_owned())
            .collect();
        trap += usize::from(record["only_modular_fixes"] == true);
        table.add(if found == expected {
            Outcome::Agree
        } else if found.is_empty() && below == expected && source == "kernel" {
            // Rule 4: only the image that runs is exposed. The comparisons are the set's.
            Outcome::Explained("a kernel's tools and meta-package, beside the image that runs")
        } else {
            let missing: Vec<_> = expected.difference(&found).collect();
            let more: Vec<_> = found.difference(&expected).collect();
            Outcome::Wrong(format!("{platform} {name} {}: missing {missing:?}, too many {more:?}", package.version))
        });
    }
    // `zstd -dc alma-osv-derived.jsonl.zst | jq -c 'select(.only_modular_fixes)' | wc -l`
    assert_eq!((table.cases, trap), (467, 54));
    table.conclude("alma-osv-derived");
    assert_eq!(table.decided(), 467);
}

/// The advisory's own name, without the CVE that keeps its records apart.
fn own_name(advisory: &Advisory) -> String {
    advisory.id.split(' ').next().unwrap_or_default().to_owned()
}
