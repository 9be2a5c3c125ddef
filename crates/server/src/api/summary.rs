//! The one sentence that a reader came for.

use super::host::HostAssessment;

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What matters on a host, in one sentence or two.
#[must_use]
pub fn host(row: &fleet::HostRow, state: &store::HostState, assessment: &HostAssessment) -> String {
    let mut said = Vec::new();
    let security = u64::from(row.security_updates);
    let other = u64::from(row.other_updates);
    if state.updates.is_none() {
        said.push("What could be upgraded is not known".to_owned());
    } else if security == 0 && other == 0 {
        said.push("Nothing waits to be upgraded".to_owned());
    } else if security == 0 {
        said.push(format!("{} waiting, none of them for security", count(other, "update is", "updates are")));
    } else {
        said.push(format!("{} waiting", count(security, "security update is", "security updates are")));
    }
    if row.open_findings > 0 {
        let fixable = row.by_state.get(model::State::FixAvailable);
        let open = count(u64::from(row.open_findings), "CVE is open", "CVEs are open");
        said.push(if fixable > 0 { format!("{open}, {fixable} with a fix at hand") } else { open });
    }
    if row.reboot_required == Some(true) {
        said.push("it must be rebooted to finish".to_owned());
    }
    let mut text = said.join("; ");
    text.push('.');
    if assessment.counts.packages > 0 && assessment.counts.assessed == 0 {
        text.push_str(" Its vulnerabilities are not assessed.");
    } else if assessment.counts.not_assessed > 0 {
        let not = count(assessment.counts.not_assessed, "package is", "packages are");
        text.push_str(&format!(" {not} not assessed."));
    }
    text
}
