//! Numbers in versions: runs of digits of any length, as every scheme compares them.

use std::cmp::Ordering;

/// A run of digits as a number: leading zeros don't count, the empty run is 0. Never converted, so
/// 10,000 digits cost what their bytes cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number<'a>(&'a [u8]);

impl<'a> Number<'a> {
    pub(crate) fn new(digits: &'a [u8]) -> Self {
        let zeros = digits.iter().take_while(|b| **b == b'0').count();
        Self(&digits[zeros..])
    }

    /// The digits without leading zeros.
    pub(crate) fn digits(self) -> &'a [u8] {
        self.0
    }

    /// Writes bytes that order as numbers do, since the longer one is greater: the length, in one byte
    /// that is at least `base`, and the digits. Bytes below `base` stay free for other tokens.
    pub(crate) fn push(self, key: &mut Vec<u8>, base: u8) {
        match u8::try_from(self.0.len()).ok().and_then(|length| length.checked_add(base)) {
            Some(length) if length < u8::MAX => key.push(length),
            _ => {
                key.push(u8::MAX);
                key.extend(length(self.0.len()));
            }
        }
        key.extend(self.0);
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(other.0))
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A length as bytes that order as lengths do.
pub(crate) fn length(length: usize) -> [u8; 8] {
    u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes()
}

/// Splits after the longest start whose bytes all pass.
pub(crate) fn span(text: &[u8], passes: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|b| !passes(b)).unwrap_or(text.len()))
}

/// Splits after the run of digits at the start.
pub(crate) fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    span(text, u8::is_ascii_digit)
}
