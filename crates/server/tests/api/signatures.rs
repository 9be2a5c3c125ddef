//! Who signed a vendor's documents stands beside them for as long as they are in force. Signatures are GnuPG's; the
//! repositories are AlmaLinux', with a genuine document in each (`../shared/data/feeds/almalinux`).

use super::feeds::{import, tracker};
use crate::on_both_engines;
use crate::support::{Client, Engine, Server};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;
use tempfile::TempDir;
use ureq::http::Method;

on_both_engines!(what_was_found_out_of_signatures_is_kept_with_the_documents);

const FEED: &str = "almalinux-updateinfo";

/// GnuPG in a home of its own with one key.
struct Gpg {
    home: TempDir,
    key: String,
}

impl Gpg {
    fn new() -> Self {
        // A socket's path may have 100 bytes only.
        let home = tempfile::Builder::new().prefix("mw-gpg").tempdir_in("/tmp").unwrap();
        let mut gpg = Self { home, key: String::new() };
        gpg.run(&["--quick-generate-key", "Vendor <security@example.org>", "ed25519", "sign", "never"]);
        let listed = String::from_utf8(gpg.run(&["--with-colons", "--list-keys"]).stdout).unwrap();
        let fingerprint = listed.lines().find_map(|line| line.strip_prefix("fpr:")).unwrap();
        gpg.key = fingerprint.trim_matches(':').to_owned();
        gpg
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("gpg");
        command.env("GNUPGHOME", self.home.path()).env("LC_ALL", "C");
        command.args(["--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""]);
        let output = command.args(arguments).output().expect("gpg (package gnupg) is needed");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The public key in a file.
    fn keyring(&self) -> String {
        std::fs::write(self.file("key.asc"), self.run(&["--armor", "--export", &self.key]).stdout).unwrap();
        self.file("key.asc").display().to_string()
    }

    /// A detached signature, and the second since 1970 at which it was made, as `gpg --verify` tells it.
    fn sign(&self, document: &[u8]) -> (Vec<u8>, i64) {
        let (path, signature) = (self.file("document"), self.file("document.asc"));
        std::fs::write(&path, document).unwrap();
        let paths = [&signature, &path].map(|path| path.display().to_string());
        self.run(&["--armor", "--output", &paths[0], "--detach-sign", &paths[1]]);
        let status =
            String::from_utf8(self.run(&["--status-fd", "1", "--verify", &paths[0], &paths[1]]).stdout).unwrap();
        let valid = status.lines().find_map(|line| line.strip_prefix("[GNUPG:] VALIDSIG ")).unwrap();
        (std::fs::read(signature).unwrap(), valid.split(' ').nth(2).unwrap().parse().unwrap())
    }
}

impl Drop for Gpg {
    /// The agent that gpg starts for a home ends with it.
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").env("GNUPGHOME", self.home.path()).args(["--kill", "gpg-agent"]).status();
    }
}

/// The document of AppStream 9, decompressed: what is known of a document is of that form.
fn updateinfo() -> Vec<u8> {
    let path =
        format!("{}/../../../shared/data/feeds/almalinux/samples-vuls-data-update.tar.zst", env!("CARGO_MANIFEST_DIR"));
    let member = "pkg/fetch/alma/updateinfo/testdata/fixtures/happy/almalinux/9/AppStream/x86_64/os/repodata/\
        cccc125de8ddb7f66ac6a9850f48af285670c3ace1e29f2b0ce002ab69b88ee5-updateinfo.xml.gz";
    let done = Command::new("tar").args(["--zstd", "-xOf", &path, member]).output().expect("tar");
    assert!(done.status.success(), "{path}: {}", String::from_utf8_lossy(&done.stderr));
    let mut document = Vec::new();
    flate2::read::GzDecoder::new(done.stdout.as_slice()).read_to_end(&mut document).unwrap();
    document
}

/// Serves AlmaLinux' repositories, all alike, until the test ends: `repomd.xml`, its signature, the document. What is
/// unchanged is said to be.
fn serve(index: Vec<u8>, signature: Vec<u8>, document: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/alma/", listener.local_addr().unwrap());
    let files = Arc::new((index, signature, document));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let files = Arc::clone(&files);
            std::thread::spawn(move || {
                let mut stream = BufReader::new(stream.unwrap());
                loop {
                    let mut lines = Vec::new();
                    loop {
                        let mut line = String::new();
                        if stream.read_line(&mut line).unwrap_or(0) == 0 {
                            return;
                        }
                        if line.trim().is_empty() {
                            break;
                        }
                        lines.push(line.trim().to_ascii_lowercase());
                    }
                    let path = lines[0].split(' ').nth(1).unwrap_or_default().to_owned();
                    let body: &[u8] = match path.rsplit('/').next().unwrap_or_default() {
                        "repomd.xml" => &files.0,
                        "repomd.xml.asc" => &files.1,
                        _ => &files.2,
                    };
                    let known = lines.iter().any(|line| line == "if-none-match: \"1\"");
                    let (status, body) = if known { ("304 Not Modified", &[][..]) } else { ("200 OK", body) };
                    let head = format!("HTTP/1.1 {status}\r\nETag: \"1\"\r\nContent-Length: {}\r\n\r\n", body.len());
                    if stream.get_mut().write_all(&[head.as_bytes(), body].concat()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

fn row(admin: &mut Client, id: &str) -> Value {
    let feeds = admin.read("/api/v1/feeds");
    feeds["items"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone()
}

fn sync(admin: &mut Client) -> String {
    let results = admin.post("/api/v1/feeds/sync", &json!({"ids": [FEED]})).json();
    assert_eq!(results[0]["error"], Value::Null, "{results:#}");
    results[0]["outcome"].as_str().unwrap().to_owned()
}

fn printed(server: &Server, arguments: &[&str]) -> String {
    let done = server.command(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn what_was_found_out_of_signatures_is_kept_with_the_documents(engine: Engine) {
    let (vendor, stranger) = (Gpg::new(), Gpg::new());
    let document = updateinfo();
    let digits = hex::encode(Sha256::digest(&document));
    let index = format!(
        r#"<repomd><data type="updateinfo"><checksum type="sha256">{digits}</checksum>
        <location href="repodata/{digits}-updateinfo.xml"/></data></repomd>"#
    );
    let (signature, signed_at) = vendor.sign(index.as_bytes());
    let url =
        format!("MENDWATCH_FEED_ALMALINUX_UPDATEINFO_URL={}", serve(index.into_bytes(), signature, document.clone()));
    let started = |keyring: &str| {
        let keyring = format!("MENDWATCH_FEED_ALMALINUX_UPDATEINFO_KEYRING={keyring}");
        Server::start_under(engine, &[], &["env", &url, &keyring])
    };

    // docs/feeds.md, table of what is signed: 6 repositories of each of 3 releases.
    let server = started(&vendor.keyring());
    let mut admin = server.admin();
    assert_eq!(row(&mut admin, FEED).get("documents"), None, "it was never fetched");
    for outcome in ["updated", "unchanged"] {
        assert_eq!(sync(&mut admin), outcome);
        let feed = row(&mut admin, FEED);
        assert_eq!(
            (&feed["document_count"], &feed["signatures"]),
            (&json!(18), &json!([{"value": "verified", "count": 18}]))
        );
        let first = &feed["documents"][0];
        assert_eq!((&first["name"], &first["sha256"]), (&json!("10/AppStream"), &json!(digits)));
        assert_eq!((&first["signature"], &first["signed_by"]), (&json!("verified"), &json!(vendor.key)));
        let at: jiff::Timestamp = first["signed_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(at.as_second(), signed_at, "{outcome}");
    }
    assert!(printed(&server, &["feeds", "list", "--all"]).contains(", signature checked"));
    let day = jiff::Timestamp::from_second(signed_at).unwrap().strftime("%Y-%m-%d");
    let shown = printed(&server, &["feeds", "show", FEED]);
    assert_eq!(shown.matches(&format!("    signed by {} on {day}, checked\n", vendor.key)).count(), 18, "{shown}");

    // A file comes without the signature that stood beside it; the others stay what they are.
    let path = format!("/api/v1/feeds/{FEED}/import?name=9/AppStream&force=true");
    let headers = [("content-type", "application/octet-stream")];
    assert_eq!(admin.send(Method::POST, &path, &headers, document).status, 200);
    let feed = row(&mut admin, FEED);
    let counts = json!([{"value": "verified", "count": 17}, {"value": "not_checked", "count": 1}]);
    assert_eq!(feed["signatures"], counts);
    let brought = feed["documents"].as_array().unwrap().iter().find(|of| of["name"] == "9/AppStream").unwrap();
    assert_eq!((&brought["signature"], brought.get("signed_by")), (&json!("not_checked"), None));
    assert!(printed(&server, &["feeds", "list", "--all"]).contains(", signatures of 17 of 18 documents checked"));
    let shown = printed(&server, &["feeds", "show", FEED]);
    assert!(shown.contains("    signature not checked: the file was brought without it\n"), "{shown}");

    // Of what nobody signs there is nothing to check.
    import(&mut admin, "debian-tracker", tracker());
    assert_eq!(row(&mut admin, "debian-tracker")["signatures"], json!([{"value": "not_signed", "count": 1}]));
    let shown = printed(&server, &["feeds", "show", "debian-tracker"]);
    assert!(shown.contains("    not signed by the vendor\n"), "{shown}");
    let overview = admin.read("/api/v1/overview");
    assert!(overview["feeds"].as_array().unwrap().iter().all(|feed| feed.get("documents").is_none()));
    let unknown = server.command(&["feeds", "show", "nonsense"]).output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("there is no feed 'nonsense'"));

    // With another's keys nobody can tell.
    let server = started(&stranger.keyring());
    let mut admin = server.admin();
    assert_eq!(sync(&mut admin), "updated");
    let feed = row(&mut admin, FEED);
    assert_eq!(feed["signatures"], json!([{"value": "unknown_key", "count": 18}]));
    let first = &feed["documents"][0];
    assert_eq!((&first["signed_by"], first.get("signed_at")), (&json!(vendor.key), None));
}
