//! JSON objects whose keys stand there once.
//!
//! RFC 8259 (4) leaves open what a key that stands twice means; most readers take the last value and drop the
//! others without a word. In a vendor's document that is a statement lost, so that the object is refused with the
//! key named.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// An object by key; reading one in which a key stands twice is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distinct<K, V>(pub BTreeMap<K, V>);

impl<K, V> Default for Distinct<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, K: Deserialize<'de> + Ord + AsRef<str>, V: Deserialize<'de>> Deserialize<'de> for Distinct<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys(PhantomData))
    }
}

struct Keys<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de> + Ord + AsRef<str>, V: Deserialize<'de>> Visitor<'de> for Keys<K, V> {
    type Value = Distinct<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all = BTreeMap::new();
        while let Some(key) = map.next_key::<K>()? {
            if all.contains_key(&key) {
                return Err(A::Error::custom(twice(key.as_ref())));
            }
            let value = map.next_value()?;
            all.insert(key, value);
        }
        Ok(Distinct(all))
    }
}

/// What is said of a key that stands twice in one object.
pub(crate) fn twice(key: &str) -> String {
    format!("'{}' stands there twice", super::errata::shown(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_named() {
        let read = |text: &str| serde_json::from_str::<Distinct<String, u8>>(text).map_err(|error| error.to_string());
        assert_eq!(
            read(r#"{"b":1,"a":2}"#).unwrap().0.into_iter().collect::<Vec<_>>(),
            [("a".into(), 2), ("b".into(), 1)]
        );
        assert!(read(r#"{"a":1,"b":1,"a":1}"#).unwrap_err().starts_with("'a' stands there twice"));
        assert!(read("[]").unwrap_err().contains("expected an object"));
    }
}
