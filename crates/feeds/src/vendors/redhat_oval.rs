//! Red Hat's OVAL, version 2 (and the older version 1, which has the same shape).
//!
//! Address: <https://security.access.redhat.com/data/oval/v2/>, whose `PULP_MANIFEST` lists the files.
//! Format: <https://access.redhat.com/articles/221883> and the OVAL language, version 5.10.
//!
//! One file a release (`rhel-8`), a minor stream (`rhel-8.4-eus`) and a product; those *including unpatched*
//! also have a definition for every CVE without a fix. What is odd: every definition begins with "Red Hat
//! Enterprise Linux must be installed", which is true on every *other* rpm system; patches state their CVEs
//! for all their packages together; a list of CPEs stands in each definition, from which alone the stream
//! can be told (`rhel_eus:8.4`); the stream of a module is matched with `10\b`, which `10.6` matches too: only
//! the named stream is taken here; updates of a live patch hold where it is *not* installed: they are
//! skipped, the kernel's own update says the same.
//!
//! Not affected: definitions `com.redhat.unaffected`, whose packages are "installed" and "not installed" at once.
//! Won't fix and the like: `affected/resolution`; documents of 2021 and before have none, their unpatched
//! CVEs are affected.

use super::oval::{self, Dialect, Known, Rows, Said};
use crate::feed::{Document, Feed, FeedConfig, Sink, Unreadable};
use crate::formats::oval::{self as format, Class, Definition, Host, HostPackage, Limit};
use model::{Advisory, AdvisoryKind, Fact, FactStatus, Platform, Severity, Subject};
use std::io::BufRead;
use versions::Scheme;

/// The feed.
#[derive(Debug, Clone, Copy)]
pub struct RedhatOval;

/// The folder of the documents.
pub const URL: &str = "https://security.access.redhat.com/data/oval/v2";

/// Releases: the platform's number, its release package, and its versions, one a minor release.
const RELEASES: &[(&str, &str, &[&str])] = &[
    ("3", "redhat-release", &["3AS"]),
    ("4", "redhat-release", &["4AS"]),
    ("5", "redhat-release", &["5Server"]),
    ("6", "redhat-release-server", &["6Server"]),
    ("7", "redhat-release-server", &["7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.8", "7.9"]),
    ("8", "redhat-release", &["8.0", "8.1", "8.2", "8.3", "8.4", "8.5", "8.6", "8.7", "8.8", "8.9", "8.10"]),
    ("9", "redhat-release", &["9.0", "9.1", "9.2", "9.3", "9.4", "9.5", "9.6", "9.7", "9.8", "9.9", "9.10"]),
    ("10", "redhat-release", &["10.0", "10.1", "10.2", "10.3", "10.4", "10.5", "10.6"]),
];

/// Streams by the product in their CPE, `cpe:/o:redhat:rhel_eus:8.4::baseos`.
const STREAMS: &[(&str, &str)] = &[
    ("rhel_eus", "eus"),
    ("rhel_eus_long_life", "eus"),
    ("rhel_aus", "aus"),
    ("rhel_mission_critical", "aus"),
    ("rhel_tus", "tus"),
    ("rhel_e4s", "e4s"),
    ("rhel_els", "els"),
];

/// What `affected/resolution` says.
const RESOLUTIONS: &[(&str, FactStatus)] = &[
    ("Affected", FactStatus::Affected),
    ("Fix deferred", FactStatus::Affected),
    ("Will not fix", FactStatus::WillNotFix),
    ("Out of support scope", FactStatus::WillNotFix),
    ("Under investigation", FactStatus::UnderInvestigation),
    ("Not affected", FactStatus::NotAffected),
];

impl Feed for RedhatOval {
    fn id(&self) -> &'static str {
        "redhat-oval"
    }

    fn title(&self) -> &'static str {
        "Red Hat OVAL"
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn platforms(&self) -> Vec<Platform> {
        RELEASES.iter().filter_map(|(release, ..)| Platform::new("rhel", release).ok()).collect()
    }

    fn has_many(&self) -> bool {
        true
    }

    fn discover(
        &self,
        config: &FeedConfig,
        index: &mut dyn FnMut(&str) -> Result<Vec<u8>, crate::FetchError>,
    ) -> Result<Vec<Document>, crate::FetchError> {
        let folder = config.url.as_deref().unwrap_or(URL).trim_end_matches('/');
        let manifest = index(&format!("{folder}/PULP_MANIFEST"))?;
        let manifest = String::from_utf8_lossy(&manifest);
        let documents = chosen(&manifest);
        Ok(documents.into_iter().map(|name| Document { url: format!("{folder}/{name}"), name }).collect())
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        oval::read(self, body, sink)
    }
}

