//! A scan for people: counts first, then what waits, then what is not known.

use super::result::Scan;
use super::told::Open;
use super::worst;
use crate::cli::output::columns::{Cell, Column, table};
use crate::cli::output::{Look, age, counted, printable, styles, thousands};
use crate::host_update::HostUpdate;
use anstyle::Style;
use model::wire::SectionName;
use model::wire::sections::Withheld;
use model::{Severity, State};
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

const COLUMNS: &[Column] = &[
    Column { title: "", right: false, yields: 0 },
    Column { title: "PACKAGE", right: false, yields: 1 },
    Column { title: "INSTALLED", right: false, yields: 4 },
    Column { title: "CANDIDATE", right: false, yields: 2 },
    Column { title: "FROM", right: false, yields: 5 },
    Column { title: "NOTE", right: false, yields: 0 },
    Column { title: "CVES", right: false, yields: 3 },
];

/// The lines of the whole scan.
#[must_use]
pub(crate) fn lines(scan: &Scan, look: Look, took: Duration) -> Vec<String> {
    let mut lines = vec![title(scan, look, took)];
    lines.extend(summary(scan, look));
    let warnings = warnings(scan, look);
    if !warnings.is_empty() {
        lines.push(String::new());
        lines.extend(warnings);
    }
    if !scan.updates.is_empty() {
        lines.push(String::new());
        let rows: Vec<_> = scan.updates.iter().map(|update| row(update, look)).collect();
        lines.extend(table(look, 2, COLUMNS, &rows));
        lines.extend(kept_back(scan, look));
    }
    lines.extend(replacements(scan, look));
    lines.push(String::new());
    lines.extend(knowledge(scan, look));
    lines.extend(worst::lines(scan, look));
    lines
}

/// `web-17  Debian GNU/Linux 12 (bookworm)  907 packages  lists 6 h old  0.09 s`
fn title(scan: &Scan, look: Look, took: Duration) -> String {
    let mut parts = Vec::new();
    let name = if scan.host.hostname.is_empty() { "(no host name)" } else { &scan.host.hostname };
    parts.push(look.paint(styles::STRONG, &printable(name)));
    if !scan.host.os_name.is_empty() {
        parts.push(printable(&scan.host.os_name).into_owned());
    }
    if let Some(packages) = scan.counts.packages {
        parts.push(counted(packages, "package", "packages"));
    }
    if let Some(seconds) = scan.lists_age_seconds {
        parts.push(format!("lists {} old", age(seconds)));
    }
    parts.push(look.paint(styles::DIM, &format!("{:.2} s", took.as_secs_f64())));
    parts.join("  ")
}

/// `  ● 23 security updates   ○ 22 others (2 of all withheld)   ▲ reboot required (…)`, on as many
/// lines as the terminal needs.
fn summary(scan: &Scan, look: Look) -> Vec<String> {
    let mut parts: Vec<(Style, String)> = Vec::new();
    match (scan.counts.security_updates, scan.counts.other_updates) {
        (Some(0), Some(0)) if !scan.not_known.is_empty() => {
            let text = format!("{} no update is known to be pending, but not everything is known", unknown_mark(look));
            parts.push((styles::WARNING, text));
        }
        (Some(0), Some(0)) => parts.push((styles::GOOD, format!("{} no updates pending", look.symbol("✓", "+")))),
        (Some(security), Some(other)) => {
            let style = if security == 0 { Style::new() } else { styles::ALARM };
            let updates = counted(security, "security update", "security updates");
            parts.push((style, format!("{} {updates}", security_mark(look))));
            let mut text = format!("{} {}", other_mark(look), counted(other, "other", "others"));
            if let Some(unknown) = scan.counts.security_unknown.filter(|unknown| *unknown > 0) {
                text.push_str(&format!(" ({} of them perhaps of security)", thousands(unknown)));
            }
            if let Some(withheld) = scan.counts.withheld_updates.filter(|withheld| *withheld > 0) {
                text.push_str(&format!(" ({} of all withheld)", thousands(withheld)));
            }
            parts.push((Style::new(), text));
        }
        _ => parts.push((styles::WARNING, format!("{} updates not known", unknown_mark(look)))),
    }
    if scan.reboot_required == Some(true) {
        parts.push((styles::WARNING, format!("{} reboot required{}", look.symbol("▲", "!"), reboot_words(scan))));
    }
    let (mut lines, mut used) = (Vec::<String>::new(), 0);
    for (style, text) in parts {
        let width = text.width();
        let painted = look.paint(style, &text);
        match lines.last_mut().filter(|_| look.width.is_none_or(|terminal| used + 3 + width <= terminal)) {
            Some(line) => {
                line.push_str("   ");
                line.push_str(&painted);
                used += 3 + width;
            }
            None => {
                lines.push(format!("  {painted}"));
                used = 2 + width;
            }
        }
    }
    lines
}

