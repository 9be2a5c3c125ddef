//! How long to wait before trying again.

use jiff::Timestamp;
use std::time::Duration;

/// How often a request is repeated after a failure that may pass.
pub const RETRIES: u32 = 3;

/// The longest wait that a server's `Retry-After` is granted. A server that asks for more is left
/// alone until the next run.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Sleeping, as a parameter: tests record the waits instead of waiting.
pub trait Pace {
    /// Waits.
    fn sleep(&self, time: Duration);
    /// A number from 0 to 65,535, evenly spread.
    fn random(&self) -> u16;
}

/// Really sleeps.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealPace;

impl Pace for RealPace {
    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn random(&self) -> u16 {
        let mut bytes = [0; 2];
        // Without randomness all agents of a fleet would wait equally long: harmless, not fatal.
        let _ = getrandom::fill(&mut bytes);
        u16::from_le_bytes(bytes)
    }
}

/// The wait before the given retry (0 is the first): about 1, 4 and 16 s, of which half is random,
/// so that a fleet does not return all at once to a server that was down.
#[must_use]
pub fn back_off(retry: u32, random: u16) -> Duration {
    let full = 1_000_u64.saturating_mul(4_u64.saturating_pow(retry)).min(60_000);
    Duration::from_millis(full / 2 + full / 2 * u64::from(random) / u64::from(u16::MAX))
}

/// A `Retry-After` header (RFC 9110, 10.2.3): seconds, or a date.
#[must_use]
pub fn retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u32>() {
        return Some(Duration::from_secs(u64::from(seconds)));
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(header).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_grows_and_half_of_it_is_random() {
        let waits = |random| [0, 1, 2].map(|retry| back_off(retry, random).as_millis());
        assert_eq!(waits(0), [500, 2_000, 8_000]);
        assert_eq!(waits(u16::MAX), [1_000, 4_000, 16_000]);
    }

    /// The date is the example of RFC 9110, 5.6.7.
    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(30)));
        let later: Timestamp = "1994-11-06T09:00:00Z".parse().unwrap();
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", later), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-5", now), None);
    }
}
