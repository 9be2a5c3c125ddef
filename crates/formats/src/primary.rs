//! `primary.xml` of rpm repositories: which packages they hold.
//!
//! The format is createrepo_c's; nobody publishes a schema:
//!
//! ```text
//! <metadata packages="2"><package type="rpm"><name/><arch/><version epoch= ver= rel=/> ...
//!   <size package= installed= archive=/><location href=/><format> ... <rpm:sourcerpm/>
//!     <rpm:provides><rpm:entry name= flags= epoch= ver= rel=/></rpm:provides>
//!     <rpm:obsoletes><rpm:entry .../></rpm:obsoletes> ... </format></package>
//! ```
//!
//! A document of Fedora has 70,000 packages and 300 MB. One package is in memory at a time, with what the manager's
//! decision on updates needs: who it is, what it stands for and what it replaces.

use crate::Skipped;
use crate::xml::{Element, Piece, Xml, XmlError};
use std::io::BufRead;

/// Most packages of a document.
const MAX_PACKAGES: u64 = 2_000_000;
/// Most relations of one kind of a package; more are left out, with a note.
const MAX_RELATIONS: usize = 50_000;
/// Longest name, version and so on, in bytes.
const MAX_TEXT_BYTES: usize = 1 << 10;
/// Most notes.
const MAX_SKIPPED: usize = 1000;

/// One package of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its architecture; `src` and `nosrc` are source packages.
    pub arch: String,
    /// `version-release`, with the epoch and a colon before it where it is not 0.
    pub evr: String,
    /// Who built it; empty where it does not say.
    pub vendor: String,
    /// Size of the download in bytes.
    pub size: Option<u64>,
    /// What it replaces.
    pub obsoletes: Vec<Relation>,
    /// The names that it stands for, versions left out.
    pub provides: Vec<String>,
}

/// A name and, where a relation is asked for, a version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relation {
    /// The name.
    pub name: String,
    /// `EQ`, `LT`, `LE`, `GT`, `GE`; empty where any version will do.
    pub flags: String,
    /// `[epoch:]version[-release]`; empty where any version will do.
    pub evr: String,
}

/// What a reading came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many packages were given out.
    pub packages: u64,
    /// How many there are by the document's own word (`packages="N"`), where it says so.
    pub stated: Option<u64>,
    /// How many stood there, those that were passed over among them.
    pub seen: u64,
    /// Packages that were passed over, the first 1,000.
    pub skipped: Vec<Skipped>,
}

/// Reads a document and gives out its packages one by one.
///
/// # Errors
/// When it is not well-formed, has another root than `metadata`, too many packages, or can't be read. What was given
/// out before stands.
pub fn read<R: BufRead>(body: R, each: &mut dyn FnMut(&Package)) -> Result<Outcome, XmlError> {
    let mut xml = Xml::new(body);
    let mut outcome = Outcome::default();
    let mut package = Package::default();
    outcome.stated = root(&mut xml)?;
    while let Some(piece) = xml.piece()? {
        let is_package = match &piece {
            Piece::Start(element) => element.name() == "package",
            Piece::Text(_) | Piece::End => continue,
        };
        if !is_package {
            xml.skip()?;
            continue;
        }
        let line = xml.line();
        let fault = one(&mut xml, &mut package)?;
        if outcome.packages >= MAX_PACKAGES {
            return Err(XmlError::Malformed { line, why: format!("more than {MAX_PACKAGES} packages") });
        }
        outcome.seen += 1;
        match fault {
            Some(why) if outcome.skipped.len() < MAX_SKIPPED => outcome.skipped.push(Skipped::new(line, why)),
            Some(_) => {}
            None => {
                outcome.packages += 1;
                each(&package);
            }
        }
    }
    Ok(outcome)
}

/// Goes into the root element, which must be `metadata`; how many packages it says that it holds.
fn root<R: BufRead>(xml: &mut Xml<R>) -> Result<Option<u64>, XmlError> {
    while let Some(piece) = xml.piece()? {
        match piece {
            Piece::Start(element) if element.name() == "metadata" => {
                return Ok(element.attribute("packages").and_then(|count| count.parse().ok()));
            }
            Piece::Start(element) => {
                let why = format!("the root element is '{}', not 'metadata'", crate::shown(element.name().as_bytes()));
                return Err(XmlError::Malformed { line: xml.line(), why });
            }
            Piece::Text(text) if text.trim().is_empty() => {}
            Piece::Text(_) | Piece::End => break,
        }
    }
    Err(XmlError::Malformed { line: xml.line(), why: "there is no root element 'metadata'".to_owned() })
}

