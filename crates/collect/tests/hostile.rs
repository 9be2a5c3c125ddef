//! Roots made to hurt: whatever a root holds, a collection ends, stays within its root and its
//! ceilings, and every section is either there or says why not.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod support;

use collect::{Options, Root, collect};
use model::wire::Collected;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use support::snapshot;

struct Host(tempfile::TempDir);

impl Host {
    /// A small sound host; the tests spoil it.
    fn new() -> Self {
        let host = Self(tempfile::tempdir().unwrap());
        host.write("etc/os-release", "ID=debian\nVERSION_ID=12\n");
        host.write("etc/apt/sources.list", "deb http://e.org/debian stable main\n");
        host.write("var/lib/dpkg/status", STATUS);
        host.write(RELEASE, "Origin: Debian\nSuite: stable\nCodename: bookworm\n");
        host.write(LIST, UPDATE);
        host
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join("host").join(path)
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn link(&self, to: impl AsRef<Path>, path: &str) {
        let _ = fs::remove_file(self.path(path));
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        symlink(to, self.path(path)).unwrap();
    }

    fn collect(&self) -> Collected {
        collect(&Root::new(self.path("")).unwrap(), &Options::default())
    }
}

const RELEASE: &str = "var/lib/apt/lists/e.org_debian_dists_stable_InRelease";
const LIST: &str = "var/lib/apt/lists/e.org_debian_dists_stable_main_binary-amd64_Packages";
const STATUS: &str = "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.21.22\n\n\
    Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2-1\n";
const UPDATE: &str = "Package: bash\nArchitecture: amd64\nVersion: 5.2-2\n";

fn updates(collected: &Collected) -> Vec<(&str, &str)> {
    let updates = collected.updates.as_ref().unwrap();
    updates.records.iter().map(|update| (update.name.as_str(), update.candidate.as_str())).collect()
}

fn skipped(collected: &Collected) -> Vec<String> {
    let skipped = &collected.updates.as_ref().unwrap().skipped;
    skipped.iter().map(|skipped| format!("{}: {}", skipped.record, skipped.why)).collect()
}

#[test]
fn the_sound_host_is_sound() {
    let collected = Host::new().collect();
    assert_eq!(updates(&collected), [("bash", "5.2-2")]);
    assert_eq!(skipped(&collected), Vec::<String>::new());
    assert_eq!(collected.packages.unwrap().records.len(), 2);
}

#[test]
fn nothing_outside_of_the_root_is_read() {
    let host = Host::new();
    let secret = host.0.path().join("secret");
    fs::write(&secret, "Package: bash\nArchitecture: amd64\nVersion: 9:9\nID=stolen\nPRETTY_NAME=stolen\n").unwrap();
    host.link(&secret, LIST);
    host.link("../../secret", "etc/os-release");
    host.link("../../../../../../../../secret", "etc/hostname");
    host.link("/../../secret", "etc/machine-id");
    let collected = host.collect();
    assert!(collected.updates.is_err(), "there is no list left");
    let report = format!("{collected:?}");
    assert!(!report.contains("stolen") && !report.contains("9:9"), "{report}");
    assert_eq!(collected.host.unwrap_err(), "/usr/lib/os-release does not exist");
    assert_eq!((collected.hostname.as_str(), collected.machine_id.as_str()), ("", ""));
}

#[test]
fn circles_end() {
    let host = Host::new();
    host.link("sources.list", "etc/apt/sources.list");
    host.link("../apt.conf.d", "etc/apt/apt.conf.d/self");
    host.link("loop-b", "etc/apt/loop-a");
    host.link("loop-a", "etc/apt/loop-b");
    host.link("../loop-a", "etc/apt/preferences.d/x.pref");
    let collected = host.collect();
    assert_eq!(collected.updates.unwrap_err(), "apt has no sources, or none that can be read");
    assert_eq!(collected.packages.unwrap().records.len(), 2);
}

/// A database that leads to itself is no system without one.
#[test]
fn a_database_in_a_circle_is_named() {
    let host = Host::new();
    fs::remove_file(host.path("var/lib/dpkg/status")).unwrap();
    host.link("status", "var/lib/dpkg/status");
    let collected = host.collect();
    let why = collected.packages.unwrap_err();
    assert_eq!(why, "/var/lib/dpkg/status is a link that leads in a circle");
    assert_eq!(collected.updates.unwrap_err(), why);
}

#[test]
fn a_damaged_list_gives_what_was_read() {
    let host = Host::new();
    let text = format!("{UPDATE}\n{}", "Package: filler\nVersion: 1\n\n".repeat(50_000));
    // In small blocks; one large block would be lost as a whole.
    let blocks = lz4_flex::frame::FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max64KB);
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(blocks, Vec::new());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
    let compressed = encoder.finish().unwrap();
    fs::remove_file(host.path(LIST)).unwrap();
    // Cut in the middle, as an interrupted download that escaped apt.
    host.write(&format!("{LIST}.lz4"), &compressed[..compressed.len() / 2]);
    let collected = host.collect();
    assert_eq!(updates(&collected), [("bash", "5.2-2")]);
    let notes = skipped(&collected);
    assert!(notes.len() == 1 && notes[0].contains("read no further"), "{notes:?}");
}

