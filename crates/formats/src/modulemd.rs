//! Documents of modules (`modules.yaml` of rpm repositories): streams, what they need, and which packages are theirs.
//!
//! The format is libmodulemd's (<https://github.com/fedora-modularity/libmodulemd/tree/main/yaml_specs>), in YAML.
//! What is read is the block style in which libmodulemd writes it, which is what repositories publish: mappings and
//! lists by their indentation, lists of words also in brackets. Whatever else YAML allows (anchors, tags, mappings in
//! braces, keys of several lines) is not read; a document in which something needed is written so is skipped and named.

mod lines;

use crate::Skipped;
use lines::Lines;
use std::io::{self, BufRead};

/// Longest line, in bytes.
pub(crate) const MAX_LINE_BYTES: usize = 64 << 10;
/// Most lines: a hundred times as many as Enterprise Linux 8's have.
const MAX_LINES: u64 = 50_000_000;
/// Most alternatives, and most modules in each, that a stream needs.
const MAX_DEPENDENCIES: usize = 1000;

/// One build of a stream of a module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Build {
    /// Name of the module: `nodejs`.
    pub name: String,
    /// Stream: `18`.
    pub stream: String,
    /// Version, a number that grows.
    pub version: u64,
    /// Context: tells builds against different other streams apart.
    pub context: String,
    /// Architecture.
    pub arch: String,
    /// What it needs: one of these alternatives, each of modules with the streams that will do. None of them is any
    /// stream; `-18` is any but 18.
    pub requires: Vec<Vec<(String, Vec<String>)>>,
}

/// What [`read`] gives out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item<'a> {
    /// A package of the build that is being read, as `name-epoch:version-release.arch`. It comes before the build
    /// itself, since documents end with what they need least.
    Artifact(&'a Build, &'a str),
    /// A build that has come to its end.
    Build(&'a Build),
    /// The stream that is taken of a module where none was chosen; empty where there is none.
    Default {
        /// Name of the module.
        module: &'a str,
        /// Its stream.
        stream: &'a str,
    },
}

/// Reads the documents of a file and gives out what they say.
///
/// Artifacts come with the build as far as it was read; libmodulemd writes name, stream, version and context first.
///
/// # Errors
/// When it can't be read, or is beyond the ceilings.
pub fn read<R: BufRead>(body: R, each: &mut dyn FnMut(Item<'_>)) -> io::Result<Vec<Skipped>> {
    let mut lines = Lines::new(body, MAX_LINES);
    let (mut document, mut skipped) = (Document::default(), Vec::new());
    while let Some(line) = lines.next_line()? {
        if line.text.starts_with("---") || line.text == "..." {
            document.finish(each, &mut skipped);
            document = Document { line: line.number, ..Document::default() };
            continue;
        }
        document.take(line.indent, line.text, each);
    }
    document.finish(each, &mut skipped);
    Ok(skipped)
}

/// What a document is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Unknown,
    Stream,
    Defaults,
    Other,
}

#[derive(Debug, Default)]
struct Document {
    line: u64,
    kind: Kind,
    build: Build,
    default: String,
    /// The keys that lead to the line at hand, each with its indentation.
    path: Vec<(usize, String)>,
    /// The text of a key that goes on over lines deeper than this is passed over.
    block: Option<usize>,
    fault: Option<String>,
    is_empty: bool,
}

