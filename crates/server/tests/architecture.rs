//! The rules of the workspace that the compiler does not hold: who may see whom, why each dependency
//! is here, under which licence, how long a file may be, and what no tracked file may say.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The rooms that each room sees. A new line here is a decision, not a formality.
const ROOMS: &[(&str, &[&str])] = &[
    ("versions", &[]),
    ("model", &["versions"]),
    ("formats", &["model", "versions"]),
    ("collect", &["formats", "model", "versions"]),
    ("feeds", &["formats", "model", "versions"]),
    ("matching", &["model", "versions"]),
    ("fleet", &["matching", "model", "versions"]),
    ("store", &["model"]),
    ("mendwatch-agent", &["collect", "formats", "model"]),
    ("mendwatch", &["collect", "feeds", "fleet", "formats", "matching", "model", "store", "versions"]),
];

/// Rooms that only a room's tests see, with the reason.
const ROOMS_OF_TESTS: &[(&str, &str, &str)] = &[
    ("feeds", "matching", "whether what was parsed comes to the vendor's own verdict"),
    ("matching", "feeds", "verdicts on the vendors' real documents"),
    ("matching", "formats", "the real documents are compressed"),
    ("fleet", "feeds", "what judging real hosts by the vendors' real documents costs"),
    ("fleet", "formats", "the real documents are compressed"),
];

/// Crates that touch the world; no room that is pure may reach one.
const WORLD: &[&str] = &["tokio", "sqlx", "axum", "hyper", "ureq", "rustls", "tracing"];

/// Files that may be longer than [`MOST_LINES`], with the reason.
const LONG_FILES: &[(&str, &str)] = &[("ui/src/api/schema.d.ts", "generated from api/openapi.json")];
const MOST_LINES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn run(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Tracked files, and those that are about to be: what would be in a clone.
fn tracked() -> Vec<String> {
    let mut git = Command::new("git");
    // A clone may belong to another user than the one who tests it.
    git.args(["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]);
    let files: Vec<String> = run(&mut git).split_terminator('\0').map(str::to_owned).collect();
    assert!(files.len() > 50, "this is a clone");
    files.into_iter().filter(|file| root().join(file).is_file()).collect()
}

struct Graph {
    /// Package id to package.
    packages: BTreeMap<String, Value>,
    /// Package id to the ids it depends on, and whether in its own code or in tests only.
    edges: BTreeMap<String, Vec<(String, bool)>>,
    members: BTreeSet<String>,
}

impl Graph {
    fn load() -> Self {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["metadata", "--format-version=1", "--locked", "--filter-platform=x86_64-unknown-linux-gnu"]);
        let metadata: Value = serde_json::from_str(&run(&mut cargo)).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let list = |value: &Value| value.as_array().unwrap().clone();
        let edges = list(&metadata["resolve"]["nodes"])
            .iter()
            .map(|node| {
                let edge = |dep: &Value| {
                    let normal = list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
                    (text(&dep["pkg"]), normal)
                };
                (text(&node["id"]), list(&node["deps"]).iter().map(edge).collect())
            })
            .collect();
        Self {
            packages: list(&metadata["packages"]).into_iter().map(|package| (text(&package["id"]), package)).collect(),
            edges,
            members: list(&metadata["workspace_members"]).iter().map(text).collect(),
        }
    }

    fn name(&self, id: &str) -> &str {
        self.packages[id]["name"].as_str().unwrap()
    }

    fn member(&self, name: &str) -> &str {
        self.members.iter().find(|id| self.name(id) == name).unwrap_or_else(|| panic!("there is no crate {name}"))
    }

    /// Names of the rooms that a room names among its dependencies; with `tests`, also its tests'.
    fn rooms(&self, name: &str, tests: bool) -> BTreeSet<&str> {
        let edges = &self.edges[self.member(name)];
        let wanted = edges.iter().filter(|(id, normal)| self.members.contains(id) && (tests || *normal));
        wanted.map(|(id, _)| self.name(id)).collect()
    }

    /// Names of everything that ends up in a crate's code.
    fn reach(&self, name: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open = vec![self.member(name)];
        while let Some(id) = open.pop() {
            for (next, _) in self.edges[id].iter().filter(|(_, normal)| *normal) {
                if found.insert(self.name(next)) {
                    open.push(next);
                }
            }
        }
        found
    }
}

#[test]
fn every_room_sees_what_it_may() {
    let graph = Graph::load();
    let members: BTreeSet<&str> = graph.members.iter().map(|id| graph.name(id)).collect();
    assert_eq!(members, ROOMS.iter().map(|(name, _)| *name).collect());
    for (name, may) in ROOMS {
        let may: BTreeSet<&str> = may.iter().copied().collect();
        let sees = graph.rooms(name, false);
        assert!(sees.is_subset(&may), "{name} sees {sees:?}, but may see {may:?}");
        let mut in_tests = graph.rooms(name, true);
        for (_, also, _) in ROOMS_OF_TESTS.iter().filter(|(room, _, _)| room == name) {
            assert!(in_tests.remove(also), "{name}'s tests no longer see {also}");
        }
        assert!(in_tests.is_subset(&may), "{name}'s tests see {in_tests:?}, but may see {may:?}");
    }
}

#[test]
fn pure_rooms_do_not_reach_the_world() {
    let graph = Graph::load();
    for room in ["versions", "model", "formats", "matching", "fleet"] {
        let reach = graph.reach(room);
        let world: Vec<_> = WORLD.iter().filter(|name| reach.contains(**name)).collect();
        assert!(world.is_empty(), "{room} reaches {world:?}");
    }
    assert!(graph.reach("versions").is_empty(), "versions depends on nothing");
    let store = graph.reach("store");
    assert!(!store.contains("ureq") && !store.contains("axum"), "the store speaks SQL, not HTTP");
    assert!(!graph.reach("feeds").contains("sqlx"), "feeds do not know the store");
}

/// The agent is one small file: no server, no database, no runtime.
#[test]
fn the_agent_is_small() {
    let graph = Graph::load();
    let reach = graph.reach("mendwatch-agent");
    for heavy in ["tokio", "sqlx", "axum", "hyper", "feeds", "matching", "fleet", "store", "mendwatch"] {
        assert!(!reach.contains(heavy), "the agent reaches {heavy}");
    }
}

#[test]
fn no_room_is_a_drawer() {
    for (name, _) in ROOMS {
        assert!(
            !["common", "core", "utils", "util", "shared", "helpers", "misc"].contains(name),
            "{name} says nothing"
        );
    }
}

/// The lines of a TOML table, up to the next one.
fn table<'a>(toml: &'a str, name: &str) -> Vec<&'a str> {
    let start = toml.lines().skip_while(|line| line.trim() != format!("[{name}]")).skip(1);
    let lines: Vec<&str> = start.take_while(|line| !line.starts_with('[')).collect();
    assert!(!lines.is_empty(), "there is a table [{name}]");
    lines
}

