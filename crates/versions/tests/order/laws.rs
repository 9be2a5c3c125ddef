//! What holds for any order and its keys, over generated versions.

use crate::generate::{anything, related, version};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cmp::Ordering;
use versions::{Scheme, compare_fixed_keys};

/// Runs a property over every scheme.
fn each<S: Strategy>(make: impl Fn(Scheme) -> S, property: impl Fn(Scheme, S::Value) -> Result<(), TestCaseError>) {
    for scheme in Scheme::ALL {
        let mut runner = TestRunner::new(ProptestConfig { cases: 2000, ..ProptestConfig::default() });
        runner.run(&make(scheme), |value| property(scheme, value)).unwrap_or_else(|error| panic!("{scheme}: {error}"));
    }
}

#[test]
fn the_order_is_an_order() {
    each(
        |scheme| related::<3>(scheme, anything),
        |scheme, [a, b, c]| {
            prop_assert_eq!(scheme.compare(&a, &a), Ordering::Equal);
            for (x, y) in [(&a, &b), (&b, &c), (&a, &c)] {
                prop_assert_eq!(scheme.compare(x, y), scheme.compare(y, x).reverse(), "{} {}", x, y);
            }
            for (x, y, z) in [(&a, &b, &c), (&a, &c, &b), (&b, &a, &c)] {
                let (xy, yz, xz) = (scheme.compare(x, y), scheme.compare(y, z), scheme.compare(x, z));
                if xy == yz || yz.is_eq() {
                    prop_assert_eq!(xz, xy, "not transitive: {} {} {}", x, y, z);
                }
            }
            Ok(())
        },
    );
}

/// Key order is the order, and equal versions, no others, share a key.
#[test]
fn keys_order_as_versions_do() {
    each(
        |scheme| related::<2>(scheme, anything),
        |scheme, [a, b]| {
            let (left, right) = (scheme.key(&a), scheme.key(&b));
            prop_assert_eq!(left.cmp(&right), scheme.compare(&a, &b));
            prop_assert_eq!(left == right, scheme.compare(&a, &b).is_eq());
            prop_assert_eq!(compare_fixed_keys(&left, &right), scheme.compare_fixed(&a, &b), "as a fixed version");
            Ok(())
        },
    );
}

/// Versions that end in no separator, all with or all without pkgrel, are ordered as vercmp says; so the
/// order is vercmp's wherever that is one.
#[test]
fn pacmans_order_is_vercmps_where_that_is_one() {
    let sound = |text: &str| {
        let (version, release) = text.rsplit_once('-').map_or((text, None), |(v, r)| (v, Some(r)));
        [Some(version), release].into_iter().flatten().all(|part| part.ends_with(|c: char| c.is_ascii_alphanumeric()))
    };
    each(
        |scheme| related::<2>(scheme, version),
        |scheme, [a, b]| {
            if sound(&a) && sound(&b) && a.contains('-') == b.contains('-') {
                prop_assert_eq!(scheme.compare(&a, &b), scheme.compare_as_tool(&a, &b));
            }
            Ok(())
        },
    );
}

/// A literal ignores the parts that it lacks, and no others.
#[test]
fn literals_ignore_what_they_lack() {
    each(
        |scheme| related::<2>(scheme, version),
        |scheme, [a, b]| {
            prop_assert_eq!(scheme.compare_literal(&a, &a), Ordering::Equal);
            if scheme != Scheme::Apk && b.contains(':') && b.contains('-') {
                prop_assert_eq!(scheme.compare_literal(&a, &b), scheme.compare(&a, &b));
            }
            if scheme != Scheme::Apk && !a.contains(':') && !b.contains(':') {
                prop_assert_eq!(scheme.compare_literal(&format!("7:{a}"), &b), scheme.compare_literal(&a, &b));
            }
            Ok(())
        },
    );
}

/// `~` sorts before the end for dpkg and rpm, `^` after it for rpm, `_rc` before it for apk, a letter
/// for pacman (deb-version(7), rpm-version(7), vercmp(8)).
#[test]
fn just_below_is_below() {
    each(
        |_| "[0-9]{1,3}([.][1-9][0-9]{0,2}){0,3}",
        |scheme, release| {
            let (before, after) = match scheme {
                Scheme::Dpkg => ("~", "+"),
                Scheme::Rpm => ("~", "^"),
                Scheme::Pacman => ("rc", ".1"),
                Scheme::Apk => ("_rc1", "_p1"),
            };
            prop_assert_eq!(scheme.compare(&format!("{release}{before}"), &release), Ordering::Less);
            prop_assert_eq!(scheme.compare(&format!("{release}{after}"), &release), Ordering::Greater);
            Ok(())
        },
    );
}

/// Leading zeros and a missing epoch or, for dpkg, a revision of 0 change nothing.
#[test]
fn equal_versions_share_a_key() {
    for scheme in [Scheme::Dpkg, Scheme::Rpm, Scheme::Pacman] {
        assert_eq!(scheme.key("1.007-1"), scheme.key("1.7-1"), "{scheme}");
        assert_eq!(scheme.key("0:1.7-1"), scheme.key("1.7-1"), "{scheme}");
    }
    assert_eq!(Scheme::Dpkg.key("1.7-0"), Scheme::Dpkg.key("1.7"));
    assert_eq!(Scheme::Rpm.key("1.a_7"), Scheme::Rpm.key("1a7"));
    assert_eq!(Scheme::Pacman.key("2_0.a"), Scheme::Pacman.key("2.0_a"));
    assert_eq!(Scheme::Apk.key("01.7-r01"), Scheme::Apk.key("1.7-r1"));
}
