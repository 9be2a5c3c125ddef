//! The words of fixed lists.

use super::tree::Source;
use crate::{Colour, Freshness};
use model::Role;

impl Freshness {
    /// Every value, the freshest first.
    pub const ALL: [Self; 4] = [Self::Fresh, Self::Late, Self::Stale, Self::Lost];

    /// The word in every interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Late => "late",
            Self::Stale => "stale",
            Self::Lost => "lost",
        }
    }
}

impl Colour {
    /// Every value.
    pub const ALL: [Self; 5] = [Self::Green, Self::Yellow, Self::Orange, Self::Red, Self::Grey];

    /// The word in every interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
            Self::Grey => "grey",
        }
    }
}

impl Source {
    pub(super) const ALL: [Self; 2] = [Self::Distribution, Self::Foreign];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Distribution => "distribution",
            Self::Foreign => "foreign",
        }
    }
}

/// The word of a role in every interface.
pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Installed => "installed",
        Role::RunningKernel => "running_kernel",
        Role::NextKernel => "next_kernel",
        Role::Resident => "resident",
    }
}

/// Package managers, as hosts name theirs.
pub(super) const MANAGERS: [&str; 4] = ["dpkg", "rpm", "pacman", "apk"];

/// Yes and no.
pub(super) const YES_NO: [&str; 2] = ["yes", "no"];
