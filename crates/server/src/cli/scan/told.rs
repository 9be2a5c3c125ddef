//! What a scan keeps of its findings while they are told one by one: counts, the worst ones, what updates close.
//!
//! A host of 8,000 packages may have millions of findings. Only `--json` shows them all, and those beyond
//! [`MOST_HELD`] are printed as they come.

use super::result::Scan;
use crate::cli::output::Output;
use crate::host_update::{self, Binary, Closing, HostUpdate};
use crate::offered::{Fix, Offers};
use anyhow::bail;
use model::wire::Collected;
use model::wire::sections::UpdateRecord;
use model::{Finding, Platform, Severity, State};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use versions::Scheme;

/// Findings that are held back until the rest is printed before them; a host of 1,000 packages has some hundreds.
pub(super) const MOST_HELD: usize = 20_000;
/// How many of the worst are kept.
pub(super) const MOST_WORST: usize = 10;

/// The open findings of a host in short.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// Distinct CVEs: one of three packages is one.
    pub cves: usize,
    /// The same, of those that are in a state on some package. One may be in several.
    pub by_state: BTreeMap<State, usize>,
    /// Distinct CVEs that the vendor has fixed in a package of which no pending update brings the fix.
    pub not_offered: usize,
    /// Of each CVE its first package by (fix available, severity, CVE, package); the first [`MOST_WORST`].
    pub worst: Vec<Finding>,
}

/// The order of the worst.
type Rank = (bool, Reverse<Severity>, String, String, String, String);

fn rank(finding: &Finding) -> Rank {
    (
        finding.state != State::FixAvailable,
        Reverse(finding.severity),
        finding.cve.clone(),
        finding.package.clone(),
        finding.version.clone(),
        finding.arch.clone(),
    )
}

/// The pending updates of a scan, in the order in which they are listed.
pub(super) fn updates(collected: &Collected) -> Vec<UpdateRecord> {
    let mut records = collected.updates.as_ref().map(|updates| updates.records.clone()).unwrap_or_default();
    host_update::sort(&mut records);
    records
}

/// Findings on their way to a scan.
pub(super) struct Told<'a> {
    collected: &'a Collected,
    records: &'a [UpdateRecord],
    cves: BTreeMap<Box<str>, BTreeSet<State>>,
    worst: BTreeMap<Rank, Finding>,
    closing: Closing<'a>,
    offers: Offers<'a>,
    alike: BTreeSet<Binary<'a>>,
    scheme: Option<Scheme>,
    not_offered: BTreeSet<Box<str>>,
    shown: Shown,
}

/// What becomes of the findings themselves.
enum Shown {
    /// They are counted only.
    No,
    /// They are shown behind everything else.
    Held(Vec<Finding>),
    /// They are too many for that and printed as they come; the last one waits for whether another comes.
    Printed(Finding),
}

impl<'a> Told<'a> {
    /// Of a host and its updates (see [`updates`]); `all`: every finding is to be shown.
    pub(super) fn new(collected: &'a Collected, records: &'a [UpdateRecord], all: bool) -> Self {
        let platform = collected.host.as_ref().ok().map(|host| Platform::of_os(&host.os));
        let packages = collected.packages.as_ref().map(|packages| packages.records.as_slice()).unwrap_or_default();
        let alike = host_update::alike(packages);
        let scheme = platform.as_ref().and_then(|platform| Scheme::of_distribution(platform.distribution()));
        let closing = platform.map(|platform| Closing::new(&platform, records, &alike)).unwrap_or_default();
        Self {
            collected,
            records,
            cves: BTreeMap::new(),
            worst: BTreeMap::new(),
            closing,
            offers: Offers::of(collected.updates.as_ref().ok()),
            alike,
            scheme,
            not_offered: BTreeSet::new(),
            shown: if all { Shown::Held(Vec::new()) } else { Shown::No },
        }
    }

    /// Forgets what was told: they are told again, by other data.
    ///
    /// # Errors
    /// When some are printed already.
    pub(super) fn again(&mut self) -> anyhow::Result<()> {
        if matches!(self.shown, Shown::Printed(_)) {
            bail!("the findings broke off: what was printed is not all");
        }
        *self = Self::new(self.collected, self.records, matches!(self.shown, Shown::Held(_)));
        Ok(())
    }

