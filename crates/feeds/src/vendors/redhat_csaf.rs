//! Red Hat's CSAF documents: VEX, one a CVE, and advisories, one an erratum.
//!
//! Addresses: <https://security.access.redhat.com/data/csaf/v2/vex/> and
//! <https://security.access.redhat.com/data/csaf/v2/advisories/>, each an archive a day whose name stands
//! in `archive_latest.txt`, and beside it `changes.csv` and `deletions.csv`, each document by itself, and signatures
//! (`.asc`) of all of them but the lists. Format: [`crate::formats::csaf`]; Red Hat's use of it is described in
//! <https://redhatproductsecurity.github.io/security-data-guidelines/>.
//!
//! What is odd: a fix names every *binary* with its version and architecture, and the source beside
//! them; what is not fixed is named without a version, older documents by *source* alone, newer ones
//! by binary with the source beside them as `NAME.src`. Debugging packages are named too and hold
//! nothing that runs: they are passed over. Layered products (OpenShift, JBoss) are no
//! release of a host; a document that speaks of them as well gives one note with their number.
//!
//! Not affected: `known_not_affected`, with a reason. Won't fix: `no_fix_planned`, in the words `Will
//! not fix` or `Out of support scope`. Not decided: `under_investigation`.

use super::redhat_products;
use crate::feed::{Document, Feed, FeedConfig, Lost, Sink, Skipped, Unreadable};
use crate::fetch::FetchError;
use crate::formats::csaf::{Csaf, Statement, Status, Vulnerability};
use crate::formats::cve_id::{self, CveId};
use crate::increments::{Increments, archive_name};
use jiff::Timestamp;
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Platform, Severity, Subject};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, Read as _};
use versions::Scheme;

/// One of the two kinds of document.
#[derive(Debug, Clone, Copy)]
pub struct RedHatCsaf {
    id: &'static str,
    title: &'static str,
    url: &'static str,
    /// How its documents' names begin.
    prefixes: &'static [&'static str],
}

/// Statements by CVE.
pub const VEX: RedHatCsaf = RedHatCsaf {
    id: "redhat-vex",
    title: "Red Hat VEX, by CVE",
    url: "https://security.access.redhat.com/data/csaf/v2/vex/",
    prefixes: &["CVE-"],
};

/// Advisories.
pub const ADVISORIES: RedHatCsaf = RedHatCsaf {
    id: "redhat-csaf",
    title: "Red Hat security advisories (CSAF)",
    url: "https://security.access.redhat.com/data/csaf/v2/advisories/",
    prefixes: &["RHSA-", "RHBA-", "RHEA-"],
};

/// Largest document in bytes; the largest real ones have some 30 MB.
const MAX_BYTES: u64 = 128 << 20;

/// All documents together, unpacked. They are read one at a time, so memory does not depend on it.
const MAX_ARCHIVE_BYTES: u64 = 64 << 30;
/// The file that names the newest archive.
const LATEST: &str = "archive_latest.txt";

impl Feed for RedHatCsaf {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn has_signatures(&self) -> bool {
        true
    }

    fn usual_records(&self) -> u64 {
        // The archive of all CVEs had some 50,000 documents in 2026; there are not many fewer advisories.
        5_000
    }

    /// Most documents are about products that are no release of a host.
    fn has_labels(&self) -> bool {
        true
    }

    fn platforms(&self) -> Vec<Platform> {
        redhat_products::platforms()
    }

    fn takes_archives(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        let root = self.root(config);
        let name = archive_name(&root, LATEST, index)?;
        Ok(vec![Document { name: "archive".to_owned(), url: format!("{root}{name}") }])
    }

    fn increments(&self, config: &FeedConfig) -> Option<Increments> {
        Some(Increments {
            root: self.root(config),
            latest: LATEST,
            changes: "changes.csv",
            deletions: "deletions.csv",
            signature: ".asc",
            checksum: ".sha256",
        })
    }

    fn max_bytes(&self) -> u64 {
        MAX_ARCHIVE_BYTES
    }

    fn wants(&self, member: &str) -> bool {
        [".json", ".json.xz", ".json.gz", ".json.bz2", ".json.zst"].iter().any(|end| member.ends_with(end))
    }

