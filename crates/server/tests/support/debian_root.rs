//! A small Debian 12 below a directory, with apt's lists: a security update, an ordinary one, one
//! that is held, and a package that is up to date.

use std::path::Path;
use tempfile::TempDir;

/// The fixed parts of a stanza of dpkg's status file.
fn installed(name: &str, version: &str, status: &str) -> String {
    format!(
        "Package: {name}\nStatus: {status} ok installed\nPriority: optional\nSection: misc\nMaintainer: Debian <debian@example.org>\nArchitecture: amd64\nVersion: {version}\nDescription: a package\n\n"
    )
}

fn listed(name: &str, version: &str) -> String {
    format!(
        "Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: Debian <debian@example.org>\nFilename: pool/{name}.deb\nSize: 1000\nSHA256: {}\nDescription: a package\n\n",
        "0".repeat(64)
    )
}

fn release(suite: &str, codename: &str, label: &str) -> String {
    format!(
        "Origin: Debian\nLabel: {label}\nSuite: {suite}\nCodename: {codename}\nDate: Fri, 20 Nov 2026 00:12:41 UTC\nArchitectures: amd64\nComponents: main\n"
    )
}

pub(crate) fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The root.
pub(crate) fn debian_root() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    write(root, "etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    write(root, "etc/hostname", "web-17\n");
    write(
        root,
        "etc/os-release",
        "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n",
    );
    let status = [
        installed("openssl", "3.0.15-1~deb12u1", "install"),
        installed("sqlite3", "3.40.1-2", "install"),
        installed("vim", "2:9.0.1378-2", "hold"),
        installed("zsh", "5.9-4", "install"),
    ];
    write(root, "var/lib/dpkg/status", &status.concat());
    write(root, "var/lib/dpkg/arch", "amd64\n");
    write(
        root,
        "etc/apt/sources.list",
        "deb http://deb.debian.org/debian bookworm main\ndeb http://security.debian.org/debian-security bookworm-security main\n",
    );
    let main = "var/lib/apt/lists/deb.debian.org_debian_dists_bookworm";
    let security = "var/lib/apt/lists/security.debian.org_debian-security_dists_bookworm-security";
    write(root, &format!("{main}_Release"), &release("oldstable", "bookworm", "Debian"));
    write(root, &format!("{security}_Release"), &release("oldstable-security", "bookworm-security", "Debian-Security"));
    let packages = [
        listed("openssl", "3.0.15-1~deb12u1"),
        listed("sqlite3", "3.40.1-2+deb12u2"),
        listed("vim", "2:9.0.1378-2+deb12u2"),
        listed("zsh", "5.9-4"),
    ];
    write(root, &format!("{main}_main_binary-amd64_Packages"), &packages.concat());
    write(root, &format!("{security}_main_binary-amd64_Packages"), &listed("openssl", "3.0.17-1~deb12u2"));
    dir
}
