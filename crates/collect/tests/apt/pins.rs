//! Priorities: pins by release, version, origin, name and pattern; archives that are not automatic.

use crate::lab::{Lab, deb, suite};

/// Two suites: `old` has 1.0 and 2.0 of some packages, `new` has 3.0.
fn two_suites() -> Lab {
    let lab = Lab::new();
    lab.install(&[deb("alpha", "1.0"), deb("beta", "2.5"), deb("lib-x", "1.0"), deb("lib-y", "1.0")]);
    let old = suite("old").release("Origin", "Lab").release("Label", "Lab-Old").release("Version", "11.5");
    lab.publish(&old, &[deb("alpha", "2.0"), deb("beta", "2.0"), deb("lib-x", "2.0"), deb("lib-y", "2.0")]);
    let new = suite("new").release("Suite", "testing").release("Origin", "Lab").release("Label", "Lab-New");
    lab.publish(&new, &[deb("alpha", "3.0"), deb("beta", "3.0"), deb("lib-x", "3.0"), deb("lib-y", "3.0")]);
    lab.sources("deb [trusted=yes] @ old main\ndeb [trusted=yes] @ new main\n").update();
    lab
}

#[test]
fn without_pins_the_newest_wins() {
    let compared = two_suites().compare();
    assert_eq!(compared.candidate("alpha"), Some("3.0"));
    assert_eq!(compared.updates.len(), 4);
}

#[test]
fn pins_of_whole_releases() {
    let lab = two_suites();
    for (choice, priority, alpha, beta) in [
        ("release a=testing", "-1", Some("2.0"), Some("2.5")),
        ("release n=new", "100", Some("2.0"), Some("3.0")),
        ("release n=new", "1", Some("2.0"), Some("2.5")),
        ("release l=Lab-Old", "990", Some("2.0"), Some("3.0")),
        ("release o=Lab,v=11*", "1001", Some("2.0"), Some("2.0")),
        ("release l=Lab-Old", "1000", Some("2.0"), Some("2.0")),
        ("release l=Lab-Old", "999", Some("2.0"), Some("3.0")),
        ("release 11.5", "990", Some("2.0"), Some("3.0")),
        ("release 11*", "990", Some("2.0"), Some("3.0")),
        ("release old", "990", Some("2.0"), Some("3.0")),
        ("release *", "-1", None, None),
        ("release *", "1001", Some("3.0"), Some("3.0")),
        ("release a=now", "1001", Some("1.0"), Some("2.5")),
        ("release a=now", "-10", Some("3.0"), Some("3.0")),
        ("release c=main, a=t*", "-1", Some("2.0"), Some("2.5")),
        ("release b=amd64", "-1", Some("1.0"), Some("2.5")),
        ("release c=contrib", "-1", Some("3.0"), Some("3.0")),
        ("release l=/^lab-(old|x)$/", "990", Some("2.0"), Some("3.0")),
        ("release x=nonsense", "1001", Some("1.0"), Some("2.5")),
        ("origin \"\"", "-1", Some("1.0"), Some("2.5")),
        ("origin example.org", "-1", Some("3.0"), Some("3.0")),
        ("release n=new", "never", Some("2.0"), Some("2.5")),
    ] {
        lab.pins(&format!("Package: *\nPin: {choice}\nPin-Priority: {priority}\n"));
        let compared = lab.compare();
        assert_eq!(compared.candidate("alpha"), alpha, "{choice} {priority}");
        assert_eq!(compared.candidate("beta"), beta, "{choice} {priority}");
    }
}