    /// A document is called by its id. One of the other kind, of which an archive may hold both, says nothing here.
    fn lost_with(&self, member: &str) -> Option<Lost> {
        let name = member.rsplit('/').next().unwrap_or_default().to_ascii_uppercase();
        let of = |feed: &Self| feed.prefixes.iter().any(|prefix| name.starts_with(prefix));
        let is_other = !of(self) && (of(&VEX) || of(&ADVISORIES));
        (!is_other).then(|| Lost::of_name(&name))
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let mut text = String::new();
        let read =
            body.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| Unreadable::Io(error.to_string()))?;
        if read as u64 > MAX_BYTES {
            return Err(Unreadable::Malformed { line: 1, why: format!("more than {MAX_BYTES} bytes") });
        }
        self.read(&text, sink).map(drop)
    }
}

/// What became of a document's statements: every product of every status list is in one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Said by a fact.
    pub taken: usize,
    /// Of debugging packages.
    pub debugging: usize,
    /// Of a source whose binaries are named beside it.
    pub sources: usize,
    /// About products that are no release of a host.
    pub other_products: usize,
    /// Of products or versions that can't be told.
    pub unknown: usize,
}

impl RedHatCsaf {
    /// The address beneath which everything is.
    fn root(&self, config: &FeedConfig) -> String {
        let mut root = config.url.clone().unwrap_or_else(|| self.url.to_owned());
        if !root.ends_with('/') {
            root.push('/');
        }
        root
    }

    /// Reads one document and says what became of its statements.
    ///
    /// # Errors
    /// When it is no document of this kind, or the sink stops.
    pub fn read(&self, text: &str, sink: &mut dyn Sink) -> Result<Counts, Unreadable> {
        let csaf = Csaf::parse(text)?;
        let id = csaf.id();
        if !self.prefixes.iter().any(|prefix| id.starts_with(prefix)) || id.len() > 64 || id.contains(char::is_control)
        {
            let why = format!("'{}' is none of {}", id.escape_debug(), self.prefixes.join(", "));
            return Err(Unreadable::Malformed { line: 1, why });
        }
        advisories(&csaf, self.id == VEX.id, sink)
    }
}

/// What statements add up to: everything of a fact but its architectures and version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    /// The advisory that ships the fix; empty where the fact stands under the document's own name.
    fix: &'a str,
    /// Index into [`Places`].
    place: usize,
    source: bool,
    name: &'a str,
    module: &'a str,
    cve: &'a str,
    severity: Severity,
    words: String,
    /// The status of an unfixed package; fixes are told apart by [`Builds`].
    unfixed: Option<FactStatus>,
}

/// Architectures by fixed version.
type Builds<'a> = BTreeMap<String, BTreeSet<&'a str>>;

/// The platforms and channels of a document, each CPE looked up once.
#[derive(Default)]
struct Places<'a> {
    by_cpe: HashMap<&'a str, Option<usize>>,
    all: Vec<(Platform, String)>,
}

impl<'a> Places<'a> {
    fn of(&mut self, cpe: &'a str) -> Option<usize> {
        *self.by_cpe.entry(cpe).or_insert_with(|| {
            let place = redhat_products::platform(cpe)?;
            let known = self.all.iter().position(|known| *known == place);
            Some(known.unwrap_or_else(|| {
                self.all.push(place);
                self.all.len() - 1
            }))
        })
    }
}

/// Hands over the records of a document.
fn advisories(csaf: &Csaf<'_>, by_cve: bool, sink: &mut dyn Sink) -> Result<Counts, Unreadable> {
    let mut counts = Counts::default();
    let kind = if by_cve || csaf.id().starts_with("RHSA-") { AdvisoryKind::Security } else { AdvisoryKind::Bugfix };
    let (mut facts, mut places) = (BTreeMap::new(), Places::default());
    let (mut cves, mut published, mut title) = (BTreeSet::new(), "", csaf.title());
    let vulnerabilities = csaf.vulnerabilities();
    for vulnerability in &vulnerabilities {
        let written = if vulnerability.cve.is_empty() && by_cve { csaf.id() } else { vulnerability.cve };
        let cve = match CveId::of(written) {
            CveId::Sound(cve) => cve,
            CveId::Other if written.is_empty() => "",
            // It can't be borrowed from the document.
            CveId::Mended(_) | CveId::Broken | CveId::Other => {
                counts.unknown += vulnerability.statements.len() + vulnerability.unresolved.len();
                let named = vulnerability.statements.iter().map(|statement| statement.package.name.as_str());
                let note = Skipped::new(csaf.id(), None, cve_id::is_none(written)).of_packages(named);
                sink.skipped(note.of_anything())?;
                continue;
            }
        };
        if !cve.is_empty() {
            cves.insert(cve.to_owned());
        }
        if by_cve && !vulnerability.title.is_empty() {
            title = vulnerability.title;
        }
        published = if by_cve && !vulnerability.published.is_empty() { vulnerability.published } else { published };
        Reading { document: csaf.id(), cve, by_cve, facts: &mut facts, places: &mut places, counts: &mut counts }
            .take(vulnerability, sink)?;
    }
    let (released, changed) = csaf.dates();
    let date = |text: &str| text.parse::<Timestamp>().ok();
    let advisory = |id: String| Advisory {
        id,
        title: title.chars().filter(|c| !c.is_control()).take(200).collect(),
        kind,
        published: date(published).or_else(|| date(released)),
        updated: date(changed),
        withdrawn: csaf.is_deleted(),
        cves: cves.iter().cloned().collect(),
        facts: Vec::new(),
        references: vec![page(csaf.id())],
    };
    let mut advisories: BTreeMap<&str, Advisory> = BTreeMap::new();
    advisories.insert("", advisory(csaf.id().to_owned()));
    for (key, builds) in facts {
        let of = advisories.entry(key.fix).or_insert_with(|| advisory(format!("{} {}", key.fix, key.cve)));
        push(&mut of.facts, &key, builds, &places.all);
    }
    for advisory in advisories.into_values() {
        sink.advisory(advisory)?;
    }
    Ok(counts)
}

