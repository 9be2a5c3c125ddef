//! `mendwatch query`, as a shell sees it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/debian_root.rs"]
mod debian_root;

use debian_root::debian_root;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn run(place: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mendwatch"));
    let output = command.env_clear().args(arguments).current_dir(place).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_query_is_answered_for_people_programs_and_monitoring() {
    let (place, root) = (tempfile::tempdir().unwrap(), debian_root());
    let place = place.path();
    let refused = run(place, &["query", "web"]);
    assert_eq!((refused.0, refused.1.as_str()), (Some(2), ""), "without data there is nothing to ask");
    let save = ["scan", "--save", "--data", "data", "--root", root.path().to_str().unwrap()];
    assert_eq!(run(place, &save).0, Some(0));

    let (code, list, _) = run(place, &["query", "os:debian security>0"]);
    assert_eq!(code, Some(0));
    assert_eq!(list, run(place, &["hosts", "list", "os:debian security>0"]).1, "as the list of hosts has them");
    assert!(list.contains("web-17"), "{list}");
    assert_eq!(run(place, &["query", "-os:debian"]), (Some(0), "No hosts.\n".into(), String::new()));
    assert_eq!(run(place, &["query", "--limit", "0", "os:debian"]).1, "1 host\n");

    // 1 is the answer that monitoring acts on, 2 that there is none.
    assert_eq!(run(place, &["query", "--fail-on-match", "pkg:(name:openssl version<3.0.17)"]).0, Some(1));
    assert_eq!(run(place, &["query", "-tag:web", "--fail-on-match", "--limit=0"]).0, Some(1));
    assert_eq!(run(place, &["query", "--fail-on-match", "pkg:(name:openssl version>=3.0.17)"]).0, Some(0));
    let (code, stdout, stderr) = run(place, &["query", "--fail-on-match", "freshnes:stale"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.ends_with("did you mean 'freshness'? (character 1, 'freshnes')\n"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");

    assert_eq!(run(place, &["hosts", "list", "freshnes:stale"]).2, stderr, "the list of hosts says the same");
    let (code, _, stderr) = run(place, &["query", "cve:2024-3094"]);
    assert!(code == Some(2) && stderr.contains("did you mean 'CVE-2024-3094'? (character 5, '2024-3094')"), "{stderr}");
    let (_, list, _) = run(place, &["query", "cve:DSA-5532-1"]);
    assert!(list.contains("advisory:DSA-5532-1 asks for all"), "{list}");

    let (_, json, _) = run(place, &["query", "--json", "--explain", "web kev:yes"]);
    let said: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&said["total"], &said["hosts"]), (&0.into(), &Value::Array(vec![])));
    assert_eq!((&said["level"], &said["plan"]["join"]), (&2.into(), &"all".into()));
    let lacks: Vec<&str> = said["lacks"].as_array().unwrap().iter().map(|lack| lack.as_str().unwrap()).collect();
    assert_eq!(lacks[0], "1 of 1 host is not assessed: what is not known to be open on them may be.");
    assert!(lacks[1].contains("cisa-kev"), "{json}");
    // Not known is no "no".
    let (code, list, _) = run(place, &["query", "--fail-on-match", "cve:CVE-2024-3094"]);
    assert_eq!(code, Some(2));
    assert!(list.starts_with("▲ 1 of 1 host is not assessed") || list.starts_with("! 1 of 1"), "{list}");
    assert_eq!(run(place, &["hosts", "list", "cve:CVE-2024-3094"]).1, list);
    assert_eq!(run(place, &["query", "--limit", "0", "env:none"]).1, "0 hosts\n");

    let (_, explained, _) = run(place, &["query", "--explain", "web -reboot:yes"]);
    let lines: Vec<Vec<&str>> = explained.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["HOSTS", "COST", "LEVEL", "QUERY"]);
    assert_eq!(lines[1], ["1", "names", "0", "all", "of"]);
    assert_eq!(lines[2], ["1", "set", "0", "not"]);
    assert_eq!(lines[3], ["0", "set", "0", "reboot:true"]);
    assert_eq!(lines[4], ["1", "names", "0", "web"]);
}
