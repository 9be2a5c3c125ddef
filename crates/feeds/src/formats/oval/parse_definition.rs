//! The definitions of a document.

use super::model::{Class, Criteria, CveEntry, Definition, Document, Operator, Reference, Resolution};
use super::parse::{Key, MAX_ITEMS, MAX_NODES, Stream};
use super::strings::Sym;
use crate::feed::{Skipped, Unreadable};
use crate::formats::cve_id::{CveId, is_cve};
use std::io::BufRead;

/// Longest title that is kept, in bytes.
const MAX_TITLE_BYTES: usize = 2000;
/// Longest title that is shown, in characters.
const TITLE_CHARS: usize = 500;

/// Reads `definitions`.
pub(super) fn definitions<R: BufRead>(stream: &mut Stream<R>, document: &mut Document) -> Result<(), Unreadable> {
    let mut nodes = 0;
    while stream.open()? {
        if stream.name() == "definition" {
            document.seen += 1;
            if document.seen > MAX_ITEMS as u64 {
                return Err(stream.too_many("definitions", MAX_ITEMS));
            }
            let line = stream.line();
            match definition(stream, &mut nodes)? {
                Some((definition, None)) if document.definitions.get(definition.id).is_some() => {
                    document.unread.push((definition, "the id occurs twice".to_owned()));
                }
                Some((definition, None)) => _ = document.definitions.add(definition.id, definition),
                Some((definition, Some(why))) => document.unread.push((definition, why)),
                None => document.skipped.push(Skipped::new("definition", Some(line), "it has no id").of_anything()),
            }
        } else {
            stream.skip()?;
        }
    }
    Ok(())
}

/// Reads one `definition`, and why it is not understood, if so; `None` where it has no id.
fn definition<R: BufRead>(
    stream: &mut Stream<R>,
    nodes: &mut usize,
) -> Result<Option<(Definition, Option<String>)>, Unreadable> {
    let line = stream.line();
    let Some(id) = stream.get(Key::Id) else {
        stream.skip()?;
        return Ok(None);
    };
    let class = match stream.get_text(Key::Class) {
        Some("vulnerability") => Class::Vulnerability,
        Some("patch") => Class::Patch,
        Some("inventory") => Class::Inventory,
        _ => Class::Other,
    };
    let mut read = Definition {
        id,
        line,
        class,
        deprecated: stream.is_true(Key::Deprecated),
        title: String::new(),
        platforms: Vec::new(),
        severity: None,
        issued: None,
        updated: None,
        references: Vec::new(),
        cves: Vec::new(),
        odd_cves: Vec::new(),
        resolutions: Vec::new(),
        cpes: Vec::new(),
        component: None,
        criteria: None,
    };
    let mut fault = None;
    while stream.open()? {
        match stream.name() {
            "metadata" => metadata(stream, &mut read)?,
            "criteria" => {
                let tree = group(stream, nodes, &mut fault)?;
                if read.criteria.replace(tree).is_some() {
                    fault = Some("it has two criteria".to_owned());
                }
            }
            _ => stream.skip()?,
        }
    }
    Ok(Some((read, fault)))
}

/// Reads `metadata`, whose parts vendors nest as they like: what is known is taken at any depth.
fn metadata<R: BufRead>(stream: &mut Stream<R>, read: &mut Definition) -> Result<(), Unreadable> {
    while stream.open()? {
        match stream.name() {
            "title" => {
                let title = stream.prose(MAX_TITLE_BYTES)?;
                read.title = one_line(title);
            }
            "affected" | "advisory" | "affected_cpe_list" | "debian" => metadata(stream, read)?,
            "platform" => {
                let platform = stream.text()?;
                read.platforms.push(platform);
            }
            "reference" => {
                if let Some(id) = stream.get(Key::RefId) {
                    let (source, url) = (stream.get(Key::Source), stream.get(Key::RefUrl));
                    let is_cve = source.is_some_and(|source| stream.strings.get(source) == "CVE");
                    let id = if is_cve { cve(stream, read, id) } else { id };
                    read.references.push(Reference { source, id, url });
                }
                stream.skip()?;
            }
            "severity" => read.severity = Some(stream.text()?),
            "component" => read.component = Some(stream.text()?),
            "issued" => {
                read.issued = stream.get(Key::Date).or(read.issued);
                stream.skip()?;
            }
            "updated" => {
                read.updated = stream.get(Key::Date).or(read.updated);
                stream.skip()?;
            }
            "public_date" | "date" => {
                let date = stream.text()?;
                read.issued.get_or_insert(date);
            }
            "cve" => {
                let (severity, test) = (stream.get(Key::Impact), stream.get(Key::TestRef));
                let written = stream.text()?;
                let id = cve(stream, read, written);
                read.cves.push(CveEntry { id, severity, test });
            }
            "cpe" => {
                let cpe = stream.text()?;
                read.cpes.push(cpe);
            }
            "resolution" => resolution(stream, read)?,
            _ => stream.skip()?,
        }
    }
    Ok(())
}

