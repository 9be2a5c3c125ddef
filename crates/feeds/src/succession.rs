//! Whether a new edition of a feed may take the place of the one in force.

use jiff::Timestamp;
use std::fmt;

/// Where the date of an edition comes from, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dated {
    /// Whoever imported the document says so.
    Given,
    /// The server's `Last-Modified`.
    Server,
    /// The document's own date, or the newest inside it.
    Inside,
    /// The newest modification time of the documents in an archive.
    Members,
    /// The modification time of the file that was imported.
    File,
    /// The time of the fetch or import, since nothing else says.
    Fetched,
}

impl Dated {
    /// The word in the database and of the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Server => "server",
            Self::Inside => "inside",
            Self::Members => "members",
            Self::File => "file",
            Self::Fetched => "fetched",
        }
    }
}

/// The date of an edition's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The date.
    pub at: Timestamp,
    /// Where it comes from.
    pub dated: Dated,
}

/// What is known of a document's date, the best first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// What whoever imported it says.
    pub given: Option<Timestamp>,
    /// The server's `Last-Modified`.
    pub server: Option<Timestamp>,
    /// The document's own date, or the newest inside it ([`crate::Tally::inside`]).
    pub inside: Option<Timestamp>,
    /// Of an archive the newest modification time of the documents in it ([`crate::Tally::members`]); none of what
    /// is no archive.
    pub members: Option<Timestamp>,
    /// The modification time of the imported file.
    pub file: Option<Timestamp>,
}

/// Modification times in archives that are older say nothing: writers that leave them out put the beginning of
/// their count there (tar 1970, zip 1980), and none of the formats read here is as old.
const FIRST_MEMBERS: Timestamp = Timestamp::constant(631_152_000, 0); // 1990-01-01

/// The date of a document: the best that is known of it, else that of the fetch. A date in the future,
/// which some servers and typing errors give, is none. An archive is as old as what is in it, since it is packed
/// again, unpacked and copied by many hands, and never newer than its file.
#[must_use]
pub fn as_of(mut dates: Dates, fetched_at: Timestamp) -> AsOf {
    if dates.members.is_some() {
        let of_file = |at: &Timestamp| dates.file.is_none_or(|file| *at <= file);
        dates.inside = dates.inside.filter(of_file);
        dates.members = dates.members.filter(of_file).filter(|at| *at >= FIRST_MEMBERS);
    }
    let known = [
        (dates.given, Dated::Given),
        (dates.server, Dated::Server),
        (dates.inside, Dated::Inside),
        (dates.members, Dated::Members),
        (dates.file, Dated::File),
    ];
    known
        .into_iter()
        .filter_map(|(at, dated)| Some(AsOf { at: at?, dated }))
        .find(|as_of| as_of.at <= fetched_at)
        .unwrap_or(AsOf { at: fetched_at, dated: Dated::Fetched })
}

/// What is compared of two editions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// The date of the data.
    pub as_of: Timestamp,
    /// Records understood.
    pub advisories: u64,
    /// Facts in them.
    pub facts: u64,
}

/// A new edition that does not take the place of the one in force unless somebody decides so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("held back: {why}")]
pub struct HeldBack {
    /// Why, in words.
    pub why: String,
}

/// By how much an edition may shrink unasked, in percent of records or facts.
pub const MAX_SHRINK_PERCENT: u8 = 10;

/// Whether `next` may take the place of `current` unasked: its date does not go backwards, and it
/// has not lost more than `max_shrink_percent` of the records or of the facts.
///
/// # Errors
/// [`HeldBack`] with the reason; the caller may go on all the same when told to.
pub fn check_succession(current: &Edition, next: &Edition, max_shrink_percent: u8) -> Result<(), HeldBack> {
    if next.as_of < current.as_of {
        return Err(HeldBack {
            why: format!("its data is of {}, older than that in force, of {}", next.as_of, current.as_of),
        });
    }
    let counts = [("records", current.advisories, next.advisories), ("facts", current.facts, next.facts)];
    for (what, before, after) in counts {
        let least = u128::from(before) * u128::from(100 - max_shrink_percent.min(100));
        if u128::from(after) * 100 < least {
            return Err(HeldBack {
                why: format!(
                    "it has {} {what}, {} fewer than the {} in force",
                    Thousands(after),
                    Share(before, after),
                    Thousands(before)
                ),
            });
        }
    }
    Ok(())
}

