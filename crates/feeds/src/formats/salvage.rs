//! What a record names that could not be read as a whole: packages and issues, where it is JSON and they stand where
//! they belong. So only what is said of those is lost with it, not of all packages, nor of none.

use crate::feed::{Lost, Skipped};
use serde_json::Value;

/// A place of names in a record: keys from the outside in. `*` stands for every entry of a list or object, a last
/// `#` for the keys of an object. At the end stands a text, or a list of texts.
pub(crate) type Path<'p> = &'p [&'p str];

/// A note on a record that was not understood. It is about the packages at `paths`, each as `name` reads it, and the
/// CVEs that are named anywhere in it. Where a package's name can't be told, or none stands there, it may be about
/// any package: with no CVE named, about anything.
pub(crate) fn skipped(
    text: &str,
    why: impl Into<String>,
    paths: &[Path<'_>],
    name: &dyn Fn(&str) -> Option<String>,
) -> Skipped {
    let note = Skipped::new(text, None, why);
    let Ok(record) = serde_json::from_str::<Value>(text) else { return note.of_anything() };
    let mut found = Found::default();
    for path in paths {
        found.take(&record, path);
    }
    let packages: Vec<Option<String>> = found.names.iter().map(|text| name(text)).collect();
    if found.odd || packages.iter().any(Option::is_none) {
        return note.of_anything();
    }
    note.of_packages(packages.iter().flatten().map(String::as_str)).of_anything()
}

/// A note on a record that is longer than is read, of which `start` is the beginning: whatever that names, there may
/// be more.
pub(crate) fn too_long(start: &str) -> Skipped {
    let lost = Lost { anything: true, ..Lost::default() };
    Skipped::new(start, None, "the record is too long").losing(Some(lost))
}

/// The names that stand at a path.
#[derive(Default)]
struct Found<'v> {
    names: Vec<&'v str>,
    /// Something else stands where a name should.
    odd: bool,
}

impl<'v> Found<'v> {
    fn take(&mut self, value: &'v Value, path: Path<'_>) {
        match (path, value) {
            ([], Value::String(text)) => self.names.push(text),
            ([], Value::Array(list)) => list.iter().for_each(|value| self.take(value, &[])),
            (["#"], Value::Object(map)) => self.names.extend(map.keys().map(String::as_str)),
            (["*", rest @ ..], Value::Array(list)) => list.iter().for_each(|value| self.take(value, rest)),
            (["*", rest @ ..], Value::Object(map)) => map.values().for_each(|value| self.take(value, rest)),
            ([key, rest @ ..], Value::Object(map)) => match map.get(*key) {
                Some(value) => self.take(value, rest),
                // A list that is missing as a whole is another form of the format; an entry without name is odd.
                None => self.odd |= rest.is_empty() && path.len() == 1 && !map.is_empty(),
            },
            (_, Value::Null) => {}
            _ => self.odd = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(text: &str, paths: &[Path<'_>]) -> (Vec<String>, Vec<String>, bool) {
        let plain = |name: &str| Some(name.to_owned());
        let lost = skipped(text, "x", paths, &plain).lost.unwrap();
        (lost.cves, lost.packages, lost.anything)
    }

    fn all(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_are_found_where_they_belong() {
        let osv: &[Path<'_>] = &[&["affected", "*", "package", "name"]];
        let one = r#"{"id":7,"related":["CVE-2024-3094"],"affected":[{"package":{"name":"xz"}},{"package":{"name":"zlib"}}]}"#;
        assert_eq!(lost(one, osv), (all(&["CVE-2024-3094"]), all(&["xz", "zlib"]), false));
        assert_eq!(lost(r#"{"affected":[{"package":{"name":"xz"}}]}"#, osv), (vec![], all(&["xz"]), false));
        let arch: &[Path<'_>] = &[&["packages"]];
        assert_eq!(lost(r#"{"packages":["a","b"],"issues":7}"#, arch), (vec![], all(&["a", "b"]), false));
        let usn: &[Path<'_>] = &[&["releases", "*", "sources", "#"]];
        let notice = r#"{"releases":{"jammy":{"sources":{"vim":{}}},"focal":{"sources":{"vi":7}}}}"#;
        assert_eq!(lost(notice, usn), (vec![], all(&["vi", "vim"]), false));
    }

    #[test]
    fn what_can_not_be_told_may_be_anything() {
        let osv: &[Path<'_>] = &[&["affected", "*", "package", "name"]];
        for text in [
            "7",
            "{}",
            r#"{"affected":7}"#,
            r#"{"affected":[{"package":{"name":7}}]}"#,
            r#"{"affected":[{"package":{"name":"a"}},{"package":{"nam":"b"}}]}"#,
            r#"{"affected":["#,
        ] {
            assert_eq!(lost(text, osv), (vec![], vec![], true), "{text}");
        }
        let cve = r#"{"related":["CVE-2024-3094"],"affected":[{"package":{"name":7}}]}"#;
        assert_eq!(lost(cve, osv), (all(&["CVE-2024-3094"]), vec![], false));
    }
}