#[test]
fn pins_of_names_win_over_those_of_releases() {
    let lab = two_suites();
    for (pins, expected) in [
        ("Package: alpha\nPin: version 2.*\nPin-Priority: 1001\n", ["2.0", "3.0", "3.0", "3.0"]),
        ("Package: alpha\nPin: version 2.0\nPin-Priority: 600\n", ["2.0", "3.0", "3.0", "3.0"]),
        ("Package: alpha\nPin: version 3.0\nPin-Priority: -1\n", ["2.0", "3.0", "3.0", "3.0"]),
        ("Package: alpha\nPin: version /^[12]\\./\nPin-Priority: 990\n", ["2.0", "3.0", "3.0", "3.0"]),
        ("Package: alpha\nPin: version 9.9\nPin-Priority: 1001\n", ["3.0", "3.0", "3.0", "3.0"]),
        ("Package: lib-*\nPin: release n=new\nPin-Priority: 50\n", ["3.0", "3.0", "2.0", "2.0"]),
        ("Package: /^lib-[xz]/\nPin: release n=new\nPin-Priority: 50\n", ["3.0", "3.0", "2.0", "3.0"]),
        ("Package: LIB-X\nPin: release n=new\nPin-Priority: 50\n", ["3.0", "3.0", "3.0", "3.0"]),
        ("Package: LIB-?\nPin: release n=new\nPin-Priority: 50\n", ["3.0", "3.0", "2.0", "2.0"]),
        ("Package: alpha beta\nPin: release n=old\nPin-Priority: 1001\n", ["2.0", "2.0", "3.0", "3.0"]),
        ("Package: alpha:amd64\nPin: release n=old\nPin-Priority: 990\n", ["2.0", "3.0", "3.0", "3.0"]),
        ("Package: alpha:any\nPin: release n=old\nPin-Priority: 990\n", ["2.0", "3.0", "3.0", "3.0"]),
        ("Package: alpha:i386\nPin: release n=old\nPin-Priority: 990\n", ["3.0", "3.0", "3.0", "3.0"]),
        ("Package: src:beta\nPin: release n=old\nPin-Priority: 1001\n", ["3.0", "2.0", "3.0", "3.0"]),
        (
            "Package: *\nPin: release n=new\nPin-Priority: -1\n\nPackage: alpha\nPin: release n=new\nPin-Priority: 500\n",
            ["3.0", "2.5", "2.0", "2.0"],
        ),
        (
            "# the first that fits wins\nPackage: alpha\nPin: release n=new\nPin-Priority: 50\n\n\
             Package: a*\nPin: release n=new\nPin-Priority: 1000\n",
            ["2.0", "3.0", "3.0", "3.0"],
        ),
        (
            "Package: *\nPin: release n=new\nPin-Priority: 10\n\nPackage: *\nPin: release n=new\nPin-Priority: 900\n",
            ["2.0", "2.5", "2.0", "2.0"],
        ),
        ("Explanation: no pin at all\nPackage: alpha\n", ["3.0", "3.0", "3.0", "3.0"]),
    ] {
        lab.pins(pins);
        let compared = lab.compare();
        let found = ["alpha", "beta", "lib-x", "lib-y"].map(|name| compared.candidate(name).unwrap());
        assert_eq!(found, expected, "{pins}");
    }
}

#[test]
fn pins_may_forbid_the_installed_version() {
    let lab = two_suites();
    lab.pins("Package: alpha\nPin: version *\nPin-Priority: -1\n");
    assert_eq!(lab.compare().candidate("alpha"), None);
    lab.pins("Package: *\nPin: release *\nPin-Priority: never\n");
    assert_eq!(lab.compare().candidate("alpha"), None);
}

#[test]
fn pins_come_from_parts_too() {
    let lab = two_suites();
    lab.write("root/etc/apt/preferences.d/10-x.pref", "Package: alpha\nPin: release n=new\nPin-Priority: -5\n");
    lab.write("root/etc/apt/preferences.d/20-y", "Package: alpha\nPin: release n=new\nPin-Priority: 900\n");
    lab.write("root/etc/apt/preferences.d/30-z.bak", "Package: beta\nPin: release n=new\nPin-Priority: -5\n");
    let compared = lab.compare();
    assert_eq!((compared.candidate("alpha"), compared.candidate("beta")), (Some("2.0"), Some("3.0")));
    lab.pins("Package: alpha\nPin: release n=new\nPin-Priority: 700\n");
    assert_eq!(lab.compare().candidate("alpha"), Some("3.0"), "the main file comes first");
}

#[test]
fn source_pins_follow_the_source() {
    let lab = Lab::new();
    lab.install(&[deb("libfoo1", "1.0").field("Source", "foo"), deb("foo", "1.0")]);
    lab.publish(
        &suite("s"),
        &[deb("libfoo1", "2.0").field("Source", "foo (2.0-src)"), deb("foo", "2.0").field("Source", "other")],
    );
    lab.sources("deb [trusted=yes] @ s main\n").update();
    lab.pins("Package: src:foo\nPin: release n=s\nPin-Priority: -1\n");
    let compared = lab.compare();
    assert_eq!((compared.candidate("libfoo1"), compared.candidate("foo")), (Some("1.0"), Some("2.0")));
    lab.pins("Package: src:o*\nPin: release n=s\nPin-Priority: -1\n");
    assert_eq!(lab.compare().candidate("foo"), Some("1.0"));
}

