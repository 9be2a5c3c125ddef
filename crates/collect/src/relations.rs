//! What a package asks of others, kept as text: it is taken apart only on hosts that have updates.

use formats::packages::Package;
use formats::relations::{self, Relation};

/// The relations that decide whether a package can be installed beside others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Relations {
    /// `Pre-Depends` and `Depends`.
    depends: Box<str>,
    conflicts: Box<str>,
    breaks: Box<str>,
    provides: Box<str>,
}

impl Relations {
    pub(crate) fn of(package: &Package<'_>) -> Self {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let mut depends = text(package.pre_depends);
        if !depends.is_empty() && !package.depends.is_empty() {
            depends.push(',');
        }
        depends.push_str(&text(package.depends));
        Self {
            depends: depends.into(),
            conflicts: text(package.conflicts).into(),
            breaks: text(package.breaks).into(),
            provides: text(package.provides).into(),
        }
    }

    /// What has to be there: of each clause one.
    pub(crate) fn depends(&self) -> Vec<Vec<Relation<'_>>> {
        relations::parse(&self.depends).0
    }

    pub(crate) fn conflicts(&self) -> impl Iterator<Item = Relation<'_>> {
        relations::parse(&self.conflicts).0.into_iter().flatten()
    }

    pub(crate) fn breaks(&self) -> impl Iterator<Item = Relation<'_>> {
        relations::parse(&self.breaks).0.into_iter().flatten()
    }

    /// What the package stands for beside itself.
    pub(crate) fn provides(&self) -> Vec<Relation<'_>> {
        relations::parse(&self.provides).0.into_iter().flatten().collect()
    }
}
