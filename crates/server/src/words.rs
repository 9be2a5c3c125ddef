//! Numbers and times in sentences for people: the same in the API, on the command line and in the log.

use jiff::Timestamp;

/// `1204` as `1,204`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 package`, `907 packages`, with thousands marked: `1,204 hosts`.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// `2026-11-22 20:01 UTC`
#[must_use]
pub fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// How long ago something was, and when: `2 h ago (2026-11-22 20:01 UTC)`. What is yet to come, as the clock of
/// another machine may have it, stands without.
#[must_use]
pub fn when(at: Timestamp, now: Timestamp) -> String {
    match now.duration_since(at).as_secs() {
        ..0 => minute(at),
        seconds => format!("{} ago ({})", age(seconds), minute(at)),
    }
}

/// An age for people, in its largest unit, rounded down: `40 s`, `6 h`, `12 days`.
#[must_use]
pub fn age(seconds: i64) -> String {
    let seconds = seconds.max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => counted((seconds / 86_400).unsigned_abs(), "day", "days"),
    }
}

/// A time that a file or list claims, unless it says nothing: what never had a date has that of the epoch.
#[must_use]
pub fn dated(at: Timestamp) -> Option<Timestamp> {
    (at.as_second() > 0).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!([0, 999, 1_204, 1_000_000].map(thousands), ["0", "999", "1,204", "1,000,000"]);
        assert_eq!(counted(1, "package", "packages"), "1 package");
        assert_eq!(
            [-5, 59, 60, 3_599, 6 * 3_600, 47 * 3_600, 12 * 86_400].map(age),
            ["0 s", "59 s", "1 min", "59 min", "6 h", "47 h", "12 days"]
        );
    }

    #[test]
    fn times_for_people() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-22T22:30:00Z");
        assert_eq!(when(at("2026-11-22T20:01:59Z"), now), "2 h ago (2026-11-22 20:01 UTC)");
        assert_eq!(when(at("2023-11-22T22:30:00Z"), now), "1,096 days ago (2023-11-22 22:30 UTC)");
        assert_eq!(when(at("2026-11-23T00:00:00Z"), now), "2026-11-23 00:00 UTC");
        assert_eq!(dated(at("1970-01-01T00:00:00Z")), None);
        assert_eq!(dated(now), Some(now));
    }
}
