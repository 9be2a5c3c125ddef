//! What is judged: a package as it is on any host, in a role on one of them.

use crate::Platform;
use serde::{Deserialize, Serialize};

/// A distinct package: only what is true of it on **any** host that has it.
///
/// What differs from host to host (held, installed by hand, install time) is part of an
/// inventory, not of this. Two hosts with equal packages share one id and one verdict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Package {
    /// The distribution and release of the host that reported it.
    pub platform: Platform,
    /// Name of the binary package.
    pub name: String,
    /// Full version, with epoch and revision where the scheme has them.
    pub version: String,
    /// Architecture in the package manager's words (`amd64`, `all`, `noarch`).
    pub arch: String,
    /// Name of the source package; the binary's own name where the manager states none.
    pub source: String,
    /// Version of the source package; the binary's own where the manager states none.
    pub source_version: String,
    /// Module label `name:stream` of a modular rpm, empty elsewhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub module: String,
    /// Who built it, as far as the evidence goes.
    #[serde(default)]
    pub origin: Origin,
}

/// Who a package comes from, with the strength of the evidence (matching rule 6).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum Origin {
    /// The version stands in one of the distribution's own repository lists.
    Distribution,
    /// Nothing contradicts that the distribution built it; it stands in no list at hand.
    #[default]
    DistributionInferred,
    /// Somebody else built it: the named vendor, archive or repository.
    Foreign(String),
}

impl Origin {
    /// Whether the distribution's own feeds may speak for the package.
    #[must_use]
    pub fn is_distribution(&self) -> bool {
        !matches!(self, Self::Foreign(_))
    }
}

/// In which capacity a host has a package. A posting of the index is keyed by (package, role).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Installed on disk.
    Installed,
    /// The kernel that runs.
    RunningKernel,
    /// The kernel that boots next.
    NextKernel,
    /// An old version still mapped by a running process.
    Resident,
}

impl Role {
    /// Every role, in the order of [`Role::code`].
    pub const ALL: [Self; 4] = [Self::Installed, Self::RunningKernel, Self::NextKernel, Self::Resident];

    /// The number that stored sets and logs use. Never renumbered.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Installed => 0,
            Self::RunningKernel => 1,
            Self::NextKernel => 2,
            Self::Resident => 3,
        }
    }

    /// The role of a stored number.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Installed),
            1 => Some(Self::RunningKernel),
            2 => Some(Self::NextKernel),
            3 => Some(Self::Resident),
            _ => None,
        }
    }
}