/// The reason why a host whose only list has this content, under this ending, has no updates.
fn reason(ending: &str, content: &[u8]) -> String {
    let host = Host::new();
    fs::remove_file(host.path(LIST)).unwrap();
    host.write(&format!("{LIST}{ending}"), content);
    let reason = host.collect().updates.unwrap_err();
    let start = format!("a list of apt can't be read: /{LIST}{ending}: ");
    reason.strip_prefix(&start).unwrap_or_else(|| panic!("{reason}")).to_owned()
}

#[test]
fn a_list_that_gives_nothing_is_no_all_clear() {
    let junk = junk();
    // What is compressed by its first bytes, and can't be unpacked, is not said to hold no package.
    for (ending, content, unpacked) in [
        ("", junk.as_slice(), true),
        (".lz4", &junk, true),
        ("", b"<html>\nnot found\n</html>\n", true),
        ("", b"Origin: Debian\nSuite: stable\n", true),
        (".lz4", b"\x04\x22\x4d\x18junkjunkjunk", false),
        (".gz", b"\x1f\x8bjunkjunkjunk", false),
        (".xz", b"\xfd7zXZ\0junkjunkjunk", false),
        (".zst", b"\x28\xb5\x2f\xfdjunkjunkjunk", false),
        (".bz2", b"BZhjunkjunkjunk", false),
    ] {
        let reason = reason(ending, content);
        assert_eq!(reason.contains("holds no package"), unpacked, "{ending}: {reason}");
        assert!(!reason.is_empty(), "{ending}");
    }
}

#[test]
fn one_unreadable_list_among_others_is_no_all_clear() {
    let host = Host::new();
    host.write("etc/apt/sources.list", "deb http://e.org/debian stable main contrib non-free\n");
    // Never fetched: noted, and the others count.
    assert_eq!(updates(&host.collect()), [("bash", "5.2-2")]);
    for component in ["contrib", "non-free"] {
        // A folder opens for nobody, whoever runs the test; permissions don't stop root.
        fs::create_dir_all(host.path(&LIST.replace("main", component))).unwrap();
    }
    assert_eq!(
        host.collect().updates.unwrap_err(),
        format!("a list of apt can't be read: /{}: is no regular file (and 1 more)", LIST.replace("main", "contrib"))
    );
}

#[test]
fn an_empty_list_is_believed_unless_the_archive_says_otherwise() {
    let host = Host::new();
    host.write(LIST, "");
    assert_eq!(updates(&host.collect()), []);
    let sums = format!("SHA256:\n {} 51 main/binary-amd64/Packages\n", "0".repeat(64));
    host.write(RELEASE, format!("Origin: Debian\nSuite: stable\nCodename: bookworm\n{sums}"));
    assert_eq!(
        host.collect().updates.unwrap_err(),
        format!("a list of apt can't be read: /{LIST}: is empty, although the archive's is not")
    );
}