/// Writes the facts that a key stands for.
fn push(facts: &mut Vec<Fact>, key: &Key<'_>, builds: Builds<'_>, places: &[(Platform, String)]) {
    let Some((platform, channel)) = places.get(key.place) else { return };
    let name = key.name.to_owned();
    let fact = |status: FactStatus, arches: Vec<String>| Fact {
        platform: platform.clone(),
        subject: if key.source { Subject::Source(name.clone()) } else { Subject::Binary(name.clone()) },
        cve: key.cve.to_owned(),
        status,
        words: key.words.clone(),
        severity: key.severity,
        arches,
        channel: channel.clone(),
        module: key.module.to_owned(),
    };
    match key.unfixed.clone() {
        Some(status) => facts.push(fact(status, Vec::new())),
        // Architectures tell builds apart only where they have several versions.
        None => {
            let several = builds.len() > 1;
            for (version, arches) in builds {
                let arches = arches.into_iter().filter(|_| several).map(ToOwned::to_owned).collect();
                facts.push(fact(FactStatus::Fixed(version), arches));
            }
        }
    }
}

/// The vendor's page of a document.
fn page(id: &str) -> String {
    let folder = if id.starts_with("CVE-") { "security/cve" } else { "errata" };
    format!("https://access.redhat.com/{folder}/{id}")
}

/// One vulnerability of a document being read.
struct Reading<'a, 'r> {
    document: &'a str,
    cve: &'a str,
    by_cve: bool,
    facts: &'r mut BTreeMap<Key<'a>, Builds<'a>>,
    places: &'r mut Places<'a>,
    counts: &'r mut Counts,
}

/// Which packages a place names, so that a source is read only where its binaries are not named.
#[derive(Clone, Copy, Default)]
struct Named {
    fixed_binaries: bool,
    binaries: bool,
    sources: bool,
}