/// Dependencies stand once, in the workspace, each with the reason it is here.
#[test]
fn every_dependency_has_a_reason() {
    let manifest = read("Cargo.toml");
    for line in table(&manifest, "workspace.dependencies") {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.contains("path = \"crates/") {
            continue;
        }
        let reason = line.rsplit_once('#').map(|(_, reason)| reason.trim());
        assert!(reason.is_some_and(|reason| reason.len() > 2), "no reason: {line}");
    }
    for file in tracked().iter().filter(|file| file.starts_with("crates/") && file.ends_with("/Cargo.toml")) {
        let manifest = read(file);
        for name in ["dependencies", "dev-dependencies", "build-dependencies"] {
            if !manifest.contains(&format!("[{name}]\n")) {
                continue;
            }
            for line in manifest.split_once(&format!("[{name}]\n")).unwrap().1.lines() {
                if line.starts_with('[') {
                    break;
                }
                let own = line.is_empty() || line.starts_with('#') || line.contains("workspace = true");
                assert!(own, "{file}: not from the workspace: {line}");
            }
        }
    }
}

/// Whether an SPDX expression can be met with allowed licences alone.
fn is_met(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    // Older manifests write `/` for OR. OR binds weaker than AND.
    let text = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let mut at = 0;
    let met = any_of(&tokens, &mut at, allowed);
    assert_eq!(at, tokens.len(), "'{expression}' is no SPDX expression");
    met
}

fn any_of(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let mut met = all_of(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all_of(tokens, at, allowed);
    }
    met
}

fn all_of(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let mut met = one(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(tokens, at, allowed);
    }
    met
}

