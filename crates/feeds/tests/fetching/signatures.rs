//! Signatures by GnuPG: good, and bad in every way that matters. What is expected is what `gpgv` and `apt` do.

use crate::gpg::{Gpg, TODAY};
use feeds::signature::{BadSignature, Keyring, Signed, check_cleartext, check_detached};
use jiff::Timestamp;
use std::path::PathBuf;

const DOCUMENT: &[u8] = b"<?xml version=\"1.0\"?>\n<repomd><revision>1</revision></repomd>\n";

fn now() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

fn ring(files: &[PathBuf]) -> Keyring {
    Keyring::read(files).unwrap_or_else(|error| panic!("{error}"))
}

fn detached(ring: &Keyring, signature: &[u8], document: &[u8]) -> Result<Signed, BadSignature> {
    check_detached(ring, signature, &|| Ok(document), now())
}

fn by(outcome: Result<Signed, BadSignature>) -> String {
    match outcome.unwrap_or_else(|error| panic!("{error}")) {
        Signed::By { fingerprint, .. } => fingerprint,
        other => panic!("{other}"),
    }
}

#[test]
fn a_good_signature_names_the_key_whatever_its_kind_and_form() {
    let gpg = Gpg::new();
    for kind in ["ed25519", "rsa2048", "rsa4096", "nistp256", "nistp384"] {
        let key = gpg.key(TODAY, kind, "never");
        for armored in [true, false] {
            let ring = ring(&[gpg.export(&[&key], armored)]);
            assert_eq!(ring.fingerprints(), std::slice::from_ref(&key));
            let binary = gpg.detached(TODAY, &[&key], &[], DOCUMENT);
            assert_eq!(by(detached(&ring, &binary, DOCUMENT)), key, "{kind}");
            let signed = detached(&ring, &gpg.armored(&key, DOCUMENT), DOCUMENT).unwrap();
            assert_eq!(signed, Signed::By { fingerprint: key.clone(), at: "2026-11-01T00:00:00Z".parse().unwrap() });
            assert_eq!(signed.to_string(), format!("signed by {key}, checked"));
        }
    }
}

#[test]
fn a_signature_of_other_bytes_is_bad() {
    let gpg = Gpg::new();
    let key = gpg.key(TODAY, "ed25519", "never");
    let ring = ring(&[gpg.export(&[&key], true)]);
    let signature = gpg.armored(&key, DOCUMENT);
    let mut tampered = DOCUMENT.to_vec();
    tampered[30] ^= 1;
    for document in [&tampered[..], &DOCUMENT[..DOCUMENT.len() - 1], b""] {
        let why = detached(&ring, &signature, document).unwrap_err().why;
        assert!(why.starts_with(&format!("by {key}: it is not of this document")), "{why}");
    }
}

#[test]
fn a_damaged_or_truncated_signature_is_bad() {
    let gpg = Gpg::new();
    let key = gpg.key(TODAY, "rsa2048", "never");
    let ring = ring(&[gpg.export(&[&key], true)]);
    let (armored, binary) = (gpg.armored(&key, DOCUMENT), gpg.detached(TODAY, &[&key], &[], DOCUMENT));
    for signature in [&armored, &binary] {
        for length in 0..signature.len() {
            let outcome = detached(&ring, &signature[..length], DOCUMENT);
            // Of an armored one, the end of the last line and the line after it carry nothing.
            let whole = signature.starts_with(b"-----") && length + 30 > signature.len();
            assert!(outcome.is_err() || whole, "{length} of {}: {outcome:?}", signature.len());
        }
    }
    for garbage in
        [&b"<html>404</html>"[..], b"-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n", &[0x88; 200]]
    {
        assert!(detached(&ring, garbage, DOCUMENT).is_err());
    }
    let error = detached(&ring, &vec![b'x'; 70_000], DOCUMENT).unwrap_err();
    assert_eq!(error.why, "more than 65536 bytes");
    // Every bit that is flipped spoils it, or is no part of what is signed; none makes it good for another document.
    for at in 0..binary.len() {
        let mut flipped = binary.clone();
        flipped[at] ^= 0x10;
        assert!(!matches!(detached(&ring, &flipped, b"another document"), Ok(Signed::By { .. })), "{at}");
    }
}

