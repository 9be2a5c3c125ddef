//! Installed versions against fixed ones without release, and against literals.

use std::cmp::Ordering::{self, Equal, Greater, Less};
use versions::{Scheme, compare_fixed_keys};

/// Rule: compare epoch, version, release in turn; a fixed version without release compares version
/// only; a missing epoch is 0.
#[test]
fn a_fixed_version_without_release_fixes_by_its_version() {
    let cases: [(Scheme, &str, &str, Ordering); 15] = [
        (Scheme::Rpm, "3.0.7-18.el9_2", "3.0.7", Equal),
        (Scheme::Rpm, "1:3.0.7-18.el9_2", "1:3.0.7", Equal),
        (Scheme::Rpm, "1:3.0.7-18.el9_2", "3.0.8", Greater),
        (Scheme::Rpm, "3.0.7-18.el9_2", "1:3.0.1", Less),
        (Scheme::Rpm, "3.0.7~rc1-1", "3.0.7", Less),
        (Scheme::Rpm, "3.0.7^git1-1", "3.0.7", Greater),
        (Scheme::Rpm, "3.0.7.1-1", "3.0.7", Greater),
        (Scheme::Rpm, "3.0.7-18.el9_2", "3.0.7-18.el9_4", Less),
        // An installed version without release is not known to be the fixed one.
        (Scheme::Rpm, "3.0.7", "3.0.7-1", Less),
        (Scheme::Pacman, "1:2.0-1", "1:2.0", Equal),
        (Scheme::Pacman, "2.0rc1-1", "2.0", Less),
        (Scheme::Pacman, "2.0-1.1", "2.0-2", Less),
        // dpkg's missing revision is 0, and a native package has none: nothing is left out.
        (Scheme::Dpkg, "1.0-1", "1.0", Greater),
        (Scheme::Dpkg, "1.0~rc1", "1.0", Less),
        // Alpine's fixed versions always have -rN; without it apk itself sorts before -r0.
        (Scheme::Apk, "1.2.3-r0", "1.2.3", Greater),
    ];
    for (scheme, installed, fixed, order) in cases {
        assert_eq!(scheme.compare_fixed(installed, fixed), order, "{scheme} {installed} {fixed}");
        let keys = compare_fixed_keys(&scheme.key(installed), &scheme.key(fixed));
        assert_eq!(keys, order, "keys of {scheme} {installed} {fixed}");
    }
}

#[test]
fn a_literal_ignores_the_parts_it_does_not_name() {
    let cases: [(Scheme, &str, &str, Ordering); 18] = [
        (Scheme::Dpkg, "3.0.11-1~deb12u2", "3.0.11", Equal),
        (Scheme::Dpkg, "1:9.18.24-1", "9.18.24", Equal),
        (Scheme::Dpkg, "1:9.18.24-1", "1:9.18.24", Equal),
        (Scheme::Dpkg, "1:9.18.24-1", "9.18.24-1", Equal),
        (Scheme::Dpkg, "1:9.18.24-1", "2:9.18", Less),
        (Scheme::Dpkg, "1:9.18.24-1", "0:9.19", Greater),
        (Scheme::Dpkg, "12.4+deb12u5", "12.4", Greater),
        // A colon may stand in dpkg's upstream version, where an epoch is.
        (Scheme::Dpkg, "1:2:3-1", "3", Less),
        (Scheme::Rpm, "1:3.0.7-18.el9_2", "3.0.7", Equal),
        (Scheme::Rpm, "1:3.0.7-18.el9_2", "3.0.7-17", Greater),
        (Scheme::Rpm, "5.14.0-362.el9", "5.14", Greater),
        (Scheme::Rpm, "3.0.7", "3.0.7-1", Less),
        (Scheme::Pacman, "1:2.0-1", "2.0", Equal),
        (Scheme::Pacman, "1:2.0-2", "2.0-1", Greater),
        (Scheme::Apk, "3.1.4-r5", "3.1.4", Equal),
        (Scheme::Apk, "3.1.4-r5", "3.1.4-r6", Less),
        (Scheme::Apk, "3.1.4_rc1-r0", "3.1.4", Less),
        (Scheme::Apk, "3.1.4", "3.1.4-r0", Less),
    ];
    for (scheme, installed, literal, order) in cases {
        assert_eq!(scheme.compare_literal(installed, literal), order, "{scheme} {installed} {literal}");
    }
}

/// os-release's `ID`s.
#[test]
fn distributions_have_their_package_managers_order() {
    for (id, scheme) in [
        ("ubuntu", Some(Scheme::Dpkg)),
        ("almalinux", Some(Scheme::Rpm)),
        ("opensuse-leap", Some(Scheme::Rpm)),
        ("amzn", Some(Scheme::Rpm)),
        ("arch", Some(Scheme::Pacman)),
        ("alpine", Some(Scheme::Apk)),
        ("gentoo", None),
        ("", None),
    ] {
        assert_eq!(Scheme::of_distribution(id), scheme, "{id}");
    }
    for scheme in Scheme::ALL {
        assert_eq!(scheme.to_string().parse(), Ok(scheme));
    }
    assert!("ebuild".parse::<Scheme>().unwrap_err().contains("dpkg, rpm, pacman, apk"));
}
