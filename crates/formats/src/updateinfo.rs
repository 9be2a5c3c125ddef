//! `updateinfo.xml` of rpm repositories: which updates they hold and what each is about.
//!
//! The format is createrepo_c's and libsolv's common ground; nobody publishes a schema. It is
//! described by dnf's documentation ("updateinfo") and Pulp's, and read here as Fedora, EPEL, Alma
//! Linux, Rocky Linux, Red Hat, Amazon and Pulp write it:
//!
//! ```text
//! <updates><update from= status= type= version=>
//!   <id/> <title/> <severity/> <issued date=/> <updated date=/> <release/> <description/> ...
//!   <references><reference href= id= type= title=/></references>
//!   <pkglist><collection short=><name/><module name= stream= version= context= arch=/>
//!     <package name= epoch= version= release= arch= src=><filename/><reboot_suggested/></package>
//! ```
//!
//! What is odd: a missing epoch is 0; `src` is the source package's file name, or the address of the
//! binary package itself (Fedora), or `-`; a reference's title may be its text; dates have several
//! forms and stay as they were written; the order of elements is anybody's.

mod element;

use crate::Skipped;
use crate::xml::{Piece, Xml, XmlError};
use std::io::BufRead;

/// Most updates of a document, a hundred times as many as a release of Fedora has.
const MAX_UPDATES: u64 = 1_000_000;
/// Most packages of an update over all its collections; TeX Live's have some 30,000.
const MAX_PACKAGES: usize = 200_000;
/// Most references, and most collections, of an update.
const MAX_PARTS: usize = 20_000;
/// Longest description kept, in bytes; a longer one is cut.
const MAX_DESCRIPTION_BYTES: usize = 256 << 10;
/// Longest other text, in bytes.
const MAX_TEXT_BYTES: usize = 4 << 10;

/// One update.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// The line where it begins.
    pub line: u64,
    /// Its id: `ALSA-2022:4940`.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// What it is: `security`, `bugfix`, `enhancement`, `newpackage` ...
    pub kind: String,
    /// What has become of it: `final`, `stable`, `testing` ...
    pub status: String,
    /// The vendor's severity in its own word; empty where it gives none.
    pub severity: String,
    /// The release that it is for, in the vendor's words: `Fedora 27`; often empty.
    pub release: String,
    /// When it was issued, as written.
    pub issued: String,
    /// When it was last changed, as written.
    pub updated: String,
    /// What it mends, in the vendor's words.
    pub description: String,
    /// A reboot is asked for by the update as a whole.
    pub reboot_suggested: bool,
    /// What it refers to.
    pub references: Vec<Reference>,
    /// Its packages, by collection.
    pub collections: Vec<Collection>,
}

impl Update {
    /// Every package of every collection, with its collection.
    pub fn packages(&self) -> impl Iterator<Item = (&Collection, &Package)> {
        self.collections
            .iter()
            .flat_map(|collection| collection.packages.iter().map(move |package| (collection, package)))
    }

    /// Whether a reboot is asked for, by the update or one of its packages.
    #[must_use]
    pub fn wants_reboot(&self) -> bool {
        self.reboot_suggested || self.packages().any(|(_, package)| package.reboot_suggested)
    }
}

/// What an update refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// What it is: `cve`, `bugzilla`, `self`, `rhsa`, `erratum` ...
    pub kind: String,
    /// Its id: `CVE-2022-1271`, `2073310`; may be empty.
    pub id: String,
    /// Its address.
    pub href: String,
    /// Its title; may be empty.
    pub title: String,
}

/// A part of an update's packages, usually those of one repository or module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collection {
    /// Its short name: `almalinux-9-for-x86_64-baseos-rpms__9_1_default`, `F27`.
    pub short: String,
    /// Its name.
    pub name: String,
    /// The module that the packages belong to.
    pub module: Option<Module>,
    /// The packages.
    pub packages: Vec<Package>,
}

/// A module in one build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Module {
    /// Its name: `nodejs`.
    pub name: String,
    /// Its stream: `18`.
    pub stream: String,
    /// Its version: `8040020210817133458`.
    pub version: String,
    /// Its context: `522a0ee4`.
    pub context: String,
    /// Its architecture.
    pub arch: String,
}