impl<'a> Reading<'a, '_> {
    /// Adds up what it says.
    fn take(&mut self, vulnerability: &'a Vulnerability<'a>, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        let mut ours = Vec::with_capacity(vulnerability.statements.len());
        let mut others: BTreeSet<&str> = BTreeSet::new();
        let mut passed = 0;
        for statement in &vulnerability.statements {
            match self.places.of(statement.cpe) {
                Some(place) => ours.push((place, statement)),
                None => {
                    passed += 1;
                    others.insert(statement.cpe);
                }
            }
        }
        self.note(vulnerability, passed, &others, sink)?;
        let mut named = vec![Named::default(); self.places.all.len()];
        for (place, statement) in &ours {
            let named = &mut named[*place];
            match (statement.package.arch == "src", statement.status == Status::Fixed) {
                (false, true) => named.fixed_binaries = true,
                (false, false) => named.binaries = true,
                (true, false) => named.sources = true,
                (true, true) => {}
            }
        }
        for (place, statement) in ours {
            self.statement(place, statement, named[place], sink)?;
        }
        Ok(())
    }

    /// Says what is passed over: one note for all other products, one for all that can't be told.
    fn note(
        &mut self,
        vulnerability: &Vulnerability<'_>,
        passed: usize,
        others: &BTreeSet<&str>,
        sink: &mut dyn Sink,
    ) -> Result<(), Unreadable> {
        self.counts.other_products += passed;
        self.counts.unknown += vulnerability.unresolved.len();
        // A document of one CVE is called by it.
        let record = if self.cve == self.document { self.cve } else { &format!("{} {}", self.document, self.cve) };
        if passed > 0 {
            let cpes: Vec<&str> = others.iter().copied().take(5).collect();
            let why = format!("{passed} statements are about {} other products: {}", others.len(), cpes.join(" "));
            sink.skipped(Skipped::new(record, None, why).harmless())?;
        }
        if let Some((id, why)) = vulnerability.unresolved.first() {
            let number = vulnerability.unresolved.len();
            let why = format!("{number} products can't be told; the first: {}: {why}", id.escape_debug());
            sink.skipped(Skipped::new(record, None, why).of_cves([self.cve]))?;
        }
        Ok(())
    }

    fn statement(
        &mut self,
        place: usize,
        statement: &'a Statement<'a>,
        named: Named,
        sink: &mut dyn Sink,
    ) -> Result<(), Unreadable> {
        let name = statement.package.name.as_str();
        if name.ends_with("-debuginfo") || name.ends_with("-debugsource") || name.contains("-debuginfo-common") {
            self.counts.debugging += 1;
            return Ok(());
        }
        let (source, fixed) = (statement.package.arch == "src", statement.status == Status::Fixed);
        if source && if fixed { named.fixed_binaries } else { named.binaries } {
            self.counts.sources += 1;
            return Ok(());
        }
        let version = statement.package.evr();
        if fixed && let Err(why) = check(&version) {
            self.counts.unknown += 1;
            let record = format!("{} {} {name}", self.document, self.cve);
            return Ok(sink.skipped(Skipped::new(&record, None, why).of_cves([self.cve]).of_packages([name]))?);
        }
        self.counts.taken += 1;
        let (unfixed, words) = unfixed(statement);
        let key = Key {
            fix: if self.by_cve && fixed { shipped_by(statement) } else { "" },
            place,
            source,
            name,
            module: &statement.package.module,
            cve: self.cve,
            severity: severity(statement.impact),
            words,
            unfixed,
        };
        // A name alone is a binary's; in documents that name no source it is its source's as well.
        if !source && !fixed && !named.sources {
            self.facts.entry(Key { source: true, ..key.clone() }).or_default();
        }
        let builds = self.facts.entry(key).or_default();
        if fixed {
            builds.entry(version).or_default().insert(&statement.package.arch);
        }
        Ok(())
    }
}

fn check(version: &str) -> Result<(), String> {
    if version.is_empty() {
        return Err("it is fixed, but the version is not named".to_owned());
    }
    match Scheme::of_distribution("rhel") {
        Some(scheme) => crate::version::check(scheme, version),
        None => Ok(()),
    }
}

/// The advisory that ships a fix, empty where none is named: a fix in a document by CVE stands under
/// it, so that the verdict can name it.
fn shipped_by<'a>(statement: &Statement<'a>) -> &'a str {
    let advisory = statement.fix.rsplit('/').next().unwrap_or_default();
    let known = ["RHSA-", "RHBA-", "RHEA-"].iter().any(|prefix| advisory.starts_with(prefix));
    let fits = advisory.len() <= 32 && advisory.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':'));
    if known && fits { advisory } else { "" }
}

/// The status of a package that is not fixed, and the vendor's words.
fn unfixed(statement: &Statement<'_>) -> (Option<FactStatus>, String) {
    let words = |text: &str| text.lines().next().unwrap_or_default().trim().chars().take(200).collect::<String>();
    match (statement.status, statement.remedy) {
        (Status::Fixed, _) => (None, String::new()),
        (Status::Affected, "no_fix_planned") => (Some(FactStatus::WillNotFix), words(statement.words)),
        (Status::Affected, _) => (Some(FactStatus::Affected), words(statement.words)),
        (Status::NotAffected, _) => (Some(FactStatus::NotAffected), words(&statement.reason.replace('_', " "))),
        (Status::UnderInvestigation, _) => (Some(FactStatus::UnderInvestigation), "Under investigation".to_owned()),
    }
}

/// Red Hat's impact.
fn severity(impact: &str) -> Severity {
    match impact {
        "Critical" => Severity::Critical,
        "Important" => Severity::High,
        "Moderate" | "Medium" => Severity::Medium,
        "Low" => Severity::Low,
        _ => Severity::Unknown,
    }
}
