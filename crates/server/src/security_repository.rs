//! Whether a host gets its distribution's security updates at all: whether the repository in which they
//! are published is among its sources of packages, and how old what it offered is. Without it, lists that are
//! fresh and hold nothing new say nothing about security.

use crate::words::dated;
use fleet::{LISTS_AHEAD, SecurityRepository};
use jiff::Timestamp;
use model::wire::sections::{Os, Repositories, RepositoryRecord, Updates};

/// Distributions that publish security updates in a suite of its own, by os-release's `ID`. Sources: the
/// sources.list that each installs. Those that take Debian's or Ubuntu's own suite are among them. Rolling
/// distributions, and those that publish into one suite (Raspbian, Kali), have none to be missed.
const WITH_SUITE: &[&str] = &["debian", "devuan", "elementary", "linuxmint", "neon", "pop", "ubuntu", "zorin"];

/// Those whose archive names its suites by the codenames of their own os-release. The others take suites of
/// the release that they are made from, whose codename is not theirs.
const OWN_CODENAMES: &[&str] = &["debian", "devuan", "ubuntu"];

/// Looks for it. `repositories` is none where the sources are not known.
#[must_use]
pub fn look(os: &Os, arch: &str, repositories: Option<&Repositories>) -> SecurityRepository {
    let Some(repositories) = repositories else { return SecurityRepository::Unknown };
    let used = || repositories.records.iter().filter(|record| record.enabled);
    if used().next().is_none() {
        return SecurityRepository::NoSources;
    }
    // Debian's testing and unstable have no VERSION_ID, and os-release does not tell them apart; unstable,
    // like every rolling release, gets fixes with everything else.
    if !WITH_SUITE.contains(&os.id.as_str()) || os.version_id.is_empty() {
        return SecurityRepository::NotExpected;
    }
    if used().any(|record| is_security(record, os, arch)) {
        SecurityRepository::Configured
    } else if follows_unstable(os, used()) {
        SecurityRepository::NotExpected
    } else {
        SecurityRepository::Missing
    }
}

/// The clocks that dates of a host are held against.
#[derive(Debug, Clone, Copy)]
pub struct Clocks {
    /// When it looked, by its own.
    pub observed_at: Timestamp,
    /// When that arrived, by the server's.
    pub received_at: Timestamp,
}

/// When a host last fetched what its updates rest on: no later than the lists of its security repositories, where
/// they say so. None where that is not known (a file without a date has that of the epoch), or was after it looked: its clock has been set back since.
#[must_use]
pub fn lists_at(
    updates: &Updates,
    os: &Os,
    arch: &str,
    repositories: Option<&Repositories>,
    clocks: Clocks,
) -> Option<Timestamp> {
    let records = repositories.map(|repositories| repositories.records.as_slice()).unwrap_or_default();
    let security = records.iter().filter(|record| record.enabled && is_security(record, os, arch));
    let at = security.filter_map(|record| record.fetched_at).chain(updates.lists_at).min().and_then(dated)?;
    let is_after = |moment: Timestamp| at.duration_since(moment) > LISTS_AHEAD;
    // A date that is yet to come for everybody is told as such.
    (updates.lists_at.is_some() && (!is_after(clocks.observed_at) || is_after(clocks.received_at))).then_some(at)
}

fn is_security(record: &RepositoryRecord, os: &Os, arch: &str) -> bool {
    // Ubuntu Pro's suites add to the ordinary one.
    let is_extra = record.origin.starts_with("UbuntuESM");
    let is_limited_away = !record.arches.is_empty() && !arch.is_empty() && !record.arches.iter().any(|of| of == arch);
    record.security && !is_extra && !is_limited_away && !is_of_another_release(record, os)
}

/// The vendor's own archive says that it is another release's: the line of an upgraded host that was left as
/// it was. Mirrors that publish under names of their own are believed.
fn is_of_another_release(record: &RepositoryRecord, os: &Os) -> bool {
    let is_vendors = ["Debian", "Devuan", "Ubuntu"].contains(&record.origin.as_str());
    let is_told = !record.codename.is_empty() && !os.codename.is_empty();
    is_vendors && is_told && OWN_CODENAMES.contains(&os.id.as_str()) && !record.codename.contains(&os.codename)
}

