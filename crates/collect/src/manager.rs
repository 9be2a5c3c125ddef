//! Which package manager a root has.

use crate::{Root, rpm};

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manager {
    Dpkg,
    Rpm,
    Pacman,
    Apk,
}

impl Manager {
    /// The word on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Dpkg => "dpkg",
            Self::Rpm => "rpm",
            Self::Pacman => "pacman",
            Self::Apk => "apk",
        }
    }
}

/// The databases of pacman and apk: any of the paths tells it.
const OTHERS: &[(Manager, &[&str])] = &[
    (Manager::Pacman, &["/var/lib/pacman/local"]),
    (Manager::Apk, &["/lib/apk/db/installed", "/usr/lib/apk/db/installed"]),
];

/// Finds the manager. An empty dpkg database counts last: the tool alone may be installed on a
/// system of another kind. A database that can't be looked at is one: it is read next, and says why not.
pub(crate) fn find(root: &Root) -> Option<Manager> {
    let has_dpkg = !root.is_missing("/var/lib/dpkg/status") || root.exists("/var/lib/dpkg/status.d");
    let is_filled =
        root.exists("/var/lib/dpkg/status.d") || !root.read("/var/lib/dpkg/status", 0).is_ok_and(|b| b.is_empty());
    if has_dpkg && is_filled {
        return Some(Manager::Dpkg);
    }
    if rpm::is_there(root) {
        return Some(Manager::Rpm);
    }
    let other = OTHERS.iter().find(|(_, paths)| paths.iter().any(|path| !root.is_missing(path)));
    other.map(|(manager, _)| *manager).or(has_dpkg.then_some(Manager::Dpkg))
}