#[test]
fn a_key_that_is_not_at_hand_is_named() {
    let (vendor, other) = (Gpg::new(), Gpg::new());
    let (key, stranger) = (vendor.key(TODAY, "ed25519", "never"), other.key(TODAY, "ed25519", "never"));
    let ring = ring(&[vendor.export(&[&key], true)]);
    let signed = detached(&ring, &other.armored(&stranger, DOCUMENT), DOCUMENT).unwrap();
    assert_eq!(signed, Signed::KeyMissing { issuer: stranger.clone() });
    assert_eq!(signed.to_string(), format!("signed by {stranger}, which is not in the keyring"));
    assert!(matches!(
        detached(&Keyring::default(), &vendor.armored(&key, DOCUMENT), DOCUMENT),
        Ok(Signed::KeyMissing { .. })
    ));
}

#[test]
fn of_several_signatures_one_by_a_key_at_hand_is_enough_but_none_may_be_wrong() {
    let (vendor, other) = (Gpg::new(), Gpg::new());
    let key = vendor.key(TODAY, "ed25519", "never");
    let second = vendor.key(TODAY, "rsa2048", "never");
    let stranger = other.key(TODAY, "ed25519", "never");
    let ring = ring(&[vendor.export(&[&key, &second], false)]);
    let one = |key: &str, document: &[u8]| vendor.detached(TODAY, &[key], &[], document);
    let unknown = other.detached(TODAY, &[&stranger], &[], DOCUMENT);
    let both = [unknown, one(&key, DOCUMENT)].concat();
    assert_eq!(by(detached(&ring, &both, DOCUMENT)), key);
    let mixed = [one(&key, DOCUMENT), one(&second, b"something else")].concat();
    let why = detached(&ring, &mixed, DOCUMENT).unwrap_err().why;
    assert!(why.starts_with(&format!("by {second}: it is not of this document")), "{why}");
    let many = one(&key, DOCUMENT).repeat(17);
    assert_eq!(detached(&ring, &many, DOCUMENT).unwrap_err().why, "more than 16 signatures");
}

#[test]
fn keys_that_may_not_sign_today_do_not_count() {
    let gpg = Gpg::new();
    // Lived for 2020 only; the signature is of that year, but so could one be that was made with a key stolen later.
    let expired = gpg.key("20200101T000000", "ed25519", "1y");
    let old = gpg.detached("20200601T000000", &[&expired], &[], DOCUMENT);
    let why = detached(&ring(&[gpg.export(&[&expired], true)]), &old, DOCUMENT).unwrap_err().why;
    assert_eq!(why, format!("by {expired}: the key expired at 2020-12-31T00:00:00Z"));

    let revoked = gpg.key(TODAY, "ed25519", "never");
    let signature = gpg.armored(&revoked, DOCUMENT);
    assert_eq!(by(detached(&ring(&[gpg.export(&[&revoked], true)]), &signature, DOCUMENT)), revoked);
    gpg.revoke(&revoked);
    let why = detached(&ring(&[gpg.export(&[&revoked], true)]), &signature, DOCUMENT).unwrap_err().why;
    assert_eq!(why, format!("by {revoked}: the key is revoked"));

    let small = gpg.key(TODAY, "rsa1024", "never");
    let why =
        detached(&ring(&[gpg.export(&[&small], true)]), &gpg.armored(&small, DOCUMENT), DOCUMENT).unwrap_err().why;
    assert!(why.ends_with("RSA keys of less than 2048 bits are not relied on"), "{why}");
}