/// Shortly before a release, os-release of Debian's unstable has the number of the release to come. Its sources
/// then tell: unstable is among them and the release is not.
fn follows_unstable<'a>(os: &Os, used: impl Iterator<Item = &'a RepositoryRecord>) -> bool {
    let (mut unstable, mut release) = (false, false);
    for record in used {
        let is = |word: &str| record.suite == word || record.codename == word;
        unstable |= is("sid") || is("unstable") || is("ceres");
        release |= !os.codename.is_empty() && is(&os.codename);
    }
    unstable && !release
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(id: &str, version_id: &str, codename: &str) -> Os {
        Os { id: id.into(), version_id: version_id.into(), codename: codename.into(), ..Os::default() }
    }

    fn record(suite: &str, origin: &str, codename: &str, security: bool) -> RepositoryRecord {
        RepositoryRecord {
            kind: "deb".into(),
            enabled: true,
            suite: suite.into(),
            origin: origin.into(),
            codename: codename.into(),
            security,
            ..RepositoryRecord::default()
        }
    }

    fn of(os: &Os, records: Vec<RepositoryRecord>) -> SecurityRepository {
        look(os, "amd64", Some(&Repositories { records, skipped: Vec::new() }))
    }

    /// Suites, origins and codenames as the Release files of the archives have them.
    #[test]
    fn a_release_with_a_suite_for_security_needs_it() {
        let debian = os("debian", "12", "bookworm");
        let main = || record("bookworm", "Debian", "bookworm", false);
        let security = || record("bookworm-security", "Debian", "bookworm-security", true);
        assert_eq!(of(&debian, vec![main(), security()]), SecurityRepository::Configured);
        assert_eq!(of(&debian, vec![main()]), SecurityRepository::Missing);
        let off = RepositoryRecord { enabled: false, ..security() };
        assert_eq!(of(&debian, vec![main(), off]), SecurityRepository::Missing, "switched off");
        let foreign = RepositoryRecord { arches: vec!["i386".into()], ..security() };
        assert_eq!(of(&debian, vec![main(), foreign]), SecurityRepository::Missing, "for another architecture");
        let own = RepositoryRecord { arches: vec!["amd64".into(), "i386".into()], ..security() };
        assert_eq!(of(&debian, vec![main(), own]), SecurityRepository::Configured);
        let left = record("bullseye-security", "Debian", "bullseye-security", true);
        assert_eq!(of(&debian, vec![main(), left]), SecurityRepository::Missing, "of the release before");
        let mirror = record("stable-security", "", "", true);
        assert_eq!(of(&debian, vec![main(), mirror]), SecurityRepository::Configured, "never fetched, or a mirror");
        let buster = record("buster/updates", "Debian", "buster", true);
        assert_eq!(of(&os("debian", "10", "buster"), vec![buster]), SecurityRepository::Configured);
    }

    #[test]
    fn ubuntu_and_what_is_made_from_it_have_one() {
        let jammy = os("ubuntu", "22.04", "jammy");
        let main = || record("jammy", "Ubuntu", "jammy", false);
        let updates = || record("jammy-updates", "Ubuntu", "jammy", false);
        let security = || record("jammy-security", "Ubuntu", "jammy", true);
        assert_eq!(of(&jammy, vec![main(), updates(), security()]), SecurityRepository::Configured);
        assert_eq!(of(&jammy, vec![main(), updates()]), SecurityRepository::Missing);
        let pro = record("jammy-apps-security", "UbuntuESMApps", "jammy", true);
        assert_eq!(of(&jammy, vec![main(), pro]), SecurityRepository::Missing, "only what Pro adds");
        let mint = os("linuxmint", "21.3", "virginia");
        assert_eq!(of(&mint, vec![security()]), SecurityRepository::Configured, "by Ubuntu's codename");
        assert_eq!(of(&mint, vec![main()]), SecurityRepository::Missing);
    }

    #[test]
    fn without_a_source_nothing_could_ever_wait() {
        for id in ["debian", "rocky", "arch", "of-no-name"] {
            let os = os(id, "9", "");
            assert_eq!(of(&os, vec![]), SecurityRepository::NoSources, "{id}");
            let off = RepositoryRecord { enabled: false, ..record("main", "", "", false) };
            assert_eq!(of(&os, vec![off]), SecurityRepository::NoSources, "{id}");
            assert_eq!(look(&os, "amd64", None), SecurityRepository::Unknown, "{id}");
        }
    }

    #[test]
    fn lists_are_as_old_as_those_of_security_and_no_younger_than_the_clock() {
        let at = |hour: i64| Timestamp::from_second(1_700_000_000 + hour * 3600).unwrap();
        let debian = os("debian", "12", "bookworm");
        let fetched = |suite: &str, security: bool, hour: i64| RepositoryRecord {
            fetched_at: Some(at(hour)),
            ..record(suite, "Debian", suite, security)
        };
        let of = |lists: Option<i64>, security: i64, observed: i64, received: i64| {
            let records = vec![fetched("bookworm", false, -900), fetched("bookworm-security", true, security)];
            let updates = Updates { lists_at: lists.map(at), ..Updates::default() };
            let clocks = Clocks { observed_at: at(observed), received_at: at(received) };
            let repositories = Repositories { records, skipped: Vec::new() };
            lists_at(&updates, &debian, "amd64", Some(&repositories), clocks)
        };
        assert_eq!(of(Some(-1), -1, 0, 0), Some(at(-1)));
        assert_eq!(of(Some(-1), -200, 0, 0), Some(at(-200)), "security stood still while others were fetched");
        assert_eq!(of(Some(-2), -1, 0, 0), Some(at(-2)));
        assert_eq!(of(None, -1, 0, 0), None);
        assert_eq!(of(Some(-1), -1, -48, 0), None, "fetched two days after it looked");
        assert_eq!(of(Some(48), 48, 0, 0), Some(at(48)), "in the future for everybody");
    }

    #[test]
    fn what_rolls_has_none_to_miss() {
        let sid = || vec![record("sid", "Debian", "sid", false)];
        assert_eq!(of(&os("debian", "", "forky"), sid()), SecurityRepository::NotExpected);
        assert_eq!(of(&os("debian", "13", "trixie"), sid()), SecurityRepository::NotExpected, "before the release");
        let mixed = vec![record("sid", "Debian", "sid", false), record("bookworm", "Debian", "bookworm", false)];
        assert_eq!(of(&os("debian", "12", "bookworm"), mixed), SecurityRepository::Missing);
        for id in ["arch", "kali", "raspbian", "fedora", "alpine", "linux"] {
            let main = record("main", "", "", false);
            assert_eq!(of(&os(id, "1", ""), vec![main]), SecurityRepository::NotExpected, "{id}");
        }
    }
}
