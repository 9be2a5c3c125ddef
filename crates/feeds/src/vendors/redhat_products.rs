//! Red Hat's products by CPE: which of them are releases of Enterprise Linux, and in which channel.
//!
//! Source: the CPE dictionary and `repository-to-cpe.json` of
//! <https://security.access.redhat.com/data/metrics/>; support phases by
//! <https://access.redhat.com/support/policy/updates/errata>. Everything that is no release or
//! extended stream of Enterprise Linux (OpenShift, JBoss, Satellite, collections) is a product of its own,
//! whose packages no host's release speaks for.

use model::Platform;

/// A product's name in the CPE, and how its channel begins; a channel names the minor release where
/// there is one.
const PRODUCTS: &[(&str, &str)] = &[
    ("enterprise_linux", ""),
    ("rhel_extras", ""),
    ("rhel_extras_rt", ""),
    ("rhel_extras_sap", ""),
    ("rhel_extras_sap_hana", ""),
    ("enterprise_linux_eus", "eus"),
    ("rhel_eus", "eus"),
    ("rhel_eus_long_life", "eus-long-life"),
    ("rhel_aus", "aus"),
    ("rhel_mission_critical", "aus"),
    ("rhel_tus", "tus"),
    ("rhel_e4s", "e4s"),
    ("rhel_els", "els"),
];

/// The releases that Red Hat has published security data of.
const RELEASES: &[&str] = &["3", "4", "5", "6", "7", "8", "9", "10"];

/// The platform and channel of a CPE: `cpe:/a:redhat:rhel_eus:9.4::appstream` is `rhel:9` in
/// `eus:9.4`. `None` for products that are no Enterprise Linux.
#[must_use]
pub fn platform(cpe: &str) -> Option<(Platform, String)> {
    let mut parts = cpe.strip_prefix("cpe:/")?.split(':');
    let (_, "redhat", product, version) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?) else {
        return None;
    };
    let (_, channel) = PRODUCTS.iter().find(|(name, _)| *name == product)?;
    let major = version.split_once('.').map_or(version, |(major, _)| major);
    if !RELEASES.contains(&major) {
        return None;
    }
    let channel = match (*channel, version == major) {
        ("", _) => String::new(),
        (channel, true) => channel.to_owned(),
        (channel, false) => format!("{channel}:{version}"),
    };
    Some((Platform::new("rhel", major).ok()?, channel))
}

/// Every platform of the table.
#[must_use]
pub fn platforms() -> Vec<Platform> {
    RELEASES.iter().filter_map(|release| Platform::new("rhel", release).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CPEs of genuine documents.
    #[test]
    fn releases_and_channels_are_told_by_cpe() {
        for (cpe, wanted, channel) in [
            ("cpe:/o:redhat:enterprise_linux:9", "rhel:9", ""),
            ("cpe:/a:redhat:enterprise_linux:9::appstream", "rhel:9", ""),
            ("cpe:/o:redhat:enterprise_linux:10.1", "rhel:10", ""),
            ("cpe:/o:redhat:enterprise_linux_eus:10.0", "rhel:10", "eus:10.0"),
            ("cpe:/o:redhat:rhel_eus:9.4::baseos", "rhel:9", "eus:9.4"),
            ("cpe:/a:redhat:rhel_aus:8.2::appstream", "rhel:8", "aus:8.2"),
            ("cpe:/o:redhat:rhel_els:7", "rhel:7", "els"),
            ("cpe:/a:redhat:rhel_eus_long_life:8.4::appstream", "rhel:8", "eus-long-life:8.4"),
        ] {
            assert_eq!(platform(cpe), Some((wanted.parse().unwrap(), channel.to_owned())), "{cpe}");
        }
        for cpe in [
            "cpe:/a:redhat:openshift:4.16::el9",
            "cpe:/a:redhat:rhel_software_collections:3::el7",
            "cpe:/a:redhat:enterprise_linux_ai:3",
            "cpe:/a:redhat:rhel_satellite_client:6::el9",
            "cpe:/o:redhat:enterprise_linux",
            "cpe:/o:other:enterprise_linux:9",
            "",
        ] {
            assert_eq!(platform(cpe), None, "{cpe}");
        }
    }
}
