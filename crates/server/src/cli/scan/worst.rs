//! The worst findings of a scan, where no list of updates carries them.

use super::result::Scan;
use crate::cli::output::columns::{Cell, Column, table};
use crate::cli::output::{Look, counted, styles};
use model::{Finding, State};

const COLUMNS: &[Column] = &[
    Column { title: "CVE", right: false, yields: 0 },
    Column { title: "SEVERITY", right: false, yields: 0 },
    Column { title: "PACKAGE", right: false, yields: 1 },
    Column { title: "INSTALLED", right: false, yields: 3 },
    Column { title: "FIXED IN", right: false, yields: 2 },
];

/// The lines, empty where updates are listed or nothing is open. Each CVE stands once, with the first
/// of its packages.
#[must_use]
pub(super) fn lines(scan: &Scan, look: Look) -> Vec<String> {
    if !scan.updates.is_empty() || scan.open.cves == 0 {
        return Vec::new();
    }
    let rows: Vec<_> = scan.open.worst.iter().map(row).collect();
    let mut lines = table(look, 2, COLUMNS, &rows);
    if scan.open.cves > rows.len() {
        let more = counted(scan.open.cves - rows.len(), "other", "others");
        lines.push(format!("  and {more}: `mendwatch scan --json`, field `findings`"));
    }
    lines
}

fn row(finding: &Finding) -> Vec<Cell> {
    let fixed = if finding.fixed_version.is_empty() {
        match finding.state {
            State::WillNotFix => "will not be fixed",
            State::UnderInvestigation => "not decided yet",
            _ => "no fix yet",
        }
    } else {
        &finding.fixed_version
    };
    vec![
        Cell::new(&finding.cve).styled(styles::STRONG),
        Cell::from(finding.severity.to_string()),
        Cell::new(&finding.package),
        Cell::new(&finding.version).styled(styles::DIM),
        Cell::new(fixed),
    ]
}
