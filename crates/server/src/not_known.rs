//! What is not known of a host, in sentences: the same in the API, on a host's page and in a scan. The
//! rule that finds it is [`fleet::Basis`].

use crate::running;
use crate::security_repository::{self, Clocks};
use crate::words::{counted, minute};
use fleet::{Basis, LISTS_OLD_AFTER};
use jiff::{SignedDuration, Timestamp};
use model::wire::Collected;
use model::wire::sections::{Kernel, Packages};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use versions::Scheme;

/// Something that is not known of a host: why "nothing waits" would be no knowledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotKnown {
    /// A stable word: `host_never_received`, `host_unavailable`, `packages_never_received`,
    /// `packages_unavailable`, `packages_outdated`, `packages_empty`, `packages_skipped`,
    /// `updates_never_received`, `updates_unavailable`, `updates_outdated`, `updates_skipped`, `security_unknown`,
    /// `repositories_skipped`, `repositories_outdated`, `repositories_unknown`, `repositories_none`,
    /// `security_repository_missing`, `lists_age_unknown`, `lists_old`, `lists_in_future`, `clock_ahead`,
    /// `kernel_unowned`, `reboot_unknown`, `possible_clones`.
    pub code: String,
    /// One sentence for people.
    pub text: String,
    /// What mends it, one sentence, where something does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// What sentences about a host need beside the fact.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// How its package manager orders versions, which tells the manager.
    pub scheme: Option<Scheme>,
    /// Why it could not be read what system it is, where that is known.
    pub host: Option<&'a str>,
    /// Why its packages could not be read, where that is known.
    pub packages: Option<&'a str>,
    /// Why its updates could not be read, where that is known.
    pub updates: Option<&'a str>,
    /// Why its sources of packages could not be read, where that is known.
    pub repositories: Option<&'a str>,
    /// The kernel that runs (`uname -r`), where that is known.
    pub kernel: Option<&'a str>,
    /// Nothing earlier is shown in place of what could not be read: it is a scan.
    pub alone: bool,
}

impl About<'_> {
    /// What is not known, each in its sentence.
    #[must_use]
    pub fn say(&self, not_known: &[fleet::NotKnown]) -> Vec<NotKnown> {
        not_known.iter().map(|one| self.one(*one)).collect()
    }

    fn one(&self, not_known: fleet::NotKnown) -> NotKnown {
        use fleet::NotKnown as Of;
        let (text, remedy) = match not_known {
            Of::HostNeverReceived => ("No report has said what system the host is.".to_owned(), None),
            Of::HostUnavailable => (self.unread("What system the host is", self.host), None),
            Of::PackagesOutdated(since) => outdated("other packages are installed than are shown", since),
            Of::UpdatesOutdated(since) => outdated("what could be upgraded is otherwise than shown", since),
            Of::RepositoriesOutdated(since) => outdated("its package sources are others than before", since),
            Of::RepositoriesUnknown => {
                let why = self.repositories.map(|why| format!(" ({why})")).unwrap_or_default();
                (format!("Which package sources the host has is not known{why}, so neither is whether security updates reach it."), None)
            }
            Of::RepositoriesNone => (
                "The host has no package source that is switched on, so no update can reach it.".to_owned(),
                Some("Switch its distribution's repositories on, those of security among them.".to_owned()),
            ),
            Of::SecurityRepositoryMissing => (
                "No security repository of the host's release is configured: security updates that are published there are not counted.".to_owned(),
                Some("Add the release's `-security` suite (of Debian before 11: `/updates`) to the host's package sources, then fetch the lists: `apt-get update`.".to_owned()),
            ),
            Of::ClockAhead(by) => (
                format!("The host's clock is {} ahead of the server's: the age of what it dates itself, such as its package lists, is not known.", span(by)),
                Some("Set the host's clock.".to_owned()),
            ),
            Of::PackagesNeverReceived => ("No report has brought the installed packages.".to_owned(), None),
            Of::PackagesUnavailable => (self.unread("The installed packages", self.packages), None),
            Of::PackagesEmpty => (
                "The host reports not one installed package that can be understood, which no system has.".to_owned(),
                None,
            ),
            Of::PackagesSkipped(count) => (
                format!("{} could not be understood, so not all that is installed is known.", counted(u64::from(count), "record of an installed package", "records of installed packages")),
                None,
            ),
            Of::UpdatesNeverReceived => ("No report has said what could be upgraded.".to_owned(), None),
            Of::UpdatesUnavailable => (self.unread("What could be upgraded", self.updates), None),
            Of::UpdatesSkipped(count) => (
                format!("{} of lists, settings or updates could not be understood: more may wait.", counted(u64::from(count), "record", "records")),
                None,
            ),
            Of::SecurityUnknown(count) => (
                format!(
                    "The repositories of {} do not tell which updates are of security, so that none is counted as such.",
                    counted(u64::from(count), "pending update", "pending updates")
                ),
                Some("Findings tell where a feed of the platform is in force (`mendwatch feeds list`); else take all for updates of security.".to_owned()),
            ),
            Of::RepositoriesSkipped(count) => (
                format!("{} could not be understood: what is offered there is not counted.", counted(u64::from(count), "entry of the package sources", "entries of the package sources")),
                None,
            ),
            Of::ListsAgeUnknown => ("When the package lists were last fetched is not known.".to_owned(), self.refresh()),
            Of::ListsOld(at) => (
                format!(
                    "The package lists were last fetched on {}, more than {} days ago: what was published since is not counted.",
                    minute(at),
                    LISTS_OLD_AFTER.as_hours() / 24
                ),
                self.refresh(),
            ),
            Of::ListsInFuture(at) => (
                format!("The package lists are dated {}, which is yet to come: how old they are is not known.", minute(at)),
                Some("Set the host's clock, then fetch its package lists.".to_owned()),
            ),
            Of::KernelUnowned => {
                let kernel = self.kernel.map(|kernel| format!(" ({kernel})")).unwrap_or_default();
                (format!("No installed package holds the running kernel{kernel}: its vulnerabilities and updates are not known."), None)
            }
            Of::RebootUnknown => ("Whether the host must be rebooted is not known.".to_owned(), None),
            Of::PossibleClones(at) => (
                format!(
                    "Two machines seem to share this machine id, and took turns last on {}: what is shown is of the one that reported last.",
                    minute(at)
                ),
                Some("Give the copy a machine id of its own: remove its /etc/machine-id, run `systemd-machine-id-setup` and restart it.".to_owned()),
            ),
        };
        NotKnown { code: not_known.code().to_owned(), text, remedy }
    }

    fn unread(&self, what: &str, why: Option<&str>) -> String {
        let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
        let shown = if self.alone { "" } else { "; what is shown of it is older, if there is anything" };
        format!("{what} could not be read{why}{shown}.")
    }

    /// Only managers whose command is the same everywhere are named. Mendwatch itself never refreshes.
    fn refresh(&self) -> Option<String> {
        let command = match self.scheme? {
            Scheme::Dpkg => "apt-get update",
            Scheme::Apk => "apk update",
            Scheme::Rpm | Scheme::Pacman => return None,
        };
        Some(format!("Fetch them on the host: `{command}`."))
    }
}

