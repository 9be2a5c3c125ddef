//! From `updateinfo.xml` ([`formats::updateinfo`]) to errata.

use super::errata::{self, Erratum, text};
use crate::feed::{Sink, Skipped, Unreadable};
use formats::updateinfo::{Collection, Error, Item, Package, Update, read};
use formats::xml::XmlError;
use model::{AdvisoryKind, Platform};
use std::io::BufRead;

/// What a vendor's updateinfo has of its own.
pub(crate) struct Dialect {
    /// Whether an id is one of the vendor's.
    pub(crate) id: fn(&str) -> bool,
    /// Which release a package of an update is for, or why it is for none.
    pub(crate) platform: fn(&Update, &Collection, &Package) -> Result<Platform, String>,
    /// CVEs of security updates stand in texts: titles of bugs, the update's own title and description (Fedora).
    pub(crate) cves_in_texts: bool,
}

/// Reads a document of a vendor into a sink. `part` says which part of each erratum it has, see
/// [`Erratum::part`].
pub(crate) fn parse(
    dialect: &Dialect,
    part: &str,
    body: &mut dyn BufRead,
    sink: &mut dyn Sink,
) -> Result<(), Unreadable> {
    let outcome = read(body, &mut |item| match item {
        Item::Skipped { id, note, packages, .. } => {
            let packages = packages.iter().map(String::as_str);
            Ok::<_, Unreadable>(sink.skipped(Skipped::new(&id, Some(note.line), note.why).of_packages(packages))?)
        }
        Item::Update(update) => take(dialect, part, &update, sink),
    });
    match outcome {
        Ok(_) => Ok(()),
        Err(Error::Xml(XmlError::Malformed { line, why })) => Err(Unreadable::Malformed { line, why }),
        Err(Error::Xml(XmlError::Io(why))) => Err(Unreadable::Io(why)),
        Err(Error::Taker(why)) => Err(why),
    }
}

fn take(dialect: &Dialect, part: &str, update: &Update, sink: &mut dyn Sink) -> Result<(), Unreadable> {
    let line = Some(update.line);
    if !(dialect.id)(&update.id) {
        return Ok(sink.skipped(Skipped::new(&update.id, line, "the id is none of this vendor's").harmless())?);
    }
    if matches!(update.status.as_str(), "testing" | "pending" | "obsolete") {
        let why = format!("it is not released: its status is '{}'", update.status);
        return Ok(sink.skipped(Skipped::new(&update.id, line, why).harmless())?);
    }
    let (erratum, notes) = erratum(dialect, update);
    Ok(Erratum { part: part.to_owned(), ..erratum }.hand_over(notes, line, sink)?)
}

fn erratum(dialect: &Dialect, update: &Update) -> (Erratum, Vec<Skipped>) {
    let mut notes = Vec::new();
    let note = |record: &str, why: String| Skipped::new(record, Some(update.line), why);
    let mut dated = |what: &str, date: &str| {
        let at = text::date(date);
        if at.is_none() && !date.is_empty() {
            notes.push(note(&update.id, format!("{what} '{}' is no date", errata::shown(date))).harmless());
        }
        at
    };
    let (published, updated) = (dated("issued", &update.issued), dated("updated", &update.updated));
    let titled = text::title_severity(&update.title).0.unwrap_or_default();
    let severity = text::severity(&update.severity).unwrap_or_else(|| {
        notes.push(
            note(&update.id, format!("the severity '{}' is not known", errata::shown(&update.severity))).harmless(),
        );
        titled
    });
    let named = text::modules(&update.title);
    let mut packages = Vec::new();
    for (collection, package) in update.packages() {
        match (dialect.platform)(update, collection, package) {
            Ok(platform) => packages.push(of(platform, collection, package, &named)),
            // It is for another release than the update's, or for none.
            Err(why) => notes.push(note(&format!("{} {}", update.id, package.name), why).harmless()),
        }
    }
    let titles = || update.references.iter().map(|reference| reference.title.as_str());
    let mut cves: std::collections::BTreeSet<String> = update
        .references
        .iter()
        .filter(|reference| reference.kind == "cve")
        .flat_map(|reference| text::cves(&reference.id).chain(text::cves(&reference.title)))
        .map(|(_, cve)| cve.to_owned())
        .collect();
    let texts: Vec<&str> = std::iter::once(update.description.as_str()).chain(titles()).collect();
    if dialect.cves_in_texts && update.kind == "security" {
        let all = texts.iter().copied().chain([update.title.as_str()]);
        cves.extend(all.flat_map(text::cves).map(|(_, cve)| cve.to_owned()));
    }
    let erratum = Erratum {
        id: update.id.clone(),
        title: update.title.clone(),
        kind: kind(&update.kind),
        severity: severity.max(titled),
        published,
        updated,
        withdrawn: update.status == "retracted",
        cves,
        text: texts.join("\n"),
        packages,
        names_no_package: update.packages().next().is_none(),
        references: update.references.iter().map(|r| r.href.clone()).filter(|href| href.starts_with("http")).collect(),
        ..Erratum::default()
    };
    (erratum, notes)
}

fn of(platform: Platform, collection: &Collection, package: &Package, named: &[String]) -> errata::Package {
    let evr = errata::evr(&package.epoch, &package.version, &package.release);
    let modules = match &collection.module {
        Some(module) => super::osv::errata::labels_with(format!("{}:{}", module.name, module.stream), named),
        None => super::osv::errata::labels(&evr, named),
    };
    errata::Package {
        platform,
        name: package.name.clone(),
        evr,
        arch: package.arch.clone(),
        source: package.source_name().map(str::to_owned),
        modules,
    }
}

/// The vendors' kinds of updates.
pub(crate) fn kind(word: &str) -> AdvisoryKind {
    match word {
        "security" => AdvisoryKind::Security,
        "bugfix" => AdvisoryKind::Bugfix,
        "enhancement" => AdvisoryKind::Enhancement,
        _ => AdvisoryKind::Other,
    }
}
