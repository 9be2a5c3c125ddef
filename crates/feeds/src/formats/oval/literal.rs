//! What a single test says, in terms of packages and platforms.

use super::collect;
use super::compare::{self, Patterns};
use super::eval::{Evaluation, Truth};
use super::model::{
    Check, Datatype, Document, Entity, Existence, Kind, Object, Operation, Operator, State, Sym, Test, Value, Variable,
};
use super::reason::Reason;
use std::collections::HashMap;
use std::sync::Arc;

/// Architectures of rpm packages, against which patterns of architectures are held.
const RPM_ARCHES: &[&str] = &[
    "aarch64",
    "alpha",
    "armv7hl",
    "athlon",
    "i386",
    "i486",
    "i586",
    "i686",
    "ia32e",
    "ia64",
    "loongarch64",
    "noarch",
    "ppc",
    "ppc64",
    "ppc64iseries",
    "ppc64le",
    "ppc64pseries",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "x86_64",
];

/// Below which version a statement holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Below this version.
    Below(Sym),
    /// Whatever the version is.
    Installed,
    /// Never: the document says that packages are present and absent at once, which is how Red Hat
    /// lists those that are not affected.
    Never,
}

/// Architectures that a test is about; none is any.
pub(super) type Arches = Arc<[&'static str]>;

/// What was made of a document's patterns: it has a handful of them and thousands of tests.
#[derive(Debug, Default)]
pub(super) struct Known {
    arches: HashMap<(Operation, Sym), Result<Arches, Reason>>,
    patterns: Patterns,
}

/// What a test says.
#[derive(Debug, Clone)]
pub(super) enum Literal {
    /// It depends on the platform alone: bits of those where it holds.
    Platforms(u64),
    /// One of these packages is installed, within a limit, for these architectures (none: any).
    Package { names: Arc<[String]>, limit: Limit, arches: Arches },
    /// One of these packages bears the vendor's signature.
    Signed(Arc<[String]>),
    /// None of these packages is installed.
    Absent(Arc<[String]>),
    /// A stream of a module is enabled: `name:stream`.
    Module(String),
    /// The kernel that runs, or boots next, is in a range.
    Kernel,
}

/// Says what a test says, asking one evaluation a platform about what platforms decide.
pub(super) fn literal<'d>(
    id: Sym,
    document: &'d Document,
    platforms: &mut [Evaluation<'d>],
    release_packages: &[&str],
    known: &mut Known,
) -> Result<Literal, Reason> {
    let test = document.tests.get(id).ok_or(Reason::Missing("a test"))?;
    if let Kind::Unknown(kind) = test.kind {
        return Err(Reason::UnknownTest(document.text(kind).to_owned()));
    }
    let object = test.object.and_then(|id| document.objects.get(id)).ok_or(Reason::Missing("an object"))?;
    let states: Vec<&State> = test
        .states
        .iter()
        .map(|id| document.states.get(*id).ok_or(Reason::Missing("a state")))
        .collect::<Result<_, _>>()?;
    let faults = [test.fault, object.fault].into_iter().chain(states.iter().map(|state| state.fault));
    if let Some(why) = faults.flatten().next() {
        return Err(Reason::Unsupported(document.text(why).to_owned()));
    }
    match test.kind {
        Kind::RpmInfo | Kind::DpkgInfo => {
            let names = names(document, object)?;
            // Asked for its version's beginning it says which release this is; the release package's own
            // updates are like any other's.
            let mut entities = states.iter().flat_map(|state| &state.entities);
            let of_release = names.iter().any(|name| release_packages.iter().any(|prefix| name.starts_with(prefix)))
                && entities.any(|entity| document.text(entity.name) == "version");
            if of_release { by_platform(id, platforms, known) } else { package(document, test, names, &states, known) }
        }
        Kind::Uname if !states.is_empty() => Ok(Literal::Kernel),
        Kind::TextFile => {
            let path = platforms.first().and_then(|evaluation| collect::path(evaluation, object));
            let path = path.ok_or_else(|| Reason::Unsupported("a file that is not named".to_owned()))?;
            if path.starts_with("/boot/") {
                Ok(Literal::Kernel)
            } else if let Some(name) =
                path.strip_prefix("/etc/dnf/modules.d/").and_then(|file| file.strip_suffix(".module"))
            {
                module(document, name, &states)
            } else if path == "./manifest" {
                manifest(document, object, &states)
            } else if platforms.iter().any(|evaluation| evaluation.host.files.contains_key(&path)) {
                by_platform(id, platforms, known)
            } else {
                Err(Reason::Unsupported(format!("the file '{}'", path.escape_debug())))
            }
        }
        Kind::RpmVerifyFile => {
            let path = platforms.first().and_then(|evaluation| collect::path(evaluation, object)).unwrap_or_default();
            if platforms.iter().any(|evaluation| evaluation.host.owners.contains_key(&path)) {
                by_platform(id, platforms, known)
            } else {
                Err(Reason::Unsupported(format!("the owner of the file '{}'", path.escape_debug())))
            }
        }
        Kind::Uname | Kind::Family => by_platform(id, platforms, known),
        Kind::Variable => Err(Reason::NotFlat("it compares a value that is computed on the host")),
        Kind::Unknown(_) => Err(Reason::Missing("a test")),
    }
}

fn by_platform(id: Sym, platforms: &mut [Evaluation<'_>], known: &mut Known) -> Result<Literal, Reason> {
    let mut bits = 0;
    for (at, evaluation) in platforms.iter_mut().enumerate() {
        // One after the other uses what patterns were compiled to.
        std::mem::swap(&mut evaluation.patterns, &mut known.patterns);
        let truth = evaluation.test(id);
        std::mem::swap(&mut evaluation.patterns, &mut known.patterns);
        if truth? == Truth::True {
            bits |= 1 << at;
        }
    }
    Ok(Literal::Platforms(bits))
}

fn package(
    document: &Document,
    test: &Test,
    names: Arc<[String]>,
    states: &[&State],
    known: &mut Known,
) -> Result<Literal, Reason> {
    match (test.existence, states) {
        (Existence::None, []) => return Ok(Literal::Absent(names)),
        (Existence::AtLeastOne, _) => {}
        _ => return Err(Reason::NotFlat("it counts packages")),
    }
    // Several packages of a name differ in their architecture or, for rpm, are kernels; dpkg keeps the
    // versions of the architectures equal, so that "all" says no more than "at least one".
    if test.check != Check::AtLeastOne && !(test.check == Check::All && test.kind == Kind::DpkgInfo) {
        return Err(Reason::NotFlat("it is about all packages of a name"));
    }
    let [state] = states else {
        return match states {
            [] => Ok(Literal::Package { names, limit: Limit::Installed, arches: Arches::default() }),
            _ => Err(Reason::NotFlat("it compares with several states")),
        };
    };
    if state.operator != Operator::And && state.entities.len() > 1 {
        return Err(Reason::NotFlat("it compares with several states"));
    }
    let (mut limit, mut arches, mut signed) = (Limit::Installed, Arches::default(), false);
    for entity in &state.entities {
        let Value::Text(value) = entity.value else {
            return Err(Reason::NotFlat("it compares with a value that is computed on the host"));
        };
        match (document.text(entity.name), entity.operation) {
            ("evr", Operation::Less) if matches!(entity.datatype, Datatype::RpmEvr | Datatype::DebianEvr) => {
                limit = Limit::Below(value);
            }
            ("evr", Operation::Equals) => return Err(Reason::NotFlat("it is about a single version")),
            ("arch", operation) => {
                let matching = || matching_arches(operation, document.text(value));
                arches = known.arches.entry((operation, value)).or_insert_with(matching).clone()?;
            }
            ("signature_keyid", Operation::Equals) => signed = true,
            _ => return Err(Reason::NotFlat("it compares more than versions, architectures and signatures")),
        }
    }
    match (signed, limit, &*arches) {
        (true, Limit::Installed, []) => Ok(Literal::Signed(names)),
        (true, ..) => Err(Reason::NotFlat("it compares a version and a signature at once")),
        (false, ..) => Ok(Literal::Package { names, limit, arches }),
    }
}

/// The architectures that a pattern matches, as the language says: anywhere in the name.
fn matching_arches(operation: Operation, pattern: &str) -> Result<Arches, Reason> {
    let known = RPM_ARCHES.iter().copied();
    let matching: Vec<&'static str> = match operation {
        Operation::Equals => known.filter(|arch| *arch == pattern).collect(),
        Operation::Pattern => {
            let pattern = compare::compile(pattern)?;
            known.filter(|arch| pattern.is_match(arch)).collect()
        }
        _ => return Err(Reason::NotFlat("it excludes architectures")),
    };
    if matching.is_empty() {
        return Err(Reason::Unsupported("an architecture that is not known here".to_owned()));
    }
    Ok(if matching.len() == RPM_ARCHES.len() { Arches::default() } else { matching.into() })
}

/// The names of a package object: one, or the values of a constant variable.
fn names(document: &Document, object: &Object) -> Result<Arc<[String]>, Reason> {
    let [entity] = object.entities.as_slice() else {
        return Err(Reason::NotFlat("it chooses packages by more than their name"));
    };
    if document.text(entity.name) != "name" || entity.operation != Operation::Equals {
        return Err(Reason::NotFlat("it chooses packages by more than their name"));
    }
    listed(document, entity).map(|values| values.iter().map(|value| document.text(*value).to_owned()).collect())
}

/// The texts that an entity is compared with, of which one has to hold.
fn listed(document: &Document, entity: &Entity) -> Result<Vec<Sym>, Reason> {
    match entity.value {
        Value::Text(text) => Ok(vec![text]),
        Value::Variable(variable) => match document.variables.get(variable) {
            Some(Variable::Constant(values)) if entity.var_check == Check::AtLeastOne || values.len() == 1 => {
                Ok(values.clone())
            }
            Some(_) => Err(Reason::NotFlat("it chooses packages by a variable that is no plain list")),
            None => Err(Reason::Missing("a variable")),
        },
    }
}

/// Red Hat's test of a module's stream: the file's text is matched with
/// `\nstream\s*=\s*STREAM\b[\w\W]*\nstate\s*=\s*(enabled|1|true)`, in either order.
fn module(document: &Document, name: &str, states: &[&State]) -> Result<Literal, Reason> {
    let strange = || Reason::Unsupported("a test of a module in words that are not known".to_owned());
    let [state] = states else { return Err(strange()) };
    let [Entity { value: Value::Text(text), operation: Operation::Pattern, .. }] = state.entities.as_slice() else {
        return Err(strange());
    };
    let text = document.text(*text);
    let stream = text.split_once(r"\nstream\s*=\s*").and_then(|(_, rest)| rest.split_once(r"\b")).map(|(s, _)| s);
    let stream = stream.and_then(unescape).ok_or_else(strange)?;
    if text.contains(r"\nstate\s*=\s*(enabled|1|true)") {
        Ok(Literal::Module(format!("{name}:{stream}")))
    } else {
        Err(strange())
    }
}

/// A pattern that stands for one text, as that text.
fn unescape(pattern: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.push(rest.next().filter(|c| !c.is_ascii_alphanumeric())?),
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
            c => text.push(c),
        }
    }
    (!text.is_empty()).then_some(text)
}

