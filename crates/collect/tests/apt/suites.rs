//! Versions in several lists, holds, architectures, kernels.

use crate::lab::{Lab, deb, suite};
use model::wire::sections::Withheld;

#[test]
fn one_version_in_two_suites() {
    let lab = Lab::new();
    lab.install(&[deb("both", "1.0"), deb("second", "1.0"), deb("differs", "1.0")]);
    let security = suite("stable-security").release("Origin", "Debian").release("Label", "Debian-Security");
    lab.publish(&suite("stable").release("Origin", "Debian"), &[deb("both", "2.0"), deb("differs", "2.0")]);
    lab.publish(&security, &[deb("both", "2.0"), deb("second", "2.0"), deb("differs", "2.0").field("Depends", "both")]);
    lab.sources("deb [trusted=yes] @ stable main\ndeb [trusted=yes] @ stable-security main\n").update();
    let compared = lab.compare();
    let told = |name: &str| {
        let update = compared.update(name).unwrap();
        (update.suite.clone(), update.security)
    };
    assert_eq!(told("both"), ("stable-security".to_owned(), true), "the suite that says why it was published");
    assert_eq!(told("second"), ("stable-security".to_owned(), true));
    assert_eq!(told("differs"), ("stable".to_owned(), false), "another build of the same version");
    // The greater priority decides which of the two is meant.
    lab.pins("Package: *\nPin: release a=stable\nPin-Priority: 400\n");
    assert_eq!(lab.compare().update("both").unwrap().suite, "stable-security");
    lab.pins("Package: *\nPin: release a=stable\nPin-Priority: -1\n");
    assert_eq!(lab.compare().candidate("both"), Some("2.0"));
    lab.pins("Package: both\nPin: release a=stable\nPin-Priority: -1\n");
    assert_eq!(lab.compare().candidate("both"), Some("1.0"), "the pin is the version's, whoever else has it");
}

#[test]
fn the_installed_version_in_a_list_of_its_own() {
    let lab = Lab::new();
    lab.install(&[deb("same", "1.0"), deb("rebuilt", "1.0"), deb("older", "2.0")]);
    lab.publish(
        &suite("a"),
        &[deb("same", "1.0"), deb("rebuilt", "1.0").field("Depends", "same"), deb("older", "1.0")],
    );
    lab.sources("deb [trusted=yes] @ a main\n").update();
    for pins in [
        "",
        "Package: *\nPin: release a=a\nPin-Priority: -1\n",
        "Package: same rebuilt older\nPin: release a=a\nPin-Priority: -1\n",
    ] {
        lab.pins(pins);
        let root = collect::Root::new(lab.root()).unwrap();
        let ours = collect::apt::candidates(&root, &collect::Options::default()).unwrap();
        let names = ["same", "rebuilt", "older"].map(str::to_owned);
        let theirs = crate::oracle::policy(lab.apt("apt-cache"), &names);
        let ours: std::collections::BTreeMap<_, _> = ours.into_iter().map(|c| (c.name, c.candidate)).collect();
        assert_eq!(ours, theirs, "{pins}");
    }
}

#[test]
fn holds_are_named() {
    let lab = Lab::new();
    lab.install(&[deb("held", "1.0"), deb("free", "1.0")]).set_status("held", "hold ok installed");
    lab.publish(&suite("a"), &[deb("held", "2.0"), deb("free", "2.0")]);
    lab.sources("deb [trusted=yes] @ a main\n").update();
    let compared = lab.compare();
    assert_eq!(compared.candidate("held"), Some("2.0"));
    assert_eq!(compared.update("held").unwrap().withheld, Some(Withheld::Held));
    assert_eq!(compared.update("free").unwrap().withheld, None);
    lab.conf("APT::Ignore-Hold \"true\";");
    assert_eq!(lab.compare().update("held").unwrap().withheld, None);
}