#[test]
fn default_release() {
    let lab = two_suites();
    lab.conf("APT::Default-Release \"old\";");
    let compared = lab.compare();
    assert_eq!((compared.candidate("alpha"), compared.candidate("beta")), (Some("2.0"), Some("3.0")));
    lab.pins("Package: *\nPin: release n=old\nPin-Priority: 50\n");
    assert_eq!(lab.compare().candidate("alpha"), Some("2.0"), "it stands before all pins");
    lab.pins("").conf("APT::Default-Release \"n=new\";");
    assert_eq!(lab.compare().candidate("alpha"), Some("3.0"));
    lab.conf("APT::Default-Release \"/^(old|x)$/\";");
    assert_eq!(lab.compare().candidate("alpha"), Some("2.0"));
}

#[test]
fn archives_that_are_not_automatic() {
    let lab = Lab::new();
    let names = ["plain", "from-backports", "from-experimental", "ahead"];
    lab.install(&[deb(names[0], "1.0"), deb(names[1], "1.5~bpo1"), deb(names[2], "1.9"), deb(names[3], "4.0")]);
    lab.publish(&suite("stable"), &names.map(|name| deb(name, "1.0")));
    let backports = suite("backports").release("NotAutomatic", "yes").release("ButAutomaticUpgrades", "yes");
    lab.publish(&backports, &names.map(|name| deb(name, "2.0~bpo1")));
    let experimental = suite("experimental").release("NotAutomatic", "yes");
    lab.publish(&experimental, &names.map(|name| deb(name, "3.0")));
    lab.sources("deb [trusted=yes] @ stable main\ndeb [trusted=yes] @ backports main\n");
    lab.sources("deb [trusted=yes] @ experimental main\n").update();
    let compared = lab.compare();
    let found = names.map(|name| compared.candidate(name).unwrap());
    assert_eq!(found, ["1.0", "2.0~bpo1", "2.0~bpo1", "4.0"]);
    lab.pins("Package: plain\nPin: release a=experimental\nPin-Priority: 500\n");
    assert_eq!(lab.compare().candidate("plain"), Some("3.0"));
}

#[test]
fn only_upgrades_are_automatic_even_without_not_automatic() {
    let lab = Lab::new();
    lab.install(&[deb("demo", "1.0")]);
    lab.publish(&suite("a"), &[deb("demo", "2.0")]);
    lab.publish(&suite("b").release("ButAutomaticUpgrades", "yes"), &[deb("demo", "3.0")]);
    lab.sources("deb [trusted=yes] @ a main\ndeb [trusted=yes] @ b main\n").update();
    lab.compare();
}

#[test]
fn pins_by_site() {
    let lab = Lab::new();
    lab.install(&[deb("demo", "1.0"), deb("other", "1.0")]);
    lab.publish(&suite("a"), &[deb("demo", "2.0"), deb("other", "2.0")]);
    lab.publish(&suite("b"), &[deb("demo", "3.0"), deb("other", "3.0")]);
    lab.write(
        "root/etc/apt/sources.list",
        "deb [trusted=yes] http://user:secret@one.example.org/ a main\n\
         deb [trusted=yes] https://two.example.org:8443/x b main\n",
    );
    lab.update_as_from("one.example.org", "a", "main").update_as_from("two.example.org:8443_x", "b", "main");
    let compared = lab.compare();
    assert_eq!(compared.candidate("demo"), Some("3.0"));
    assert_eq!(compared.update("demo").unwrap().repository, "https://two.example.org:8443/x");
    for (choice, expected) in [
        ("two.example.org", "2.0"),
        ("\"two.example.org\"", "2.0"),
        ("*.example.org", "1.0"),
        ("two.example.org:8443", "3.0"),
        ("/^TWO/", "2.0"),
        ("\"\"", "3.0"),
        ("one.example.org", "3.0"),
    ] {
        lab.pins(&format!("Package: *\nPin: origin {choice}\nPin-Priority: -1\n"));
        assert_eq!(lab.compare().candidate("demo"), Some(expected), "{choice}");
    }
}
