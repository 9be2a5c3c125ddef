//! Ubuntu's releases by codename.
//!
//! Source: `distro-info-data`, ubuntu.csv (version, series). Ubuntu names a release by codename in its
//! security data and by number in os-release's `VERSION_ID`.

use model::Platform;

/// Codename, the release of the platform, and whether it has long term support, oldest first.
pub const RELEASES: &[(&str, &str, bool)] = &[
    ("dapper", "6.06", true),
    ("edgy", "6.10", false),
    ("feisty", "7.04", false),
    ("gutsy", "7.10", false),
    ("hardy", "8.04", true),
    ("intrepid", "8.10", false),
    ("jaunty", "9.04", false),
    ("karmic", "9.10", false),
    ("lucid", "10.04", true),
    ("maverick", "10.10", false),
    ("natty", "11.04", false),
    ("oneiric", "11.10", false),
    ("precise", "12.04", true),
    ("quantal", "12.10", false),
    ("raring", "13.04", false),
    ("saucy", "13.10", false),
    ("trusty", "14.04", true),
    ("utopic", "14.10", false),
    ("vivid", "15.04", false),
    ("wily", "15.10", false),
    ("xenial", "16.04", true),
    ("yakkety", "16.10", false),
    ("zesty", "17.04", false),
    ("artful", "17.10", false),
    ("bionic", "18.04", true),
    ("cosmic", "18.10", false),
    ("disco", "19.04", false),
    ("eoan", "19.10", false),
    ("focal", "20.04", true),
    ("groovy", "20.10", false),
    ("hirsute", "21.04", false),
    ("impish", "21.10", false),
    ("jammy", "22.04", true),
    ("kinetic", "22.10", false),
    ("lunar", "23.04", false),
    ("mantic", "23.10", false),
    ("noble", "24.04", true),
    ("oracular", "24.10", false),
    ("plucky", "25.04", false),
    ("questing", "25.10", false),
    ("resolute", "26.04", true),
    ("stonking", "26.10", false),
];

/// The platform of a codename: `jammy` is `ubuntu:22.04`.
#[must_use]
pub fn platform(codename: &str) -> Option<Platform> {
    let (_, release, _) = RELEASES.iter().find(|(known, ..)| *known == codename)?;
    Platform::new("ubuntu", release).ok()
}

/// Every platform of the table.
#[must_use]
pub fn platforms() -> Vec<Platform> {
    RELEASES.iter().filter_map(|(_, release, _)| Platform::new("ubuntu", release).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_equals_distro_info_data() {
        // usr/share/distro-info/ubuntu.csv of distro-info-data, from dapper on.
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds/eol/distro-info-data.tar.zst");
        let tar = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
        let text = String::from_utf8_lossy(&tar);
        let csv = &text[text.find("version,codename,series,created,release,eol,eol-server").unwrap()..];
        let csv = &csv[..csv.find('\0').unwrap()];
        let rows: Vec<(String, String, bool)> = csv
            .lines()
            .skip(1)
            .map(|line| line.split(',').collect::<Vec<_>>())
            .map(|row| (row[2].to_owned(), row[0].trim_end_matches(" LTS").to_owned(), row[0].ends_with(" LTS")))
            .skip_while(|(codename, ..)| codename != "dapper")
            .collect();
        let table: Vec<(String, String, bool)> = RELEASES
            .iter()
            .map(|(codename, release, lts)| ((*codename).to_owned(), (*release).to_owned(), *lts))
            .collect();
        assert_eq!(table, rows);
        assert_eq!(platform("jammy"), Some("ubuntu:22.04".parse().unwrap()));
        assert_eq!(platforms().len(), RELEASES.len());
    }
}
