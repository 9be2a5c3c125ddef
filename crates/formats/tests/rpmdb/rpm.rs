//! The real `rpm` and its kin: what they say, and what they make.

use crate::reading::{QUERY, SIGNATURE};
use crate::root::{Root, run};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `rpm` says of the database in a folder, sorted, the key id alone of each signature.
pub(crate) fn query(folder: &Path, backend: &str) -> Vec<String> {
    let mut command = Command::new("rpm");
    command.args(["--define", &format!("_db_backend {backend}"), "--dbpath"]).arg(folder);
    let text = run(command.args(["-qa", "--qf", QUERY]), "rpm");
    let mut lines: Vec<String> = text.lines().map(without_signature).collect();
    lines.sort();
    lines
}

/// `RSA/SHA256, Thu Jan 27 09:01:16 2022, Key ID 0cd9fed33135ce90` as the key id.
fn without_signature(line: &str) -> String {
    let mut columns: Vec<&str> = line.split('\t').collect();
    if let Some((_, key)) = columns[SIGNATURE].rsplit_once("Key ID ") {
        columns[SIGNATURE] = key;
    }
    columns.join("\t")
}

/// Runs a script of Python, whose module for SQLite is as good as any to make what rpm leaves behind.
pub(crate) fn python(script: &str, arguments: &[&Path]) {
    run(Command::new("python3").args(["-c", script]).args(arguments), "python3");
}

/// 60 packages, half of them with epochs, odd characters and every kind of dependency; one of 1,500 files,
/// whose header is larger than any page; a key.
fn spec() -> String {
    use std::fmt::Write as _;
    let mut spec = "Name: suite\nVersion: 2.0\nRelease: 1.el9\nSummary: x\nLicense: MIT\nVendor: Red Hat, Inc.\n\
        Packager: packager@example.org\nModularityLabel: nodejs:20:8090020231012:a75119d5\n%description\nx\n\
        %install\nmkdir -p %{buildroot}/usr/share/big\ni=0; while [ $i -lt 1500 ]; do \
        : > %{buildroot}/usr/share/big/a-file-with-a-long-name-$i; i=$((i+1)); done\n%files\n\
        %package -n big\nSummary: x\nRequires: suite = 2.0-1.el9\n%description -n big\nx\n\
        %files -n big\n/usr/share/big\n"
        .to_owned();
    for i in 0..60 {
        writeln!(spec, "%package -n sub{i}\nSummary: x").unwrap();
        if i % 2 == 1 {
            writeln!(spec, "Epoch: {}\nVersion: {i}.{i}~rc{i}\nRelease: {i}^git.el9\nBuildArch: noarch", i % 3)
                .unwrap();
            writeln!(spec, "Requires: sub{} >= {i}, /bin/sh\nRequires(post): /bin/sh", (i + 1) % 60).unwrap();
            writeln!(spec, "Provides: virtual({i}) = 1:{i}\nConflicts: old < {i}\nObsoletes: older <= {i}-1").unwrap();
        } else {
            writeln!(spec, "Requires: (a >= 1 if b)").unwrap();
        }
        writeln!(spec, "%description -n sub{i}\nx\n%files -n sub{i}").unwrap();
    }
    spec
}

/// A root in which all of them are installed.
pub(crate) fn suite() -> Root {
    let root = Root::new();
    root.build(&spec());
    root.install_all();
    root
}

/// The folder of a root's database.
pub(crate) fn database(root: &Root) -> PathBuf {
    root.path("root/var/lib/rpm")
}
