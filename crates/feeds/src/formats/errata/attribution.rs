//! Which CVE of an erratum is in which of its packages (`docs/decisions`, "errata and their CVEs").
//!
//! In this order:
//!
//! 1. **One source.** All binaries come from one source package: by what the record says of each, by
//!    the one source package among its packages, or by the one component that its title names. Every
//!    CVE is then in every binary, as a statement about the source would have it.
//! 2. **A component beside the CVE.** Red Hat's way of writing, which its rebuilds keep:
//!    `* golang: archive/tar: ... (CVE-2025-58183)`, and of naming bugs, which Fedora keeps:
//!    `CVE-2022-2124 vim: out of bounds read`. Where the component is a source of the erratum, the
//!    CVE is in that source's binaries.
//! 3. **Otherwise the erratum alone is stated**: a fact without CVE for every package that has got
//!    none, and for all of them when a CVE is left over. That it is fixed in the erratum is the
//!    vendor's word; in which package would be ours.

use super::{Erratum, Package, text};
use model::Platform;
use std::collections::{BTreeMap, BTreeSet};

/// The outcome.
#[derive(Debug)]
pub struct Attribution<'a> {
    /// CVEs by the name of the package that they are in; `None` is "each in every package".
    by_package: Option<BTreeMap<(&'a Platform, &'a str), BTreeSet<&'a str>>>,
    all: Vec<&'a str>,
    /// A CVE is left over, or there is none at all.
    left_over: bool,
}

impl Attribution<'_> {
    /// The CVEs that are in a package.
    #[must_use]
    pub fn cves_of(&self, platform: &Platform, package: &str) -> Vec<&str> {
        match &self.by_package {
            None => self.all.clone(),
            Some(map) => map.get(&(platform, package)).into_iter().flatten().copied().collect(),
        }
    }

    /// Whether the erratum itself has to be stated of a package.
    #[must_use]
    pub fn needs_own_fact(&self, platform: &Platform, package: &str) -> bool {
        match &self.by_package {
            None => self.all.is_empty(),
            Some(map) => self.left_over || !map.contains_key(&(platform, package)),
        }
    }
}

/// Attributes the CVEs of an erratum.
#[must_use]
pub fn attribute(erratum: &Erratum) -> Attribution<'_> {
    let all: Vec<&str> = erratum.cves.iter().map(String::as_str).collect();
    let binaries: Vec<&Package> = erratum.packages.iter().filter(|package| !package.is_source()).collect();
    let sources = sources(erratum, &binaries);
    let one = sources.first().is_some_and(|first| first.is_some() && sources.iter().all(|source| source == first));
    if all.is_empty() || one {
        return Attribution { by_package: None, all, left_over: false };
    }
    let named = named(&erratum.text);
    let mut by_package: BTreeMap<(&Platform, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut left_over = false;
    for cve in &all {
        let before: usize = by_package.values().map(BTreeSet::len).sum();
        for component in named.get(cve).into_iter().flatten() {
            for binary in of_component(&binaries, &sources, component) {
                by_package.entry((&binary.platform, &binary.name)).or_default().insert(cve);
            }
        }
        left_over |= by_package.values().map(BTreeSet::len).sum::<usize>() == before;
    }
    Attribution { by_package: Some(by_package), all, left_over }
}

/// The source of each binary, where it is known.
fn sources<'a>(erratum: &'a Erratum, binaries: &[&'a Package]) -> Vec<Option<&'a str>> {
    let mut listed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in erratum.packages.iter().filter(|package| package.is_source()) {
        listed.entry(&package.evr).or_default().insert(&package.name);
    }
    let names: BTreeSet<&str> = listed.values().flatten().copied().collect();
    let only = (names.len() == 1).then(|| names.first().copied()).flatten();
    let from_title = if listed.is_empty() { one_component(erratum, binaries) } else { None };
    let of = |package: &'a Package| {
        if package.source.is_some() {
            return package.source.as_deref();
        }
        if only.is_some() {
            return only;
        }
        // Of several sources, the one whose version the binary has; that is no guess only while no
        // other source has it too.
        match listed.get(package.evr.as_str()) {
            Some(names) if names.len() == 1 => names.first().copied(),
            _ => from_title,
        }
    };
    binaries.iter().map(|package| of(package)).collect()
}

