//! Ceilings on what a report may hold.

/// The largest number of a report: 2^53 - 1, the largest integer that every reader of JSON holds
/// exactly (RFC 8259, section 6). One report a second reaches it after 285 million years.
pub const MAX_SEQUENCE: u64 = (1 << 53) - 1;

/// Ceilings on a report. A server may lower or raise them (`mendwatch server --max-report-bytes`).
///
/// They stand far above the largest real hosts (a Debian desktop has 5,000 packages, a full archive
/// mirror host 20,000) and far below what would hurt a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a report's JSON, after decompression.
    pub report_bytes: u64,
    /// Records of `packages`.
    pub packages: usize,
    /// Records of `updates`.
    pub updates: usize,
    /// Records of `repositories`.
    pub repositories: usize,
    /// Records of `history`.
    pub history: usize,
    /// Records of each list in `runtime` and `host`, and of each `skipped`.
    pub list: usize,
    /// Levels of brackets within brackets.
    pub nesting: usize,
    /// Bytes of a name, version, architecture or similar identifier.
    pub identifier_bytes: usize,
    /// Bytes of a free text (dependencies, reasons).
    pub text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            report_bytes: 32 << 20,
            packages: 100_000,
            updates: 100_000,
            repositories: 5_000,
            history: 10_000,
            list: 10_000,
            nesting: 64,
            identifier_bytes: 512,
            text_bytes: 32 << 10,
        }
    }
}
