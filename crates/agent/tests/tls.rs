//! HTTPS with an authority of one's own: `--ca`. The certificates in `tls/` were made with openssl
//! for localhost and 127.0.0.1 and hold for a hundred years; their authority's key is thrown away.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use mendwatch_agent::client::{Client, Timeouts};
use mendwatch_agent::exchange::{Outcome, exchange};
use mendwatch_agent::failure::{Failure, Kind};
use mendwatch_agent::pace::Pace;
use mendwatch_agent::settings::{Flags, Settings};
use model::clock::SystemClock;
use model::wire::{Collected, Heartbeat};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A wrong certificate does not become right by waiting.
struct Never;

impl Pace for Never {
    fn sleep(&self, _: Duration) {
        panic!("nothing is tried again here");
    }
    fn random(&self) -> u16 {
        0
    }
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

/// A server that answers every check-in with "known".
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(file("leaf.pem")).unwrap()],
            PrivateKeyDer::from_pem_file(file("leaf.key")).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut reader = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
            // A client that refuses the certificate sends nothing.
            if support::read_request(&mut reader).is_some() {
                let stream = reader.get_mut();
                support::answer(&mut *stream, 200, "", r#"{"answer":"known","next_sequence":1,"interval_seconds":60}"#);
                let _ = stream.flush();
            }
        }
    });
    url
}

fn talk(url: &str, ca: Option<PathBuf>) -> Result<Outcome, Failure> {
    let unavailable = || "not collected".to_owned();
    let collected = Collected {
        host: Err(unavailable()),
        packages: Err(unavailable()),
        updates: Err(unavailable()),
        repositories: Err(unavailable()),
        runtime: Err(unavailable()),
        history: Err(unavailable()),
        heartbeat: Heartbeat::default(),
        machine_id: "0123456789abcdef0123456789abcdef".into(),
        hostname: "web-17".into(),
        boot_id: String::new(),
    };
    let flags = Flags { server_url: Some(url.into()), token: Some("t0ken".into()), ca, ..Flags::default() };
    let settings = Settings::resolve(flags, &|_| None).unwrap();
    let client = Client::new(&settings, Timeouts::default(), &Never, &SystemClock)?;
    exchange(&client, &collected, "2026-11-22T06:30:00Z".parse().unwrap(), &settings.labels)
}

#[test]
fn an_own_authority_is_trusted_when_it_is_named() {
    assert_eq!(talk(&serve(), Some(file("ca.pem"))), Ok(Outcome::Known));
}

#[test]
fn an_unknown_authority_is_refused_at_once_and_the_cure_named() {
    let failure = talk(&serve(), None).unwrap_err();
    assert_eq!(failure.kind, Kind::Unreachable);
    assert!(failure.message.contains("certificate") && failure.message.contains("--ca FILE"), "{failure}");
}

#[test]
fn a_file_without_certificates_is_named() {
    let failure = talk("https://127.0.0.1:1", Some(file("leaf.key"))).unwrap_err();
    assert_eq!(failure.kind, Kind::Settings);
    assert!(failure.message.contains("holds no certificate"), "{failure}");
    let failure = talk("https://127.0.0.1:1", Some(file("none.pem"))).unwrap_err();
    assert!(failure.message.starts_with("--ca: "), "{failure}");
}
