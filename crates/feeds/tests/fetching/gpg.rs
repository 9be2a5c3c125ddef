//! GnuPG in a home of its own, to make keys and signatures with.

use std::path::PathBuf;
use std::process::{Command, Output};

/// A day on which the keys of these tests live.
pub(crate) const TODAY: &str = "20261101T000000";

pub(crate) struct Gpg {
    home: tempfile::TempDir,
}

impl Gpg {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::Builder::new().prefix("mw-gpg").tempdir_in("/tmp").unwrap() }
    }

    /// Runs gpg on a day, and gives what it wrote.
    fn run(&self, day: &str, arguments: &[&str]) -> Output {
        // With the mark the time stands still: a key is never younger than what it signs.
        let day = &format!("{day}!");
        let fixed = ["--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", "", "--faked-system-time", day];
        let mut command = Command::new("gpg");
        command.env("GNUPGHOME", self.home.path()).env("LC_ALL", "C").args(fixed).args(arguments);
        let output = command.output().unwrap_or_else(|error| panic!("gpg (package gnupg) is needed: {error}"));
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Makes a key and gives its fingerprint.
    pub(crate) fn key(&self, day: &str, kind: &str, lives: &str) -> String {
        let name = format!("Vendor {kind} {day} <security@example.org>");
        let before = self.fingerprints();
        self.run(day, &["--quick-generate-key", &name, kind, "sign", lives]);
        self.fingerprints().into_iter().find(|known| !before.contains(known)).unwrap()
    }

    /// Fingerprints of the primary keys.
    fn fingerprints(&self) -> Vec<String> {
        let output = self.run(TODAY, &["--with-colons", "--list-keys"]);
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let primary = lines.windows(2).filter(|pair| pair[0].starts_with("pub:") && pair[1].starts_with("fpr:"));
        primary.map(|pair| pair[1].split(':').nth(9).unwrap().to_owned()).collect()
    }

    pub(crate) fn add_subkey(&self, day: &str, fingerprint: &str, kind: &str, lives: &str) {
        self.run(day, &["--quick-add-key", fingerprint, kind, "sign", lives]);
    }

    /// Revokes a key, by the certificate that gpg laid by when it made it.
    pub(crate) fn revoke(&self, fingerprint: &str) {
        let laid_by = self.home.path().join(format!("openpgp-revocs.d/{fingerprint}.rev"));
        // The colon keeps it from being imported by mistake.
        let certificate = std::fs::read_to_string(laid_by).unwrap().replace(":-----BEGIN", "-----BEGIN");
        let file = self.write("revoke.asc", certificate.as_bytes());
        self.run(TODAY, &["--import", &file]);
    }

    fn write(&self, name: &str, bytes: &[u8]) -> String {
        let file = self.home.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file.display().to_string()
    }

    /// The public keys in a file, armored or binary.
    pub(crate) fn export(&self, keys: &[&str], armored: bool) -> PathBuf {
        let mut arguments = vec!["--export"];
        if armored {
            arguments.push("--armor");
        }
        arguments.extend(keys);
        let bytes = self.run(TODAY, &arguments).stdout;
        let name = format!("{}-{armored}.keys", keys.join("-").chars().take(60).collect::<String>());
        PathBuf::from(self.write(&name, &bytes))
    }

    /// Signs by `--detach-sign` or `--clear-sign`, with further arguments.
    fn sign(&self, day: &str, how: &str, keys: &[&str], more: &[&str], document: &[u8]) -> Vec<u8> {
        let file = self.write("document", document);
        let mut arguments: Vec<&str> = keys.iter().flat_map(|key| ["--local-user", key]).collect();
        arguments.extend(more);
        arguments.extend(["--output", "-", how, &file]);
        self.run(day, &arguments).stdout
    }

    /// A detached signature.
    pub(crate) fn detached(&self, day: &str, keys: &[&str], more: &[&str], document: &[u8]) -> Vec<u8> {
        self.sign(day, "--detach-sign", keys, more, document)
    }

    /// An armored one, as vendors publish them.
    pub(crate) fn armored(&self, key: &str, document: &[u8]) -> Vec<u8> {
        self.detached(TODAY, &[key], &["--armor"], document)
    }

    /// A document within its signature.
    pub(crate) fn cleartext(&self, keys: &[&str], document: &[u8]) -> Vec<u8> {
        self.sign(TODAY, "--clear-sign", keys, &[], document)
    }
}

impl Drop for Gpg {
    /// The agent that gpg starts for a home ends with it.
    fn drop(&mut self) {
        let end = Command::new("gpgconf").env("GNUPGHOME", self.home.path()).args(["--kill", "gpg-agent"]).status();
        drop(end);
    }
}