#[test]
fn broken_hashes_and_dates_to_come_do_not_count() {
    let gpg = Gpg::new();
    let key = gpg.key(TODAY, "rsa2048", "never");
    let ring = ring(&[gpg.export(&[&key], true)]);
    for (digest, fine) in [("SHA1", false), ("RIPEMD160", false), ("SHA224", true), ("SHA384", true), ("SHA512", true)]
    {
        let signature = gpg.detached(TODAY, &[&key], &["--digest-algo", digest], DOCUMENT);
        match detached(&ring, &signature, DOCUMENT) {
            Ok(signed) => assert!(fine && matches!(signed, Signed::By { .. }), "{digest}: {signed}"),
            Err(error) => {
                assert_eq!(error.why, format!("by {key}: it is made with {digest}, which is broken"), "{fine}");
            }
        }
    }
    let tomorrow = gpg.detached("20261201T000000", &[&key], &[], DOCUMENT);
    let why = detached(&ring, &tomorrow, DOCUMENT).unwrap_err().why;
    assert_eq!(why, format!("by {key}: it is of 2026-12-01T00:00:00Z, which is still to come"));
    let short = gpg.detached(TODAY, &[&key], &["--default-sig-expire", "2d"], DOCUMENT);
    assert_eq!(detached(&ring, &short, DOCUMENT).unwrap_err().why, format!("by {key}: it has expired"));
}

#[test]
fn a_subkey_signs_for_its_primary_key_while_it_lives() {
    let gpg = Gpg::new();
    let key = gpg.key("20250101T000000", "ed25519", "never");
    gpg.add_subkey("20250101T000000", &key, "rsa2048", "1y");
    // gpg takes the newest subkey that lives on the day.
    let signature = gpg.detached("20250601T000000", &[&key], &[], DOCUMENT);
    let then: Timestamp = "2025-06-02T00:00:00Z".parse().unwrap();
    let keys = ring(&[gpg.export(&[&key], true)]);
    let signed = check_detached(&keys, &signature, &|| Ok(DOCUMENT), then).unwrap();
    assert_eq!(signed.to_string(), format!("signed by {key}, checked"));
    let why = detached(&keys, &signature, DOCUMENT).unwrap_err().why;
    assert_eq!(why, format!("by {key}: the subkey expired at 2026-01-01T00:00:00Z"));
    // A subkey put under somebody else's primary key is not bound to it.
    let thief = gpg.key(TODAY, "ed25519", "never");
    let (victim, own) =
        (std::fs::read(gpg.export(&[&key], false)).unwrap(), std::fs::read(gpg.export(&[&thief], false)).unwrap());
    let forged = [&own[..], &victim[packets_from_subkey(&victim)..]].concat();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("forged.gpg");
    std::fs::write(&file, forged).unwrap();
    let why = check_detached(&ring(&[file]), &signature, &|| Ok(DOCUMENT), then).unwrap_err().why;
    assert!(
        why.ends_with("the key has not signed itself") || why.ends_with("the subkey is not bound to its primary key"),
        "{why}"
    );
}

/// Where the first subkey packet (tag 14, RFC 9580 5.5.1.2, old format with a length of one or two bytes) begins.
fn packets_from_subkey(bytes: &[u8]) -> usize {
    let mut at = 0;
    while bytes[at] >> 2 & 0x0f != 14 {
        at += match bytes[at] & 3 {
            0 => 2 + usize::from(bytes[at + 1]),
            1 => 3 + usize::from(u16::from_be_bytes([bytes[at + 1], bytes[at + 2]])),
            other => panic!("length type {other}"),
        };
    }
    at
}

/// Shaped as `dists/bookworm/InRelease`.
const RELEASE: &str = "Origin: Debian\nSuite: stable\nDate: Sat, 01 Nov 2026 09:00:00 UTC\nSHA256:\n \
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages\n- dashes \n";

