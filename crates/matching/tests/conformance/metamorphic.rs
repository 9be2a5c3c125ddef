//! Every fix of every feed at hand, moved: at the fixed version the finding is gone, just below it is
//! there, in another module stream nothing is said.

use super::data::{document, package, parsed, rules, samples};
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
    (binary, name, issue, stream(fact), &fact.channel, &fact.arches)
}

/// The module stream of a fact; `*` where its version is one of a module's builds, of which stream it does
/// not say (Red Hat's VEX of 2023).
fn stream(fact: &Fact) -> &str {
    match &fact.status {
        FactStatus::Fixed(version) if fact.module.is_empty() && version.contains(".module") => "*",
        _ => &fact.module,
    }
}

fn issue<'a>(advisory: &'a Advisory, fact: &'a Fact) -> &'a str {
    if fact.cve.is_empty() { advisory.id.split(' ').next().unwrap_or_default() } else { &fact.cve }
}

/// A package that the fact is about: of a source the one of its name, of a kernel's the image.
fn binary(fact: &Fact) -> Cow<'_, str> {
    let name = fact.subject.name();
    match (&fact.subject, fact.platform.distribution()) {
        (Subject::Source(_), "ubuntu") if name == "linux" || name.starts_with("linux-") => {
            format!("linux-image-1.2.3-4-{name}").into()
        }
        (Subject::Source(_), "fedora") if name == "kernel" => "kernel-core".into(),
        _ => name.into(),
    }
}

fn source(fact: &Fact) -> &str {
    match &fact.subject {
        Subject::Source(name) => name,
        Subject::Binary(_) => "",
    }
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
                ..package(&host, &binary(fact), version, arch, source(fact))
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
                (Some((State::NotAssessed, _)), _) if stream(fact) == "*" => {
                    Outcome::Undecided("its module stream is not named")
                }
                (Some((State::FixAvailable, _)), Some((State::NotAffected, _))) => Outcome::Agree,
                (open, gone) => Outcome::Wrong(format!("{}: below {open:?}, at {gone:?}", what())),
            });
        }
    }
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
    check("ubuntu-oval", &document("ubuntu-oval", "feeds/ubuntu/com.ubuntu.focal.cve.oval.xml.bz2"), 15_000);
}

#[test]
fn fixes_of_rocky() {
    let vuls = "rocky/samples-vuls-data-update.tar.zst";
    let errata = samples("rocky-errata", &format!("feeds/{vuls}"), |name| name.contains("/errata/"));
    check("rocky-errata", &errata, 10);
    let osv = samples("rocky-osv", "feeds/rocky/samples-vunnel-rocky.tar.zst", |name| name.ends_with(".json"));
    check("rocky-osv", &osv, 20);
    let updateinfo = |bundle: &str| {
        samples("rocky-updateinfo", &format!("feeds/{bundle}"), |name| {
            name.contains("/happy/") && (name.ends_with("updateinfo.xml") || name.ends_with("updateinfo.xml.gz"))
        })
    };
    let all = [updateinfo(vuls), updateinfo("rocky/samples-vuln-list-update-rocky.tar.zst")].concat();
    check("rocky-updateinfo", &all, 10);
}

#[test]
fn fixes_of_wolfi_and_chainguard() {
    let of = |feed: &str, bundle: &str, end: &str| {
        samples(feed, &format!("feeds/wolfi/{bundle}.tar.zst"), |name| name.ends_with(end))
    };
    let vuls = of("wolfi-secdb", "samples-vuls-data-update", "happy/security.json");
    let vunnel = of("wolfi-secdb", "samples-vunnel-wolfi", "secdb/security.json");
    check("wolfi-secdb", &[vuls, vunnel].concat(), 100);
    let chainguard = of("chainguard-secdb", "samples-vunnel-chainguard", "secdb/security.json");
    check("chainguard-secdb", &chainguard, 100);
}

#[test]
fn fixes_of_red_hats_vex() {
    let of = |bundle: &str| {
        samples("redhat-vex", &format!("feeds/redhat/{bundle}.tar.zst"), |name| {
            name.ends_with(".json") || name.ends_with(".json.xz")
        })
    };
    check("redhat-vex", &[of("csaf-vex-claircore"), of("csaf-trustify"), of("vmaas-test-repo")].concat(), 1000);
}

#[test]
fn fixes_of_red_hat() {
    check("redhat-oval", &document("redhat-oval", "feeds/redhat/rhel-8-including-unpatched.oval.xml.bz2"), 5_000);
}
