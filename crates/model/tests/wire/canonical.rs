//! The canonical form equals Python's, and the hashes equal sha256sum's.

use crate::sample;
use model::wire::{SectionHash, canonical_json};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/wire");

fn canonical<T: Serialize>(data: &T) -> String {
    String::from_utf8(canonical_json(data).unwrap()).unwrap()
}

fn sections() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("history", canonical(&sample::history())),
        ("host", canonical(&sample::host())),
        ("packages", canonical(&sample::packages())),
        ("repositories", canonical(&sample::repositories())),
        ("runtime", canonical(&sample::runtime())),
        ("updates", canonical(&sample::updates())),
    ])
}

/// What a program prints, given some input.
fn run(command: &mut Command, input: &str) -> String {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program is installed");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Python's json module, read and written again, is the definition of the canonical form.
#[test]
fn equals_python() {
    const PYTHON: &str = "import json, sys\n\
        data = json.loads(sys.stdin.buffer.read())\n\
        text = json.dumps(data, sort_keys=True, separators=(',', ':'), ensure_ascii=False)\n\
        sys.stdout.buffer.write(text.encode())";
    for (name, ours) in sections() {
        assert_eq!(ours, run(Command::new("python3").args(["-c", PYTHON]), &ours), "section {name}");
    }
}

/// The vectors were written by `sections.py`; `SHA256SUMS` has sha256sum's format.
#[test]
fn equals_the_vectors() {
    let sums = std::fs::read_to_string(Path::new(VECTORS).join("SHA256SUMS")).unwrap();
    let sums: BTreeMap<&str, &str> =
        sums.lines().map(|line| line.split_once("  ").unwrap()).map(|(a, b)| (b, a)).collect();
    let sections = sections();
    assert_eq!(sums.len(), sections.len());
    for (name, ours) in sections {
        let file = format!("{name}.json");
        assert_eq!(ours, std::fs::read_to_string(Path::new(VECTORS).join(&file)).unwrap(), "section {name}");
        assert_eq!(SectionHash::of(ours.as_bytes()).to_string(), sums[file.as_str()], "section {name}");
    }
}

#[test]
fn the_vectors_are_what_their_script_writes() {
    let out = std::env::temp_dir().join(format!("mendwatch-vectors-{}", std::process::id()));
    std::fs::create_dir_all(&out).unwrap();
    run(Command::new("python3").arg(Path::new(VECTORS).join("sections.py")).arg(&out), "");
    for file in sections().keys().map(|name| format!("{name}.json")).chain(["SHA256SUMS".to_owned()]) {
        let written = std::fs::read(out.join(&file)).unwrap();
        assert_eq!(written, std::fs::read(Path::new(VECTORS).join(&file)).unwrap(), "{file}");
    }
    std::fs::remove_dir_all(&out).unwrap();
}

#[test]
fn sha256sum_agrees() {
    let mut check = Command::new("sha256sum");
    check.args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(VECTORS);
    assert!(check.status().unwrap().success());
}

/// Absent and empty are the same, and left out.
#[test]
fn empty_fields_are_left_out() {
    use model::wire::sections::{History, Host, Packages, Repositories, Runtime, Updates};
    assert_eq!(canonical(&Host::default()), r#"{"arch":"","hostname":"","os":{"id":""}}"#);
    assert_eq!(canonical(&Packages::default()), r#"{"manager":"","records":[]}"#);
    assert_eq!(canonical(&Updates::default()), r#"{"records":[]}"#);
    assert_eq!(canonical(&Repositories::default()), r#"{"records":[]}"#);
    assert_eq!(canonical(&Runtime::default()), "{}");
    assert_eq!(canonical(&History::default()), r#"{"records":[]}"#);
}

#[test]
fn hashes_are_64_lower_case_digits() {
    // FIPS 180-2, appendix B.1: SHA-256 of "abc".
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(SectionHash::of(b"abc").to_string(), ABC);
    assert_eq!(ABC.parse::<SectionHash>().unwrap(), SectionHash::of(b"abc"));
    for wrong in ["", &ABC[1..], &ABC.to_uppercase(), &format!("{ABC}00"), &ABC.replace('b', "g")] {
        assert!(wrong.parse::<SectionHash>().is_err(), "{wrong}");
    }
}