/// Whether what comes may take the place of `before` records of which it has `gone` no longer, by their ids, and
/// `emptied` without a word about packages: as many others in their place do not make it the same feed.
///
/// # Errors
/// As [`check_succession`].
pub fn check_gone(before: u64, gone: u64, emptied: u64, max_shrink_percent: u8) -> Result<(), HeldBack> {
    let lost = gone.saturating_add(emptied);
    if is_within(before, lost, max_shrink_percent) {
        return Ok(());
    }
    let share = Share(before, before.saturating_sub(lost));
    let how = match (gone, emptied) {
        (_, 0) => "are not in it".to_owned(),
        (0, _) => "have lost what they said of packages".to_owned(),
        _ => format!("are not in it, or ({}) have lost what they said of packages", Thousands(emptied)),
    };
    Err(HeldBack { why: format!("of the {} records in force, {} {how} ({share})", Thousands(before), Thousands(lost)) })
}

/// By how much an edition may have fewer of the facts in force unasked, record by record, in percent. It is more than of
/// records, since a fact goes from one record to another when its fix comes.
pub const MAX_LOST_FACTS_PERCENT: u8 = 20;

/// Whether what comes may take the place of records that state `before` facts, of which it has `lost` no longer.
///
/// # Errors
/// As [`check_succession`].
pub fn check_lost_facts(before: u64, lost: u64, max_lost_percent: u8) -> Result<(), HeldBack> {
    if is_within(before, lost, max_lost_percent) {
        return Ok(());
    }
    let (share, before, lost) = (Share(before, before.saturating_sub(lost)), Thousands(before), Thousands(lost));
    Err(HeldBack { why: format!("of the {before} statements about packages in force, {lost} are not in it ({share})") })
}

fn is_within(before: u64, lost: u64, percent: u8) -> bool {
    u128::from(lost) * 100 <= u128::from(before) * u128::from(percent.min(100))
}

/// A count as people read it: `12,345`.
struct Thousands(u64);

