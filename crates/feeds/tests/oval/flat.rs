//! Facts against the tree: on every host that is made for a definition, some fact of it says "affected"
//! exactly where the definition, evaluated as a tree, is true.
//!
//! A host has one package: at the version in which it is fixed, just below, of another architecture, of
//! another stream of a module, or another package altogether. It runs, and boots next, a kernel that is
//! older than any in the documents, since facts leave the question of the exposed kernel to the role.

use crate::bundles::parse as read;
use crate::data::{bytes, parse};
use feeds::formats::oval::{
    Class, Criteria, Document, Entity, Evaluation, Host, HostPackage, Kind, Patterns, Sym, Truth, Value, Variable,
};
use model::{Advisory, Fact, FactStatus, Subject};
use std::collections::HashMap;
use versions::Scheme;

/// How many facts of a definition hosts are made for: the first, the last and some between.
const FACTS: usize = 5;

/// The keys of Red Hat's packages: <https://access.redhat.com/security/team/key>.
fn key(release: &str) -> &'static str {
    match release {
        "3" | "4" => "219180cddb42a60e",
        "5" => "5326810137017186",
        _ => "199e2f91fd431d51",
    }
}

/// A host of a fact's platform with one package.
fn host(fact: &Fact, name: &str, version: &str, arch: &str, module: &str) -> Host {
    let release = fact.platform.release();
    let mut host = Host { running_kernel: "1.0.0-1.x".into(), next_kernel: "1.0.0-1.x".into(), ..Host::default() };
    let mut package =
        HostPackage { name: name.into(), version: version.into(), arch: arch.into(), key: key(release).into() };
    match fact.platform.distribution() {
        "rhel" => {
            host.scheme = Some(Scheme::Rpm);
            // Newer than any update of the release package itself, which the oldest releases have.
            let versions =
                [("3", "3WS-99"), ("4", "4WS-99"), ("5", "5Server-99"), ("6", "6Server-6.10"), ("10", "10.0-1")];
            let version = versions.iter().find(|(known, _)| *known == release);
            let version = version.map_or_else(|| format!("{release}.4-1.el{release}"), |(_, v)| (*v).to_owned());
            let name = "redhat-release-server".to_owned();
            // The oldest documents ask for the package `redhat-release` by its name.
            let name = if matches!(release, "3" | "4" | "5") { "redhat-release".to_owned() } else { name };
            host.add_owner("/etc/redhat-release", HostPackage { name, version, ..package.clone() });
            if let Some((name, stream)) = module.split_once(':') {
                host.enable_module(name, stream);
            }
        }
        "ubuntu" => {
            host.scheme = Some(Scheme::Dpkg);
            let codenames =
                [("14.04", "trusty"), ("16.04", "xenial"), ("18.04", "bionic"), ("20.04", "focal"), ("22.04", "jammy")];
            let (_, codename) = codenames.iter().find(|(known, _)| *known == release).unwrap();
            host.files.insert("/etc/lsb-release".into(), format!("DISTRIB_ID=Ubuntu\nDISTRIB_CODENAME={codename}\n"));
            host.files.insert("./manifest".into(), format!("zlib1g:amd64\t1\n{name}:amd64\t{version}\n"));
        }
        "debian" => {
            host.scheme = Some(Scheme::Dpkg);
            host.files.insert("/etc/debian_version".into(), format!("{release}.9\n"));
        }
        other => panic!("{other}"),
    }
    package.key = key(release).into();
    host.packages.push(package);
    host
}

/// What a host is made of: name, version, architecture, enabled module.
type Made = (String, String, String, String);