#[test]
fn what_is_signed_in_clear_text_is_exactly_what_is_given() {
    let gpg = Gpg::new();
    let key = gpg.key(TODAY, "ed25519", "never");
    let ring = ring(&[gpg.export(&[&key], true)]);
    let document = gpg.cleartext(&[&key], RELEASE.as_bytes());
    let (text, signed) = check_cleartext(&ring, &document, now()).unwrap();
    // Blanks at the ends of lines are not signed (RFC 9580 7.2), so they are not given.
    assert_eq!(text.trim_end(), RELEASE.replace("dashes \n", "dashes\n").trim_end());
    assert!(matches!(signed, Signed::By { fingerprint, .. } if fingerprint == key));
    let whole = String::from_utf8(document).unwrap();
    for (changed, why) in [
        (whole.replace("Suite: stable", "Suite: sid"), "it is not of this document"),
        (whole.replace("Hash: ", "Comment: x\nHash: "), "it can't be read"),
        (format!("Origin: Evil\n{whole}"), "it can't be read"),
        (format!("{whole}Origin: Evil\n"), "it can't be read"),
        (whole[..whole.len() / 2].to_owned(), "it can't be read"),
        (RELEASE.to_owned(), "it can't be read"),
        (String::new(), "it can't be read"),
    ] {
        let error = check_cleartext(&ring, changed.as_bytes(), now()).unwrap_err();
        assert!(error.why.contains(why), "{changed}: {error}");
    }
}

/// What a hostile mirror may send ends, in an error or in what was really signed; nothing makes it fall over.
#[test]
fn damaged_documents_and_keys_are_errors_and_no_more() {
    let gpg = Gpg::new();
    let key = gpg.key(TODAY, "rsa2048", "never");
    let (armored, binary) = (gpg.export(&[&key], true), gpg.export(&[&key], false));
    let ring = ring(std::slice::from_ref(&armored));
    let document = gpg.cleartext(&[&key], RELEASE.as_bytes());
    let signed = check_cleartext(&ring, &document, now()).unwrap().0;
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("damaged.asc");
    let mut state = 0x2026_1122_u64;
    // Knuth's MMIX generator: the same damage in every run.
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut damaged = |whole: &[u8]| {
        let mut bytes = whole.to_vec();
        for _ in 0..=next(3) {
            if bytes.len() < 2 {
                break;
            }
            let at = next(bytes.len());
            match next(4) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes[at] = u8::try_from(next(256)).unwrap(),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, u8::try_from(next(256)).unwrap()),
            }
        }
        bytes
    };
    let (mut refused, mut same) = (0, 0);
    for _ in 0..1500 {
        match check_cleartext(&ring, &damaged(&document), now()) {
            Ok((text, Signed::By { .. })) => {
                assert_eq!(text, signed, "what is not signed is never given");
                same += 1;
            }
            Ok(_) => same += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 500, "{refused} refused, {same} without consequence");
    for whole in [std::fs::read(armored).unwrap(), std::fs::read(binary).unwrap()] {
        for _ in 0..300 {
            std::fs::write(&file, damaged(&whole)).unwrap();
            if let Ok(damaged) = Keyring::read(std::slice::from_ref(&file)) {
                drop(check_cleartext(&damaged, &document, now()));
            }
        }
    }
}

#[test]
fn a_keyring_that_is_none_is_refused() {
    let gpg = Gpg::new();
    let key = gpg.key(TODAY, "ed25519", "never");
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let file = place.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    };
    let armored = std::fs::read(gpg.export(&[&key], true)).unwrap();
    for (bytes, why) in [
        (&b""[..], "it holds no OpenPGP key"),
        (b"no key", "it holds no OpenPGP key"),
        (&armored[..armored.len() / 2], ""),
        (b"\0\0\0\x20\x01\x01\0\x02KBXf....", "gpg --export"),
    ] {
        let error = Keyring::read(&[file("wrong.asc", bytes)]).unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("wrong.asc"), "{error}");
    }
    // Several blocks with text around, as vendors publish them; and a folder of files.
    let second = gpg.key(TODAY, "rsa2048", "never");
    let other = std::fs::read(gpg.export(&[&second], true)).unwrap();
    let both = [b"The keys of a vendor:\n", &armored[..], b"\nand\n", &other[..]].concat();
    assert_eq!(ring(&[file("both.asc", &both)]).fingerprints(), [key, second]);
    let folder = place.path().join("keys");
    std::fs::create_dir(&folder).unwrap();
    assert!(Keyring::read(std::slice::from_ref(&folder)).unwrap_err().to_string().contains("holds no file of keys"));
    for (name, bytes) in [("a.asc", &armored), ("RPM-GPG-KEY-vendor", &other), ("README", &b"text".to_vec())] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    assert_eq!(ring(&[folder]).fingerprints().len(), 2);
}