fn one(tokens: &[&str], at: &mut usize, allowed: &BTreeSet<&str>) -> bool {
    let name = tokens.get(*at).copied().unwrap_or_default();
    *at += 1;
    if name == "(" {
        let met = any_of(tokens, at, allowed);
        *at += 1;
        return met;
    }
    if tokens.get(*at) != Some(&"WITH") {
        return allowed.contains(name);
    }
    let exception = tokens.get(*at + 1).copied().unwrap_or_default();
    *at += 2;
    allowed.contains(format!("{name} WITH {exception}").as_str())
}

#[test]
fn spdx_expressions_are_understood() {
    let allowed = BTreeSet::from(["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]);
    for met in ["MIT", "GPL-3.0 OR MIT", "MIT/BSL-1.0", "(GPL-2.0 OR MIT) AND ISC", "Apache-2.0 WITH LLVM-exception"] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for not in ["GPL-3.0", "MIT AND GPL-3.0", "(GPL-2.0 OR MIT) AND Zlib", "Apache-2.0", "MIT WITH Some-exception"] {
        assert!(!is_met(not, &allowed), "{not}");
    }
}

/// Everything that ends up in a binary or runs while one is built.
#[test]
fn licences_and_bans_of_all_dependencies() {
    let deny = read("deny.toml");
    let entries = |name, start: &str| -> BTreeSet<&str> {
        let lines = table(&deny, name).into_iter().filter(|line| line.starts_with(start));
        lines.filter_map(|line| line.split('"').nth(1)).collect()
    };
    let (allowed, banned) = (entries("licenses", "    \""), entries("bans", "    { crate"));
    assert!(allowed.contains("MIT") && banned.contains("openssl-sys"), "deny.toml is read");
    let graph = Graph::load();
    for package in graph.packages.values() {
        let (name, licence) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or_default());
        assert!(is_met(licence, &allowed), "{name} is under '{licence}'");
        assert!(!banned.contains(name), "{name} is banned by deny.toml");
        let source = package["source"].as_str();
        assert!(source.is_none_or(|source| source.starts_with("registry+")), "{name} comes from {source:?}");
    }
}

#[test]
fn files_are_short() {
    let kinds = [".rs", ".ts", ".tsx", ".mjs", ".css", ".sql", ".py", ".sh"];
    for (file, _) in LONG_FILES {
        assert!(!root().join(file).exists() || read(file).lines().count() > MOST_LINES, "{file} is short now");
    }
    for file in tracked().iter().filter(|file| *file == "dev" || kinds.iter().any(|kind| file.ends_with(kind))) {
        let lines = read(file).lines().count();
        let excused = LONG_FILES.iter().any(|(excused, _)| excused == file);
        assert!(lines <= MOST_LINES || excused, "{file} has {lines} lines; split it, or give a reason in LONG_FILES");
    }
}

/// A clone works at any path and with any mirror.
#[test]
fn no_file_names_a_machine_or_a_mirror() {
    // In pieces, so that this file does not name them.
    let words = [
        concat!("/wo", "rk/main"),
        concat!("/wo", "rk/shared"),
        concat!("/ro", "ot/."),
        concat!("/home/", "runner"),
        concat!("registry.", "npmjs.org"),
        concat!("registry.", "yarnpkg.com"),
        concat!("static.", "crates.io"),
        concat!("index.", "crates.io"),
        concat!("files.", "pythonhosted.org"),
        concat!("pypi.", "org"),
    ];
    for file in tracked() {
        let Ok(text) = std::fs::read_to_string(root().join(&file)) else { continue };
        for word in words {
            assert!(!text.contains(word), "{file} says {word}");
        }
    }
}

#[test]
fn lock_files_hold_no_addresses() {
    let locks: Vec<String> = tracked().into_iter().filter(|file| file.ends_with("package-lock.json")).collect();
    assert!(!locks.is_empty());
    for file in locks {
        assert!(!read(&file).contains("\"resolved\": \"http"), "{file}: install with omit-lockfile-registry-resolved");
    }
    // Cargo's word for its default registry, which a mirror replaces, is no address that is fetched from.
    let default = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    for line in read("Cargo.lock").lines().filter(|line| line.starts_with("source = ")) {
        assert_eq!(line, default);
    }
}

/// A clone without execute bits has no `./dev`.
#[test]
fn scripts_are_executable() {
    use std::os::unix::fs::PermissionsExt as _;
    for script in ["dev", ".ci/run"] {
        let mode = std::fs::metadata(root().join(script)).unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{script}");
        assert!(read(script).starts_with("#!/bin/sh\n"), "{script} is plain sh");
    }
}
