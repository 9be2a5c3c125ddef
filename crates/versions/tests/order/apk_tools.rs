//! apk's order against what apk-tools 2 and 3 said of 3,000 generated pairs (`tests/data/apk-tools.tsv`,
//! whose head says how that was recorded).

use std::cmp::Ordering;
use versions::Scheme;

struct Row {
    a: String,
    b: String,
    apk2: Ordering,
    apk3: Ordering,
    valid2: [bool; 2],
    valid3: [bool; 2],
}

fn rows() -> Vec<Row> {
    let text = include_str!("../data/apk-tools.tsv");
    let sign = |field: &str| field.parse::<i8>().unwrap().cmp(&0);
    let both = |field: &str| [field.starts_with('1'), field.ends_with('1')];
    let rows: Vec<Row> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            Row {
                a: fields[0].to_owned(),
                b: fields[1].to_owned(),
                apk2: sign(fields[2]),
                apk3: sign(fields[3]),
                valid2: both(fields[4]),
                valid3: both(fields[5]),
            }
        })
        .collect();
    assert_eq!(rows.len(), 3000);
    rows
}

/// A number after a point that begins with 0 and has more digits: where apk-tools 2 and 3 disagree.
fn zero_led(version: &str) -> bool {
    version.split('.').skip(1).any(|number| number.starts_with('0'))
}

#[test]
fn no_verdict_contradicts_apk_tools_3() {
    let mut undecided = 0;
    for Row { a, b, apk3, valid3, .. } in rows() {
        // Where both have something that it can't read, it stops there and calls them equal.
        if apk3.is_eq() && valid3 == [false, false] {
            undecided += 1;
        } else {
            assert_eq!(Scheme::Apk.compare(&a, &b), apk3, "{a} {b}");
        }
    }
    // Counted with awk: apk-tools 3 says 0, and neither is a version to it.
    assert_eq!(undecided, UNDECIDED);
}

const UNDECIDED: usize = 754;

/// What apk-tools 3 can't read and 2 could is ordered as 2 did; zeros at the head of a number
/// aside, where the two disagree.
#[test]
fn versions_of_old_hosts_order_as_apk_tools_2_says() {
    let mut decided = 0;
    for Row { a, b, apk2, apk3, valid2, valid3 } in rows() {
        let silent = apk3.is_eq() && valid3 == [false, false] && valid2 == [true, true];
        if silent && !zero_led(&a) && !zero_led(&b) {
            assert_eq!(Scheme::Apk.compare(&a, &b), apk2, "{a} {b}");
            decided += usize::from(apk2.is_ne());
        }
    }
    assert!(decided > 100, "only {decided} pairs");
}

/// Between versions that both tools know, they disagree about leading zeros only.
#[test]
fn apk_tools_2_and_3_disagree_about_leading_zeros_only() {
    let other: Vec<Row> = rows()
        .into_iter()
        .filter(|row| row.valid2 == [true, true] && row.valid3 == [true, true] && row.apk2 != row.apk3)
        .collect();
    assert!(!other.is_empty());
    for Row { a, b, .. } in other {
        assert!(zero_led(&a) && zero_led(&b), "{a} {b}");
    }
}

/// `check` takes what apk-tools 3 takes, and digits after the letter; nothing that neither tool takes.
#[test]
fn check_takes_what_apk_takes() {
    for Row { a, b, valid2, valid3, .. } in rows() {
        for (version, two, three) in [(&a, valid2[0], valid3[0]), (&b, valid2[1], valid3[1])] {
            let taken = Scheme::Apk.check(version).is_ok();
            assert!(taken || !three, "{version} is one to apk-tools 3");
            assert!(!taken || two || three, "{version} is none to either");
        }
    }
    // Alpine's opensmtpd until 6.6.4p1-r1; apk-tools 2 said yes, 3 says no.
    assert!(Scheme::Apk.check("6.6.4p1-r1").is_ok());
    for version in ["", "a", ".1", "1.", "1..2", "1-ruff", "1.0_foo", "1-1", "1.0A", "1.0~xyz", "1a-r", "1a1-r"] {
        assert!(Scheme::Apk.check(version).is_err(), "{version}");
    }
}