/// The id of a CVE, as it should be written where it is known which is meant; what is odd about it is noted.
fn cve<R: BufRead>(stream: &mut Stream<R>, read: &mut Definition, written: Sym) -> Sym {
    let text = stream.strings.get(written);
    let id = match CveId::of(text) {
        CveId::Sound(_) => return written,
        // As CVEs were called before they were accepted; documents of 2004 have such.
        CveId::Other if text.strip_prefix("CAN-").is_some_and(|rest| is_cve(&format!("CVE-{rest}"))) => return written,
        CveId::Mended(id) => stream.strings.intern(&id),
        CveId::Broken | CveId::Other => written,
    };
    if !read.odd_cves.contains(&written) {
        read.odd_cves.push(written);
    }
    id
}

/// A title on one line, cut to what is shown.
fn one_line(title: &str) -> String {
    let mut line = String::with_capacity(title.len());
    for word in title.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if let Some((end, _)) = line.char_indices().nth(TITLE_CHARS) {
        line.truncate(end);
    }
    line
}

fn resolution<R: BufRead>(stream: &mut Stream<R>, read: &mut Definition) -> Result<(), Unreadable> {
    let state = stream.get(Key::State);
    let mut components = Vec::new();
    while stream.open()? {
        if stream.name() == "component" {
            components.push(stream.text()?);
        } else {
            stream.skip()?;
        }
    }
    if let Some(state) = state {
        read.resolutions.push(Resolution { state, components });
    }
    Ok(())
}

/// Reads the `criteria` that was opened last. The nesting is bounded by the reader of XML.
fn group<R: BufRead>(
    stream: &mut Stream<R>,
    nodes: &mut usize,
    fault: &mut Option<String>,
) -> Result<Criteria, Unreadable> {
    let negate = stream.is_negated(fault);
    let operator = match stream.get_text(Key::Operator) {
        None => Operator::And,
        Some(word) => operator(word).unwrap_or_else(|| {
            *fault = Some(format!("the operator '{}' is not known", word.escape_debug()));
            Operator::And
        }),
    };
    let mut parts = Vec::new();
    while stream.open()? {
        *nodes += 1;
        if *nodes > MAX_NODES {
            return Err(stream.too_many("criteria", MAX_NODES));
        }
        let negate = stream.is_negated(fault);
        match stream.name() {
            "criteria" => parts.push(group(stream, nodes, fault)?),
            "criterion" => {
                match stream.get(Key::TestRef) {
                    Some(id) => {
                        let comment = stream.get(Key::Comment).unwrap_or_else(|| stream.strings.intern(""));
                        parts.push(Criteria::Test { id, negate, comment });
                    }
                    None => *fault = Some("a criterion names no test".to_owned()),
                }
                stream.skip()?;
            }
            "extend_definition" => {
                match stream.get(Key::DefinitionRef) {
                    Some(id) => parts.push(Criteria::Extend { id, negate }),
                    None => *fault = Some("an extend_definition names no definition".to_owned()),
                }
                stream.skip()?;
            }
            // Notes inside criteria decide nothing.
            "notes" => stream.skip()?,
            name => {
                *fault = Some(format!("'{}' is not known among criteria", name.escape_debug()));
                stream.skip()?;
            }
        }
    }
    if parts.is_empty() {
        // The schema asks for a part at the least: what stood there is lost, and what is left would never hold.
        fault.get_or_insert_with(|| "its criteria are empty".to_owned());
    }
    parts.shrink_to_fit();
    Ok(Criteria::Group { operator, negate, parts })
}

/// The operator of a word.
pub(super) fn operator(word: &str) -> Option<Operator> {
    Some(match word {
        "AND" => Operator::And,
        "OR" => Operator::Or,
        "ONE" => Operator::One,
        "XOR" => Operator::Xor,
        _ => return None,
    })
}
