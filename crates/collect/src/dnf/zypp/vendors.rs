//! Which vendors may take each other's place: zypper does not change a package's vendor unless it is told to.

use super::super::settings::Settings;
use crate::Root;
use formats::ini::Section;

/// Folder of files with `[main]` and `vendors = ...`, each a list of vendors that are one.
const FOLDER: &str = "/etc/zypp/vendors.d";
/// Vendors that are one without being configured: whatever begins so (libzypp's `VendorAttr`).
const BUILT_IN: [&[&str]; 2] = [&["suse"], &["opensuse"]];
/// Most lists.
const MOST: usize = 1000;

/// Lists of beginnings of vendors' names, in lower case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vendors {
    lists: Vec<Vec<String>>,
    /// `solver.allowVendorChange`: they don't matter.
    any: bool,
}

impl Vendors {
    pub(super) fn read(root: &Root, main: &Section, settings: &mut Settings) -> Self {
        let mut lists: Vec<Vec<String>> =
            BUILT_IN.iter().map(|list| list.iter().map(|name| (*name).to_owned()).collect()).collect();
        let folder = main.get("vendordir").unwrap_or(FOLDER).to_owned();
        for path in settings.files(root, &folder, "") {
            for section in settings.sections(root, &path).iter().filter(|section| section.name == "main") {
                let names = section.get("vendors").unwrap_or_default().split(',');
                let names: Vec<String> =
                    names.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect();
                if lists.len() < MOST {
                    lists.push(names);
                } else {
                    settings.skip(&path, format!("more than {MOST} lists of vendors; this one does not count"));
                }
            }
        }
        Self { lists, any: main.truth("solver.allowVendorChange") == Some(true) }
    }

    /// Whether one may take the other's place.
    pub(crate) fn are_alike(&self, one: &str, other: &str) -> bool {
        let (one, other) = (one.to_lowercase(), other.to_lowercase());
        let is_in = |list: &Vec<String>, vendor: &str| list.iter().any(|name| vendor.starts_with(name.as_str()));
        self.any || one == other || self.lists.iter().any(|list| is_in(list, &one) && is_in(list, &other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_are_alike_by_their_beginnings() {
        let lists = BUILT_IN.iter().map(|list| list.iter().map(|name| (*name).to_owned()).collect()).collect();
        let mut vendors = Vendors { lists, any: false };
        assert!(vendors.are_alike("SUSE LLC <https://www.suse.com/>", "SUSE Linux Enterprise 15"));
        assert!(vendors.are_alike("", "") && vendors.are_alike("Other", "Other"));
        assert!(!vendors.are_alike("SUSE LLC", "openSUSE"));
        assert!(!vendors.are_alike("SUSE LLC", "Other") && !vendors.are_alike("SUSE LLC", ""));
        vendors.lists.push(vec!["suse".to_owned(), "opensuse".to_owned()]);
        assert!(vendors.are_alike("SUSE LLC", "openSUSE"));
        assert!(Vendors { lists: vec![], any: true }.are_alike("a", "b"));
    }
}
