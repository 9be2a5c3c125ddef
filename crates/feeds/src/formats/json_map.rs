//! A JSON document that is an object of records by key, read one record at a time.

use super::distinct::twice;
use super::json_list::{Item, Limits};
use crate::feed::Unreadable;
use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize as _, Deserializer};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fmt;
use std::io::BufRead;

/// Takes a key and the record under it.
pub(crate) type Taker<'a> = &'a mut dyn FnMut(&str, Item<'_>) -> Result<(), Unreadable>;

/// Hands every record to `each` with its key and gives their number.
///
/// # Errors
/// When the document is no JSON object, has too many records, can't be read, or `each` says so.
pub(crate) fn each(body: &mut dyn BufRead, limits: Limits, each: Taker<'_>) -> Result<u64, Unreadable> {
    let mut state = State { each, limits, records: 0, failed: None };
    let mut json = serde_json::Deserializer::from_reader(body);
    let outcome = Object(&mut state).deserialize(&mut json).and_then(|()| json.end());
    match (state.failed, outcome) {
        (Some(failed), _) => Err(failed),
        (None, Err(error)) if error.is_io() => Err(Unreadable::Io(std::io::Error::from(error).to_string())),
        (None, Err(error)) => Err(Unreadable::Malformed { line: error.line() as u64, why: error.to_string() }),
        (None, Ok(())) => Ok(state.records),
    }
}

struct State<'a> {
    each: Taker<'a>,
    limits: Limits,
    records: u64,
    failed: Option<Unreadable>,
}

struct Object<'s, 'a>(&'s mut State<'a>);

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let state = self.0;
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if seen.contains(&key) {
                return Err(A::Error::custom(twice(&key)));
            }
            map.next_value_seed(Record { state: &mut *state, key: &key })?;
            seen.insert(key);
        }
        Ok(())
    }
}

struct Record<'s, 'a, 'k> {
    state: &'s mut State<'a>,
    key: &'k str,
}

impl<'de> DeserializeSeed<'de> for Record<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let state = self.state;
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
        (state.each)(self.key, item).map_err(|failed| {
            state.failed = Some(failed);
            D::Error::custom("stopped")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &str) -> Result<Vec<String>, Unreadable> {
        let mut seen = Vec::new();
        let limits = Limits { records: 2, record_bytes: 5 };
        let count = each(&mut document.as_bytes(), limits, &mut |key, item| {
            seen.push(match item {
                Item::Record(text) => format!("{key} {text}"),
                Item::TooLong(start) => format!("{key} too long {start}"),
            });
            Ok(())
        })?;
        assert_eq!(count, seen.len() as u64);
        Ok(seen)
    }

    #[test]
    fn records_come_with_their_keys() {
        assert_eq!(read(r#"{"a": [1], "b": "123456"}"#).unwrap(), ["a [1]", "b too long \"123456\""]);
        assert_eq!(read("{}").unwrap(), [] as [&str; 0]);
        for (document, why) in [
            ("[]", "expected an object of records"),
            ("{\"a\":1", "EOF"),
            (r#"{"a":1,"b":2,"c":3}"#, "more than 2 records"),
            ("{} x", "trailing"),
            (r#"{"a":1,"a":2}"#, "'a' stands there twice"),
        ] {
            let Err(Unreadable::Malformed { why: said, .. }) = read(document) else { panic!("{document}") };
            assert!(said.contains(why), "{document}: {said}");
        }
        let stopped = each(&mut r#"{"a":1}"#.as_bytes(), Limits { records: 2, record_bytes: 5 }, &mut |_, _| {
            Err(Unreadable::Stopped)
        });
        assert_eq!(stopped, Err(Unreadable::Stopped));
    }
}
