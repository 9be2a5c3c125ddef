//! Absurd versions: any text has an order and a key, and its size is bounded by the text's.

use std::cmp::Ordering;
use versions::Scheme;

/// Versions that repeat one thing `times` times.
fn absurd(times: usize) -> Vec<String> {
    let parts =
        ["9", "0", "~", "^", ".", "-", ":", "a", "1.", "1a", "a.", "~1", "_p", "_p1", ".0", "-r1", "_", "é", "\0"];
    let mut all: Vec<String> = parts.iter().map(|part| part.repeat(times)).collect();
    all.extend(parts.iter().map(|part| format!("1{}", part.repeat(times))));
    all
}

#[test]
fn keys_are_at_most_three_times_as_long_as_versions() {
    for scheme in Scheme::ALL {
        for version in absurd(10_000).into_iter().chain(absurd(1)).chain([String::new()]) {
            let key = scheme.key(&version);
            assert!(key.len() <= 3 * version.len() + 12, "{scheme}: {} bytes for {}", key.len(), version.len());
            assert_eq!(scheme.compare_literal(&version, &version), Ordering::Equal, "{scheme}");
        }
    }
}

/// 300 is more than what fits the short form of a length in a key.
#[test]
fn absurd_versions_have_an_order() {
    let mut all = absurd(300);
    all.extend(["", ":", "-", "0:", "-0", "~", "^", "1-", "1:-", "\u{10ffff}", "1~", "1-r", "1_"].map(str::to_owned));
    for scheme in Scheme::ALL {
        let keys: Vec<Vec<u8>> = all.iter().map(|version| scheme.key(version)).collect();
        for (a, left) in all.iter().zip(&keys) {
            for (b, right) in all.iter().zip(&keys) {
                assert_eq!(scheme.compare(a, b), left.cmp(right), "{scheme}");
                assert_eq!(scheme.compare_as_tool(a, b), scheme.compare_as_tool(b, a).reverse(), "{scheme}");
            }
        }
    }
}

/// A number of 10,000 digits is less than the same with a last digit that is greater, or with one more.
#[test]
fn numbers_have_any_number_of_digits() {
    let number = "9".repeat(9_999);
    for scheme in Scheme::ALL {
        for (a, b) in [
            (format!("{number}8"), format!("{number}9")),
            (format!("1.{number}8"), format!("1.{number}9")),
            (format!("1.{number}9"), format!("1.1{number}9")),
            (format!("1.{}", u64::MAX), "1.18446744073709551616".to_owned()),
        ] {
            assert_eq!(scheme.compare(&a, &b), Ordering::Less, "{scheme}");
            assert_eq!(scheme.key(&a).cmp(&scheme.key(&b)), Ordering::Less, "{scheme}");
        }
    }
}

/// Messages stay short and harmless whatever the version.
#[test]
fn what_is_wrong_is_said_in_a_line() {
    for scheme in Scheme::ALL {
        let mut refused = 0;
        for version in absurd(1_000).into_iter().chain(["1 \u{1b}[31m\n".to_owned()]) {
            if let Err(why) = scheme.check(&version) {
                let why = why.to_string();
                assert!(why.chars().count() < 1400 && !why.chars().any(char::is_control), "{scheme}: {why}");
                refused += 1;
            }
        }
        assert!(refused > 1, "{scheme} refuses {refused}");
    }
}