/// A package of an update.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its epoch; `0` where none is given.
    pub epoch: String,
    /// Its version.
    pub version: String,
    /// Its release.
    pub release: String,
    /// Its architecture; `src` and `nosrc` are source packages.
    pub arch: String,
    /// The file name or address of the source package, or whatever else the vendor puts there.
    pub src: String,
    /// The package's file name.
    pub filename: String,
    /// A reboot is asked for.
    pub reboot_suggested: bool,
    /// Restarting what uses it is asked for.
    pub restart_suggested: bool,
    /// Logging in again is asked for.
    pub relogin_suggested: bool,
}

impl Package {
    /// Whether it is a source package.
    #[must_use]
    pub fn is_source(&self) -> bool {
        matches!(self.arch.as_str(), "src" | "nosrc")
    }

    /// The name of the source package, where `src` says so.
    #[must_use]
    pub fn source_name(&self) -> Option<&str> {
        source_name(&self.src)
    }
}

/// The name in a source package's file name or address, `None` where it is none:
/// `python-psycopg2-2.0.14-1.el6_2.1.src.rpm` is `python-psycopg2`.
#[must_use]
pub fn source_name(src: &str) -> Option<&str> {
    let file = src.rsplit('/').next()?;
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let mut parts = stem.rsplitn(3, '-');
    let (_release, _version) = (parts.next()?, parts.next()?);
    parts.next().filter(|name| !name.is_empty())
}

/// What [`read`] hands over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// An update that was understood. Of what was skipped in it, notes came before.
    Update(Box<Update>),
    /// An update, or a part of one, that was not understood.
    Skipped {
        /// The update's id where it is known by then, else empty.
        id: String,
        /// Where and why.
        note: Skipped,
        /// The packages that it is about, where it names them.
        packages: Vec<String>,
        /// The whole update was left out.
        whole: bool,
    },
}

/// Why a document was not read to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error<E> {
    /// It could not be read on.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// The taker wanted no more.
    #[error("stopped by the taker of its updates")]
    Taker(E),
}

/// Reads a document and hands over its updates one by one; gives their number, skipped ones included.
///
/// # Errors
/// [`Error::Xml`] when the document is not well-formed, has another root than `updates`, too many
/// updates, or can't be read; [`Error::Taker`] with what `each` said. What was handed over before
/// stands.
pub fn read<R: BufRead, E>(body: R, each: &mut dyn FnMut(Item) -> Result<(), E>) -> Result<u64, Error<E>> {
    let mut xml = Xml::new(body);
    let mut updates = 0;
    root(&mut xml)?;
    while let Some(piece) = xml.piece()? {
        match piece {
            Piece::Start(element) if element.name() == "update" => {
                let head = element::head(&element);
                updates += 1;
                if updates > MAX_UPDATES {
                    let why = format!("more than {MAX_UPDATES} updates");
                    return Err(XmlError::Malformed { line: xml.line(), why }.into());
                }
                for item in element::update(&mut xml, head)? {
                    each(item).map_err(Error::Taker)?;
                }
            }
            Piece::Start(_) => xml.skip()?,
            Piece::Text(_) | Piece::End => {}
        }
    }
    Ok(updates)
}

/// Goes into the root element, which must be `updates`.
fn root<R: BufRead>(xml: &mut Xml<R>) -> Result<(), XmlError> {
    while let Some(piece) = xml.piece()? {
        match piece {
            Piece::Start(element) if element.name() == "updates" => return Ok(()),
            Piece::Start(element) => {
                let why = format!("the root element is '{}', not 'updates'", crate::shown(element.name().as_bytes()));
                return Err(XmlError::Malformed { line: xml.line(), why });
            }
            Piece::Text(text) if text.trim().is_empty() => {}
            Piece::Text(_) | Piece::End => break,
        }
    }
    Err(XmlError::Malformed { line: xml.line(), why: "there is no root element 'updates'".to_owned() })
}

#[cfg(test)]
mod tests;