fn junk() -> Vec<u8> {
    (0..200_000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect()
}

#[test]
fn binary_junk_everywhere() {
    let junk = junk();
    let host = Host::new();
    for path in [
        "etc/apt/sources.list",
        "etc/apt/apt.conf",
        "etc/apt/apt.conf.d/x",
        "etc/apt/preferences",
        "etc/apt/sources.list.d/x.sources",
        "etc/apt/sources.list.d/x.list",
        "etc/hostname",
        "etc/hosts",
        "etc/machine-id",
        "etc/default/grub",
        "boot/grub/grub.cfg",
        "boot/vmlinuz-6.1.0-1-amd64",
        "run/reboot-required",
        "run/reboot-required.pkgs",
        "var/lib/apt/extended_states",
        "var/lib/dpkg/arch",
        RELEASE,
        LIST,
    ] {
        host.write(path, &junk);
        let collected = host.collect();
        assert_eq!(collected.packages.unwrap().records.len(), 2, "{path}");
        let report = format!("{:?}", collected.updates);
        assert!(report.len() < 1 << 20, "{path}: a report of {} bytes", report.len());
    }
    host.write("var/lib/dpkg/status", &junk);
    let reason = host.collect().packages.unwrap_err();
    assert!(
        reason.starts_with("/var/lib/dpkg/status holds no installed package (/var/lib/dpkg/status line 1"),
        "{reason}"
    );
}

#[test]
fn a_database_without_packages_does_not_empty_the_host() {
    let host = Host::new();
    let removed = "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n";
    for content in ["", "\n\n", removed] {
        host.write("var/lib/dpkg/status", content);
        let collected = host.collect();
        let why = "/var/lib/dpkg/status holds no installed package";
        assert_eq!(collected.packages.unwrap_err(), why);
        assert_eq!(collected.updates.unwrap_err(), why);
    }
    let image = empty();
    fs::create_dir_all(image.path("var/lib/dpkg/status.d")).unwrap();
    assert_eq!(image.collect().packages.unwrap_err(), "/var/lib/dpkg/status.d holds no installed package");
}

#[test]
fn odd_records_are_named_and_the_rest_kept() {
    let host = Host::new();
    host.write(
        "var/lib/dpkg/status",
        format!("Package: nul\nStatus: install ok installed\nVersion: 1\0\n\n{STATUS}\nno field\n\nPackage: bare\nStatus: install ok installed\n\nPackage: no-arch\nStatus: install ok installed\nVersion: 1\n"),
    );
    let packages = host.collect().packages.unwrap();
    let names: Vec<_> = packages.records.iter().map(|record| record.name.as_str()).collect();
    assert_eq!(names, ["bash", "dpkg"]);
    let skipped: Vec<_> = packages.skipped.iter().map(|s| format!("{}: {}", s.record, s.why)).collect();
    assert_eq!(
        skipped,
        [
            "/var/lib/dpkg/status line 15: neither field nor continuation: no field",
            "/var/lib/dpkg/status line 3: Version is no plain text: 1\\0",
            "bare: no version, at /var/lib/dpkg/status line 17",
            "no-arch: no architecture, at /var/lib/dpkg/status line 20",
        ]
    );
}

#[test]
fn one_endless_line_costs_one_stanza() {
    let host = Host::new();
    let mut list = vec![b'x'; 100 << 20];
    list.extend_from_slice(b"\n\n");
    list.extend_from_slice(UPDATE.as_bytes());
    host.write(LIST, list);
    let collected = host.collect();
    assert_eq!(updates(&collected), [("bash", "5.2-2")]);
    assert_eq!(skipped(&collected), [format!("/{LIST} line 1: a stanza of more than 1048576 bytes")]);
}

#[test]
fn pipes_devices_and_folders_in_the_place_of_files() {
    let host = Host::new();
    for path in ["etc/apt/preferences", "etc/machine-id", "run/reboot-required.pkgs"] {
        fs::create_dir_all(host.path(path)).unwrap();
    }
    fs::remove_file(host.path("etc/apt/sources.list")).unwrap();
    let pipe = host.path("etc/apt/sources.list");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    let collected = host.collect();
    assert_eq!(collected.packages.unwrap().records.len(), 2);
    assert_eq!(collected.repositories.unwrap().records.len(), 0);
}

#[test]
fn systems_of_other_kinds_without_packages_say_so() {
    let (pacman, apk) = ("var/lib/pacman/local/ALPM_DB_VERSION", "lib/apk/db/installed");
    for (path, word, why) in [
        (pacman, "pacman", "/var/lib/pacman/local holds no installed package"),
        (apk, "apk", "/lib/apk/db/installed breaks off within a package"),
    ] {
        let host = empty();
        host.write("etc/os-release", "ID=x\n");
        host.write(path, "x");
        let collected = host.collect();
        assert_eq!(collected.packages.unwrap_err(), why);
        assert_eq!(collected.updates.unwrap_err(), why);
        assert_eq!(collected.repositories.unwrap_err(), why);
        assert_eq!(collected.host.unwrap().package_manager, word);
    }
    let nothing = empty();
    nothing.write("etc/hostname", "bare\n");
    let collected = nothing.collect();
    assert!(collected.packages.unwrap_err().starts_with("no package database was found"));
    assert_eq!(collected.hostname, "bare");
}

/// A host without anything.
fn empty() -> Host {
    let host = Host(tempfile::tempdir().unwrap());
    fs::create_dir_all(host.path("")).unwrap();
    host
}

#[test]
fn images_without_a_package_manager_have_one_file_a_package() {
    let host = empty();
    host.write("etc/os-release", "ID=debian\nVERSION_ID=12\n");
    // As in distroless images: no Status field.
    host.write("var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12.4\nArchitecture: amd64\n");
    host.write(
        "var/lib/dpkg/status.d/libssl3",
        "Package: libssl3\nVersion: 3.0.11-1\nArchitecture: amd64\nSource: openssl\n",
    );
    host.write("var/lib/dpkg/status.d/libssl3.md5sums", "abc  usr/lib/x\n");
    let packages = host.collect().packages.unwrap();
    let told: Vec<_> = packages.records.iter().map(|r| (r.name.as_str(), r.source_name())).collect();
    assert_eq!(told, [("base-files", "base-files"), ("libssl3", "openssl")]);
    assert_eq!(packages.skipped, []);
}

#[test]
fn what_apt_and_dpkg_say_of_a_package_is_kept() {
    let host = Host::new();
    host.write(
        "var/lib/dpkg/status",
        "Package: libx\nStatus: hold ok half-configured\nMaintainer: Somebody <s@e.org>\nArchitecture: amd64\nMulti-Arch: same\n\
         Source: x (1-1)\nVersion: 1-1+b2\nPre-Depends: dpkg (>= 1.15)\nDepends: libc6 (>= 2.3),\n libz\n\n\
         Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n",
    );
    host.write("var/lib/apt/extended_states", "Package: libx\nArchitecture: amd64\nAuto-Installed: 1\n");
    host.write("var/lib/dpkg/info/libx:amd64.list", "/.\n");
    let packages = host.collect().packages.unwrap();
    assert_eq!(packages.records.len(), 1);
    let record = &packages.records[0];
    assert_eq!((record.source.as_str(), record.source_version.as_str()), ("x", "1-1"));
    assert_eq!(record.depends, "dpkg (>= 1.15), libc6 (>= 2.3), libz");
    assert_eq!((record.status.as_str(), record.vendor.as_str()), ("half-configured", "Somebody <s@e.org>"));
    assert!(record.held && record.auto && record.installed_at.is_some());
}

#[test]
fn credentials_stay_on_the_host() {
    let host = Host::new();
    host.write("etc/apt/sources.list", "deb https://user:hunter2@e.org/debian stable main\n");
    let collected = host.collect();
    assert_eq!(updates(&collected), [("bash", "5.2-2")]);
    assert!(!format!("{collected:?}").contains("hunter2"));
    assert_eq!(collected.repositories.unwrap().records[0].uri, "https://e.org/debian");
}

/// The ceilings are those of a report (docs/wire-format.md, "Limits"); a database beyond them says
/// nothing at all rather than a part, since a package that was left out would seem not to be installed.
#[test]
fn a_database_beyond_a_report_is_unavailable_and_not_cut_off() {
    let host = Host::new();
    let stanza =
        |n: usize| format!("Package: p{n}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.{n}\n\n");
    let most = model::wire::Limits::default().packages;
    let mut status: String = (0..most).map(stanza).collect();
    host.write("var/lib/dpkg/status", &status);
    assert_eq!(host.collect().packages.unwrap().records.len(), most);
    status.push_str(&stanza(most));
    host.write("var/lib/dpkg/status", &status);
    let collected = host.collect();
    let why = "/var/lib/dpkg/status holds more than 100000 installed packages, the most that a report carries";
    assert_eq!(collected.packages.unwrap_err(), why);
    assert_eq!(collected.updates.unwrap_err(), why, "what is not known to be installed can't be known to wait");

    host.write("var/lib/dpkg/status", "Version: 1\n\n".repeat(20_000));
    let why = host.collect().packages.unwrap_err();
    assert!(why.contains("more than 10000 records that are none of dpkg's"), "{why}");
}

/// A clock that ran ahead dates lists in the future. To call them new would keep them new until then.
#[test]
fn lists_of_the_future_are_dated_as_they_are() {
    let host = Host::new();
    let later = std::time::UNIX_EPOCH + std::time::Duration::from_secs(4_000_000_000);
    fs::File::options().write(true).open(host.path(RELEASE)).unwrap().set_modified(later).unwrap();
    let lists_at = host.collect().updates.unwrap().lists_at.unwrap();
    assert_eq!(lists_at.as_second(), 4_000_000_000);
}

/// A blocked mirror, an expired key: the main list comes every day and hides that the security list stopped.
#[test]
fn a_security_repository_that_stood_still_dates_the_answer() {
    const SECURITY: &str = "var/lib/apt/lists/e.org_security_dists_bookworm-security";
    let host = Host::new();
    host.write(
        "etc/apt/sources.list",
        "deb http://e.org/debian stable main\ndeb http://e.org/security bookworm-security main\n",
    );
    let fetched = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_795_000_000); // 18 November 2026
    let lists_at = || {
        for list in [RELEASE, LIST] {
            fs::File::options().write(true).open(host.path(list)).unwrap().set_modified(fetched).unwrap();
        }
        host.collect().updates.unwrap().lists_at.map(|at| at.to_string())
    };
    assert_eq!(lists_at(), None, "no list of it was ever fetched");
    for (date, at) in [
        ("Sat, 11 Jul 2020 10:16:37 UTC", "2020-07-11T10:16:37Z"),
        ("Wed, 04 Nov 2026 11:06:40 UTC", "2026-11-18T11:06:40Z"),
        ("Wed, 04 Nov 2026 11:06:39 UTC", "2026-11-04T11:06:39Z"),
    ] {
        let release = format!("Origin: Debian\nSuite: stable-security\nLabel: Debian-Security\nDate: {date}\n");
        host.write(&format!("{SECURITY}_InRelease"), release);
        host.write(&format!("{SECURITY}_main_binary-amd64_Packages"), UPDATE);
        for name in ["InRelease", "main_binary-amd64_Packages"] {
            let list = host.path(&format!("{SECURITY}_{name}"));
            fs::File::options().write(true).open(list).unwrap().set_modified(fetched).unwrap();
        }
        assert_eq!(lists_at().as_deref(), Some(at), "{date}");
    }
    host.write("etc/apt/sources.list", "deb http://e.org/debian stable main\n");
    assert_eq!(lists_at().as_deref(), Some("2026-11-18T11:06:40Z"), "none is configured");
}

