//! The sections about software, by the package manager that a root has.

use crate::{Options, Root, apt, dnf, dpkg, rpm};
use model::wire::sections::{Kernel, Packages, Repositories, Updates};

/// The sections about software, which are read together.
pub(crate) struct Software {
    pub(crate) packages: Result<Packages, String>,
    pub(crate) updates: Result<Updates, String>,
    pub(crate) repositories: Result<Repositories, String>,
    /// Native architecture, empty where unknown.
    pub(crate) native: String,
    /// Kernels that rpm's packages hold. What dpkg's hold follows from their names.
    pub(crate) kernels: Vec<Kernel>,
}

impl Software {
    pub(crate) fn unavailable(why: &str) -> Self {
        let why = || why.to_owned();
        let (native, kernels) = (String::new(), Vec::new());
        Self { packages: Err(why()), updates: Err(why()), repositories: Err(why()), native, kernels }
    }

    pub(crate) fn of_dpkg(root: &Root, options: &Options) -> Self {
        let database = match dpkg::read(root) {
            Ok(database) => database,
            Err(why) => return Self::unavailable(&why),
        };
        let view = apt::read(root, options, &database);
        let mut packages = database.section(root, view.native());
        view.mark_origins(&mut packages.records);
        Self {
            updates: view.updates(),
            repositories: Ok(view.repositories()),
            native: view.native().to_owned(),
            packages: Ok(packages),
            kernels: Vec::new(),
        }
    }

    /// As a manager's reader has them, or none of them.
    pub(crate) fn of(read: Result<Self, String>) -> Self {
        read.unwrap_or_else(|why| Self::unavailable(&why))
    }

    pub(crate) fn of_rpm(root: &Root) -> Self {
        let mut database = match rpm::read(root) {
            Ok(database) => database,
            Err(why) => return Self::unavailable(&why),
        };
        let (native, kernels) = (database.native(), std::mem::take(&mut database.kernels));
        let mut packages = database.section();
        let (updates, repositories) = if dnf::is_zypper_there(root) || dnf::is_there(root) {
            let view = dnf::read(root, &native, &mut packages.records);
            (view.updates, view.repositories)
        } else {
            let why = "neither dnf nor yum nor zypper has settings here: which updates wait is not known".to_owned();
            (Err(why.clone()), Err(why))
        };
        Self { updates, repositories, native, kernels, packages: Ok(packages) }
    }
}
