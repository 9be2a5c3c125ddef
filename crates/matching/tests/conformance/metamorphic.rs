//! Every fix of every feed at hand, moved: at the fixed version the finding is gone, just below it is
//! there, in another module stream nothing is said.

use super::data::{document, package, parsed, rules};
use super::table::{Outcome, Table};
use matching::{Rules, any_build, guarded_on};
use model::{Advisory, Fact, FactStatus, Package, Role, State, Subject};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use versions::Scheme;

/// A version right below another by the scheme's own marks, if there is one.
fn just_below(scheme: Scheme, version: &str) -> Option<String> {
    let last_number = |separator: &str| {
        let (head, number) = version.rsplit_once(separator)?;
        let number: u64 = number.parse().ok().filter(|number| *number > 0)?;
        Some(format!("{head}{separator}{}", number - 1))
    };
    let below = match scheme {
        Scheme::Dpkg => format!("{version}~"),
        Scheme::Rpm if version.contains('-') => format!("{version}~"),
        Scheme::Rpm => format!("{version}~-1"),
        Scheme::Apk => last_number("-r").unwrap_or_else(|| match version.rsplit_once("-r") {
            Some((head, revision)) => format!("{head}_alpha-r{revision}"),
            None => format!("{version}_alpha"),
        }),
        Scheme::Pacman => last_number("-").unwrap_or_else(|| match version.rsplit_once('-') {
            Some((head, pkgrel)) => format!("{head}alpha-{pkgrel}"),
            None => format!("{version}alpha"),
        }),
    };
    (scheme.compare_fixed(&below, version) == Ordering::Less).then_some(below)
}

/// What a fact is about, as far as others about the same are the same fix.
type About<'a> = (bool, Cow<'a, str>, &'a str, &'a str, &'a str, &'a [String]);

fn about<'a>(fact: &'a Fact, issue: &'a str) -> About<'a> {
    let binary = matches!(fact.subject, Subject::Binary(_));
    let name = any_build(&fact.platform, fact.subject.name());
    (binary, name, issue, &fact.module, &fact.channel, &fact.arches)
}

fn issue<'a>(advisory: &'a Advisory, fact: &'a Fact) -> &'a str {
    if fact.cve.is_empty() { advisory.id.split(' ').next().unwrap_or_default() } else { &fact.cve }
}

/// What is said of a package in the fact's channel.
fn state(rules: &Rules, package: &Package, issue: &str, channel: &str) -> Option<(State, String)> {
    let verdict = rules.verdict(package, Role::RunningKernel, issue)?;
    let context = BTreeSet::from([channel.to_owned()]);
    let state = guarded_on(&verdict, &context).unwrap().state;
    Some((state, verdict.words))
}

fn check(feed: &str, advisories: &[Advisory], least: usize) {
    let mut table = Table::default();
    let facts = || advisories.iter().flat_map(|advisory| &advisory.facts);
    let platforms: BTreeSet<_> = facts().map(|fact| fact.platform.clone()).collect();
    for platform in &platforms {
        // A repository that somebody builds for others is judged on their hosts.
        let (host, origin) = match platform.distribution() {
            "epel" => (format!("rhel:{}", platform.release()), model::Origin::Foreign("EPEL".to_owned())),
            _ => (platform.to_string(), model::Origin::Distribution),
        };
        let rules = rules(&host, feed, advisories);
        let scheme = Scheme::of_distribution(rules.platform().distribution()).unwrap();
        let mut greatest: HashMap<About<'_>, &str> = HashMap::new();
        let fixes = || {
            let of = advisories.iter().filter(|advisory| !advisory.withdrawn);
            of.flat_map(|advisory| advisory.facts.iter().map(move |fact| (issue(advisory, fact), advisory, fact)))
                .filter(|(_, advisory, fact)| {
                    fact.platform == *platform && (advisory.kind.is_security() || !fact.cve.is_empty())
                })
                .filter_map(|(issue, _, fact)| match &fact.status {
                    FactStatus::Fixed(version) => Some((issue, fact, version.as_str())),
                    _ => None,
                })
        };
        for (issue, fact, version) in fixes() {
            let most = greatest.entry(about(fact, issue)).or_insert(version);
            if scheme.compare(version, most) == Ordering::Greater {
                *most = version;
            }
        }
        for (issue, fact, version) in fixes() {
            let arch = fact.arches.first().map_or("x86_64", String::as_str);
            let at = |version: &str| Package {
                module: fact.module.clone(),
                origin: origin.clone(),
                ..package(&host, fact.subject.name(), version, arch, "")
            };
            let said = |version: &str| state(&rules, &at(version), issue, &fact.channel);
            let what =
                || format!("{feed} {platform} {issue} {:?} {version} {} {}", fact.subject, fact.module, fact.channel);
            let Some(below) = just_below(scheme, version) else {
                table.add(Outcome::Undecided("no version is below it"));
                continue;
            };
            let open = said(&below);
            let gone = said(greatest[&about(fact, issue)]);
            let other = Package { module: "another:stream".to_owned(), ..at(&below) };
            let other = state(&rules, &other, issue, &fact.channel);
            table.add(match (open, gone) {
                _ if other.as_ref().is_some_and(|(state, _)| state.is_open()) => {
                    Outcome::Wrong(format!("{}: another stream has it", what()))
                }
                (Some((_, words)), _) if words.starts_with("belongs to a kernel") => {
                    Outcome::Undecided("no kernel that could run")
                }
                (Some((State::NotAssessed, _)), _) if fact.module == "*" => {
                    Outcome::Undecided("its module stream is not named")
                }
                (Some((State::FixAvailable, _)), Some((State::NotAffected, _))) => Outcome::Agree,
                (open, gone) => Outcome::Wrong(format!("{}: below {open:?}, at {gone:?}", what())),
            });
        }
    }
    println!("metamorphic {feed}: {} fixes on {} platforms", table.cases, platforms.len());
    assert!(table.cases >= least, "{feed}: only {} fixes", table.cases);
    table.conclude(&format!("metamorphic {feed}"));
}

#[test]
fn fixes_of_almalinux() {
    let osv = parsed("almalinux-osv", "feeds/almalinux/osv-database.tar.zst", |name| name.ends_with(".json"));
    check("almalinux-osv", &osv, 50_000);
}

#[test]
fn fixes_of_alpine_and_arch() {
    let alpine = parsed("alpine-secdb", "feeds/alpine/alpine-secdb-yaml.tar.zst", |name| name.ends_with(".yaml"));
    check("alpine-secdb", &alpine, 10_000);
    check("arch-tracker", &document("arch-tracker", "feeds/arch/all.json.zst"), 5_000);
}

#[test]
fn fixes_of_epel_and_fedora() {
    check("epel-updateinfo", &document("epel-updateinfo", "feeds/epel/epel-6-updateinfo.xml.gz"), 100);
    check("fedora-bodhi", &document("fedora-bodhi", "feeds/fedora/bodhi-F36-updates-page1.json.zst"), 100);
}

#[test]
fn fixes_of_ubuntu() {
    check("ubuntu-oval", &document("ubuntu-oval", "feeds/ubuntu/com.ubuntu.focal.cve.oval.xml.bz2"), 5_000);
}

#[test]
fn fixes_of_red_hat() {
    check("redhat-oval", &document("redhat-oval", "feeds/redhat/rhel-8-including-unpatched.oval.xml.bz2"), 5_000);
}