    /// Hears of a finding. They come in the order of [`matching::each_host_finding`].
    ///
    /// # Errors
    /// When it can't be printed.
    pub(super) fn take(&mut self, finding: Finding, out: &mut Output) -> anyhow::Result<()> {
        self.closing.take(&finding);
        self.look_for_fix(&finding);
        match self.cves.get_mut(finding.cve.as_str()) {
            Some(states) => {
                states.insert(finding.state);
            }
            None => {
                self.cves.insert(finding.cve.as_str().into(), BTreeSet::from([finding.state]));
            }
        }
        self.rank(&finding);
        self.shown = match std::mem::replace(&mut self.shown, Shown::No) {
            Shown::No => Shown::No,
            Shown::Held(mut held) if held.len() < MOST_HELD => {
                held.push(finding);
                Shown::Held(held)
            }
            Shown::Held(held) => {
                out.line("{\n  \"findings\": [")?;
                held.iter().try_for_each(|held| print(held, ",", out))?;
                Shown::Printed(finding)
            }
            Shown::Printed(last) => {
                print(&last, ",", out)?;
                Shown::Printed(finding)
            }
        };
        Ok(())
    }

    /// Counts a CVE whose fix no pending update brings.
    fn look_for_fix(&mut self, finding: &Finding) {
        let fix = Fix::from(finding);
        let offered = self.offers.bring(fix, |update| {
            let scheme = self.scheme.filter(|_| self.alike.contains(&(fix.package, fix.arch)))?;
            Some(scheme.compare(&update.candidate, fix.fixed_version).is_ge())
        });
        if offered == Some(false) && !self.not_offered.contains(finding.cve.as_str()) {
            self.not_offered.insert(finding.cve.as_str().into());
        }
    }

    /// Keeps a finding if it is among the worst, and of each CVE the worst.
    fn rank(&mut self, finding: &Finding) {
        // Nearly all are refused here, before anything of them is copied.
        let is_full = self.worst.len() >= MOST_WORST;
        let fixed = (finding.state != State::FixAvailable, Reverse(finding.severity));
        let named = (finding.cve.as_str(), finding.package.as_str());
        let is_before = |last: &Rank| (fixed, named) < ((last.0, last.1), (last.2.as_str(), last.3.as_str()));
        if is_full && !self.worst.last_key_value().is_some_and(|(last, _)| is_before(last)) {
            return;
        }
        let rank = rank(finding);
        let same = self.worst.keys().find(|known| known.2 == rank.2).cloned();
        if let Some(known) = same {
            if known <= rank {
                return;
            }
            self.worst.remove(&known);
        }
        self.worst.insert(rank, finding.clone());
        if self.worst.len() > MOST_WORST {
            self.worst.pop_last();
        }
    }

    /// What there is to show: the findings in short, the updates with what they close, and the findings
    /// themselves unless they were not asked for or are printed already.
    ///
    /// # Errors
    /// When the last one can't be printed.
    pub(super) fn end(self, out: &mut Output) -> anyhow::Result<(Open, Vec<HostUpdate>, Option<Vec<Finding>>)> {
        let mut by_state = BTreeMap::new();
        for state in self.cves.values().flatten() {
            *by_state.entry(*state).or_default() += 1;
        }
        let open = Open {
            cves: self.cves.len(),
            by_state,
            not_offered: self.not_offered.len(),
            worst: self.worst.into_values().collect(),
        };
        let updates = if self.collected.host.is_ok() {
            self.closing.rows()
        } else {
            self.records.iter().map(|record| HostUpdate::of(record, Vec::new(), 0)).collect()
        };
        let findings = match self.shown {
            Shown::No => Some(Vec::new()),
            Shown::Held(held) => Some(held),
            Shown::Printed(last) => {
                print(&last, "", out)?;
                out.line("  ],")?;
                None
            }
        };
        Ok((open, updates, findings))
    }
}

/// Prints a scan as JSON, or the rest of it where the object has begun with the findings.
///
/// # Errors
/// When it can't be printed.
pub(super) fn print_rest(scan: &Scan, out: &mut Output) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(scan)?;
    let rest = if scan.findings.is_some() { text.as_str() } else { text.strip_prefix("{\n").unwrap_or(&text) };
    Ok(out.line(rest)?)
}

