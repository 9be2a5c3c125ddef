//! Debian's releases by codename.
//!
//! Source: `distro-info-data`, debian.csv (version, series). Debian names a release by codename in
//! its security data and by number in os-release's `VERSION_ID`; sid has no number.

use model::Platform;

/// Codename and the release of the platform, oldest first.
pub const RELEASES: &[(&str, &str)] = &[
    ("potato", "2.2"),
    ("woody", "3.0"),
    ("sarge", "3.1"),
    ("etch", "4"),
    ("lenny", "5"),
    ("squeeze", "6"),
    ("wheezy", "7"),
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
    ("sid", "sid"),
];

/// The platform of a codename: `bookworm` is `debian:12`.
#[must_use]
pub fn platform(codename: &str) -> Option<Platform> {
    let (_, release) = RELEASES.iter().find(|(known, _)| *known == codename)?;
    Platform::new("debian", release).ok()
}

/// Every platform of the table.
#[must_use]
pub fn platforms() -> Vec<Platform> {
    RELEASES.iter().filter_map(|(_, release)| Platform::new("debian", release).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_equals_distro_info_data() {
        // usr/share/distro-info/debian.csv of distro-info-data, from potato on.
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds/eol/distro-info-data.tar.zst");
        let tar = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
        let text = String::from_utf8_lossy(&tar);
        let csv = &text[text.find("version,codename,series,created,release,eol,eol-lts").unwrap()..];
        for (codename, release) in RELEASES {
            let row = csv
                .lines()
                .find(|line| line.split(',').nth(2) == Some(codename))
                .unwrap_or_else(|| panic!("{codename} is not in debian.csv"));
            let version = row.split(',').next().unwrap();
            // os-release has the number without `.0` since wheezy, when it was introduced.
            let number = if version.is_empty() { "sid" } else { version.strip_suffix(".0").unwrap_or(version) };
            assert!(number == *release || version == *release, "{codename}: {version} is not {release}");
        }
        assert_eq!(platforms().len(), RELEASES.len());
        assert_eq!(platform("bookworm"), Some("debian:12".parse().unwrap()));
        assert_eq!(platform("hamm"), None);
    }
}
