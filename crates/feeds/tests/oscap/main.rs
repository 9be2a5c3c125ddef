//! Our evaluation of OVAL against `oscap oval eval` (OpenSCAP), definition by definition, over whole documents
//! of Red Hat and Ubuntu, on private roots full of packages: each in one of the versions that the document
//! names, so that some definitions hold and others don't by version alone.
//!
//! It takes `oscap` (Debian: openscap-scanner) and `rpm`, and fails without them. Tests of the running and of
//! the next kernel are never true here: oscap does not look at kernels in a root.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it compared"
)]

#[path = "../bundles/mod.rs"]
mod bundles;
#[path = "../oval/data.rs"]
#[expect(dead_code, reason = "the documents are read as they are, not as feeds")]
mod data;
mod roots;
mod rpm_file;

use data::{bytes, parse};
use feeds::formats::oval::{Class, Document, Evaluation, Host, Kind, Operation, Truth, Value, Variable};
use roots::{Chosen, Root};
use std::collections::{BTreeMap, BTreeSet};
use versions::Scheme;

/// Names of packages and the versions below which tests hold, by test.
fn limits(document: &Document) -> BTreeMap<String, BTreeSet<String>> {
    let mut limits: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for test in document.tests.items() {
        if !matches!(test.kind, Kind::RpmInfo | Kind::DpkgInfo) {
            continue;
        }
        let object = document.objects.get(test.object.unwrap()).unwrap();
        let names = match object.entities[0].value {
            Value::Text(name) => vec![name],
            Value::Variable(id) => match document.variables.get(id) {
                Some(Variable::Constant(names)) => names.clone(),
                other => panic!("{other:?}"),
            },
        };
        let states = test.states.iter().map(|id| document.states.get(*id).unwrap());
        let below = states.flat_map(|state| &state.entities).filter(|entity| entity.operation == Operation::Less);
        let below: Vec<String> = below
            .filter_map(|entity| match entity.value {
                Value::Text(text) => Some(document.text(text).to_owned()),
                Value::Variable(_) => None,
            })
            .collect();
        for name in names {
            limits.entry(document.text(name).to_owned()).or_default().extend(below.iter().cloned());
        }
    }
    limits
}

/// A number for a name, the same everywhere (FNV-1a).
fn number(name: &str) -> usize {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    usize::try_from(hash >> 40).unwrap()
}

/// Three of four packages, each in one of its versions; where there is none, in some version.
fn choose(document: &Document, scheme: Scheme) -> Vec<Chosen> {
    let mut chosen = Vec::new();
    for (name, versions) in limits(document) {
        let number = number(&name);
        // What is no version could not be installed; Ubuntu's documents have some ("8.0 only").
        let mut versions: Vec<&str> =
            versions.iter().map(String::as_str).filter(|version| scheme.check(version).is_ok()).collect();
        if number.is_multiple_of(4) || name.starts_with("redhat-release") {
            continue;
        }
        versions.sort_by(|a, b| scheme.compare(a, b));
        let version = if versions.is_empty() { "1-1" } else { versions[number / 4 % versions.len()] };
        chosen.push(Chosen { name, version: version.strip_prefix("0:").unwrap_or(version).to_owned() });
    }
    chosen
}

/// What was compared: definitions, and the patches or fixed CVEs that hold or don't by version.
#[derive(Debug)]
struct Compared {
    definitions: usize,
    holding: usize,
    not_holding: usize,
}

/// Compares every definition of a document on a root.
fn compare(document: &Document, host: &Host, root: &Root, file: &[u8]) -> Compared {
    let theirs = root.evaluate(file);
    let mut compared = Compared { definitions: 0, holding: 0, not_holding: 0 };
    let mut evaluation = Evaluation::new(document, host);
    let mut different = Vec::new();
    for definition in document.definitions.items() {
        let id = document.text(definition.id);
        let ours = match evaluation.definition(definition.id).unwrap() {
            Truth::True => "true",
            Truth::False => "false",
            Truth::Unknown => "unknown",
            Truth::NotApplicable => "not applicable",
        };
        let their = theirs.get(id).unwrap_or_else(|| panic!("oscap says nothing of {id}"));
        if their != ours {
            different.push(format!("{id}: oscap {their}, ours {ours}"));
        }
        compared.definitions += 1;
        if definition.class != Class::Inventory && has_installed_with_version(document, definition, host) {
            compared.holding += usize::from(ours == "true");
            compared.not_holding += usize::from(ours == "false");
        }
    }
    assert!(
        different.is_empty(),
        "{} of {}: {:#?}",
        different.len(),
        compared.definitions,
        &different[..different.len().min(20)]
    );
    assert_eq!(theirs.len(), compared.definitions);
    compared
}

