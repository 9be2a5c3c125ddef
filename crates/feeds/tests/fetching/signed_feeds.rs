//! Feeds whose index is signed: the signature vouches for `repomd.xml`, that for the document by its checksum.

use crate::gpg::{Gpg, TODAY};
use crate::mirrors::REPOSITORIES;
use crate::server::{Site, paths};
use feeds::signature::{Keyring, SignaturePolicy, Signed, Trust};
use feeds::{Brought, FeedConfig, FetchError, FetchOptions, Fetcher, Held, Known, bring, feed};
use sha2::{Digest as _, Sha256};

const UPDATES: &[u8] = b"<updates/>";

/// AlmaLinux' repositories as createrepo_c and gpg leave them, all alike.
struct Repositories {
    gpg: Gpg,
    key: String,
    site: Site,
    index: Vec<u8>,
}

impl Repositories {
    fn new() -> Self {
        let gpg = Gpg::new();
        let key = gpg.key(TODAY, "rsa2048", "never");
        let digits = hex::encode(Sha256::digest(UPDATES));
        let index = format!(
            r#"<repomd><data type="updateinfo"><checksum type="sha256">{digits}</checksum>
            <location href="repodata/{digits}-updateinfo.xml"/></data></repomd>"#
        );
        let all = Self { gpg, key, site: Site::default(), index: index.into_bytes() };
        all.put(&format!("{digits}-updateinfo.xml"), UPDATES);
        all.put("repomd.xml", &all.index);
        all.put("repomd.xml.asc", &all.gpg.armored(&all.key, &all.index));
        all
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        for (release, names) in REPOSITORIES {
            for repository in *names {
                self.site.put(&format!("/alma/{release}/{repository}/x86_64/os/repodata/{name}"), bytes);
            }
        }
    }

    /// The file of one of them.
    fn one(name: &str) -> String {
        format!("/alma/9/AppStream/x86_64/os/repodata/{name}")
    }

    fn trust(&self, policy: SignaturePolicy) -> Trust {
        Trust { policy, keyring: Keyring::read(&[self.gpg.export(&[&self.key], true)]).unwrap() }
    }

    fn bring(&self, trust: Trust) -> (Result<Brought, FetchError>, Vec<String>) {
        let server = self.site.serve();
        let config = FeedConfig { url: Some(server.url("/alma/")), trust, ..FeedConfig::default() };
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-22T00:00:00Z".parse().unwrap();
        let alma = feed("almalinux-updateinfo").unwrap();
        let outcome = bring(alma, &config, &Fetcher::new(FetchOptions::default()), &[], folder.path(), now);
        (outcome, paths(&server.requests()))
    }

    /// Why the feed is refused.
    fn refused(&self, policy: SignaturePolicy) -> String {
        self.bring(self.trust(policy)).0.unwrap_err().to_string()
    }
}

#[test]
fn a_signed_index_vouches_for_the_document_by_its_checksum() {
    let all = Repositories::new();
    for policy in [SignaturePolicy::Required, SignaturePolicy::IfSigned] {
        let brought = all.bring(all.trust(policy)).0.unwrap();
        assert_eq!(brought.documents.len(), 18);
        for document in brought.documents {
            assert_eq!(document.signed.to_string(), format!("signed by {}, checked", all.key));
        }
    }
}

#[test]
fn without_a_keyring_or_where_it_is_off_no_signature_is_asked_for() {
    let all = Repositories::new();
    all.put("repomd.xml.asc", b"garbage");
    for trust in [Trust::default(), all.trust(SignaturePolicy::Off)] {
        let (brought, asked) = all.bring(trust);
        assert!(brought.unwrap().documents.iter().all(|document| document.signed == Signed::NotAsked));
        assert!(!asked.iter().any(|path| path.ends_with(".asc")), "{asked:?}");
    }
}

#[test]
fn an_index_or_document_that_was_tampered_with_is_refused_whatever_the_policy() {
    for policy in [SignaturePolicy::Required, SignaturePolicy::IfSigned] {
        let all = Repositories::new();
        let mut index = all.index.clone();
        index.push(b' ');
        all.site.put(&Repositories::one("repomd.xml"), index);
        let why = all.refused(policy);
        let expected = format!(
            "/9/AppStream/x86_64/os/repodata/repomd.xml is refused for its signature: by {}: it is not of",
            all.key
        );
        assert!(why.contains(&expected), "{why}");

        let all = Repositories::new();
        let digits = hex::encode(Sha256::digest(UPDATES));
        all.site.put(&Repositories::one(&format!("{digits}-updateinfo.xml")), "<updates> </updates>");
        let why = all.refused(policy);
        assert!(why.ends_with(&format!(", but {digits} is published")), "{why}");
    }
    // The checksum counts without any key, too.
    let all = Repositories::new();
    let digits = hex::encode(Sha256::digest(UPDATES));
    all.site.put(&Repositories::one(&format!("{digits}-updateinfo.xml")), "<updates> </updates>");
    assert!(matches!(all.bring(Trust::default()).0, Err(FetchError::Checksum { .. })));
}

#[test]
fn a_missing_signature_or_key_is_noted_or_refused_as_the_policy_says() {
    let all = Repositories::new();
    all.site.remove(&Repositories::one("repomd.xml.asc"));
    let brought = all.bring(all.trust(SignaturePolicy::IfSigned)).0.unwrap();
    let unsigned: Vec<_> = brought.documents.iter().filter(|document| document.signed == Signed::NotSigned).collect();
    assert_eq!(unsigned.len(), 1);
    assert_eq!(unsigned[0].document.name, "9/AppStream");
    let why = all.refused(SignaturePolicy::Required);
    assert!(why.ends_with("is refused for its signature: a signature is required, but it is not signed"), "{why}");

    let all = Repositories::new();
    let stranger = Gpg::new();
    let key = stranger.key(TODAY, "ed25519", "never");
    all.put("repomd.xml.asc", &stranger.armored(&key, &all.index));
    let brought = all.bring(all.trust(SignaturePolicy::IfSigned)).0.unwrap();
    assert!(brought.documents.iter().all(|document| document.signed == Signed::KeyMissing { issuer: key.clone() }));
    let why = all.refused(SignaturePolicy::Required);
    assert!(why.ends_with(&format!("but it is signed by {key}, which is not in the keyring")), "{why}");
}

#[test]
fn a_feed_that_nobody_signs_can_not_be_had_where_a_signature_is_required() {
    let all = Repositories::new();
    let list = Site::default();
    list.put("/list", "[29 Mar 2023] DSA-5380-1 xorg-server - security update\n");
    let server = list.serve();
    let known = Known { etag: Some("\"a1\"".into()), last_modified: None };
    let held = [Held { url: server.url("/list"), known, path: std::path::PathBuf::new() }];
    let of = |policy| {
        let config = FeedConfig { url: Some(server.url("/list")), trust: all.trust(policy), ..FeedConfig::default() };
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-22T00:00:00Z".parse().unwrap();
        bring(feed("debian-dsa").unwrap(), &config, &Fetcher::new(FetchOptions::default()), &held, folder.path(), now)
    };
    assert_eq!(of(SignaturePolicy::IfSigned).unwrap().documents[0].signed, Signed::NotSigned);
    assert!(server.requests()[0].contains("if-none-match"));
    let why = of(SignaturePolicy::Required).unwrap_err().to_string();
    assert!(why.ends_with("a signature is required, but it is not signed"), "{why}");
    assert!(!server.requests()[1].contains("if-none-match"), "that nothing has changed would be no answer");
}
