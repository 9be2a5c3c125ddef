//! Streams of modules: enabled, default, disabled, depending on each other, in several versions.

use crate::lab::{Lab, Made, made, updateinfo};
use crate::oracle::{compare, key};
use model::wire::sections::Updates;

/// A build of a stream: `name:stream:version:context`, what it needs, and its packages.
fn build(nsvc: &str, requires: &str, artifacts: &[&str]) -> String {
    let [name, stream, version, context] = nsvc.split(':').collect::<Vec<_>>()[..] else { panic!("{nsvc}") };
    let artifacts: String = artifacts
        .iter()
        .map(|text| {
            let Made { name, evr, arch, .. } = made(text);
            let evr = if evr.contains(':') { evr } else { format!("0:{evr}") };
            format!("    - {name}-{evr}.{arch}\n")
        })
        .collect();
    format!(
        "---\ndocument: modulemd\nversion: 2\ndata:\n  name: {name}\n  stream: \"{stream}\"\n  version: {version}\n  \
         context: {context}\n  arch: x86_64\n  summary: x\n  description: >-\n    x\n  license:\n    module:\n    - MIT\n  \
         dependencies:\n  - requires:\n      platform: [el9]\n{requires}  artifacts:\n    rpms:\n{artifacts}...\n"
    )
}

fn default(module: &str, stream: &str) -> String {
    format!("---\ndocument: modulemd-defaults\nversion: 1\ndata:\n  module: {module}\n  stream: \"{stream}\"\n...\n")
}

fn choose(lab: &Lab, module: &str, stream: &str, state: &str) {
    let text = format!("[{module}]\nname={module}\nstream={stream}\nprofiles=\nstate={state}\n");
    lab.write(&format!("root/etc/dnf/modules.d/{module}.module"), &text);
}

fn lines(updates: &Updates) -> Vec<String> {
    updates.records.iter().map(|r| format!("{} {} {}", key(r), r.candidate, r.advisories.join(" "))).collect()
}

#[test]
fn streams_decide_which_packages_there_are() {
    let mut lab = Lab::new();
    let names = ["nodejs", "npm", "postgresql", "php", "ruby", "maven", "perl", "httpd", "plain", "squid"];
    lab.install(&names.map(|name| made(&format!("{name} 1-1 x86_64"))));
    let modules = [
        // Enabled, in two versions: the packages of both are there.
        build("nodejs:18:1:aa", "", &["nodejs 18.1-1 x86_64", "npm 8-1 x86_64"]),
        build("nodejs:18:2:aa", "", &["nodejs 18.2-1 x86_64", "npm 7-1 x86_64"]),
        build("nodejs:20:1:aa", "", &["nodejs 20-1 x86_64"]),
        // The default, nothing chosen.
        build("postgresql:13:1:aa", "", &["postgresql 13-1 x86_64"]),
        build("postgresql:15:1:aa", "", &["postgresql 15-1 x86_64"]),
        default("postgresql", "13"),
        // Disabled: the plain package is what there is.
        build("php:8:1:aa", "", &["php 8-1 x86_64"]),
        default("php", "8"),
        // Neither default nor enabled.
        build("ruby:3:1:aa", "", &["ruby 3-1 x86_64"]),
        // Enabled, in builds against two streams of another module, of which one is enabled.
        build("maven:3:5:bb", "      perl: [5.30]\n", &["maven 3.30-1 x86_64"]),
        build("maven:3:5:cc", "      perl: [5.26]\n", &["maven 3.26-1 x86_64"]),
        build("perl:5.26:1:aa", "", &["perl 5.26-1 x86_64"]),
        build("perl:5.30:1:aa", "", &["perl 5.30-1 x86_64"]),
        // The default, built for another platform.
        build("squid:4:1:aa", "", &["squid 4-1 x86_64"]).replace("[el9]", "[el8]"),
        default("squid", "4"),
    ]
    .concat();
    let info = updateinfo(&[
        ("M-1", "security", &["nodejs:18:aa|nodejs 18.2-1 x86_64"]),
        ("M-2", "security", &["nodejs:20:aa|nodejs 20-1 x86_64", "nodejs:20:aa|nodejs 18.1-1 x86_64"]),
        ("M-3", "security", &["postgresql:13:aa|postgresql 13-1 x86_64"]),
        ("M-4", "security", &["ruby:3:aa|ruby 3-1 x86_64"]),
        ("M-5", "security", &["php:8:aa|php 8-1 x86_64"]),
        ("M-6", "bugfix", &["maven:3:cc|maven 3.26-1 x86_64"]),
        ("M-7", "security", &["maven:3:bb|maven 3.26-1 x86_64"]),
    ]);
    let offered = [
        "nodejs 18.1-1 x86_64",
        "npm 8-1 x86_64",
        "nodejs 18.2-1 x86_64",
        "npm 7-1 x86_64",
        "nodejs 20-1 x86_64",
        "nodejs 99-1 x86_64",
        "postgresql 13-1 x86_64",
        "postgresql 15-1 x86_64",
        "postgresql 16-1 x86_64",
        "php 8-1 x86_64",
        "php 7-1 x86_64",
        "ruby 3-1 x86_64",
        "ruby 2-1 x86_64",
        "maven 3.30-1 x86_64",
        "maven 3.26-1 x86_64",
        "perl 5.26-1 x86_64",
        "perl 5.30-1 x86_64",
        "plain 2-1 x86_64",
        "httpd 2-1 x86_64",
        "squid 4-1 x86_64",
        "squid 3-1 x86_64",
    ];
    let mut packages: Vec<Made> = offered.map(made).to_vec();
    // Outside of modules, and stands for the name of a package of a stream in force.
    packages.push(crate::lab::made_with("httpd 3-1 x86_64", "Provides: npm = 3"));
    choose(&lab, "nodejs", "18", "enabled");
    choose(&lab, "php", "", "disabled");
    choose(&lab, "maven", "3", "enabled");
    choose(&lab, "perl", "5.26", "enabled");
    lab.repository("app", &packages, &[("modules", &modules), ("updateinfo", &info)], "");
    lab.fetch();
    let (_, updates) = compare(&lab);
    assert_eq!(
        lines(&updates),
        [
            "httpd.x86_64 2-1 ",
            "maven.x86_64 3.26-1 M-6",
            "nodejs.x86_64 18.2-1 M-1",
            "npm.x86_64 8-1 ",
            "perl.x86_64 5.26-1 ",
            "php.x86_64 7-1 ",
            "plain.x86_64 2-1 ",
            "postgresql.x86_64 13-1 M-3",
            "ruby.x86_64 2-1 ",
            "squid.x86_64 3-1 ",
        ]
    );
}

#[test]
fn repositories_with_hotfixes_are_exempt() {
    let mut lab = Lab::new();
    lab.install(&["nodejs 1-1 x86_64", "ruby 1-1 x86_64"].map(made));
    let modules =
        [build("nodejs:18:1:aa", "", &["nodejs 18-1 x86_64"]), build("ruby:3:1:aa", "", &["ruby 3-1 x86_64"])];
    lab.repository("app", &["nodejs 18-1 x86_64", "ruby 3-1 x86_64"].map(made), &[("modules", &modules.concat())], "");
    lab.repository("fix", &["nodejs 18-2 x86_64", "ruby 3-1 x86_64"].map(made), &[], "module_hotfixes=1");
    choose(&lab, "nodejs", "18", "enabled");
    lab.fetch();
    let (_, updates) = compare(&lab);
    assert_eq!(lines(&updates), ["nodejs.x86_64 18-2 ", "ruby.x86_64 3-1 "]);
}