/// What a host says of itself and has not shown.
fn outdated(what: &str, since: Timestamp) -> (String, Option<String>) {
    let text = format!("On {} the host said that {what}, and no report of it has been taken since.", minute(since));
    (text, Some("Run `mendwatch-agent once` on the host: it says why its report does not arrive.".to_owned()))
}

/// A length of time in its largest unit.
fn span(of: SignedDuration) -> String {
    let hours = of.as_hours().unsigned_abs();
    match hours {
        ..48 => counted(hours, "hour", "hours"),
        48..17_520 => counted(hours / 24, "day", "days"),
        _ => counted(hours / 8766, "year", "years"),
    }
}

/// What is not known of a host that was collected just now, by the rule of the index. `security_unknown`: of how many
/// pending updates neither their repositories nor a feed in force tell whether they are of security.
#[must_use]
pub fn of_collected(collected: &Collected, security_unknown: usize, now: Timestamp) -> Vec<NotKnown> {
    let basis =
        Basis { security_unknown: u32::try_from(security_unknown).unwrap_or(u32::MAX), ..basis(collected, now) };
    let manager = collected.host.as_ref().map(|host| host.package_manager.as_str()).unwrap_or_default();
    let about = About {
        scheme: manager.parse().ok(),
        host: collected.host.as_ref().err().map(String::as_str),
        packages: collected.packages.as_ref().err().map(String::as_str),
        updates: collected.updates.as_ref().err().map(String::as_str),
        repositories: collected.repositories.as_ref().err().map(String::as_str),
        kernel: collected.runtime.as_ref().ok().map(|runtime| runtime.running_kernel.as_str()),
        alone: true,
    };
    about.say(&basis.not_known(now))
}

/// How many installed packages have a version that their manager's order does not know: what is newer can't be told.
fn unordered(packages: &Packages) -> usize {
    let Ok(scheme) = packages.manager.parse::<Scheme>() else { return 0 };
    packages.records.iter().filter(|record| scheme.check(&record.version).is_err()).count()
}

fn basis(collected: &Collected, now: Timestamp) -> Basis {
    const fn state<T>(section: &Result<T, String>) -> fleet::Availability {
        if section.is_ok() { fleet::Availability::Present } else { fleet::Availability::Unread }
    }
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let packages = collected.packages.as_ref().ok();
    let updates = collected.updates.as_ref().ok();
    let repositories = collected.repositories.as_ref().ok();
    let security_repository = match &collected.host {
        Ok(host) => security_repository::look(&host.os, &host.arch, repositories),
        Err(_) => fleet::SecurityRepository::NotExpected,
    };
    let lists_at = match (&collected.host, updates) {
        (_, None) => None,
        (Err(_), Some(updates)) => updates.lists_at,
        (Ok(host), Some(updates)) => {
            let clocks = Clocks { observed_at: now, received_at: now };
            security_repository::lists_at(updates, &host.os, &host.arch, repositories, clocks)
        }
    };
    let runtime = collected.runtime.as_ref().ok();
    let owned = runtime.zip(packages.filter(|packages| !packages.records.is_empty())).map(|(runtime, packages)| {
        let runs = |kernel: &&Kernel| kernel.release == runtime.running_kernel && !kernel.package.is_empty();
        let owner = runtime.kernels.iter().find(runs);
        owner.is_some_and(|kernel| packages.records.iter().any(|record| record.name == kernel.package))
    });
    let unknowns = running::look(collected.host.as_ref().ok(), runtime, owned);
    Basis {
        host: state(&collected.host),
        packages: state(&collected.packages),
        installed: number(packages.map_or(0, |packages| packages.records.len())),
        packages_skipped: number(packages.map_or(0, |packages| packages.skipped.len() + unordered(packages))),
        updates: state(&collected.updates),
        security_unknown: 0,
        updates_skipped: number(updates.map_or(0, |updates| updates.skipped.len())),
        repositories_skipped: number(repositories.map_or(0, |repositories| repositories.skipped.len())),
        lists_at,
        security_repository,
        // No server's clock, no earlier report and no other machine are known to a scan.
        awaited: fleet::Awaited::default(),
        clock_ahead: None,
        kernel_unowned: unknowns.kernel_unowned,
        reboot_unknown: unknowns.reboot_unknown,
        alternated_at: None,
    }
}