/// The names of packages that a definition's tests look for, by the first word of the test's comment: in
/// Ubuntu's documents the source of those packages.
fn binaries(document: &Document, id: Sym) -> HashMap<&str, Vec<&str>> {
    let mut names: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut open: Vec<&Criteria> = document.definitions.get(id).unwrap().criteria.iter().collect();
    while let Some(criteria) = open.pop() {
        match criteria {
            Criteria::Group { parts, .. } => open.extend(parts),
            Criteria::Extend { .. } => {}
            Criteria::Test { id, comment, .. } => {
                let test = document.tests.get(*id).unwrap();
                let Some(object) = test.object.and_then(|id| document.objects.get(id)) else { continue };
                if !matches!(object.kind, Kind::DpkgInfo | Kind::TextFile) {
                    continue;
                }
                let named = |entity: &&Entity| matches!(document.text(entity.name), "name" | "pattern");
                let listed = object.entities.iter().filter(named).flat_map(|entity| match entity.value {
                    Value::Text(name) => vec![name],
                    Value::Variable(id) => match document.variables.get(id) {
                        Some(Variable::Constant(names)) => names.clone(),
                        other => panic!("{other:?}"),
                    },
                });
                // Lists of containers are matched by a pattern: `^libssh-4(?::\w+|)\s+(.*)$`.
                let plain = |name: Sym| document.text(name).trim_start_matches('^').split("(?").next().unwrap();
                let words = document.text(*comment).split(' ').find(|word| !word.starts_with("(CVE-")).unwrap();
                names.entry(words.trim_end_matches(':')).or_default().extend(listed.map(plain));
            }
        }
    }
    names
}

/// Hosts for a fact. `name` is the package of the host that the fact is about.
fn hosts(fact: &Fact, name: &str) -> Vec<Made> {
    let arch = fact.arches.first().map_or("x86_64", String::as_str);
    let module = fact.module.as_str();
    let made = |name: &str, version: &str, arch: &str, module: &str| -> Made {
        (name.into(), version.into(), arch.into(), module.into())
    };
    let (fixed, below) = match &fact.status {
        // `~` sorts before the end of a version, with dpkg and with rpm.
        FactStatus::Fixed(version) => (version.clone(), format!("{version}~")),
        // Whatever the version; Debian says "not affected" by a version below 0.
        _ => ("1-1".to_owned(), "0".to_owned()),
    };
    let mut hosts = vec![
        made(name, &fixed, arch, module),
        made(name, &below, arch, module),
        made("no-such-package", &below, arch, module),
    ];
    if !fact.arches.is_empty() {
        let other =
            ["x86_64", "s390x", "i686", "alpha"].into_iter().find(|arch| !fact.arches.iter().any(|a| a == arch));
        hosts.push(made(name, &below, other.unwrap(), module));
    }
    if !module.is_empty() {
        hosts.push(made(name, &below, arch, ""));
        // A name that no pattern of a stream takes for its own.
        let other = format!("{}:another", module.split(':').next().unwrap());
        hosts.push(made(name, &below, arch, &other));
    }
    hosts
}

/// Whether a fact says that the package of a host is affected; `names` are the packages that it is about.
fn fires(fact: &Fact, names: &[&str], scheme: Scheme, (name, version, arch, module): &Made) -> bool {
    let stated = match &fact.status {
        FactStatus::Fixed(fixed) => scheme.compare_fixed(version, fixed).is_lt(),
        FactStatus::NotAffected => false,
        _ => true,
    };
    let arches = fact.arches.is_empty() || fact.arches.contains(arch);
    stated && arches && names.contains(&name.as_str()) && (fact.module.is_empty() || fact.module == *module)
}

/// What a document was held against: definitions, hosts, and how many of them were affected.
#[derive(Debug, Default, PartialEq, Eq)]
struct Held {
    definitions: usize,
    hosts: usize,
    affected: usize,
}

/// Holds the facts of a document against its trees.
fn hold(id: &str, path: &str) -> Held {
    let bytes = bytes(path);
    let document = parse(&bytes);
    let (collected, outcome) = read(id, &bytes);
    assert_eq!(outcome, Ok(()), "{path}");
    let skipped: Vec<&str> = collected.skipped.iter().map(|note| note.record.as_str()).collect();
    let understood =
        document.definitions.items().iter().filter(|definition| {
            definition.class != Class::Inventory && !skipped.contains(&document.text(definition.id))
        });
    let mut held = Held::default();
    let mut patterns = Patterns::default();
    let mut advisories = collected.advisories.iter();
    for definition in understood {
        // Advisories come in the order of the definitions.
        let advisory = advisories.next().unwrap();
        patterns = one(&document, definition.id, advisory, patterns, &mut held);
    }
    assert!(advisories.next().is_none());
    held
}

