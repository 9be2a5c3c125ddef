//! Credentials of repositories and proxies stay on the host.

use collect::{Options, Root, collect};
use model::wire::{AgentInfo, write_report};
use std::fs;

const STATUS: &str = "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.21.22\n";

/// Sources and settings with passwords in every place, sound and malformed.
const FILES: &[(&str, &str)] = &[
    (
        "etc/apt/sources.list",
        "deb https://me:hunter2@a.example/debian stable main\n\
         deb [trusted=yes] http://me:hunter2@b.example/flat ./\n\
         deb https://me:hun/hunter2@c.example/debian stable main\n\
         deb https:/me:hunter2@d.example/debian stable main\n\
         dep https://me:hunter2@e.example/debian stable main\n\
         https://me:hunter2@f.example/debian stable main\n\
         deb [https://me:hunter2@g.example] x\n\
         deb https://me:hunter2@h.example/debian\n",
    ),
    (
        "etc/apt/sources.list.d/new.sources",
        "Types: deb\nURIs: https://me:hunter2@i.example/debian\nSuites: stable\nComponents: main\n\n\
         Types: deb\nhttps://me:hunter2@j.example/debian\nURIs: https://k.example\nSuites: stable\nComponents: main\n\n\
         Types: https://me:hunter2@l.example/\nURIs: https://k.example\nSuites: stable\nComponents: main\n",
    ),
    (
        "etc/apt/apt.conf.d/proxy",
        "Acquire::http::Proxy \"http://me:hunter2@proxy.example:3128\" junk;\n\
         Acquire::https::Proxy \"http://me:hunter2@proxy.example:3128\";\n\
         #include \"http://me:hunter2@conf.example\";\nEnds \"http://me:hunter2@x.example\"",
    ),
    ("etc/apt/preferences", "Package: *\nPin: https://me:hunter2@pin.example\nPin-Priority: 1\n"),
    ("etc/apt/auth.conf", "machine a.example login me password hunter2\n"),
    ("var/lib/apt/lists/a.example_debian_dists_stable_main_binary-amd64_Packages", "no package"),
];

#[test]
fn a_report_holds_no_credentials() {
    let directory = tempfile::tempdir().unwrap();
    for (path, content) in FILES.iter().chain(&[("var/lib/dpkg/status", STATUS)]) {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let collected = collect(&Root::new(directory.path()).unwrap(), &Options::default());
    let repositories = collected.repositories.as_ref().unwrap();
    let mut told: Vec<_> = repositories.records.iter().map(|record| record.uri.as_str()).collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "http://b.example/flat",
            "https://a.example/debian",
            "https://c.example/debian",
            "https://d.example/debian",
            "https://i.example/debian",
            // Its stanza's line of an address is a field `https` to deb822.
            "https://k.example",
        ]
    );
    // Every malformed place is named, and none with what must not leave.
    assert!(repositories.skipped.len() >= 5, "{:#?}", repositories.skipped);
    let agent = AgentInfo { name: "test".into(), version: "0".into() };
    let report = write_report(&collected, agent, 1, "2026-11-22T06:00:00Z".parse().unwrap(), None).unwrap();
    let report = serde_json::to_string_pretty(&report).unwrap();
    for secret in ["hunter2", "me:"] {
        let lines: Vec<_> = report.lines().filter(|line| line.contains(secret)).collect();
        assert_eq!(lines, Vec::<&str>::new());
    }
    // The addresses themselves are still told: what follows is a line that begins with one.
    assert!(report.contains("no type of source: 'https://f.example/debian'"));
}
