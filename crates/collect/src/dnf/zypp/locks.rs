//! zypper's locks (locks(5) of libzypp): blocks of `key: value` with an empty line behind each.

use super::super::nevra::Nevra;
use super::super::settings::{MOST_BYTES, Settings};
use crate::Root;
use crate::glob::Glob;
use crate::text::identifier;
use formats::ini::Section;
use formats::pattern::Pattern;
use std::cmp::Ordering;
use versions::Scheme;

/// Where they are unless `locksfile.path` says otherwise.
const FILE: &str = "/etc/zypp/locks";
/// Most locks; each is held against every package of use.
const MOST: usize = 5_000;

/// How a text is meant.
#[derive(Debug)]
enum Match {
    Glob(Glob),
    Exact(String),
    Substring(String),
    Expression(Box<Pattern>),
}

impl Match {
    fn new(kind: &str, text: &str) -> Result<Self, String> {
        Ok(match kind {
            "glob" | "" => Self::Glob(Glob::new(text)),
            "exact" => Self::Exact(text.to_owned()),
            "substring" => Self::Substring(text.to_owned()),
            "regex" | "regexp" => Self::Expression(Box::new(Pattern::new(&format!("/{text}/"))?)),
            other => return Err(format!("match_type '{}' is not known", identifier(other))),
        })
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Glob(glob) => glob.matches(name),
            Self::Exact(text) => text == name,
            Self::Substring(text) => name.contains(text.as_str()),
            Self::Expression(pattern) => pattern.matches(name),
        }
    }
}

/// One lock.
#[derive(Debug)]
pub(crate) struct Lock {
    names: Vec<Match>,
    /// Operator and `[epoch:]version[-release]`.
    version: Option<(String, String)>,
    arch: Option<String>,
    /// By its place in the settings.
    repository: Option<usize>,
}

impl Lock {
    /// Whether it holds a package, that is installed (`repository` is none) or of a repository.
    pub(crate) fn matches(&self, package: &Nevra<'_>, repository: Option<usize>) -> bool {
        let evr = || format!("{}:{}-{}", package.epoch, package.version, package.release);
        self.names.iter().any(|name| name.matches(package.name))
            && self.arch.as_ref().is_none_or(|arch| arch == package.arch)
            && self.repository.is_none_or(|of| Some(of) == repository)
            && self.version.as_ref().is_none_or(|(operator, version)| {
                let order = Scheme::Rpm.compare_fixed(&evr(), version);
                match operator.as_str() {
                    "<" => order == Ordering::Less,
                    "<=" => order != Ordering::Greater,
                    ">" => order == Ordering::Greater,
                    ">=" => order != Ordering::Less,
                    "!=" => order != Ordering::Equal,
                    _ => order == Ordering::Equal,
                }
            })
    }
}

/// Reads the locks. What is not understood is noted: it is taken to lock nothing.
pub(super) fn read(root: &Root, main: &Section, settings: &mut Settings) -> Vec<Lock> {
    let path = main.get("locksfile.path").unwrap_or(FILE).to_owned();
    let text = match root.text(&path, MOST_BYTES) {
        Ok(text) => text,
        Err(why) => {
            if !why.is_missing() {
                settings.skip(&path, why.why.to_string());
            }
            return Vec::new();
        }
    };
    let (mut locks, mut block, mut begun) = (Vec::new(), Vec::new(), 1_u64);
    for (number, line) in (1_u64..).zip(text.lines().chain([""])) {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        if let Some((key, value)) = line.split_once(':') {
            if block.is_empty() {
                begun = number;
            }
            block.push((key.trim(), value.trim()));
            continue;
        }
        if block.is_empty() {
            continue;
        }
        match lock(&std::mem::take(&mut block), settings) {
            Ok(Some(_)) if locks.len() >= MOST => {
                settings.skip(&path, format!("read no further: more than {MOST} locks"));
                break;
            }
            Ok(lock) => locks.extend(lock),
            Err(why) => settings.skip(&format!("{path} line {begun}"), why),
        }
    }
    locks
}

/// One block; `None` where it is about something else than packages.
fn lock(block: &[(&str, &str)], settings: &Settings) -> Result<Option<Lock>, String> {
    let get = |key: &str| block.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    if get("type").is_some_and(|kind| !kind.is_empty() && kind != "package") {
        return Ok(None);
    }
    for (key, _) in block {
        const KNOWN: &[&str] = &[
            "type",
            "match_type",
            "case_sensitive",
            "solvable_name",
            "solvable_arch",
            "version",
            "repo",
            "comment",
            "install_status",
        ];
        if !KNOWN.contains(key) {
            return Err(format!("a lock by '{}' is not understood: it is taken to hold nothing", identifier(key)));
        }
    }
    let kind = get("match_type").unwrap_or_default();
    let named = block.iter().filter(|(key, _)| *key == "solvable_name");
    let names = named.map(|(_, name)| Match::new(kind, name)).collect::<Result<Vec<_>, _>>()?;
    if names.is_empty() {
        return Err("a lock names no package: it is taken to hold nothing".to_owned());
    }
    let repository = match get("repo").filter(|alias| !alias.is_empty()) {
        None => None,
        Some(alias) => match settings.repositories.iter().position(|of| of.id == alias) {
            Some(at) => Some(at),
            // Of a repository that is gone it holds nothing.
            None => return Ok(None),
        },
    };
    let version = get("version").filter(|version| !version.is_empty()).map(|text| {
        let version = text.trim_start_matches(['=', '<', '>', '!']);
        (text[..text.len() - version.len()].to_owned(), version.trim().to_owned())
    });
    Ok(Some(Lock { names, version, arch: get("solvable_arch").map(str::to_owned), repository }))
}
