//! Every platform that a feed at hand speaks for: its rules, and the sources of its binaries.

use super::data::{debian_sources, document, package, parsed, rules_of, samples, ubuntu_sources};
use matching::Rules;
use model::{Package, Role, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// A platform as the feeds at hand know it.
pub(crate) struct Known {
    pub(crate) rules: Rules,
    sources: BTreeMap<String, BTreeSet<String>>,
    /// Whether a feed at hand decides negatives: silence about a CVE that it could know means something.
    pub(crate) whole: bool,
}

impl Known {
    /// A package of the platform, of the source that is known for it.
    pub(crate) fn package(&self, name: &str, version: &str, source: &str) -> Package {
        let platform = self.rules.platform();
        let arch = match platform.distribution() {
            "debian" | "ubuntu" => "amd64",
            _ => "x86_64",
        };
        let known = self.sources.get(name).and_then(|sources| sources.first()).map(String::as_str);
        let source = if source.is_empty() { known.unwrap_or(name) } else { source };
        package(&platform.to_string(), name, version, arch, source)
    }

    /// What is said of it, where anything is.
    pub(crate) fn said(&self, package: &Package, cve: &str) -> Option<Verdict> {
        self.rules.verdict(package, Role::RunningKernel, cve)
    }
}

/// Whether a verdict is open on some host.
pub(crate) fn open(verdict: &Verdict) -> bool {
    verdict.states.iter().any(|guarded| guarded.state.is_open())
}

/// The platforms, each loaded when it is first asked for.
#[derive(Default)]
pub(crate) struct Shelf {
    known: BTreeMap<String, Option<Known>>,
}

impl Shelf {
    /// `None` where no feed at hand speaks for the platform.
    pub(crate) fn of(&mut self, platform: &str) -> Option<&Known> {
        self.known.entry(platform.to_owned()).or_insert_with(|| load(platform)).as_ref()
    }
}

fn load(platform: &str) -> Option<Known> {
    let (distribution, release) = platform.split_once(':')?;
    let known = |rules: Rules, whole: bool| Some(Known { rules, sources: BTreeMap::new(), whole });
    match distribution {
        "almalinux" => {
            let osv = parsed("almalinux-osv", "feeds/almalinux/osv-database.tar.zst", |name| name.ends_with(".json"));
            known(rules_of(platform, &[("almalinux-osv", &osv)]), true)
        }
        "alpine" => {
            let path = "feeds/alpine/alpine-secdb-yaml.tar.zst";
            let secdb = parsed("alpine-secdb", path, |name| name.ends_with(".yaml"));
            known(rules_of(platform, &[("alpine-secdb", &secdb)]), true)
        }
        "debian" => {
            let lists = "feeds/debian/security-tracker-lists.tar.zst";
            let dsa = parsed("debian-dsa", lists, |name| name.ends_with("data/DSA/list"));
            let dla = parsed("debian-dla", lists, |name| name.ends_with("data/DLA/list"));
            let sources = debian_sources().into_iter().map(|(name, source)| (name, BTreeSet::from([source])));
            let rules = rules_of(platform, &[("debian-dsa", &dsa), ("debian-dla", &dla)]);
            Some(Known { rules, sources: sources.collect(), whole: false })
        }
        "rhel" => {
            let major = release.split('.').next()?;
            if !matches!(major, "6" | "7" | "8") {
                return None;
            }
            let path = format!("feeds/redhat/rhel-{major}-including-unpatched.oval.xml.bz2");
            let oval = document("redhat-oval", &path);
            let vex = ["csaf-vex-claircore", "csaf-trustify"].map(|bundle| {
                samples("redhat-vex", &format!("feeds/redhat/{bundle}.tar.zst"), |name| {
                    name.ends_with(".json") || name.ends_with(".json.xz")
                })
            });
            known(rules_of(platform, &[("redhat-vex", &vex.concat()), ("redhat-oval", &oval)]), true)
        }
        "ubuntu" => {
            let codenames = [("14.04", "trusty"), ("16.04", "xenial"), ("18.04", "bionic"), ("20.04", "focal")];
            let (_, codename) = codenames.iter().find(|(known, _)| *known == release)?;
            let path = format!("feeds/ubuntu/com.ubuntu.{codename}.cve.oval.xml.bz2");
            let rules = rules_of(platform, &[("ubuntu-oval", &document("ubuntu-oval", &path))]);
            Some(Known { rules, sources: ubuntu_sources(platform, &path), whole: true })
        }
        _ => None,
    }
}
