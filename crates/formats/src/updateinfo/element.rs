//! One `update` element, from its start tag to its end.

use super::{
    Collection, Item, MAX_DESCRIPTION_BYTES, MAX_PACKAGES, MAX_PARTS, MAX_TEXT_BYTES, Module, Package, Reference,
    Update,
};
use crate::Skipped;
use crate::xml::{Element, Piece, Xml, XmlError};
use std::io::BufRead;

/// The attributes of the start tag.
pub(super) fn head(element: &Element<'_>) -> Update {
    let of = |name| element.attribute(name).unwrap_or_default();
    Update { kind: short(of("type")), status: short(of("status")), ..Update::default() }
}

/// A start tag, taken off the stream so that it can be read on.
enum Begin {
    Named(String),
    Date { updated: bool, date: String },
    Reference(Reference),
    Package(Box<Package>),
    Module(Module),
    Collection(String),
}

/// Reads the update to its end: notes on its parts, then the update itself or why there is none.
pub(super) fn update<R: BufRead>(xml: &mut Xml<R>, head: Update) -> Result<Vec<Item>, XmlError> {
    let mut reader = Reader { update: head, notes: Vec::new(), packages: 0, fatal: None };
    reader.update.line = xml.line();
    let depth = xml.depth();
    while xml.depth() >= depth {
        let begin = match xml.piece()? {
            None => break,
            Some(Piece::Text(_) | Piece::End) => continue,
            Some(Piece::Start(element)) => begin(&element),
        };
        reader.take(xml, begin)?;
    }
    Ok(reader.finish())
}

fn begin(element: &Element<'_>) -> Begin {
    let of = |name| element.attribute(name).map(short).unwrap_or_default();
    match element.name() {
        name @ ("issued" | "updated") => Begin::Date { updated: name == "updated", date: of("date") },
        "reference" => {
            Begin::Reference(Reference { kind: of("type"), id: of("id"), href: of("href"), title: of("title") })
        }
        "package" => Begin::Package(Box::new(Package {
            name: of("name"),
            epoch: of("epoch"),
            version: of("version"),
            release: of("release"),
            arch: of("arch"),
            src: of("src"),
            ..Package::default()
        })),
        "module" => Begin::Module(Module {
            name: of("name"),
            stream: of("stream"),
            version: of("version"),
            context: of("context"),
            arch: of("arch"),
        }),
        "collection" => Begin::Collection(of("short")),
        name => Begin::Named(name.to_owned()),
    }
}