#[test]
fn foreign_architectures() {
    let mut lab = Lab::new();
    lab.add_architecture("i386");
    let same = |version: &str, arch: &str| deb("libsame", version).arch(arch).field("Multi-Arch", "same");
    lab.install(&[
        same("1.0", "amd64"),
        same("1.0", "i386"),
        deb("tool", "1.0").arch("i386"),
        deb("data", "1.0"),
        deb("native", "1.0").arch("amd64"),
    ]);
    let arches = &["amd64", "i386"];
    lab.publish(
        &suite("a").arches(arches),
        &[
            same("2.0", "amd64"),
            same("2.0", "i386"),
            deb("tool", "2.0").arch("i386"),
            deb("tool", "3.0").arch("amd64"),
            deb("data", "2.0"),
            deb("native", "2.0").arch("amd64"),
            deb("native", "3.0").arch("i386"),
        ],
    );
    lab.sources("deb [trusted=yes] @ a main\n").update();
    let compared = lab.compare();
    assert_eq!(compared.candidate("libsame:i386"), Some("2.0"));
    assert_eq!(compared.candidate("tool:i386"), Some("2.0"));
    assert_eq!(compared.candidate("native"), Some("2.0"));
    for pins in [
        "Package: libsame\nPin: release a=a\nPin-Priority: -1\n",
        "Package: libsame:any\nPin: release a=a\nPin-Priority: -1\n",
        "Package: libsame:i386 tool:i386\nPin: release a=a\nPin-Priority: -1\n",
        "Package: *:i386\nPin: release a=a\nPin-Priority: -1\n",
        "Package: *\nPin: release b=i386\nPin-Priority: -1\n",
        "Package: *:any-i386 *:linux-any\nPin: release a=a\nPin-Priority: -1\n",
    ] {
        lab.pins(pins).compare();
    }
    assert_eq!(lab.pins("Package: libsame\nPin: release a=a\nPin-Priority: -1\n").compare().updates.len(), 4);
}

#[test]
fn the_sources_architectures_limit_the_lists() {
    let mut lab = Lab::new();
    lab.add_architecture("i386");
    lab.install(&[deb("tool", "1.0").arch("i386"), deb("native", "1.0").arch("amd64")]);
    let arches = &["amd64", "i386"];
    lab.publish(&suite("a").arches(arches), &[deb("tool", "2.0").arch("i386"), deb("native", "2.0").arch("amd64")]);
    lab.sources("deb [trusted=yes arch=amd64] @ a main\n").update();
    let compared = lab.compare();
    assert_eq!((compared.candidate("tool:i386"), compared.candidate("native")), (Some("1.0"), Some("2.0")));
    assert_eq!(compared.skipped, Vec::<String>::new());
}

#[test]
fn three_kernels() {
    let lab = Lab::new();
    let image = |n: u8, version: &str| deb(&format!("linux-image-6.1.0-{n}-amd64"), version).arch("amd64");
    let meta = |version: &str, n: u8| {
        deb("linux-image-amd64", version).arch("amd64").field("Depends", &format!("linux-image-6.1.0-{n}-amd64"))
    };
    lab.install(&[image(9, "6.1.27-1"), image(18, "6.1.76-1"), image(40, "6.1.153-1"), meta("6.1.153-1", 40)]);
    lab.publish(&suite("a"), &[image(40, "6.1.153-1"), image(41, "6.1.158-1"), meta("6.1.158-1", 41)]);
    lab.sources("deb [trusted=yes] @ a main\n").update();
    for n in [9, 18, 40] {
        lab.write(&format!("root/boot/vmlinuz-6.1.0-{n}-amd64"), "");
    }
    lab.write("root/run/reboot-required", "*** System restart required ***\n");
    lab.write("root/run/reboot-required.pkgs", "linux-image-6.1.0-40-amd64\nlibc6\nlibc6\n");
    let compared = lab.compare();
    let names: Vec<_> = compared.updates.iter().map(|update| update.name.as_str()).collect();
    assert_eq!(names, ["linux-image-amd64"], "a new kernel is a new package, which only its meta-package updates to");
    let root = collect::Root::new(lab.root()).unwrap();
    let runtime = collect::collect(&root, &collect::Options::default()).runtime.unwrap();
    let kernels: Vec<_> =
        runtime.kernels.iter().map(|k| (k.release.as_str(), k.package.as_str(), k.version.as_str())).collect();
    assert_eq!(
        kernels,
        [
            ("6.1.0-18-amd64", "linux-image-6.1.0-18-amd64", "6.1.76-1"),
            ("6.1.0-40-amd64", "linux-image-6.1.0-40-amd64", "6.1.153-1"),
            ("6.1.0-9-amd64", "linux-image-6.1.0-9-amd64", "6.1.27-1"),
        ]
    );
    assert_eq!(runtime.next_kernel, "6.1.0-40-amd64");
    assert_eq!(runtime.running_kernel, "");
    assert_eq!(runtime.reboot_required, Some(true));
    assert_eq!(runtime.reboot_reasons, ["libc6", "linux-image-6.1.0-40-amd64"]);
}
