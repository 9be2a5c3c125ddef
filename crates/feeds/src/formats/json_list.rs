//! A JSON document whose records stand in one list, read one record at a time.
//!
//! The list is the document itself (`[…]`) or stands under a path of keys (`{"data": […]}`); what
//! else the document holds is passed over.

use crate::feed::Unreadable;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize as _, Deserializer};
use serde_json::value::RawValue;
use std::fmt;
use std::io::BufRead;

/// How much of a list is read.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most records; one more makes the document unreadable.
    pub records: u64,
    /// Longest record in bytes; a longer one is handed over as [`Item::TooLong`].
    pub record_bytes: usize,
}

/// One entry of the list.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    /// A record as it was written.
    Record(&'a str),
    /// A record beyond [`Limits::record_bytes`], with how it begins.
    TooLong(&'a str),
}

/// Hands every record of the list to `each` and gives their number.
///
/// # Errors
/// When the document is no JSON, has no such list or too many records, can't be read, or `each` says so.
pub fn each(
    body: &mut dyn BufRead,
    path: &[&str],
    limits: Limits,
    each: &mut dyn FnMut(Item<'_>) -> Result<(), Unreadable>,
) -> Result<u64, Unreadable> {
    each_beside(body, path, limits, "", &mut |_| {}, each)
}

/// As [`each`], and hands the text that stands under `key` beside the list, if there is one, to `beside`.
///
/// # Errors
/// As [`each`].
pub fn each_beside(
    body: &mut dyn BufRead,
    path: &[&str],
    limits: Limits,
    key: &str,
    beside: &mut dyn FnMut(&str),
    each: &mut dyn FnMut(Item<'_>) -> Result<(), Unreadable>,
) -> Result<u64, Unreadable> {
    let mut state = State { each, beside, key, limits, records: 0, found: false, failed: None };
    let mut json = serde_json::Deserializer::from_reader(body);
    let outcome = At { state: &mut state, path }.deserialize(&mut json).and_then(|()| json.end());
    if let Some(failed) = state.failed {
        return Err(failed);
    }
    match outcome {
        Err(error) if error.is_io() => Err(Unreadable::Io(std::io::Error::from(error).to_string())),
        Err(error) => Err(Unreadable::Malformed { line: error.line() as u64, why: error.to_string() }),
        Ok(()) if !state.found => {
            Err(Unreadable::Malformed { line: 1, why: format!("the document has no list '{}'", path.join(".")) })
        }
        Ok(()) => Ok(state.records),
    }
}

struct State<'a> {
    each: &'a mut dyn FnMut(Item<'_>) -> Result<(), Unreadable>,
    beside: &'a mut dyn FnMut(&str),
    key: &'a str,
    limits: Limits,
    records: u64,
    found: bool,
    failed: Option<Unreadable>,
}

/// A value at the end of which, after `path`, the list stands.
struct At<'s, 'a, 'p> {
    state: &'s mut State<'a>,
    path: &'p [&'p str],
}

impl<'de> DeserializeSeed<'de> for At<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_empty() { deserializer.deserialize_seq(self) } else { deserializer.deserialize_map(self) }
    }
}

impl<'de> Visitor<'de> for At<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.first() {
            Some(key) => write!(f, "an object with '{key}'"),
            None => f.write_str("a list of records"),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((wanted, rest)) = self.path.split_first() else {
            return Err(A::Error::custom("expected a list of records"));
        };
        while let Some(key) = map.next_key::<String>()? {
            if key == *wanted {
                map.next_value_seed(At { state: self.state, path: rest })?;
            } else if key == self.state.key {
                let raw: Box<RawValue> = map.next_value()?;
                if let Ok(text) = serde_json::from_str::<String>(raw.get()) {
                    (self.state.beside)(&text);
                }
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if !self.path.is_empty() {
            return Err(A::Error::custom("expected an object"));
        }
        self.state.found = true;
        while seq.next_element_seed(Record(self.state))?.is_some() {}
        Ok(())
    }
}

struct Record<'s, 'a>(&'s mut State<'a>);

impl<'de> DeserializeSeed<'de> for Record<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let state = self.0;
        state.records += 1;
        if state.records > state.limits.records {
            return Err(D::Error::custom(format!("more than {} records", state.limits.records)));
        }
        let text = raw.get();
        let item = if text.len() > state.limits.record_bytes {
            let end = (0..=200).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            Item::TooLong(&text[..end])
        } else {
            Item::Record(text)
        };
        (state.each)(item).map_err(|failed| {
            state.failed = Some(failed);
            D::Error::custom("stopped")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { records: 3, record_bytes: 10 };

    fn read(document: &str, path: &[&str]) -> Result<Vec<String>, String> {
        let mut seen = Vec::new();
        each(&mut document.as_bytes(), path, LIMITS, &mut |item| {
            seen.push(match item {
                Item::Record(text) => text.to_owned(),
                Item::TooLong(text) => format!("too long: {text}"),
            });
            Ok(())
        })
        .map_err(|error| error.to_string())?;
        Ok(seen)
    }

    #[test]
    fn records_come_one_by_one_from_wherever_the_list_is() {
        assert_eq!(read("[1, {\"a\": 2}]", &[]).unwrap(), ["1", "{\"a\": 2}"]);
        assert_eq!(read(r#"{"x":[9],"data":{"y":1,"list":[1,2]}}"#, &["data", "list"]).unwrap(), ["1", "2"]);
        assert_eq!(read(r#"["0123456789"]"#, &[]).unwrap(), ["too long: \"0123456789\""]);
        assert_eq!(read("[]", &[]).unwrap(), [] as [&str; 0]);
    }

    #[test]
    fn what_is_no_such_list_is_refused() {
        for (document, path, why) in [
            ("{}", &[][..], "expected a list of records"),
            ("[]", &["data"], "expected an object with 'data'"),
            (r#"{"dat":[]}"#, &["data"], "the document has no list 'data'"),
            (r#"{"data":3}"#, &["data"], "expected a list of records"),
            ("[1,2,3,4]", &[], "more than 3 records"),
            ("[1,", &[], "EOF while parsing"),
            ("[1] x", &[], "trailing characters"),
            ("invalid", &[], "expected value"),
        ] {
            let error = read(document, path).unwrap_err();
            assert!(error.contains(why), "{document}: {error}");
        }
        assert!(read(&format!("[{}1]", "[".repeat(100_000)), &[]).is_err(), "nesting is bounded");
    }

    #[test]
    fn a_text_beside_the_list_is_handed_over() {
        for (document, wanted) in [
            (r#"{"at":"2026","list":[1]}"#, vec!["2026"]),
            (r#"{"list":[1],"at":"2027"}"#, vec!["2027"]),
            (r#"{"list":[{"at":"x"}],"at":5,"other":"y"}"#, vec![]),
        ] {
            let mut seen = Vec::new();
            let mut beside = |text: &str| seen.push(text.to_owned());
            each_beside(&mut document.as_bytes(), &["list"], LIMITS, "at", &mut beside, &mut |_| Ok(())).unwrap();
            assert_eq!(seen, wanted, "{document}");
        }
    }

    #[test]
    fn the_takers_error_ends_the_reading() {
        let mut taken = 0;
        let outcome = each(&mut "[1,2,3]".as_bytes(), &[], LIMITS, &mut |_| {
            taken += 1;
            Err(Unreadable::Stopped)
        });
        assert_eq!((outcome, taken), (Err(Unreadable::Stopped), 1));
    }
}