/// Cuts a text to the ceiling of short texts.
fn short(mut text: String) -> String {
    if text.len() > MAX_TEXT_BYTES {
        let end = (0..=MAX_TEXT_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

struct Reader {
    update: Update,
    /// What was not understood, each with the package that it is about, if it names one.
    notes: Vec<(Skipped, Option<String>)>,
    packages: usize,
    /// Why the update as a whole is left out.
    fatal: Option<Skipped>,
}

impl Reader {
    fn take<R: BufRead>(&mut self, xml: &mut Xml<R>, begin: Begin) -> Result<(), XmlError> {
        let line = xml.line();
        match begin {
            Begin::Date { updated, date } => {
                let text = xml.text(MAX_TEXT_BYTES)?.0;
                // Some early documents wrote the date as text.
                let date = if date.is_empty() { text.trim().to_owned() } else { date };
                *if updated { &mut self.update.updated } else { &mut self.update.issued } = date;
            }
            Begin::Reference(mut reference) => {
                let text = xml.text(MAX_TEXT_BYTES)?.0;
                if reference.title.is_empty() {
                    text.trim().clone_into(&mut reference.title);
                }
                if self.update.references.len() < MAX_PARTS {
                    self.update.references.push(reference);
                } else {
                    self.give_up(line, format!("it has more than {MAX_PARTS} references"));
                }
            }
            Begin::Collection(short) if self.update.collections.len() < MAX_PARTS => {
                self.update.collections.push(Collection { short, ..Collection::default() });
            }
            Begin::Collection(_) => self.give_up(line, format!("it has more than {MAX_PARTS} collections")),
            Begin::Module(module) => {
                xml.skip()?;
                match self.update.collections.last_mut() {
                    _ if module.name.is_empty() => self.note(line, "a module has no name".to_owned()),
                    Some(collection) => collection.module = Some(module),
                    None => self.note(line, "a module stands outside of every collection".to_owned()),
                }
            }
            Begin::Package(package) => {
                let package = finish_package(xml, *package)?;
                self.package(line, package);
            }
            Begin::Named(name) => self.named(xml, &name)?,
        }
        Ok(())
    }

    fn named<R: BufRead>(&mut self, xml: &mut Xml<R>, name: &str) -> Result<(), XmlError> {
        let limit = match name {
            // What only holds other elements: their starts come next.
            "references" | "pkglist" => return Ok(()),
            "description" => MAX_DESCRIPTION_BYTES,
            "id" | "title" | "severity" | "release" | "name" | "reboot_suggested" => MAX_TEXT_BYTES,
            _ => return xml.skip(),
        };
        let (text, _) = xml.text(limit)?;
        let text = text.trim();
        let update = &mut self.update;
        match name {
            "id" => text.clone_into(&mut update.id),
            "title" => text.clone_into(&mut update.title),
            "severity" => text.clone_into(&mut update.severity),
            "release" => text.clone_into(&mut update.release),
            "description" => text.clone_into(&mut update.description),
            "reboot_suggested" => update.reboot_suggested = wanted(text),
            _ => {
                if let Some(collection) = update.collections.last_mut() {
                    text.clone_into(&mut collection.name);
                }
            }
        }
        Ok(())
    }

    fn package(&mut self, line: u64, mut package: Package) {
        self.packages += 1;
        if self.packages > MAX_PACKAGES {
            return self.give_up(line, format!("it has more than {MAX_PACKAGES} packages"));
        }
        let missing = [("name", &package.name), ("version", &package.version), ("release", &package.release)]
            .iter()
            .find(|(_, value)| value.is_empty())
            .map(|(what, _)| *what);
        if let Some(what) = missing {
            let why = format!("package '{}' has no {what}", crate::shown(package.name.as_bytes()));
            return self.note_of(line, why, package.name);
        }
        if package.epoch.is_empty() {
            "0".clone_into(&mut package.epoch);
        }
        if !package.epoch.bytes().all(|b| b.is_ascii_digit()) {
            let why = format!("the epoch of package '{}' is no number", crate::shown(package.name.as_bytes()));
            return self.note_of(line, why, package.name);
        }
        match self.update.collections.last_mut() {
            Some(collection) => collection.packages.push(package),
            None => self.note_of(line, "a package stands outside of every collection".to_owned(), package.name),
        }
    }

    fn note(&mut self, line: u64, why: String) {
        self.note_of(line, why, String::new());
    }

    fn note_of(&mut self, line: u64, why: String, package: String) {
        // As many notes as parts; past that they say nothing new.
        if self.notes.len() < MAX_PARTS {
            self.notes.push((Skipped::new(line, why), Some(package).filter(|package| !package.is_empty())));
        }
    }

    fn give_up(&mut self, line: u64, why: String) {
        self.fatal.get_or_insert_with(|| Skipped::new(line, why));
    }

    fn finish(mut self) -> Vec<Item> {
        let id = self.update.id.clone();
        if id.is_empty() {
            self.give_up(self.update.line, "the update has no id".to_owned());
        }
        if let Some(note) = self.fatal {
            let mut packages: Vec<String> = self.update.packages().map(|(_, package)| package.name.clone()).collect();
            packages.sort_unstable();
            packages.dedup();
            return vec![Item::Skipped { id, note, packages, whole: true }];
        }
        let skipped = |(note, package): (_, Option<String>)| Item::Skipped {
            id: id.clone(),
            note,
            packages: package.into_iter().collect(),
            whole: false,
        };
        let notes = self.notes.into_iter().map(skipped);
        notes.chain([Item::Update(Box::new(self.update))]).collect()
    }
}

/// Reads a package's elements up to its end.
fn finish_package<R: BufRead>(xml: &mut Xml<R>, mut package: Package) -> Result<Package, XmlError> {
    let depth = xml.depth();
    while xml.depth() >= depth {
        let name = match xml.piece()? {
            None => break,
            Some(Piece::Text(_) | Piece::End) => continue,
            Some(Piece::Start(element)) => element.name().to_owned(),
        };
        let (text, _) = xml.text(MAX_TEXT_BYTES)?;
        match name.as_str() {
            "filename" => text.trim().clone_into(&mut package.filename),
            "reboot_suggested" => package.reboot_suggested = wanted(&text),
            "restart_suggested" => package.restart_suggested = wanted(&text),
            "relogin_suggested" => package.relogin_suggested = wanted(&text),
            _ => {}
        }
    }
    Ok(package)
}

/// A suggestion's text: `True`, `1`, or nothing at all, as libsolv takes it; `0` and `False` deny it.
fn wanted(text: &str) -> bool {
    !matches!(text.trim(), "0" | "False" | "false")
}