#[test]
fn a_folder_that_is_no_system_is_told_from_one_that_lacks_something() {
    let host = Host::new();
    let told = |host: &Host| collect::no_system(&Root::new(host.path("")).unwrap());
    assert_eq!(told(&host), None);
    fs::remove_dir_all(host.path("var/lib/dpkg")).unwrap();
    host.write("usr/lib/os-release", "ID=debian\n");
    assert_eq!(told(&host), None, "it says what it is");
    fs::remove_dir_all(host.path("usr")).unwrap();
    let _ = fs::remove_file(host.path("etc/os-release"));
    let why = told(&host).unwrap();
    assert_eq!(
        why,
        "there is no etc/os-release or usr/lib/os-release and no package database (dpkg, rpm, pacman, apk) below it"
    );
    host.write("lib/apk/db/installed", "");
    assert_eq!(told(&host), None, "a package database alone is something");
}

#[test]
fn a_collection_leaves_no_trace() {
    let host = Host::new();
    let before = snapshot(&host.path(""));
    assert_eq!(updates(&host.collect()), [("bash", "5.2-2")]);
    let files = before.iter().filter(|(path, ..)| path.is_file()).count();
    assert_eq!(files, 5, "all that the host was made of");
    assert_eq!(snapshot(&host.path("")), before);
}

#[test]
fn the_same_root_gives_the_same_report() {
    let host = Host::new();
    let one = host.collect().digests().unwrap();
    assert_eq!(host.collect().digests().unwrap(), one);
    host.write("var/lib/dpkg/status", STATUS.replace("5.2-1", "5.2-0"));
    assert_ne!(host.collect().digests().unwrap(), one, "and another root another one");
}