/// Why to reboot, in brackets: the kernels where they differ, else what the host says.
fn reboot_words(scan: &Scan) -> String {
    let kernel = &scan.kernel;
    let words = if !kernel.running.is_empty() && !kernel.next.is_empty() && kernel.running != kernel.next {
        format!("{} runs, {} installed", kernel.running, kernel.next)
    } else {
        match scan.reboot_reasons.as_slice() {
            [] => return String::new(),
            [first] => first.clone(),
            [first, rest @ ..] => format!("{first} and {}", counted(rest.len(), "other reason", "other reasons")),
        }
    };
    format!(" ({})", printable(&words))
}

/// What makes the counts less than the truth.
fn warnings(scan: &Scan, look: Look) -> Vec<String> {
    let warn = |text: String| format!("  {} {}", look.paint(styles::WARNING, look.symbol("▲", "!")), printable(&text));
    let mut warnings = Vec::new();
    // Those of the host, packages and updates are among what is not known.
    if let Some(reason) = scan.unavailable(SectionName::Runtime) {
        warnings.push(warn(format!("what runs could not be read: {reason}")));
    }
    warnings.extend(scan.not_known.iter().map(|one| {
        let remedy = one.remedy.as_ref().map(|remedy| format!(" {remedy}")).unwrap_or_default();
        warn(format!("{}{remedy}", one.text))
    }));
    if !scan.odd.is_empty() {
        let records = counted(scan.odd.len(), "record", "records");
        warnings.push(warn(format!("{records} could not be understood: `mendwatch scan --why`")));
    }
    warnings
}

fn security_mark(look: Look) -> &'static str {
    look.symbol("●", "*")
}

fn other_mark(look: Look) -> &'static str {
    look.symbol("○", "o")
}

fn unknown_mark(look: Look) -> &'static str {
    look.symbol("▨", "?")
}

fn row(update: &HostUpdate, look: Look) -> Vec<Cell> {
    let (mark, style) = if update.security {
        (Cell::new(security_mark(look)).styled(styles::ALARM), styles::STRONG)
    } else {
        (Cell::new(other_mark(look)), Style::new())
    };
    let from = if update.suite.is_empty() { &update.repository } else { &update.suite };
    vec![
        mark,
        Cell::new(&update.name).styled(style),
        Cell::new(&update.installed).styled(styles::DIM),
        Cell::new(&update.candidate),
        Cell::new(from),
        Cell::new(&note(update)).styled(styles::WARNING),
        Cell::new(&cve_words(update)),
    ]
}

/// Why the manager would not install it now.
fn note(update: &HostUpdate) -> String {
    match (update.withheld, update.phased_percent) {
        (None, _) => String::new(),
        (Some(Withheld::Held), _) => "held".to_owned(),
        (Some(Withheld::Phased), Some(percent)) => format!("phased {percent} %"),
        (Some(Withheld::Phased), None) => "phased".to_owned(),
        (Some(Withheld::Excluded), _) => "excluded".to_owned(),
        (Some(Withheld::KeptBack), _) => "kept back".to_owned(),
    }
}

/// Most packages whose reason is shown. One that lacks something may hold back dozens of partners.
const MOST_REASONS: usize = 10;

/// What each update that is kept back waits for, on lines of their own: they are sentences.
fn kept_back(scan: &Scan, look: Look) -> Vec<String> {
    let kept: Vec<_> = scan.updates.iter().filter(|update| !update.withheld_reason.is_empty()).collect();
    if kept.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), format!("  {}", look.paint(styles::STRONG, "Kept back"))];
    lines.extend(kept.iter().take(MOST_REASONS).map(|update| {
        let name = look.paint(styles::WARNING, &printable(&update.name));
        format!("  {name} {}", printable(&update.withheld_reason))
    }));
    if kept.len() > MOST_REASONS {
        let more = counted(kept.len() - MOST_REASONS, "other", "others");
        lines.push(format!("  and {more}: `mendwatch scan --json`, field `withheld_reason`"));
    }
    lines
}

/// Most replacements that are shown.
const MOST_REPLACEMENTS: usize = 50;

/// Installed packages that give way to others, as `dnf check-update` lists them under "Obsoleting Packages".
fn replacements(scan: &Scan, look: Look) -> Vec<String> {
    if scan.replacements.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), format!("  {}", look.paint(styles::STRONG, "Replaced by other packages"))];
    lines.extend(scan.replacements.iter().take(MOST_REPLACEMENTS).map(|of| {
        let (mark, style) = if of.security {
            (look.paint(styles::ALARM, security_mark(look)), styles::STRONG)
        } else {
            (other_mark(look).to_owned(), Style::new())
        };
        let name = look.paint(style, &printable(&of.name));
        let arrow = look.symbol("→", "->");
        let (installed, by) = (printable(&of.installed), printable(&of.by));
        format!("  {mark} {name} {installed} {arrow} {by} {} (replaces)", printable(&of.candidate))
    }));
    if scan.replacements.len() > MOST_REPLACEMENTS {
        let more = counted(scan.replacements.len() - MOST_REPLACEMENTS, "other", "others");
        lines.push(format!("  and {more}: `mendwatch scan --json`, field `replacements`"));
    }
    lines
}