/// The packages that a fact is about.
fn names<'a>(fact: &'a Fact, binaries: &HashMap<&'a str, Vec<&'a str>>) -> Vec<&'a str> {
    match &fact.subject {
        Subject::Source(source) if !binaries.is_empty() => binaries[source.as_str()].clone(),
        subject => vec![subject.name()],
    }
}

fn one(
    document: &Document,
    id: feeds::formats::oval::Sym,
    advisory: &Advisory,
    mut patterns: Patterns,
    held: &mut Held,
) -> Patterns {
    held.definitions += 1;
    let scheme = Scheme::of_distribution(advisory.facts[0].platform.distribution()).unwrap();
    let ubuntu = advisory.facts[0].platform.distribution() == "ubuntu";
    let binaries = if ubuntu { binaries(document, id) } else { HashMap::new() };
    let mut seen: HashMap<(String, Made), bool> = HashMap::new();
    let step = advisory.facts.len().div_ceil(FACTS - 1).max(1);
    let chosen = advisory.facts.iter().step_by(step).chain(advisory.facts.last());
    for fact in chosen {
        for made in hosts(fact, names(fact, &binaries)[0]) {
            let known = (fact.platform.to_string(), made.clone());
            if seen.contains_key(&known) {
                continue;
            }
            let (name, version, arch, module) = &made;
            let host = host(fact, name, version, arch, module);
            let mut evaluation = Evaluation::with_patterns(document, &host, patterns);
            let truth = evaluation.definition(id).unwrap();
            patterns = evaluation.into_patterns();
            let of_platform = |other: &&Fact| other.platform == fact.platform;
            let fires = advisory
                .facts
                .iter()
                .filter(of_platform)
                .any(|fact| fires(fact, &names(fact, &binaries), scheme, &made));
            assert_eq!(
                truth == Truth::True,
                fires,
                "{} {}: {truth:?} on {} with {made:?}",
                document.text(id),
                advisory.id,
                fact.platform
            );
            held.hosts += 1;
            held.affected += usize::from(fires);
            seen.insert(known, fires);
        }
    }
    patterns
}

macro_rules! documents {
    ($($name:ident: $feed:literal, $path:literal;)*) => {
        $(#[test]
        fn $name() {
            let held = hold($feed, $path);
            // Each definition had hosts, some affected (all of a small sample's may be about what is not).
            assert!(held.definitions > 0 && held.hosts >= 2 * held.definitions, "{held:?}");
            assert!(held.affected > 0 || held.definitions < 20, "{held:?}");
        })*
    };
}

documents! {
    rhel_3: "redhat-oval", "redhat/Red_Hat_Enterprise_Linux_3.oval.xml.zst";
    rhel_5: "redhat-oval", "redhat/com.redhat.rhsa-RHEL5.xml.bz2";
    rhel_6: "redhat-oval", "redhat/rhel-6-including-unpatched.oval.xml.bz2";
    rhel_7: "redhat-oval", "redhat/rhel-7-including-unpatched.oval.xml.bz2";
    rhel_8: "redhat-oval", "redhat/rhel-8-including-unpatched.oval.xml.bz2";
    rhel_8_first_version: "redhat-oval", "redhat/com.redhat.rhsa-RHEL8.xml.zst";
    rhel_9: "redhat-oval", "redhat/samples-vuls-data-update.tar.zst!RHEL9/rhel-9-including-unpatched.oval.xml.bz2";
    trusty: "ubuntu-oval", "ubuntu/com.ubuntu.trusty.cve.oval.xml.bz2";
    xenial: "ubuntu-oval", "ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2";
    bionic: "ubuntu-oval", "ubuntu/com.ubuntu.bionic.cve.oval.xml.bz2";
    focal: "ubuntu-oval", "ubuntu/com.ubuntu.focal.cve.oval.xml.bz2";
    jammy: "ubuntu-oval", "ubuntu/samples-vuls-data-update.tar.zst!/oci.com.ubuntu.jammy.cve.oval.xml.bz2";
    jammy_by_notice: "ubuntu-usn-oval", "ubuntu/samples-vuls-data-update.tar.zst!/oci.com.ubuntu.jammy.usn.oval.xml.bz2";
    bullseye: "debian-oval", "debian/samples-vuls-data-update.tar.zst!/oval-definitions-bullseye.xml.bz2";
}
