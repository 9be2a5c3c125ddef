//! Whether the host must be rebooted, and why: what takes effect only then.
//!
//! Debian's and Ubuntu's packages that need it (kernels, libc, dbus) call `notify-reboot-required` of
//! update-notifier or unattended-upgrades, which writes two files; where neither is installed there are none, so
//! the kernels are held against each other as well. libzypp leaves a file of its own. On dnf's and yum's hosts
//! nothing does: there it is what dnf's plugin needs-restarting looks at, packages that everything runs on and
//! that were installed after the start.

use crate::Root;
use crate::text::identifier;
use jiff::Timestamp;
use model::wire::sections::{Kernel, PackageRecord};
use versions::Scheme;

/// Written where a reboot is needed. Debian's `/var/run` is a link to `/run`; images of old systems have a directory
/// there. The last is libzypp's.
const FLAGS: &[&str] = &["/run/reboot-required", "/var/run/reboot-required", "/run/reboot-needed"];

/// Packages of rpm after which dnf's needs-restarting asks for a reboot. Source: `NEED_REBOOT` in
/// needs_restarting.py of dnf-plugins-core 4.3. Kernels are told by what boots next.
const CORE: &[&str] = &["dbus", "dbus-broker", "dbus-daemon", "glibc", "linux-firmware", "microcode_ctl", "systemd"];

/// Most reasons that are told.
const MOST_REASONS: usize = 1000;

/// What the answer rests on beside files.
pub(crate) struct Basis<'a> {
    pub(crate) scheme: Scheme,
    pub(crate) installed: &'a [PackageRecord],
    pub(crate) kernels: &'a [Kernel],
    /// Releases; empty where it can't be told.
    pub(crate) running: &'a str,
    pub(crate) next: &'a str,
    /// When it was started, unless something around it was: a container has the kernel's time.
    pub(crate) booted_at: Option<Timestamp>,
}

/// The word, absent where it can't be told, and the reasons, sorted: names of packages.
pub(crate) fn read(root: &Root, basis: &Basis<'_>) -> (Option<bool>, Vec<String>) {
    let flagged = FLAGS.iter().any(|flag| root.exists(flag));
    let mut reasons: Vec<String> = if flagged { told(root) } else { Vec::new() };
    if root.is_live() {
        reasons.extend(basis.kernel());
        reasons.extend(basis.core());
    }
    reasons.sort();
    reasons.dedup();
    reasons.truncate(MOST_REASONS);
    // /run is empty in a root that does not run, which says nothing.
    let required = if flagged || !reasons.is_empty() { Some(true) } else { root.is_live().then_some(false) };
    (required, reasons)
}

fn told(root: &Root) -> Vec<String> {
    let texts = FLAGS.iter().filter_map(|flag| root.text(&format!("{flag}.pkgs"), 1 << 20).ok());
    let lines = texts.flat_map(|text| text.lines().map(identifier).collect::<Vec<_>>());
    lines.filter(|reason| !reason.is_empty()).take(MOST_REASONS).collect()
}

impl Basis<'_> {
    /// The package of the kernel that boots next, where that is newer than the one that runs. A kernel of no package
    /// is somebody's own: what of it is newer can't be told.
    fn kernel(&self) -> Option<String> {
        let owner = |release: &str| {
            let of = |kernel: &&Kernel| kernel.release == release && !kernel.package.is_empty();
            (!release.is_empty()).then(|| self.kernels.iter().find(of)).flatten()
        };
        let (_, next) = owner(self.running).zip(owner(self.next))?;
        self.scheme.compare(self.running, self.next).is_lt().then(|| next.package.clone())
    }

    fn core(&self) -> impl Iterator<Item = String> {
        let booted_at = self.booted_at.filter(|_| self.scheme == Scheme::Rpm);
        let is_since = move |record: &&PackageRecord| booted_at.is_some_and(|at| record.installed_at > Some(at));
        let of_core = self.installed.iter().filter(|record| CORE.contains(&record.name.as_str()));
        of_core.filter(is_since).map(|record| record.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(release: &str, package: &str) -> Kernel {
        Kernel { release: release.into(), package: package.into(), ..Kernel::default() }
    }

    #[test]
    fn a_newer_kernel_that_boots_next_needs_one() {
        let (old, new) = ("6.1.0-9-amd64", "6.1.0-41-amd64");
        let kernels = [kernel(old, "linux-image-6.1.0-9-amd64"), kernel(new, "linux-image-6.1.0-41-amd64")];
        let of = |running, next| {
            let (scheme, installed) = (Scheme::Dpkg, &[][..]);
            Basis { scheme, installed, kernels: &kernels, running, next, booted_at: None }.kernel()
        };
        assert_eq!(of(old, new).as_deref(), Some("linux-image-6.1.0-41-amd64"));
        assert_eq!(of(new, new), None);
        assert_eq!(of(new, old), None, "the older one was chosen");
        assert_eq!(of("6.1.102", new), None, "no package's, so nobody knows");
        assert_eq!(of("", new), None);
        assert_eq!(of(old, ""), None);
    }

    #[test]
    fn rpm_hosts_need_one_when_what_all_run_on_came_after_the_start() {
        let at = |second: i64| Timestamp::from_second(1_700_000_000 + second).unwrap();
        let package = |name: &str, second: i64| PackageRecord {
            name: name.into(),
            installed_at: Some(at(second)),
            ..PackageRecord::default()
        };
        let installed = [package("glibc", 60), package("systemd", -60), package("bash", 60)];
        let of = |scheme, booted_at| {
            let (kernels, running, next) = (&[][..], "", "");
            let basis = Basis { scheme, installed: &installed, kernels, running, next, booted_at };
            basis.core().collect::<Vec<_>>()
        };
        assert_eq!(of(Scheme::Rpm, Some(at(0))), ["glibc"]);
        assert_eq!(of(Scheme::Rpm, Some(at(100))), [""; 0]);
        assert_eq!(of(Scheme::Rpm, None), [""; 0]);
        assert_eq!(of(Scheme::Dpkg, Some(at(0))), [""; 0], "there a file says so");
    }
}
