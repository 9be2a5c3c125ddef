//! Who gets which CVE, by errata that were published.

use super::super::{Erratum, Package};

fn package(name: &str, evr: &str, source: Option<&str>) -> Package {
    Package {
        platform: "almalinux:8".parse().unwrap(),
        name: name.into(),
        evr: evr.into(),
        arch: "x86_64".into(),
        source: source.map(Into::into),
        modules: Vec::new(),
    }
}

fn erratum(title: &str, text: &str, cves: &[&str], packages: Vec<Package>) -> Erratum {
    Erratum {
        id: "X-1".into(),
        title: title.into(),
        text: text.into(),
        cves: cves.iter().map(|cve| (*cve).to_owned()).collect(),
        packages,
        ..Erratum::default()
    }
}

/// Every fact as `package CVE`, the erratum's own as `package -`.
fn facts(erratum: Erratum) -> Vec<String> {
    let (advisory, notes) = erratum.advisory().unwrap();
    assert_eq!(notes, []);
    let mut facts: Vec<String> = advisory
        .facts
        .iter()
        .map(|fact| format!("{} {}", fact.subject.name(), if fact.cve.is_empty() { "-" } else { &fact.cve[8..] }))
        .collect();
    facts.sort();
    facts
}

#[test]
fn of_one_source_every_binary_has_every_cve() {
    // RLSA-2021:3891 names one component; the sub-packages have the source's version.
    let titled =
        vec![package("java-11-openjdk", "1:11-1.el8", None), package("java-11-openjdk-devel", "1:11-1.el8", None)];
    let said = erratum("Important: java-11-openjdk security update", "", &["CVE-2021-0001", "CVE-2021-0002"], titled);
    assert_eq!(
        facts(said),
        [
            "java-11-openjdk -0001",
            "java-11-openjdk -0002",
            "java-11-openjdk-devel -0001",
            "java-11-openjdk-devel -0002"
        ]
    );
    // The record says so of each, whatever the title says.
    let stated = vec![package("a", "1-1.el8", Some("s")), package("b", "2-1.el8", Some("s"))];
    assert_eq!(facts(erratum("x and y security update", "", &["CVE-2021-0001"], stated)), ["a -0001", "b -0001"]);
    // One source package is listed (Fedora).
    let mut listed =
        vec![package("a", "1-1.fc36", None), package("b", "2-1.fc36", None), package("s", "1-1.fc36", None)];
    listed[2].arch = "src".into();
    assert_eq!(facts(erratum("s-1-1.fc36", "", &["CVE-2021-0001"], listed)), ["a -0001", "b -0001"]);
}

#[test]
fn a_desktop_is_not_one_component() {
    let packages = vec![package("gdm", "1-1.el8", None), package("gtk3", "2-1.el8", None)];
    assert_eq!(
        facts(erratum("Moderate: GNOME security update", "", &["CVE-2021-0001"], packages)),
        ["gdm -", "gtk3 -"]
    );
}

#[test]
fn a_component_beside_the_cve_says_which_source() {
    // RLSA-2025:21816, "delve and golang": only golang is named with the CVE.
    let text = "The Go Programming Language.\n\nSecurity Fix(es):\n\n* golang: archive/tar: Unbounded allocation when\nparsing GNU sparse map (CVE-2025-0001)\n\nFor more details (CVE-2025-0002)";
    let packages =
        || vec![package("delve", "1.25.2-1.el8", Some("delve")), package("golang-bin", "1.24-1.el8", Some("golang"))];
    let title = "Moderate: delve and golang security update";
    assert_eq!(facts(erratum(title, text, &["CVE-2025-0001"], packages())), ["delve -", "golang-bin -0001"]);
    // A CVE that the text gives no component for is left to the erratum as a whole.
    assert_eq!(
        facts(erratum(title, text, &["CVE-2025-0001", "CVE-2025-0002"], packages())),
        ["delve -", "golang-bin -", "golang-bin -0001"]
    );
}

#[test]
fn without_sources_a_component_is_the_binary_of_its_name_and_what_has_its_version() {
    let text = "* nodejs: HTTP Request Smuggling (CVE-2023-0001)\n* nodejs:20/npm: x (CVE-2023-0002)\n";
    let packages = vec![
        package("nodejs", "20-1.module_el8", None),
        package("nodejs-devel", "20-1.module_el8", None),
        package("npm", "10-1.module_el8", None),
        package("nodejs-nodemon", "3-1.module_el8", None),
    ];
    assert_eq!(
        facts(erratum("Important: nodejs:20 security update", text, &["CVE-2023-0001", "CVE-2023-0002"], packages)),
        ["nodejs -0001", "nodejs-devel -0001", "nodejs-nodemon -", "npm -0002"]
    );
}

#[test]
fn a_bugs_title_names_the_component_after_its_cves() {
    let text = "CVE-2022-0001 CVE-2022-0002 vim: out of bounds read [fedora-all]\nTRIAGE CVE-2022-0003 nginx:mainline/nginx: x\nvim mentions CVE-2022-0004 gvim: y\n";
    let packages =
        vec![package("vim-minimal", "1-1.fc36", Some("vim")), package("nginx-core", "2-1.fc36", Some("nginx"))];
    let cves = ["CVE-2022-0001", "CVE-2022-0002", "CVE-2022-0003"];
    assert_eq!(
        facts(erratum("vim-1-1.fc36 nginx-2-1.fc36", text, &cves, packages.clone())),
        ["nginx-core -0003", "vim-minimal -0001", "vim-minimal -0002"]
    );
    assert_eq!(facts(erratum("", text, &["CVE-2022-0004"], packages)), ["nginx-core -", "vim-minimal -"]);
}

#[test]
fn an_erratum_without_cves_is_stated_once_a_package() {
    let packages = vec![package("a", "1-1.el8", None), package("b", "1-1.el8", None)];
    assert_eq!(facts(erratum("a bug fix update", "", &[], packages)), ["a -", "b -"]);
}

#[test]
fn what_would_multiply_beyond_measure_is_left_out() {
    let packages = (0..2_000).map(|n| package(&format!("p{n}"), "1-1.el8", None)).collect();
    let cves: Vec<String> = (0..2_000).map(|n| format!("CVE-2024-{:05}", 10_000 + n)).collect();
    let said = erratum("x update", "", &cves.iter().map(String::as_str).collect::<Vec<_>>(), packages);
    let why = said.advisory().unwrap_err();
    assert_eq!(why, "its 2000 CVEs and 2000 packages are more than 1000000 pairs");
}