/// The files of the releases and their streams in a manifest: lines `PATH,SHA256,BYTES`. Of two about the
/// same the one that includes unpatched CVEs; files of products are left to who imports them.
fn chosen(manifest: &str) -> Vec<String> {
    let paths: Vec<&str> = manifest.lines().filter_map(|line| line.split(',').next()).map(str::trim).collect();
    let of_release = |path: &str| path.rsplit('/').next().is_some_and(|file| file.starts_with("rhel-"));
    let safe = |path: &str| !path.contains("..") && !path.starts_with('/') && !path.contains("://");
    let mut chosen: Vec<String> = paths
        .iter()
        .filter(|path| path.ends_with(".oval.xml.bz2") && of_release(path) && safe(path))
        .filter(|path| {
            let fuller = path.replace(".oval.xml.bz2", "-including-unpatched.oval.xml.bz2");
            !paths.contains(&fuller.as_str())
        })
        .map(|path| (*path).to_owned())
        .collect();
    chosen.sort();
    chosen.dedup();
    chosen
}

impl Dialect for RedhatOval {
    fn scheme(&self) -> Scheme {
        Scheme::Rpm
    }

    fn releases(&self) -> Vec<Known> {
        let minors = RELEASES.iter().flat_map(|(release, name, minors)| minors.iter().map(move |m| (release, name, m)));
        minors
            .filter_map(|(release, name, minor)| {
                let mut host = Host { scheme: Some(Scheme::Rpm), ..Host::default() };
                let version = format!("{minor}-1.el{release}");
                let (name, arch, key) = ((*name).to_owned(), "x86_64".to_owned(), String::new());
                host.add_owner("/etc/redhat-release", HostPackage { name, version, arch, key });
                Some(Known { platform: Platform::new("rhel", release).ok()?, host })
            })
            .collect()
    }

    fn release_packages(&self) -> &'static [&'static str] {
        &["redhat-release"]
    }

    fn platform(&self, words: &str) -> Option<Platform> {
        let number = words.strip_prefix("Red Hat Enterprise Linux ")?;
        RELEASES.iter().find(|(release, ..)| *release == number).and_then(|(r, ..)| Platform::new("rhel", r).ok())
    }

    fn advisory(
        &self,
        document: &format::Document,
        definition: &Definition,
        said: Vec<Said>,
        _rows: &mut Rows,
    ) -> Result<Advisory, String> {
        let channel = channel(document, definition);
        let cves = oval::cves(document, definition, None);
        let patch = definition.class == Class::Patch;
        let unaffected = document.text(definition.id).contains("com.redhat.unaffected:");
        let (id, label) = id(document, definition, patch)?;
        let kind = match label {
            "RHSA" => AdvisoryKind::Security,
            _ if !patch || !cves.is_empty() => AdvisoryKind::Security,
            "RHBA" => AdvisoryKind::Bugfix,
            "RHEA" => AdvisoryKind::Enhancement,
            _ => AdvisoryKind::Other,
        };
        let whole = definition.severity.map_or(Severity::Unknown, |severity| severity_of(document.text(severity)));
        let rows: Vec<(&str, Severity)> = match cves.as_slice() {
            [] if !patch => return Err("it names no CVE".to_owned()),
            [] => vec![("", whole)],
            cves => {
                cves.iter().map(|cve| (*cve, severity_of_cve(document, definition, cve).unwrap_or(whole))).collect()
            }
        };
        let mut facts = Vec::new();
        let mut first = None;
        for Said { statement, platforms } in &said {
            for (platform, every_minor) in platforms.iter() {
                if !every_minor && channel.is_empty() {
                    return Err("it is about some minor releases without naming their stream".to_owned());
                }
                first.get_or_insert(platform);
                for name in statement.names.iter() {
                    let (status, words) = match statement.limit {
                        Limit::Installed => resolution(document, definition, name, &statement.module)?,
                        limit => (oval::status(document, limit), String::new()),
                    };
                    facts.extend(rows.iter().map(|(cve, severity)| Fact {
                        platform: platform.clone(),
                        subject: Subject::Binary(name.clone()),
                        cve: (*cve).to_owned(),
                        status: status.clone(),
                        words: words.clone(),
                        severity: *severity,
                        arches: statement.arches.iter().map(|arch| (*arch).to_owned()).collect(),
                        channel: channel.clone(),
                        module: statement.module.clone(),
                    }));
                }
            }
        }
        // Files of several releases repeat the same CVE or advisory, each with the packages of its own.
        let release = first.map_or_else(String::new, |platform| format!(" {platform}"));
        let stream = if channel.is_empty() { String::new() } else { format!(" {channel}") };
        let unaffected = if unaffected { " unaffected" } else { "" };
        Ok(Advisory {
            id: format!("{id}{release}{stream}{unaffected}"),
            title: definition.title.clone(),
            kind,
            published: oval::date(document, definition.issued),
            updated: oval::date(document, definition.updated),
            withdrawn: false,
            cves: cves.into_iter().map(str::to_owned).collect(),
            facts,
            references: oval::links(document, definition),
        })
    }
}