/// Ubuntu's tests of a container image's list of packages: lines `NAME[:ARCH] VERSION`, of which the
/// pattern `^NAME(?::\w+|)\s+(.*)$` takes the version.
fn manifest(document: &Document, object: &Object, states: &[&State]) -> Result<Literal, Reason> {
    let strange = || Reason::Unsupported("a test of a list of packages in words that are not known".to_owned());
    let pattern = object.entities.iter().find(|entity| document.text(entity.name) == "pattern").ok_or_else(strange)?;
    let names: Option<Arc<[String]>> = listed(document, pattern)?
        .iter()
        .map(|text| {
            let name = document.text(*text).strip_prefix('^')?.strip_suffix(r"(?::\w+|)\s+(.*)$")?;
            // Vendors leave the plus of `g++` unescaped now and then, where it can't mean anything else.
            unescape(name).or_else(|| unescape(&name.replace('+', r"\+")))
        })
        .collect();
    let names = names.ok_or_else(strange)?;
    match states {
        [] => Ok(Literal::Package { names, limit: Limit::Installed, arches: Arches::default() }),
        [state] => match state.entities.as_slice() {
            [
                Entity {
                    operation: Operation::Less,
                    datatype: Datatype::DebianEvr,
                    value: Value::Text(version),
                    name,
                    ..
                },
            ] if document.text(*name) == "subexpression" => {
                Ok(Literal::Package { names, limit: Limit::Below(*version), arches: Arches::default() })
            }
            _ => Err(strange()),
        },
        _ => Err(strange()),
    }
}
