//! The one sentence that a reader came for.

use super::host::HostAssessment;
use crate::not_known::NotKnown;

fn count(number: u64, one: &str, many: &str) -> String {
    crate::words::counted(number, one, many)
}

/// What matters on a host, in one sentence or two.
#[must_use]
pub fn host(row: &fleet::HostRow, not_known: &[NotKnown], assessment: &HostAssessment) -> String {
    let mut said = vec![updates(row)];
    if row.open_findings > 0 {
        let fixable = row.by_state.get(model::State::FixAvailable);
        let open = count(u64::from(row.open_findings), "CVE is open", "CVEs are open");
        // That the vendor has a fix does not say that the host's repositories offer it.
        let fixed = || format!("{open}, {} of them fixed by the vendor", crate::words::thousands(fixable));
        said.push(if fixable > 0 { fixed() } else { open });
    }
    if row.reboot_required == Some(true) {
        said.push("it must be rebooted to finish".to_owned());
    }
    let mut text = said.join("; ");
    text.push('.');
    if let Some(first) = not_known.first() {
        text.push(' ');
        text.push_str(&first.text);
    }
    let not_assessed = count(assessment.counts.not_assessed, "package is", "packages are");
    match (assessment.counts.assessed, assessment.counts.not_assessed) {
        (_, 0) => {}
        (0, _) if row.open_findings == 0 => text.push_str(" Its vulnerabilities are not assessed."),
        (0, _) => text.push_str(" What else is vulnerable is not assessed."),
        (_, _) => text.push_str(&format!(" {not_assessed} not assessed.")),
    }
    text
}

fn updates(row: &fleet::HostRow) -> String {
    let (security, other) = (u64::from(row.security_updates), u64::from(row.other_updates));
    if !row.updates_known {
        "What could be upgraded is not known".to_owned()
    } else if security > 0 {
        let waiting = count(security, "security update is", "security updates are");
        if other > 0 {
            format!("{waiting} waiting and {}", count(other, "other", "others"))
        } else {
            format!("{waiting} waiting")
        }
    } else if other > 0 {
        format!("{} waiting, none of them for security", count(other, "update is", "updates are"))
    } else if !row.not_known.is_empty() {
        "Whether anything waits to be upgraded is not known".to_owned()
    } else if row.withheld_updates > 0 {
        let withheld = count(u64::from(row.withheld_updates), "withheld update", "withheld updates");
        format!("Nothing waits to be upgraded but {withheld}")
    } else if row.by_state.get(model::State::FixAvailable) > 0 {
        "By the host's own package lists nothing waits to be upgraded".to_owned()
    } else {
        "Nothing waits to be upgraded".to_owned()
    }
}