/// The component that the title names, if the packages bear it out: one of them is called so, or
/// they all have one version. A title such as "GNOME security update" names a whole desktop.
fn one_component<'a>(erratum: &'a Erratum, binaries: &[&Package]) -> Option<&'a str> {
    let component = text::one_component(&erratum.title)?;
    let same = binaries.windows(2).all(|pair| pair[0].evr == pair[1].evr);
    let called = binaries.iter().any(|package| package.name == component);
    (same || called || text::is_dotnet(component)).then_some(component)
}

/// The binaries of a component, in whichever case it is written: those of the source of that name, or, where sources are not known,
/// the binary of that name and what has exactly its version.
fn of_component<'a>(binaries: &[&'a Package], sources: &[Option<&str>], component: &str) -> Vec<&'a Package> {
    let pairs = || binaries.iter().zip(sources);
    let of_source: Vec<&Package> = pairs()
        .filter(|(_, source)| source.is_some_and(|source| source.eq_ignore_ascii_case(component)))
        .map(|(package, _)| *package)
        .collect();
    if !of_source.is_empty() {
        return of_source;
    }
    let versions: BTreeSet<&str> = pairs()
        .filter(|(package, source)| source.is_none() && package.name.eq_ignore_ascii_case(component))
        .map(|(package, _)| package.evr.as_str())
        .collect();
    pairs()
        .filter(|(package, source)| source.is_none() && versions.contains(package.evr.as_str()))
        .map(|(package, _)| *package)
        .collect()
}

/// The components that a text names beside each CVE.
fn named(text: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for item in items(text) {
        let (body, bullet) = match item.trim_start().strip_prefix("* ") {
            Some(body) => (body, true),
            None => (item, false),
        };
        let mut cves = text::cves(body).peekable();
        let Some((first, _)) = cves.peek().copied() else { continue };
        // The component stands before the text in a bullet, and after the CVEs in a bug's title.
        let component = if bullet {
            component(body.trim_start())
        } else if body[..first].split_whitespace().all(|word| matches!(word, "TRIAGE" | "TRIAGE-" | "EMBARGOED"))
            || body[..first].trim().is_empty()
        {
            let after = text::cves(body).last().map_or(0, |(at, id)| at + id.len());
            let leading = body[first..after].split_whitespace().all(|word| word.starts_with("CVE-"));
            if leading { component(body[after..].trim_start_matches([' ', ','])) } else { None }
        } else {
            None
        };
        if let Some(component) = component {
            for (_, cve) in cves {
                named.entry(cve).or_default().insert(component);
            }
        }
    }
    named
}

/// The lines of a text, a bullet with the lines that it runs on over.
fn items(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut at, mut open) = (Vec::new(), 0, 0, false);
    for line in text.split_inclusive('\n') {
        let bullet = line.trim_start().starts_with("* ");
        let runs_on = open && !bullet && !line.trim().is_empty();
        if !runs_on {
            if start < at {
                items.push(&text[start..at]);
            }
            start = at;
            open = bullet;
        }
        at += line.len();
    }
    if start < at {
        items.push(&text[start..]);
    }
    items
}

/// The component that a text begins with: `golang` of `golang: archive/tar: ...`, `nodejs` of
/// `nodejs:18/nodejs: ...`.
fn component(text: &str) -> Option<&str> {
    let end = text.find(": ")?;
    let word = text[..end].rsplit('/').next()?;
    (!word.is_empty() && !word.contains(char::is_whitespace)).then_some(word)
}

#[cfg(test)]
mod tests;
