//! The listing of CVEs that are open somewhere.

use super::{Host, states, worse};
use fleet::FindingRow;
use model::{Severity, State};
use std::cmp::Reverse;
use std::collections::BTreeSet;

pub(crate) fn findings(hosts: &[&Host]) -> Vec<FindingRow> {
    let cves: BTreeSet<&String> = hosts.iter().flat_map(|host| host.pairs.keys()).collect();
    let mut rows: Vec<FindingRow> = cves
        .into_iter()
        .map(|cve| {
            let pairs: Vec<(State, Severity)> = hosts.iter().filter_map(|host| host.pairs.get(cve).copied()).collect();
            let of = || hosts.iter().flat_map(|host| &host.findings).filter(|finding| finding.cve == *cve);
            let packages: BTreeSet<&str> = of().map(|finding| finding.package.as_str()).collect();
            let fixed: BTreeSet<&str> = of().map(|f| f.fixed_version.as_str()).filter(|v| !v.is_empty()).collect();
            FindingRow {
                cve: cve.as_str().into(),
                severity: pairs.iter().map(|pair| pair.1).max().unwrap(),
                state: pairs.iter().map(|pair| pair.0).reduce(worse).unwrap(),
                hosts: pairs.len() as u64,
                package_count: packages.len() as u64,
                packages: packages.into_iter().map(Into::into).collect(),
                states: states(pairs.iter().map(|pair| pair.0)),
                fixed_version_count: fixed.len() as u64,
                fixed_versions: fixed.into_iter().map(Into::into).collect(),
            }
        })
        .collect();
    rows.sort_by_key(|row| (Reverse(row.severity), Reverse(row.hosts)));
    rows
}
