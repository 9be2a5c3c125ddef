//! `check` against what the packagers' own tools refuse.

use std::process::{Command, Output};
use versions::Scheme;

fn run(tool: &str, arguments: &[&str]) -> Output {
    Command::new(tool).args(arguments).output().unwrap_or_else(|error| panic!("{tool} is needed here: {error}"))
}

/// What `dpkg --compare-versions` complains of on stderr, be it an error or a warning (one warning
/// aside: a version that starts with a letter is installed all the same).
#[test]
fn check_refuses_what_dpkg_calls_invalid() {
    for version in [
        "1.0-1",
        "1:2.3",
        "1.0~rc1-1",
        "0:1",
        "1.2+b1",
        "2:1:2-3",
        "1.0-1-2",
        "",
        ":1",
        "a:1",
        "1:",
        "0:-1",
        "1-",
        "1_0",
        "1 0",
        "2147483647:1",
        "2147483648:1",
        "9999999999:1",
        "99999999999999999999:1",
        "1.0-é",
        "1.0/2",
    ] {
        let output = run("dpkg", &["--compare-versions", version, "eq", "1"]);
        // An empty version is allowed there: it stands for "no version".
        let complained = String::from_utf8_lossy(&output.stderr).contains("bad syntax") || version.is_empty();
        assert_eq!(Scheme::Dpkg.check(version).is_err(), complained, "'{version}': {output:?}");
    }
}

/// What rpm refuses to read as the head of a spec file.
#[test]
fn check_refuses_what_rpmbuild_refuses() {
    let spec = format!("{}/check.spec", env!("CARGO_TARGET_TMPDIR"));
    for (epoch, version, release) in [
        (None, "1.0", "1"),
        (Some("0"), "1.0~rc1^git2", "1.el9_2+7"),
        (Some("4294967295"), "1", "1"),
        (Some("4294967296"), "1", "1"),
        (Some("99999999999999999999"), "1", "1"),
        (Some("x"), "1", "1"),
        (None, "1_0{a}", "1"),
        (None, "1..0", "1"),
        (None, "1.0", "1..2"),
        (Some("0"), "1:0", "1"),
        (None, "1/0", "1"),
        (None, "1é", "1"),
        (None, "1.0", "1&2"),
        (None, "1!", "1"),
        (None, "", "1"),
        (None, "1", ""),
    ] {
        let head = epoch.map(|epoch| format!("Epoch: {epoch}\n")).unwrap_or_default();
        let text =
            format!("Name: x\n{head}Version: {version}\nRelease: {release}\nSummary: x\nLicense: x\n%description\n");
        std::fs::write(&spec, text).unwrap();
        let output = run("rpmspec", &["-q", "--qf", "%{evr}\\n", &spec]);
        let evr = format!("{}{version}-{release}", epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default());
        assert_eq!(Scheme::Rpm.check(&evr).is_err(), !output.status.success(), "'{evr}': {output:?}");
    }
    assert!(Scheme::Rpm.check("1.0").is_ok(), "advisories name versions without release");
    assert!(Scheme::Rpm.check("").is_err());
}

/// What makepkg's own checks of a PKGBUILD refuse.
#[test]
fn check_refuses_what_makepkg_refuses() {
    let script = r#"
        shopt -s extglob
        LIBRARY=/usr/share/makepkg
        source $LIBRARY/lint_pkgbuild/epoch.sh
        source $LIBRARY/lint_pkgbuild/pkgver.sh
        source $LIBRARY/lint_pkgbuild/pkgrel.sh
        check_epoch "$1" && check_pkgver "$2" && check_pkgrel "$3"
    "#;
    assert!(std::path::Path::new("/usr/share/makepkg/lint_pkgbuild/pkgver.sh").exists(), "makepkg is needed here");
    for (epoch, version, release) in [
        ("0", "1.0", "1"),
        ("12345678901234567890", "1.0+r12.gabc_x~!", "1.2"),
        ("x", "1", "1"),
        ("1", "1:0", "1"),
        ("1", "1 0", "1"),
        ("1", "1/0", "1"),
        ("1", "1-0", "1"),
        ("1", "1é", "1"),
        ("1", "", "1"),
        ("1", "1", ""),
        ("1", "1", "1."),
        ("1", "1", "1a"),
        ("1", "1", "1.2.3"),
    ] {
        let output = run("bash", &["-c", script, "check", epoch, version, release]);
        let text = format!("{epoch}:{version}-{release}");
        assert_eq!(Scheme::Pacman.check(&text).is_err(), !output.status.success(), "'{text}': {output:?}");
    }
    assert!(Scheme::Pacman.check("1.0").is_ok(), "trackers name versions without pkgrel");
    assert!(Scheme::Pacman.check("").is_err());
}

/// Versions that vendors published: none is called odd. Alpine's own history holds some that apk-tools
/// never took, which scalibr's list has too.
#[test]
fn published_versions_are_versions() {
    let odd = |scheme: Scheme, versions: &[&str]| -> Vec<String> {
        versions.iter().filter_map(|version| scheme.check(version).err()).map(|why| why.to_string()).collect()
    };
    let none = [] as [String; 0];
    assert_eq!(odd(Scheme::Rpm, &["1:3.0.7-18.el9_2", "5.14.0-362.8.1.el9_3", "0^20230904gitabc-1.fc39"]), none);
    assert_eq!(odd(Scheme::Rpm, &["4.18.0-372.9.1.module+el8.6.0+14480+c0a3aa0f", "fd431d51-4ae0493b"]), none);
    assert_eq!(odd(Scheme::Pacman, &["1:1.2.3-1", "6.6.8.arch1-1", "2:25.0.0.r12.g1a2b3c4-1.1", "20231113_r2"]), none);
    assert_eq!(
        odd(Scheme::Apk, &["1.36.1-r15", "9.9_p2-r0", "3.1.4_git20230717-r4", "2.3.0b-r2", "0.1~abc12-r0"]),
        none
    );
}