/// `CVE-2025-1 high +3`
fn cve_words(update: &HostUpdate) -> String {
    let Some(first) = update.cves.first() else { return String::new() };
    let mut words = first.cve.clone();
    if first.severity != Severity::Unknown {
        words.push_str(&format!(" {}", first.severity));
    }
    if update.cve_count > 1 {
        words.push_str(&format!(" +{}", update.cve_count - 1));
    }
    words
}

/// What is known of vulnerabilities, and what is not.
fn knowledge(scan: &Scan, look: Look) -> Vec<String> {
    let mut lines = Vec::new();
    if scan.counts.findings.is_some() {
        lines.push(format!("  {}", findings_words(&scan.open)));
    }
    if let Some(missing) = scan.counts.fixes_not_offered.filter(|missing| *missing > 0) {
        let cves = counted(missing, "CVE", "CVEs");
        let text = format!("{cves} fixed by the vendor, not offered to this host");
        lines.push(format!("  {} {text}", look.paint(styles::WARNING, look.symbol("▲", "!"))));
    }
    let Some(not_assessed) = scan.counts.not_assessed.filter(|count| *count > 0) else {
        if scan.counts.findings.is_none() {
            lines.push(format!("  {} vulnerabilities not assessed", unknown_mark(look)));
        }
        return lines;
    };
    if scan.assessment.assessed == 0 {
        let reason = scan.assessment.reasons.first();
        let why = reason.map(|reason| format!(": {}", printable(&reason.reason))).unwrap_or_default();
        let what = if scan.open.cves == 0 { "vulnerabilities not assessed" } else { "nothing else is assessed" };
        lines.push(format!("  {} {what}{why}", look.paint(styles::WARNING, unknown_mark(look))));
        if let Some(command) = reason.and_then(|reason| reason.command.as_deref()) {
            lines.push(format!("    to mend it: `{}`", printable(command)));
        }
    } else {
        let packages = counted(not_assessed, "package", "packages");
        lines.push(format!("  {} {packages} not assessed: `mendwatch scan --why`", unknown_mark(look)));
    }
    lines
}

/// `61 findings (49 with a fix, 9 without one yet, 3 need a restart)`
fn findings_words(open: &Open) -> String {
    if open.cves == 0 {
        return "no findings".to_owned();
    }
    let of = |state: State| open.by_state.get(&state).copied().unwrap_or_default();
    let parts: Vec<String> = [
        (of(State::FixAvailable), "with a fix"),
        (of(State::FixNeedsChannel), "with a fix in another channel"),
        (of(State::RestartNeeded), "waiting for a restart"),
        (of(State::NoFix), "without a fix yet"),
        (of(State::WillNotFix), "that the vendor will not fix"),
        (of(State::UnderInvestigation), "under investigation"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, words)| format!("{} {words}", thousands(count)))
    .collect();
    format!("{} ({})", counted(open.cves, "CVE open", "CVEs open"), parts.join(", "))
}

/// The answer to `--why`: what is not known, with the reasons and what mends them.
#[must_use]
pub(crate) fn why(scan: &Scan, look: Look) -> Vec<String> {
    let assessment = &scan.assessment;
    let mut lines = vec![format!(
        "{} of {} not assessed{}",
        thousands(assessment.not_assessed),
        counted(assessment.packages, "package is", "packages are"),
        match (assessment.feeds.as_slice(), assessment.assessed) {
            ([], _) => String::new(),
            // Lists of advisories or of fixes alone, or data that is too old.
            (feeds, 0) => format!("; not enough to judge by: {}", feeds.join(", ")),
            (feeds, _) => format!("; judged by: {}", feeds.join(", ")),
        }
    )];
    for group in &assessment.reasons {
        lines.push(String::new());
        let count = counted(group.count, "package", "packages");
        lines.push(format!("{}: {}", look.paint(styles::STRONG, &count), printable(&group.reason)));
        if let Some(command) = &group.command {
            lines.push(format!("  to mend it: `{}`", printable(command)));
        }
        // A feed that is missing concerns them all; naming hundreds would hide the few with reasons of their own.
        if !matches!(group.code.as_str(), "no_feed" | "data_unreadable" | "feed_too_old" | "positives_only") {
            let rows: Vec<_> = group
                .packages
                .iter()
                .map(|package| vec![Cell::new(&package.name), Cell::new(&package.version), Cell::new(&package.arch)])
                .collect();
            let column = Column { title: "", right: false, yields: 1 };
            lines.extend(table(look, 2, &[column; 3], &rows));
        }
    }
    let unread: Vec<_> =
        scan.sections.iter().filter_map(|section| Some((section.name, section.reason.as_ref()?))).collect();
    if !unread.is_empty() {
        lines.push(String::new());
        lines.push("Sections that could not be read:".to_owned());
        lines.extend(unread.iter().map(|(name, reason)| format!("  {name}: {}", printable(reason))));
    }
    if !scan.odd.is_empty() {
        lines.push(String::new());
        lines.push("Records that could not be understood:".to_owned());
        lines.extend(
            scan.odd.iter().map(|odd| format!("  {} {}: {}", odd.section, printable(&odd.record), printable(&odd.why))),
        );
    }
    lines
}