/// Prints a finding as a member of the list that is under way.
fn print(finding: &Finding, end: &str, out: &mut Output) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(finding)?;
    Ok(out.line(&format!("    {}{end}", text.replace('\n', "\n    ")))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::Look;
    use crate::evaluate::judged::Summary;
    use model::Role;
    use model::wire::Heartbeat;
    use model::wire::sections::{Host, Os, PackageRecord, Packages, Updates};
    use serde_json::Value;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Printed(Arc<Mutex<Vec<u8>>>);

    impl Write for Printed {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A host of so many packages, each with an update to 3.
    fn host(packages: usize) -> Collected {
        let name = |n: usize| format!("p{n:05}");
        let record = |n| PackageRecord { name: name(n), version: "1".into(), ..PackageRecord::default() };
        let update =
            |n| UpdateRecord { name: name(n), installed: "1".into(), candidate: "3".into(), ..UpdateRecord::default() };
        let os = Os { id: "debian".into(), version_id: "12".into(), ..Os::default() };
        let none = || "not collected".to_owned();
        Collected {
            host: Ok(Host { os, ..Host::default() }),
            packages: Ok(Packages {
                manager: "dpkg".into(),
                records: (0..packages).map(record).collect(),
                skipped: vec![],
            }),
            updates: Ok(Updates { records: (0..packages).map(update).collect(), ..Updates::default() }),
            repositories: Err(none()),
            runtime: Err(none()),
            history: Err(none()),
            heartbeat: Heartbeat::default(),
            machine_id: String::new(),
            hostname: "a".into(),
            boot_id: String::new(),
        }
    }

    /// So many CVEs of each package. Every other is fixed in 2, the rest in 4, which the update does not bring.
    fn findings(packages: usize, cves: usize) -> impl Iterator<Item = Finding> {
        (0..packages * cves).map(move |at| {
            let (package, cve) = (at / cves, at % cves);
            Finding {
                package: format!("p{package:05}"),
                version: "1".into(),
                arch: String::new(),
                role: Role::Installed,
                cve: format!("CVE-2026-{cve:05}"),
                advisory: String::new(),
                state: if cve % 3 == 0 { State::NoFix } else { State::FixAvailable },
                fixed_version: if cve % 2 == 0 { "2" } else { "4" }.into(),
                severity: if cve == 7 { Severity::Critical } else { Severity::Low },
                feed: "debian-tracker".into(),
                words: String::new(),
            }
        })
    }

    /// What a scan prints as JSON, and how long its findings were held at most.
    fn printed(packages: usize, cves: usize) -> String {
        let (collected, printed) = (host(packages), Printed::default());
        let records = updates(&collected);
        let mut out = Output::to(Box::new(printed.clone()), Box::new(io::sink()), Look::PLAIN);
        let mut told = Told::new(&collected, &records, true);
        for finding in findings(packages, cves) {
            told.take(finding, &mut out).unwrap();
            if let Shown::Held(held) = &told.shown {
                assert!(held.len() <= MOST_HELD);
            }
        }
        let summary = Summary { packages, assessed: packages, ..Summary::default() };
        let scan = Scan::new(&collected, summary, told.end(&mut out).unwrap(), "2026-11-22T06:12:00Z".parse().unwrap());
        print_rest(&scan, &mut out).unwrap();
        out.flush().unwrap();
        let bytes = printed.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn findings_beyond_what_is_held_are_printed_as_they_come() {
        // 40 CVEs of each package: 500 packages have exactly as many as are held.
        for (packages, begins) in [(3, "scanned_at"), (500, "scanned_at"), (501, "findings"), (600, "findings")] {
            let text = printed(packages, 40);
            assert!(text.starts_with(&format!("{{\n  \"{begins}\": ")), "{packages}: {}", &text[..80]);
            let scan: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{packages}: {error}"));
            let all: Vec<Finding> = serde_json::from_value(scan["findings"].clone()).unwrap();
            assert_eq!(all.len(), packages * 40);
            assert!(all.into_iter().eq(findings(packages, 40)), "{packages}: each once, in their order");
            assert_eq!(scan["counts"]["findings"], 40);
            let update = &scan["updates"][packages - 1];
            // Worst first: 7 is critical, but fixed in 4.
            assert_eq!((&update["cve_count"], &update["cves"][0]["cve"]), (&20.into(), &"CVE-2026-00000".into()));
        }
    }

    #[test]
    fn an_update_names_the_worst_hundred_and_counts_all() {
        let scan: Value = serde_json::from_str(&printed(2, 300)).unwrap();
        let update = &scan["updates"][0];
        assert_eq!((&update["cve_count"], update["cves"].as_array().unwrap().len()), (&150.into(), 100));
    }

    /// As sorting all of them by (fix available, severity, CVE, package) would have it.
    #[test]
    fn the_worst_are_each_cves_worst() {
        let collected = host(5);
        let records = updates(&collected);
        let mut out = Output::to(Box::new(io::sink()), Box::new(io::sink()), Look::PLAIN);
        let mut told = Told::new(&collected, &records, false);
        for finding in findings(5, 40) {
            told.take(finding, &mut out).unwrap();
        }
        let mut sorted: Vec<Finding> = findings(5, 40).collect();
        sorted.sort_by_key(rank);
        let mut seen = BTreeSet::new();
        sorted.retain(|finding| seen.insert(finding.cve.clone()));
        let (open, ..) = told.end(&mut out).unwrap();
        assert_eq!(open.worst, sorted[..MOST_WORST]);
        assert_eq!(open.worst[0].cve, "CVE-2026-00007");
        // Of the numbers below 40, 14 are multiples of 3.
        assert_eq!((open.cves, open.by_state[&State::NoFix], open.by_state[&State::FixAvailable]), (40, 14, 26));
    }
}