/// Reads a package up to its end; why it can't be used, if it can't.
fn one<R: BufRead>(xml: &mut Xml<R>, package: &mut Package) -> Result<Option<String>, XmlError> {
    enum At {
        Name,
        Arch,
        Vendor,
        Inside,
        Obsoletes,
        Provides,
        Passed,
    }
    let Package { name, arch, evr, vendor, size, obsoletes, provides } = package;
    for text in [&mut *name, arch, evr, vendor] {
        text.clear();
    }
    obsoletes.clear();
    provides.clear();
    *size = None;
    let depth = xml.depth();
    let mut is_cut = false;
    while xml.depth() >= depth {
        let at = match xml.piece()? {
            None => break,
            Some(Piece::Text(_) | Piece::End) => continue,
            Some(Piece::Start(element)) => match element.name() {
                "name" => At::Name,
                "arch" => At::Arch,
                "version" => {
                    *evr = evr_of(&element);
                    At::Passed
                }
                "size" => {
                    *size = element.attribute("package").and_then(|size| size.parse().ok());
                    At::Passed
                }
                "format" => At::Inside,
                "vendor" => At::Vendor,
                "obsoletes" => At::Obsoletes,
                "provides" => At::Provides,
                _ => At::Passed,
            },
        };
        match at {
            At::Inside => {}
            At::Passed => xml.skip()?,
            At::Name => is_cut |= !xml.text_into(name, MAX_TEXT_BYTES)?,
            At::Vendor => is_cut |= !xml.text_into(vendor, MAX_TEXT_BYTES)?,
            At::Arch => is_cut |= !xml.text_into(arch, MAX_TEXT_BYTES)?,
            At::Obsoletes => entries(xml, &mut |element| {
                if obsoletes.len() < MAX_RELATIONS {
                    obsoletes.push(relation(element));
                }
            })?,
            At::Provides => entries(xml, &mut |element| {
                if provides.len() < MAX_RELATIONS {
                    provides.extend(element.attribute("name").filter(|name| name.len() <= MAX_TEXT_BYTES));
                }
            })?,
        }
    }
    let fault = |text: &str| text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control());
    let shown = || crate::shown(name.as_bytes());
    Ok(if fault(name) {
        Some(format!("a package has the name '{}'", shown()))
    } else if is_cut || name.len() > MAX_TEXT_BYTES || evr.len() > MAX_TEXT_BYTES {
        Some(format!("name or version of package '{}' is too long", shown()))
    } else if fault(arch) {
        Some(format!("package '{}' has no architecture", shown()))
    } else if fault(evr) || evr.starts_with('-') || evr.ends_with('-') {
        Some(format!("package '{}' has no version or no release", shown()))
    } else {
        None
    })
}