impl fmt::Display for Thousands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// A loss in percent, rounded down.
struct Share(u64, u64);

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lost = u128::from(self.0.saturating_sub(self.1)) * 100 / u128::from(self.0.max(1));
        write!(f, "{lost} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_date_is_what_is_given_then_the_servers_the_documents_the_files_the_fetchs() {
        let [given, server, inside, file, fetch] = [
            at("2025-12-01T00:00:00Z"),
            at("2026-01-01T00:00:00Z"),
            at("2025-01-01T00:00:00Z"),
            at("2025-06-01T00:00:00Z"),
            at("2026-02-01T00:00:00Z"),
        ];
        let mut dates =
            Dates { given: Some(given), server: Some(server), inside: Some(inside), members: None, file: Some(file) };
        assert_eq!(as_of(dates, fetch), AsOf { at: given, dated: Dated::Given });
        dates.given = None;
        assert_eq!(as_of(dates, fetch), AsOf { at: server, dated: Dated::Server });
        dates.server = None;
        assert_eq!(as_of(dates, fetch), AsOf { at: inside, dated: Dated::Inside });
        // One in the future says nothing: an old file does not become one of today by it.
        dates.inside = Some(at("2030-01-01T00:00:00Z"));
        assert_eq!(as_of(dates, fetch), AsOf { at: file, dated: Dated::File });
        dates.file = Some(at("2030-01-01T00:00:00Z"));
        assert_eq!(as_of(dates, fetch), AsOf { at: fetch, dated: Dated::Fetched });
        assert_eq!(as_of(Dates::default(), fetch), AsOf { at: fetch, dated: Dated::Fetched });
    }

    #[test]
    fn an_archive_is_as_old_as_what_is_in_it_and_no_newer_than_its_file() {
        let [old, newer, file, fetch] = [
            at("2021-05-01T00:00:00Z"),
            at("2023-05-01T00:00:00Z"),
            at("2026-01-31T00:00:00Z"),
            at("2026-02-01T00:00:00Z"),
        ];
        let of = |inside, members, file| {
            let as_of = as_of(Dates { inside, members, file, ..Dates::default() }, fetch);
            (as_of.at, as_of.dated)
        };
        assert_eq!(of(Some(old), Some(newer), Some(file)), (old, Dated::Inside));
        assert_eq!(of(None, Some(newer), Some(file)), (newer, Dated::Members));
        assert_eq!(of(None, Some(fetch), Some(newer)), (newer, Dated::File), "packed from copies");
        assert_eq!(of(Some(file), Some(old), Some(newer)), (old, Dated::Members), "a record of a day to come");
        assert_eq!(of(None, Some(Timestamp::UNIX_EPOCH), Some(newer)), (newer, Dated::File), "no times in it");
        assert_eq!(of(Some(old), Some(Timestamp::UNIX_EPOCH), None), (old, Dated::Inside));
        // What is no archive says itself how old it is.
        assert_eq!(of(Some(newer), None, Some(old)), (newer, Dated::Inside));
    }

    #[test]
    fn what_goes_backwards_or_shrinks_is_held_back() {
        let edition = |day: &str, advisories, facts| Edition {
            as_of: at(&format!("2026-01-{day}T00:00:00Z")),
            advisories,
            facts,
        };
        let current = edition("10", 1000, 5000);
        assert_eq!(check_succession(&current, &edition("10", 1000, 5000), 10), Ok(()));
        assert_eq!(check_succession(&current, &edition("11", 900, 4500), 10), Ok(()));
        let why = |next| check_succession(&current, &next, 10).unwrap_err().to_string();
        assert_eq!(
            why(edition("09", 2000, 9000)),
            "held back: its data is of 2026-01-09T00:00:00Z, older than that in force, of 2026-01-10T00:00:00Z"
        );
        assert_eq!(why(edition("11", 899, 5000)), "held back: it has 899 records, 10 % fewer than the 1,000 in force");
        assert_eq!(why(edition("11", 1000, 0)), "held back: it has 0 facts, 100 % fewer than the 5,000 in force");
    }

    #[test]
    fn other_records_in_place_of_those_in_force_are_held_back() {
        assert_eq!(check_gone(1000, 60, 40, 10), Ok(()));
        let why = |gone, emptied| check_gone(1000, gone, emptied, 10).unwrap_err().to_string();
        assert_eq!(why(101, 0), "held back: of the 1,000 records in force, 101 are not in it (10 %)");
        assert_eq!(
            why(0, 500),
            "held back: of the 1,000 records in force, 500 have lost what they said of packages (50 %)"
        );
        assert_eq!(
            why(60, 60),
            "held back: of the 1,000 records in force, 120 are not in it, or (60) have lost what they said of packages (12 %)"
        );
        assert_eq!(check_gone(0, 0, 0, 10), Ok(()));
    }

    #[test]
    fn records_that_say_less_are_held_back() {
        assert_eq!(check_lost_facts(5000, 1000, 20), Ok(()));
        assert_eq!(
            check_lost_facts(5000, 1001, 20).unwrap_err().to_string(),
            "held back: of the 5,000 statements about packages in force, 1,001 are not in it (20 %)"
        );
        assert_eq!(check_lost_facts(0, 0, 20), Ok(()));
    }
}
