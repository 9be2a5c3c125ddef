//! What apt keeps back for dependencies. `Lab::compare` holds every answer against apt's own, with and
//! without removals; the reasons are ours.

use crate::lab::{Deb, Lab, deb, suite};

/// A lab with these packages installed and those in its one suite.
fn lab(installed: &[Deb], offered: &[Deb]) -> Lab {
    let lab = Lab::new();
    lab.install(installed);
    lab.publish(&suite("a"), offered);
    lab.sources("deb [trusted=yes] @ a main\n").update();
    lab
}

fn kept_back(installed: &[Deb], offered: &[Deb]) -> Vec<String> {
    lab(installed, offered).compare().kept_back()
}

fn needs(name: &str, version: &str, depends: &str) -> Deb {
    deb(name, version).field("Depends", depends)
}

const NONE: [&str; 0] = [];

#[test]
fn a_dependency_that_nobody_offers() {
    let kept =
        kept_back(&[deb("stuck", "1"), deb("free", "1")], &[needs("stuck", "2", "not-in-any-list"), deb("free", "2")]);
    assert_eq!(kept, ["stuck: needs not-in-any-list, which no repository offers"]);
}

#[test]
fn a_version_that_nobody_offers() {
    let kept = kept_back(
        &[deb("tool", "1"), deb("app", "1"), deb("libx", "1"), deb("pre", "1")],
        &[
            needs("tool", "2", "libx (>= 3)"),
            needs("app", "2", "newlib (>= 2)"),
            deb("pre", "2").field("Pre-Depends", "libx (>> 2)"),
            deb("libx", "2"),
            deb("newlib", "1"),
        ],
    );
    assert_eq!(
        kept,
        [
            "app: needs newlib (>= 2), but there is only newlib 1",
            "pre: needs libx (>> 2), but there is only libx 2",
            "tool: needs libx (>= 3), but there is only libx 2",
        ]
    );
}

#[test]
fn a_held_package_in_the_way() {
    let installed = [deb("tool", "1"), deb("app", "1"), deb("held", "1")];
    let offered = [deb("tool", "2").field("Breaks", "held (<< 2)"), needs("app", "2", "held (>= 2)"), deb("held", "2")];
    let lab = lab(&installed, &offered);
    assert_eq!(lab.compare().kept_back(), NONE);
    lab.set_status("held", "hold ok installed");
    assert_eq!(
        lab.compare().kept_back(),
        ["app: needs held (>= 2), which is held", "tool: breaks held (<< 2), and held 1 is held"]
    );
}

#[test]
fn partners_move_together_or_stay_together() {
    let pair = |version: &str, more: &str| {
        let equal = |name: &str| format!("{name} (= {version})");
        [needs("app", version, &equal("app-data")), needs("app-data", version, &format!("{}{more}", equal("app")))]
    };
    assert_eq!(kept_back(&pair("1", ""), &pair("2", "")), NONE);
    assert_eq!(
        kept_back(&pair("1", ""), &pair("2", ", nowhere")),
        ["app: needs app-data (= 2), which is kept back itself", "app-data: needs nowhere, which no repository offers",]
    );
}

#[test]
fn who_needs_the_installed_version_keeps_it() {
    let kept = kept_back(
        &[deb("libx", "1"), needs("plugin", "1", "libx (= 1)"), needs("ranged", "1", "libx (<< 3)")],
        &[deb("libx", "2")],
    );
    assert_eq!(kept, ["libx: plugin 1 needs libx (= 1), and has no newer version"]);
}

#[test]
fn any_alternative_will_do() {
    let kept = kept_back(
        &[deb("one", "1"), deb("two", "1"), deb("three", "1"), deb("there", "1")],
        &[
            needs("one", "2", "nowhere | there"),
            needs("two", "2", "nowhere | newlib"),
            needs("three", "2", "nowhere | there (>= 9)"),
            deb("newlib", "1"),
        ],
    );
    assert_eq!(kept, ["three: needs nowhere | there (>= 9), but there is only there 1"]);
}

#[test]
fn virtual_packages() {
    let kept = kept_back(
        &[deb("a", "1"), deb("b", "1"), deb("c", "1"), deb("d", "1"), deb("mta", "1").field("Provides", "mail")],
        &[
            needs("a", "2", "mail"),
            // Policy 7.5: a version is satisfied by a provider that states one, and by no other.
            needs("b", "2", "mail (>= 1)"),
            needs("c", "2", "api (>= 2)"),
            needs("d", "2", "api (>= 4)"),
            deb("newlib", "9").field("Provides", "something, api (= 3)"),
        ],
    );
    assert_eq!(
        kept,
        ["b: needs mail (>= 1), but there is only mta 1", "d: needs api (>= 4), but there is only newlib 9",]
    );
}

#[test]
fn a_provider_whose_candidate_provides_no_more() {
    let lab = lab(&[deb("a", "1"), deb("b", "1")], &[needs("a", "2", "api"), needs("b", "2", "other")]);
    lab.publish(
        &suite("old"),
        &[deb("lib", "1").field("Provides", "api"), deb("lib2", "1").field("Provides", "other")],
    );
    lab.publish(&suite("new"), &[deb("lib", "2")]);
    lab.sources("deb [trusted=yes] @ old main\ndeb [trusted=yes] @ new main\n").update();
    assert_eq!(lab.compare().kept_back(), ["a: needs api, which no repository offers"]);
}

