//! Where things lie: styles of sources, compressions, names of lists, missing lists, moved folders.

use crate::lab::{Lab, deb, suite};
use std::fs;

#[test]
fn deb822_sources_and_disabled_ones() {
    let lab = Lab::new();
    lab.install(&[deb("a", "1"), deb("b", "1"), deb("c", "1"), deb("d", "1")]);
    for (name, package) in [("sa", "a"), ("sb", "b"), ("sc", "c"), ("sd", "d")] {
        lab.publish(&suite(name), &[deb(package, "2")]);
    }
    lab.write(
        "root/etc/apt/sources.list.d/lab.sources",
        &lab.expanded(
            "# two suites\nTypes: deb\nURIs: @\nSuites: sa\n sb\n# in between\nComponents: main\nTrusted: yes\n\n\
             Types: deb\nURIs: @\nSuites: sc\nComponents: main\nEnabled: no\nTrusted: yes\n",
        ),
    );
    lab.write("root/etc/apt/sources.list.d/off.list", &lab.expanded("# deb [trusted=yes] @ sd main\n"));
    lab.write("root/etc/apt/sources.list.d/other.list.disabled", &lab.expanded("deb [trusted=yes] @ sd main\n"));
    lab.update();
    let compared = lab.compare();
    let found = ["a", "b", "c", "d"].map(|name| compared.candidate(name).unwrap());
    assert_eq!(found, ["2", "2", "1", "1"]);
    let root = collect::Root::new(lab.root()).unwrap();
    let repositories = collect::collect(&root, &collect::Options::default()).repositories.unwrap();
    let told: Vec<_> = repositories.records.iter().map(|r| (r.suite.as_str(), r.enabled)).collect();
    assert_eq!(told, [("sa", true), ("sb", true), ("sc", false)]);
}

#[test]
fn lists_in_every_compression() {
    for extension in ["lz4", "xz", "gz", "bz2", "zst"] {
        let lab = Lab::new();
        lab.conf("Acquire::GzipIndexes \"true\";");
        lab.conf(&format!("Acquire::IndexTargets::deb::Packages::KeepCompressedAs \"{extension}\";"));
        lab.install(&[deb("demo", "1.0")]);
        lab.publish(&suite("a").compressed(&[extension]), &[deb("demo", "2.0")]);
        lab.sources("deb [trusted=yes] @ a main\n").update();
        let lists = fs::read_dir(lab.root().join("var/lib/apt/lists")).unwrap();
        let names: Vec<_> = lists.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert!(names.iter().any(|name| name.ends_with(&format!("_Packages.{extension}"))), "{names:?}");
        let compared = lab.compare();
        assert_eq!(compared.candidate("demo"), Some("2.0"), "{extension}");
        assert_eq!(compared.skipped, Vec::<String>::new());
    }
}

#[test]
fn flat_repositories_and_odd_names() {
    let lab = Lab::new();
    lab.install(&[deb("demo", "1.0"), deb("odd", "1.0")]);
    lab.publish(&suite("x"), &[deb("demo", "2.0")]);
    let flat = lab.path("archives/fl_at~1");
    fs::create_dir_all(&flat).unwrap();
    fs::copy(lab.path("archives/dists/x/main/binary-amd64/Packages"), flat.join("Packages")).unwrap();
    lab.publish(&suite("s_u+ite~1").component("ma_in"), &[deb("odd", "2.0")]);
    lab.sources("deb [trusted=yes] @/fl_at~1 ./\ndeb [trusted=yes] @ s_u+ite~1 ma_in\n").update();
    let compared = lab.compare();
    assert_eq!((compared.candidate("demo"), compared.candidate("odd")), (Some("2.0"), Some("2.0")));
}

#[test]
fn a_missing_list_is_noted() {
    let lab = Lab::new();
    lab.install(&[deb("demo", "1.0"), deb("other", "1.0")]);
    lab.publish(&suite("a"), &[deb("demo", "2.0")]);
    lab.publish(&suite("b"), &[deb("other", "2.0")]);
    lab.sources("deb [trusted=yes] @ a main\ndeb [trusted=yes] @ b main\n").update();
    for entry in fs::read_dir(lab.root().join("var/lib/apt/lists")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("_b_main_") {
            fs::remove_file(path).unwrap();
        }
    }
    lab.sources("deb [trusted=yes] http://never.example.org/debian stable main\n");
    let compared = lab.compare();
    assert_eq!((compared.candidate("demo"), compared.candidate("other")), (Some("2.0"), Some("1.0")));
    let archives = lab.path("archives");
    assert_eq!(
        compared.skipped,
        [
            format!(
                "copy:{} b main/binary-amd64/Packages: is missing, although the archive has it",
                archives.display()
            ),
            "http://never.example.org/debian stable main/binary-amd64/Packages: was never fetched".to_owned(),
        ]
    );
}

#[test]
fn folders_that_the_configuration_moves() {
    let lab = Lab::new();
    lab.install(&[deb("demo", "1.0")]);
    lab.publish(&suite("a"), &[deb("demo", "2.0")]);
    lab.conf("Dir::State::lists \"var/moved/lists/\";").conf("Dir::Etc::sourcelist \"other.list\";");
    lab.conf("Dir::Etc::preferences \"/dev/null\";").pins("Package: *\nPin: release a=a\nPin-Priority: -1\n");
    fs::create_dir_all(lab.root().join("var/lib/apt/var/moved/lists/partial")).unwrap();
    lab.write("root/etc/apt/other.list", &lab.expanded("deb [trusted=yes] @ a main\n"));
    lab.sources("deb [trusted=yes] http://nowhere.example.org/ x main\n").update();
    assert_eq!(lab.compare().candidate("demo"), Some("2.0"));
}

#[test]
fn no_lists_at_all_is_no_answer() {
    let lab = Lab::new();
    lab.install(&[deb("demo", "1.0")]);
    lab.sources("deb [trusted=yes] http://never.example.org/debian stable main\n");
    let root = collect::Root::new(lab.root()).unwrap();
    let collected = collect::collect(&root, &collect::Options::default());
    assert_eq!(
        collected.updates.unwrap_err(),
        "apt has sources but no lists of them: it was never updated, or its lists can't be read"
    );
    assert_eq!(collected.packages.unwrap().records.len(), 1);
    assert_eq!(collected.repositories.unwrap().records.len(), 1);
}

#[test]
fn an_archive_without_a_release_file() {
    let lab = Lab::new();
    lab.install(&[deb("demo", "1.0")]);
    lab.publish(&suite("a"), &[deb("demo", "2.0")]);
    lab.sources("deb [trusted=yes] http://bare.example.org/debian a main\n");
    lab.update_as_from("bare.example.org_debian", "a", "main");
    fs::remove_file(lab.root().join("var/lib/apt/lists/bare.example.org_debian_dists_a_Release")).unwrap();
    let root = collect::Root::new(lab.root()).unwrap();
    let ours = collect::apt::candidates(&root, &collect::Options::default()).unwrap();
    let theirs = crate::oracle::policy(lab.apt("apt-cache"), &["demo".to_owned()]);
    assert_eq!(ours[0].candidate, theirs["demo"]);
    let update = collect::collect(&root, &collect::Options::default()).updates.unwrap().records.remove(0);
    assert_eq!((update.origin.as_str(), update.suite.as_str()), ("bare.example.org", "a"));
}