/// Whether a definition compares the version of a package that the host has.
fn has_installed_with_version(document: &Document, definition: &feeds::formats::oval::Definition, host: &Host) -> bool {
    use feeds::formats::oval::Criteria;
    fn tests(criteria: &Criteria, into: &mut Vec<feeds::formats::oval::Sym>) {
        match criteria {
            Criteria::Group { parts, .. } => parts.iter().for_each(|part| tests(part, into)),
            Criteria::Test { id, .. } => into.push(*id),
            Criteria::Extend { .. } => {}
        }
    }
    let mut ids = Vec::new();
    definition.criteria.iter().for_each(|criteria| tests(criteria, &mut ids));
    ids.iter().any(|id| {
        let test = document.tests.get(*id).unwrap();
        let compares = test.states.iter().filter_map(|id| document.states.get(*id)).flat_map(|state| &state.entities);
        let compares = compares.filter(|entity| entity.operation == Operation::Less).count() > 0;
        let Some(object) = test.object.and_then(|id| document.objects.get(id)).filter(|_| compares) else {
            return false;
        };
        let names = match object.entities[0].value {
            Value::Text(name) => vec![name],
            Value::Variable(id) => match document.variables.get(id) {
                Some(Variable::Constant(names)) => names.clone(),
                _ => Vec::new(),
            },
        };
        names.iter().any(|name| {
            let name = document.text(*name);
            host.packages.iter().any(|package| package.name == name)
        })
    })
}

fn redhat(path: &str, release: &str, modules: &[(&str, &str)]) {
    let file = bytes(path);
    let document = parse(&file);
    let (root, host) = Root::rpm(&choose(&document, Scheme::Rpm), release, "199e2f91fd431d51", modules);
    let compared = compare(&document, &host, &root, &file);
    eprintln!("{path}: {compared:?}");
    assert!(compared.holding >= 200 && compared.not_holding >= 200, "{compared:?}");
}

fn ubuntu(path: &str, codename: &str) {
    let file = String::from_utf8(bytes(path)).unwrap();
    let chosen = choose(&parse(file.as_bytes()), Scheme::Dpkg);
    let (root, host) = Root::dpkg(&chosen, codename);
    // oscap looks at this machine's own files, whatever the root: the document is pointed to another.
    let file = file.replace("/etc/lsb-release", &root.path("etc/lsb-release"));
    let document = parse(file.as_bytes());
    let compared = compare(&document, &host, &root, file.as_bytes());
    eprintln!("{path}: {compared:?}");
    assert!(compared.holding >= 200 && compared.not_holding >= 200, "{compared:?}");
}

#[test]
fn red_hat_enterprise_linux_7() {
    redhat("redhat/rhel-7-including-unpatched.oval.xml.bz2", "7.9-6.el7", &[]);
}

#[test]
fn red_hat_enterprise_linux_8_with_modules() {
    let modules =
        [("php", "7.2"), ("nodejs", "12"), ("postgresql", "10"), ("virt", "rhel"), ("container-tools", "rhel8")];
    redhat("redhat/rhel-8-including-unpatched.oval.xml.bz2", "8.4-0.6.el8", &modules);
}

#[test]
fn ubuntu_20_04() {
    ubuntu("ubuntu/com.ubuntu.focal.cve.oval.xml.bz2", "focal");
}

#[test]
fn ubuntu_14_04() {
    ubuntu("ubuntu/com.ubuntu.trusty.cve.oval.xml.bz2", "trusty");
}