#[test]
fn new_packages_come_with_all_they_need() {
    let kept = kept_back(
        &[deb("meta", "1"), deb("other", "1")],
        &[
            needs("meta", "2", "aa-new"),
            needs("aa-new", "1", "bb-new, circle"),
            needs("bb-new", "1", "aa-deeper (>= 1)"),
            deb("aa-deeper", "1"),
            needs("circle", "1", "aa-new"),
            needs("other", "2", "zz-new"),
            needs("zz-new", "1", "yy-new"),
            needs("yy-new", "1", "nowhere"),
        ],
    );
    assert_eq!(kept, ["other: needs zz-new, which needs yy-new, which needs nowhere, which no repository offers"]);
}

#[test]
fn a_chain_of_updates() {
    let offered = |last: &str| {
        [
            needs("first", "2", "second (>= 2)"),
            needs("second", "2", "third (>= 2)"),
            needs("third", "2", last),
            deb("free", "2"),
        ]
    };
    let installed = [deb("first", "1"), deb("second", "1"), deb("third", "1"), deb("free", "1")];
    assert_eq!(kept_back(&installed, &offered("free (>= 2)")), NONE);
    assert_eq!(
        kept_back(&installed, &offered("free (>= 3)")),
        [
            "first: needs second (>= 2), which is kept back itself",
            "second: needs third (>= 2), which is kept back itself",
            "third: needs free (>= 3), but there is only free 2",
        ]
    );
}

#[test]
fn refusals_that_an_update_resolves_are_none() {
    let kept = kept_back(
        &[deb("tool", "1"), deb("old", "1"), deb("x", "1"), deb("self", "1")],
        &[
            deb("tool", "2").field("Breaks", "old (<< 2)").field("Conflicts", "absent"),
            deb("old", "2"),
            deb("x", "2").field("Breaks", "old (>= 3)"),
            deb("self", "2").field("Provides", "selfish").field("Conflicts", "selfish").field("Replaces", "selfish"),
        ],
    );
    assert_eq!(kept, NONE);
}

#[test]
fn refusals_of_what_stays() {
    let kept = kept_back(
        &[
            deb("tool", "1"),
            deb("old", "1"),
            deb("lib", "1"),
            deb("guard", "1").field("Breaks", "lib (>= 2)"),
            deb("meta", "1"),
        ],
        &[
            deb("tool", "2").field("Breaks", "old (<< 2)"),
            deb("lib", "2"),
            needs("meta", "2", "rival"),
            deb("rival", "1").field("Conflicts", "guard"),
            deb("old", "1"),
            deb("guard", "1").field("Breaks", "lib (>= 2)"),
        ],
    );
    assert_eq!(
        kept,
        [
            "lib: guard 1 breaks lib (>= 2), and has no newer version",
            "meta: needs rival, which conflicts with guard, and guard 1 has no newer version",
            "tool: breaks old (<< 2), and old 1 has no newer version",
        ]
    );
}

#[test]
fn pins_decide_what_may_come() {
    let lab = lab(&[deb("a", "1"), deb("b", "1")], &[needs("a", "2", "newlib (>= 2)"), needs("b", "2", "newlib")]);
    lab.publish(&suite("more"), &[deb("newlib", "2")]);
    lab.sources("deb [trusted=yes] @ more main\n").update();
    assert_eq!(lab.compare().kept_back(), NONE);
    lab.pins("Package: newlib\nPin: release a=more\nPin-Priority: -1\n");
    assert_eq!(
        lab.compare().kept_back(),
        ["a: needs newlib (>= 2), which no repository offers", "b: needs newlib, which no repository offers",]
    );
}

#[test]
fn architectures() {
    let mut lab = Lab::new();
    lab.add_architecture("i386");
    let on = |deb: Deb, arch: &str| deb.arch(arch);
    let same = |version: &str, arch: &str| on(deb("libsame", version), arch).field("Multi-Arch", "same");
    lab.install(&[same("1", "amd64"), same("1", "i386")]);
    lab.install(&[on(deb("tool", "1"), "i386"), on(deb("other", "1"), "i386"), on(deb("script", "1"), "i386")]);
    lab.install(&[
        on(deb("plain", "1"), "amd64"),
        on(deb("foreign", "1"), "amd64").field("Multi-Arch", "foreign"),
        on(deb("allowed", "1"), "amd64").field("Multi-Arch", "allowed"),
    ]);
    let arches = &["amd64", "i386"];
    lab.publish(
        &suite("a").arches(arches),
        &[
            on(needs("tool", "2", "foreign, allowed:any"), "i386"),
            on(needs("other", "2", "plain"), "i386"),
            on(needs("script", "2", "plain:amd64"), "i386"),
            same("2", "amd64"),
            same("1", "i386"),
        ],
    );
    lab.sources("deb [trusted=yes] @ a main\n").update();
    assert_eq!(
        lab.compare().kept_back(),
        [
            "libsame: has to have the version of libsame:i386, which has no newer version",
            "other: needs plain, but there is only plain 1",
        ]
    );
}

/// Where dist-upgrade removes what is in the way, `apt upgrade` and we keep back.
#[test]
fn nothing_is_removed() {
    let compared = lab(
        &[deb("tool", "1"), deb("gone", "1")],
        &[deb("tool", "2").field("Conflicts", "gone").field("Replaces", "gone").field("Priority", "important")],
    )
    .compare();
    assert_eq!(compared.kept_back(), ["tool: conflicts with gone, and gone 1 has no newer version"]);
}