/// The vendor's own key: that of the advisory, or the CVE of a definition about one.
fn id<'d>(document: &'d format::Document, definition: &Definition, patch: bool) -> Result<(&'d str, &'d str), String> {
    let wanted = |source: &str| if patch { source != "CVE" } else { source == "CVE" };
    let found = definition.references.iter().find_map(|reference| {
        let source = document.text(reference.source?);
        wanted(source).then(|| (document.text(reference.id), source))
    });
    found
        .filter(|(id, _)| !id.is_empty() && id.len() <= 64)
        .ok_or_else(|| "it has no reference to what it is about".to_owned())
}

/// The stream: the one of the CPEs, unless the release itself is among them.
fn channel(document: &format::Document, definition: &Definition) -> String {
    let mut stream = String::new();
    for cpe in &definition.cpes {
        let mut parts = document.text(*cpe).split(':').skip(3);
        let (product, version) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if product == "enterprise_linux" {
            return String::new();
        }
        if let Some((_, name)) = STREAMS.iter().find(|(known, _)| *known == product)
            && stream.is_empty()
        {
            // Extended life is of the whole release; the others are of a minor one.
            stream = if *name == "els" { (*name).to_owned() } else { format!("{name}:{version}") };
        }
    }
    stream
}

/// What is meant to be done about a package that has no fix.
fn resolution(
    document: &format::Document,
    definition: &Definition,
    name: &str,
    module: &str,
) -> Result<(FactStatus, String), String> {
    let mut states: Vec<&str> =
        definition.resolutions.iter().map(|resolution| document.text(resolution.state)).collect();
    states.sort_unstable();
    states.dedup();
    if states.len() > 1 {
        // Components are source packages, `nodejs:14/nodejs` in a module; the package's own name or the
        // beginning of it tells them apart. Where it doesn't, every state may be meant.
        let of_package = |component: &str| {
            let (stream, source) = component.split_once('/').unwrap_or(("", component));
            let begins = name.strip_prefix(source).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
            begins && stream == module
        };
        let named = definition
            .resolutions
            .iter()
            .filter(|resolution| resolution.components.iter().any(|component| of_package(document.text(*component))));
        let named: Vec<&str> = named.map(|resolution| document.text(resolution.state)).collect();
        if let [first, rest @ ..] = named.as_slice()
            && rest.iter().all(|state| state == first)
        {
            states = vec![first];
        }
    }
    let mut statuses = Vec::with_capacity(states.len());
    for state in &states {
        let known = RESOLUTIONS.iter().find(|(words, _)| words == state);
        let (_, status) = known.ok_or_else(|| format!("the resolution '{}' is not known", state.escape_debug()))?;
        statuses.push(status.clone());
    }
    let words = states.join(" or ").to_ascii_lowercase();
    statuses.dedup();
    Ok(match statuses.as_slice() {
        [] => (FactStatus::Affected, String::new()),
        [FactStatus::Affected] if words == "affected" => (FactStatus::Affected, String::new()),
        [status] => (status.clone(), words),
        _ => (FactStatus::Affected, words),
    })
}

fn severity_of_cve(document: &format::Document, definition: &Definition, cve: &str) -> Option<Severity> {
    let entry = definition.cves.iter().find(|entry| document.text(entry.id) == cve)?;
    Some(severity_of(document.text(entry.severity?)))
}

/// Severities of <https://access.redhat.com/security/updates/classification>.
fn severity_of(word: &str) -> Severity {
    match word.to_ascii_lowercase().as_str() {
        "low" => Severity::Low,
        "moderate" => Severity::Medium,
        "important" => Severity::High,
        "critical" => Severity::Critical,
        _ => Severity::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn releases_and_streams_are_chosen_and_products_are_not() {
        // Lines as those of PULP_MANIFEST at the address above; sums and sizes shortened.
        let manifest = "RHEL6/rhel-6-extras-including-unpatched.oval.xml.bz2,6a4e,6347\n\
            RHEL8/rhel-8.oval.xml.bz2,00,1\nRHEL8/rhel-8-including-unpatched.oval.xml.bz2,01,2\n\
            RHEL8/rhel-8.4-eus.oval.xml.bz2,02,3\nRHEL8/ansible-2-including-unpatched.oval.xml.bz2,d695,5501\n\
            ../rhel-9.oval.xml.bz2,03,4\nfeed.json,04,5\n";
        assert_eq!(
            chosen(manifest),
            [
                "RHEL6/rhel-6-extras-including-unpatched.oval.xml.bz2",
                "RHEL8/rhel-8-including-unpatched.oval.xml.bz2",
                "RHEL8/rhel-8.4-eus.oval.xml.bz2"
            ]
        );
    }
}