impl Document {
    fn take(&mut self, indent: usize, text: &str, each: &mut dyn FnMut(Item<'_>)) {
        if let Some(block) = self.block {
            if indent > block {
                return;
            }
            self.block = None;
        }
        self.is_empty = false;
        let (mut indent, mut text, mut is_item) = (indent, text, false);
        // The items of a list stand as deep as its key, or deeper.
        while let Some(rest) = text.strip_prefix("- ").or_else(|| (text == "-").then_some("")) {
            if is_item {
                break;
            }
            is_item = true;
            while self.path.last().is_some_and(|(at, _)| *at > indent) {
                self.path.pop();
            }
            let inner = rest.trim_start();
            if self.at(&["data", "dependencies"]) && self.build.requires.len() < MAX_DEPENDENCIES {
                self.build.requires.push(Vec::new());
            }
            if self.at(&["data", "artifacts", "rpms"]) {
                if let Some(artifact) = scalar(inner) {
                    each(Item::Artifact(&self.build, &artifact));
                } else {
                    self.give_up("a package that is written in an unknown way");
                }
                return;
            }
            if self.is_in_requires() {
                self.stream_needed(inner);
                return;
            }
            indent += text.len() - inner.len();
            text = inner;
        }
        let Some((key, value)) = key_value(text) else { return };
        while self.path.last().is_some_and(|(at, _)| *at >= indent) {
            self.path.pop();
        }
        self.path.push((indent, key.to_owned()));
        if value.starts_with(['|', '>']) {
            self.block = Some(indent);
            return;
        }
        self.value(value);
    }

    /// Whether the path is this one.
    fn at(&self, path: &[&str]) -> bool {
        self.path.len() == path.len() && self.path.iter().zip(path).all(|((_, key), wanted)| key == wanted)
    }

    fn is_in_requires(&self) -> bool {
        self.path.len() == 4
            && self.path.iter().zip(["data", "dependencies", "requires"]).all(|((_, key), wanted)| key == wanted)
    }

    fn stream_needed(&mut self, text: &str) {
        let stream = scalar(text);
        let requires = self.build.requires.last_mut().and_then(|alternative| alternative.last_mut());
        match (stream, requires) {
            (Some(stream), Some((_, streams))) if streams.len() < MAX_DEPENDENCIES => streams.push(stream.into_owned()),
            _ => self.give_up("a dependency that is written in an unknown way"),
        }
    }

    /// The value of the key at the end of the path.
    fn value(&mut self, value: &str) {
        let text = || scalar(value).map(std::borrow::Cow::into_owned).unwrap_or_default();
        let path: Vec<&str> = self.path.iter().map(|(_, key)| key.as_str()).collect();
        match path.as_slice() {
            ["document"] => {
                self.kind = match text().as_str() {
                    "modulemd" | "modulemd-stream-v2" | "modulemd-stream" => Kind::Stream,
                    "modulemd-defaults" => Kind::Defaults,
                    _ => Kind::Other,
                }
            }
            ["data", "name"] => self.build.name = text(),
            ["data", "module"] => self.build.name = text(),
            ["data", "stream"] => {
                let stream = text();
                self.default.clone_from(&stream);
                self.build.stream = stream;
            }
            ["data", "version"] => match text().parse() {
                Ok(version) => self.build.version = version,
                Err(_) => self.give_up("a version that is no number"),
            },
            ["data", "context"] => self.build.context = text(),
            ["data", "arch"] => self.build.arch = text(),
            ["data", "artifacts", "rpms"] if !matches!(value, "" | "[]") => {
                self.give_up("packages that are written in an unknown way");
            }
            ["data", "dependencies"] if !matches!(value, "" | "[]") => {
                self.give_up("dependencies that are written in an unknown way");
            }
            ["data", "dependencies", "requires"] if !matches!(value, "" | "{}") => {
                self.give_up("dependencies that are written in an unknown way");
            }
            ["data", "dependencies", "requires", module] => {
                let streams = match value {
                    "" => Some(Vec::new()),
                    _ => words(value),
                };
                let module = scalar(module).unwrap_or_default().into_owned();
                match (streams, self.build.requires.last_mut()) {
                    (Some(streams), Some(alternative)) if alternative.len() < MAX_DEPENDENCIES => {
                        alternative.push((module, streams));
                    }
                    _ => self.give_up("a dependency that is written in an unknown way"),
                }
            }
            _ => {}
        }
    }

    fn give_up(&mut self, why: &str) {
        self.fault.get_or_insert_with(|| why.to_owned());
    }

    fn finish(&mut self, each: &mut dyn FnMut(Item<'_>), skipped: &mut Vec<Skipped>) {
        let (name, stream) = (&self.build.name, &self.build.stream);
        let fault = match self.kind {
            Kind::Unknown | Kind::Other => return,
            Kind::Defaults | Kind::Stream if name.is_empty() => Some("it names no module".to_owned()),
            Kind::Stream if stream.is_empty() => Some("it names no stream".to_owned()),
            Kind::Stream | Kind::Defaults => self.fault.take(),
        };
        if let Some(why) = fault {
            let name = crate::shown(name.as_bytes());
            skipped.push(Skipped::new(self.line, format!("the document about module '{name}' can't be used: {why}")));
        } else if self.kind == Kind::Stream {
            each(Item::Build(&self.build));
        } else {
            each(Item::Default { module: name, stream: &self.default });
        }
    }
}

/// Key and value of a line of a mapping.
fn key_value(text: &str) -> Option<(&str, &str)> {
    let (key, value) = match text.split_once(": ") {
        Some((key, value)) => (key, value.trim()),
        None => (text.strip_suffix(':')?, ""),
    };
    Some((key.trim(), value))
}

/// A plain or quoted text on one line; `None` where it is neither.
fn scalar(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('\'') {
        let inner = rest.strip_suffix('\'')?;
        return Some(if inner.contains("''") { inner.replace("''", "'").into() } else { inner.into() });
    }
    if let Some(rest) = text.strip_prefix('"') {
        let inner = rest.strip_suffix('"')?;
        // Names and numbers need no escapes, so that what has some is none of them.
        return (!inner.contains(['\\', '"'])).then(|| inner.into());
    }
    if text.starts_with(['[', '{', '&', '*', '!', '|', '>', '%', '@', '`']) {
        return None;
    }
    Some(text.split(" #").next().unwrap_or(text).trim_end().into())
}

/// `[a, "b"]` on one line, or one word.
fn words(text: &str) -> Option<Vec<String>> {
    let Some(inner) = text.strip_prefix('[') else { return Some(vec![scalar(text)?.into_owned()]) };
    let inner = inner.trim_end().strip_suffix(']')?.trim();
    if inner.is_empty() {
        return Some(Vec::new());
    }
    inner.split(',').map(|word| scalar(word).map(std::borrow::Cow::into_owned)).collect()
}

#[cfg(test)]
mod tests;