/// Gives out the elements `entry` up to the end of the current element.
fn entries<R: BufRead>(xml: &mut Xml<R>, each: &mut dyn FnMut(&Element<'_>)) -> Result<(), XmlError> {
    let depth = xml.depth();
    while xml.depth() >= depth {
        match xml.piece()? {
            None => break,
            Some(Piece::Start(element)) if element.name() == "entry" => each(&element),
            Some(_) => {}
        }
    }
    Ok(())
}

fn relation(element: &Element<'_>) -> Relation {
    let of = |name| element.attribute(name).unwrap_or_default();
    let flags = of("flags");
    let mut evr = String::new();
    if !flags.is_empty() {
        evr = of("ver");
        let (epoch, release) = (of("epoch"), of("rel"));
        if !epoch.is_empty() && epoch != "0" {
            evr = format!("{epoch}:{evr}");
        }
        if !release.is_empty() {
            evr.push('-');
            evr.push_str(&release);
        }
    }
    Relation { name: of("name"), flags, evr }
}

fn evr_of(element: &Element<'_>) -> String {
    let of = |name| element.attribute(name).unwrap_or_default();
    let (epoch, version, release) = (of("epoch"), of("ver"), of("rel"));
    if epoch.is_empty() || epoch == "0" {
        format!("{version}-{release}")
    } else {
        format!("{epoch}:{version}-{release}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(document: &str) -> Result<(Vec<Package>, Outcome), XmlError> {
        let mut packages = Vec::new();
        let outcome = read(document.as_bytes(), &mut |package| packages.push(package.clone()))?;
        Ok((packages, outcome))
    }

    /// The layout of a document of `createrepo_c` 0.17.3; whole ones are read by the tests against dnf.
    #[test]
    fn packages_are_read_with_what_they_replace() {
        let (packages, outcome) = packages(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="2">
<package type="rpm"><name>nginx-core</name><arch>x86_64</arch><version epoch="2" ver="1.20" rel="1.el9"/>
  <checksum type="sha256" pkgid="YES">ab</checksum><summary>a &amp; b</summary>
  <size package="6100" installed="1" archive="300"/><location href="a.rpm"/>
  <format><rpm:license>MIT</rpm:license><rpm:vendor>AlmaLinux</rpm:vendor><rpm:sourcerpm>nginx-1.20-1.el9.src.rpm</rpm:sourcerpm>
    <rpm:provides><rpm:entry name="nginx-core" flags="EQ" epoch="2" ver="1.20" rel="1.el9"/><rpm:entry name="web"/></rpm:provides>
    <rpm:requires><rpm:entry name="sh"/></rpm:requires>
    <rpm:obsoletes><rpm:entry name="nginx" flags="LT" epoch="2" ver="1.20" rel="1"/><rpm:entry name="old"/></rpm:obsoletes>
    <file>/usr/bin/x</file></format></package>
<package type="rpm"><name>b</name><arch>noarch</arch><version epoch="0" ver="1" rel="2"/></package>
</metadata>"#,
        )
        .unwrap();
        assert_eq!(
            (packages.len(), &outcome),
            (2, &Outcome { packages: 2, stated: Some(2), seen: 2, skipped: vec![] })
        );
        let core = &packages[0];
        assert_eq!(
            (core.name.as_str(), core.arch.as_str(), core.evr.as_str()),
            ("nginx-core", "x86_64", "2:1.20-1.el9")
        );
        assert_eq!((core.vendor.as_str(), packages[1].vendor.as_str()), ("AlmaLinux", ""));
        assert_eq!((core.size, core.provides.join(" ").as_str()), (Some(6100), "nginx-core web"));
        let relation = |name: &str, flags: &str, evr: &str| Relation {
            name: name.to_owned(),
            flags: flags.to_owned(),
            evr: evr.to_owned(),
        };
        assert_eq!(core.obsoletes, [relation("nginx", "LT", "2:1.20-1"), relation("old", "", "")]);
        assert_eq!((packages[1].evr.as_str(), packages[1].obsoletes.len(), packages[1].size), ("1-2", 0, None));
    }

    #[test]
    fn a_bad_package_is_named_and_the_others_are_used() {
        let good = r#"<package><name>b</name><arch>noarch</arch><version ver="1" rel="1"/></package>"#;
        for (bad, why) in [
            ("<package><arch>noarch</arch></package>", "a package has the name ''"),
            ("<package><name>a b</name></package>", "a package has the name 'a b'"),
            ("<package><name>a</name></package>", "package 'a' has no architecture"),
            (
                r#"<package><name>a</name><arch>x</arch><version ver="1"/></package>"#,
                "package 'a' has no version or no release",
            ),
        ] {
            let (packages, outcome) = packages(&format!("<metadata>\n{bad}\n{good}</metadata>")).unwrap();
            assert_eq!((packages.len(), outcome.seen, outcome.stated), (1, 2, None), "{bad}");
            assert_eq!(outcome.skipped, [Skipped::new(2, why)], "{bad}");
        }
        for (document, why) in [
            ("<updates/>", "line 1: the root element is 'updates', not 'metadata'"),
            ("", "line 1: there is no root element 'metadata'"),
            ("<metadata>\n<package>", "line 2: the document ends with 2 elements open"),
        ] {
            assert_eq!(packages(document).unwrap_err().to_string(), why);
        }
    }
}
