//! What can go wrong, and the exit code that says so to a timer or monitoring system.

use std::fmt;

/// Exit codes. Documented in `docs/agent.md`; never renumbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 1: the host itself could not be read.
    Host,
    /// 2: arguments or settings are wrong.
    Settings,
    /// 3: the server was not reached, or asked to come back later. The next run may succeed.
    Unreachable,
    /// 4: the server refuses the token.
    Token,
    /// 5: the server refuses what was sent, or answers what is not understood.
    Refused,
}

impl Kind {
    /// The exit code.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Host => 1,
            Self::Settings => 2,
            Self::Unreachable => 3,
            Self::Token => 4,
            Self::Refused => 5,
        }
    }
}

/// A failure: one line for people, and its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What kind it is.
    pub kind: Kind,
    /// One line: what happened, where, and what to do where that is known.
    pub message: String,
}

impl Failure {
    /// A failure of a kind. The message may hold text of a server: it is made printable here.
    #[must_use]
    pub fn new(kind: Kind, message: impl AsRef<str>) -> Self {
        Self { kind, message: crate::text::one_line(message.as_ref()) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
