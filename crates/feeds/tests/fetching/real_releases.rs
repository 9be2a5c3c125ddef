//! Genuine `InRelease` files of Debian, checked with the keys that Debian installs, beside `gpgv`.

use feeds::signature::{Keyring, Signed, check_cleartext};
use std::io::Read as _;
use std::path::PathBuf;
use std::process::Command;

const LISTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds/debian/apt-lists");
/// Package debian-archive-keyring, which apt depends on.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

fn release(name: &str) -> Vec<u8> {
    let path = format!("{LISTS}/{name}_InRelease.xz");
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut text = Vec::new();
    let mut decoder = formats::compression::Decoder::new(std::io::BufReader::new(file), 1 << 24).unwrap();
    decoder.read_to_end(&mut text).unwrap();
    text
}

#[test]
fn debians_releases_are_signed_by_debians_keys() {
    let ring = Keyring::read(&[PathBuf::from(KEYS)]).unwrap_or_else(|error| panic!("{error}"));
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    for name in ["debian_dists_bookworm", "debian_dists_bookworm-updates", "debian-security_dists_bookworm-security"] {
        let document = release(name);
        let (text, signed) = check_cleartext(&ring, &document, now).unwrap_or_else(|error| panic!("{name}: {error}"));
        let Signed::By { fingerprint, at } = signed else { panic!("{name}: {signed}") };
        assert!(text.starts_with("Origin: Debian\n"), "{text:.80}");
        assert!(ring.fingerprints().contains(&fingerprint));
        // `gpgv --status-fd 1`: VALIDSIG <key> <day> <time> ... <primary key>, one line a signature.
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("InRelease");
        std::fs::write(&file, &document).unwrap();
        let output = Command::new("gpgv")
            .args(["--keyring", KEYS, "--status-fd", "1"])
            .arg(&file)
            .output()
            .unwrap_or_else(|error| panic!("gpgv is needed: {error}"));
        let status = String::from_utf8(output.stdout).unwrap();
        let valid: Vec<Vec<&str>> = status
            .lines()
            .filter_map(|line| Some(line.strip_prefix("[GNUPG:] VALIDSIG ")?.split(' ').collect()))
            .collect();
        assert!(!valid.is_empty(), "{status}{}", String::from_utf8_lossy(&output.stderr));
        let same = |fields: &Vec<&str>| fields[9] == fingerprint && fields[2] == at.as_second().to_string();
        assert!(valid.iter().any(same), "{fingerprint} {at}: {status}");
        let tampered = String::from_utf8(document).unwrap().replacen("Origin: Debian", "Origin: debian", 1);
        assert!(check_cleartext(&ring, tampered.as_bytes(), now).is_err());
    }
}
