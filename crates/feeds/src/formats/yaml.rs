//! YAML of small documents, as the JSON value that it amounts to.
//!
//! The vendors' YAML is a dump of plain mappings and lists. Anchors, aliases, tags and several
//! documents in a file are refused: nothing of theirs uses them, and aliases can unfold without end.

use crate::feed::Unreadable;
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// Deepest nesting.
const MAX_DEPTH: usize = 32;

/// Reads one document. Scalars are texts, whatever they look like: `1.10` is a version here, no number.
pub(crate) fn read(text: &str) -> Result<Value, Unreadable> {
    let mut open: Vec<Open> = Vec::new();
    let mut done = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Unreadable::Malformed {
            line: error.marker().line() as u64,
            why: format!("no YAML: {}", error.info()),
        })?;
        let wrong = |why: &str| Unreadable::Malformed { line: span.start.line() as u64, why: why.to_owned() };
        let value = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) if open.len() >= MAX_DEPTH => {
                return Err(wrong("nested too deeply"));
            }
            Event::MappingStart(0, None) => {
                open.push(Open::Mapping(Map::new(), None));
                continue;
            }
            Event::SequenceStart(0, None) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                Some(Open::Mapping(mapping, _)) => Value::Object(mapping),
                Some(Open::List(list)) => Value::Array(list),
                None => return Err(wrong("something ends that did not begin")),
            },
            Event::Scalar(text, style, 0, None) => match (text.as_ref(), style) {
                ("" | "~" | "null", ScalarStyle::Plain) => Value::Null,
                _ => Value::String(text.into_owned()),
            },
            Event::DocumentStart(_) if done.is_some() => return Err(wrong("a second document")),
            Event::Alias(_) | Event::Scalar(..) | Event::MappingStart(..) | Event::SequenceStart(..) => {
                return Err(wrong("anchors, aliases and tags are not taken"));
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                continue;
            }
        };
        match open.last_mut() {
            None => done = Some(value),
            Some(Open::List(list)) => list.push(value),
            Some(Open::Mapping(mapping, key)) => match (key.take(), value) {
                (Some(key), value) => {
                    if mapping.insert(key, value).is_some() {
                        return Err(wrong("a key stands twice in one mapping"));
                    }
                }
                (None, Value::String(text)) => *key = Some(text),
                (None, _) => return Err(wrong("a key is no text")),
            },
        }
    }
    done.ok_or_else(|| Unreadable::Malformed { line: 1, why: "the document is empty".to_owned() })
}

enum Open {
    /// What it holds so far, and the key whose value comes next.
    Mapping(Map<String, Value>, Option<String>),
    List(Vec<Value>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_mappings_and_lists_become_json() {
        let text = "---\n# note\nname: v3.10\nlist:\n  - 1.10\n  - \"0\"\n  - 'a b'\nempty:\nin: [x, {y: z}]\n";
        let wanted = json!({"name": "v3.10", "list": ["1.10", "0", "a b"], "empty": null, "in": ["x", {"y": "z"}]});
        assert_eq!(read(text).unwrap(), wanted);
    }

    #[test]
    fn what_could_unfold_or_mislead_is_refused() {
        for (text, why) in [
            ("a: &x [1]\nb: *x\n", "anchors"),
            ("a: !!binary aGk=\n", "tags"),
            ("a: 1\na: 2\n", "a key stands twice"),
            ("a: 1\n---\nb: 2\n", "a second document"),
            ("? [x]\n: y\n", "a key is no text"),
            ("", "empty"),
            ("a: [1\n", "no YAML"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text:?}: {error}");
        }
        assert!(read(&"[".repeat(100)).unwrap_err().to_string().contains("nested too deeply"));
    }
}
