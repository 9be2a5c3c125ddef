//! The listing of packages.

use super::{Host, Naive};
use fleet::{PackageId, PackageRow};
use model::{Package, Role};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) fn packages(naive: &Naive, hosts: &[&Host]) -> Vec<PackageRow> {
    let has = |host: &Host, id: PackageId, role: Role| {
        host.facts.inventory.iter().any(|(of, in_role, _)| *of == id && *in_role == role)
    };
    let mut rows: Vec<PackageRow> = Vec::new();
    for (id, package) in &naive.packages {
        let count = hosts.iter().filter(|host| has(host, *id, Role::Installed)).count() as u64;
        if count == 0 {
            continue;
        }
        let mut open = BTreeSet::new();
        for role in Role::ALL {
            // A next kernel that runs already is not looked at a second time.
            let counts = |host: &Host| {
                has(host, *id, role) && !(role == Role::NextKernel && has(host, *id, Role::RunningKernel))
            };
            if hosts.iter().any(|host| counts(host)) {
                open.extend(naive.open_for(package, role));
            }
        }
        rows.push(PackageRow {
            id: *id,
            package: Arc::new(package.clone()),
            hosts: count,
            open_findings: open.len().try_into().unwrap(),
            assessed: naive.rules_of(&package.platform).judge(package, Role::Installed).assessment.is_assessed(),
        });
    }
    rows.sort_by_key(|row| {
        let Package { name, version, arch, platform, .. } = &*row.package;
        (Reverse(row.hosts), name.clone(), version.clone(), arch.clone(), platform.clone(), row.id)
    });
    rows
}
