//! Single documents.

use crate::server::{Server, response};
use feeds::{FetchError, FetchOptions, Fetched, Fetcher, Fresh, Known, import};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

const TEXT: &[u8] = b"[29 Mar 2023] DSA-5380-1 xorg-server - security update\n";

fn options() -> FetchOptions {
    FetchOptions { max_bytes: 1 << 20, idle_timeout: Duration::from_secs(20), ..FetchOptions::default() }
}

fn now() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn dest(&self) -> PathBuf {
        self.dir.path().join("list.zst")
    }

    /// Names of the files there.
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn fetch(url: &str, known: &Known, place: &Place) -> Result<Fetched, FetchError> {
    Fetcher::new(options()).fetch(url, known, &place.dest(), now())
}

fn fresh(fetched: Fetched) -> Fresh {
    match fetched {
        Fetched::Fresh(fresh) => fresh,
        Fetched::Unchanged => panic!("unchanged"),
    }
}

fn kept(path: &Path) -> Vec<u8> {
    zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[test]
fn a_document_is_kept_with_all_that_is_known_of_it() {
    let server = Server::saying("200 OK\r\nETag: \"a1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT", TEXT);
    let place = Place::new();
    let fresh = fresh(fetch(&server.url("/list"), &Known::default(), &place).unwrap());
    assert_eq!(
        fresh,
        Fresh {
            body: place.dest(),
            origin: server.url("/list"),
            etag: Some("\"a1\"".into()),
            last_modified: Some("Sun, 06 Nov 1994 08:49:37 GMT".into()),
            modified_at: Some("1994-11-06T08:49:37Z".parse().unwrap()),
            sha256: sha256(TEXT),
            bytes: TEXT.len() as u64,
            fetched_at: now(),
        }
    );
    assert_eq!(kept(&place.dest()), TEXT);
    assert_eq!(place.files(), ["list.zst"]);
}

#[test]
fn what_is_known_is_asked_for_conditionally() {
    let server = Server::new(|head, connection| {
        let same = head.contains("if-none-match: \"a1\"") && head.contains("if-modified-since: sun, 06 nov 1994");
        let answer = if same { response("304 Not Modified", b"") } else { response("200 OK", TEXT) };
        drop(connection.write_all(&answer));
    });
    let place = Place::new();
    let known = Known { etag: Some("\"a1\"".into()), last_modified: Some("Sun, 06 Nov 1994 08:49:37 GMT".into()) };
    assert_eq!(fetch(&server.url("/"), &known, &place).unwrap(), Fetched::Unchanged);
    assert_eq!(place.files(), [] as [String; 0]);
    assert!(matches!(fetch(&server.url("/"), &Known::default(), &place).unwrap(), Fetched::Fresh(_)));
    assert!(!server.requests()[1].contains("if-"), "nothing known, nothing asked");
}

#[test]
fn not_modified_without_being_asked_is_refused() {
    let server = Server::saying("304 Not Modified", b"");
    let error = fetch(&server.url("/"), &Known::default(), &Place::new()).unwrap_err();
    assert!(matches!(error, FetchError::Status { status: 304, .. }), "{error}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compression_is_undone_whether_announced_or_not() {
    for server in [
        Server::saying("200 OK\r\nContent-Encoding: gzip", &gzip(TEXT)),
        Server::saying("200 OK", &gzip(TEXT)),
        Server::saying("200 OK", &zstd::encode_all(TEXT, 1).unwrap()),
    ] {
        let place = Place::new();
        let fresh = fresh(fetch(&server.url("/list"), &Known::default(), &place).unwrap());
        assert_eq!((fresh.sha256, kept(&place.dest())), (sha256(TEXT), TEXT.to_vec()));
    }
}

#[test]
fn a_truncated_document_is_an_error_and_the_last_one_stays() {
    let whole = gzip(&vec![b'x'; 100_000]);
    for (head, body) in [
        ("200 OK\r\nContent-Length: 1000", TEXT),
        ("200 OK\r\nContent-Encoding: gzip", &whole[..whole.len() / 2]),
        ("200 OK", &whole[..whole.len() / 2]),
        ("200 OK\r\nTransfer-Encoding: chunked\r\nX-Content-Length: 0", b"5\r\nabc"),
    ] {
        let server = Server::saying(head, body);
        let place = Place::new();
        std::fs::write(place.dest(), "the last good one").unwrap();
        let error = fetch(&server.url("/"), &Known::default(), &place).unwrap_err();
        assert!(matches!(error, FetchError::Broken { .. }), "{head}: {error:?}");
        assert_eq!(std::fs::read(place.dest()).unwrap(), b"the last good one", "{head}");
        assert_eq!(place.files(), ["list.zst"], "{head}");
    }
}

#[test]
fn a_document_beyond_the_ceiling_is_refused() {
    let bomb = gzip(&vec![0; 64 << 20]);
    assert!(bomb.len() < 100_000);
    for server in [
        Server::saying("200 OK", &vec![b'x'; (1 << 20) + 1]),
        Server::saying("200 OK", &bomb),
        Server::saying("200 OK\r\nContent-Encoding: gzip", &bomb),
    ] {
        let place = Place::new();
        let error = fetch(&server.url("/big"), &Known::default(), &place).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{} has more than 1048576 bytes after decompression", server.url("/big"))
        );
        assert_eq!(place.files(), [] as [String; 0]);
    }
    let server = Server::saying("200 OK", &vec![b'x'; 1 << 20]);
    assert_eq!(fresh(fetch(&server.url("/"), &Known::default(), &Place::new()).unwrap()).bytes, 1 << 20);
}

#[test]
fn redirects_are_followed_a_few_times() {
    let server = Server::new(|head, connection| {
        let answer = match head.split(' ').nth(1) {
            Some("/1") => response("301 Moved\r\nLocation: /2", b""),
            Some("/2") => response("302 Found\r\nLocation: /3", b""),
            Some("/3") => response("200 OK", TEXT),
            _ => response("302 Found\r\nLocation: /loop", b""),
        };
        drop(connection.write_all(&answer));
    });
    let place = Place::new();
    let fresh = fresh(fetch(&server.url("/1"), &Known::default(), &place).unwrap());
    assert_eq!(fresh.origin, server.url("/3"));
    let error = fetch(&server.url("/loop"), &Known::default(), &place).unwrap_err();
    assert_eq!(error.to_string(), format!("{} redirects more than 5 times", server.url("/loop")));
    assert_eq!(server.requests().len(), 3 + 6);
}

#[test]
fn redirects_lead_to_no_other_scheme() {
    for (location, why) in [
        ("file:///etc/passwd", "redirects to 'file:///etc/passwd'"),
        ("http://192.0.2.1/x", "plain HTTP is used for this machine only"),
        ("", "redirects to ''"),
    ] {
        let server = Server::saying(&format!("302 Found\r\nLocation: {location}"), b"");
        let error = fetch(&server.url("/"), &Known::default(), &Place::new()).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_refusal_says_when_to_come_again() {
    let server = Server::saying("503 Unavailable\r\nRetry-After: 120", b"later");
    match fetch(&server.url("/x"), &Known::default(), &Place::new()).unwrap_err() {
        FetchError::Status { status: 503, retry_after, .. } => assert_eq!(retry_after, Some(Duration::from_secs(120))),
        other => panic!("{other}"),
    }
    // No century is waited for.
    let server = Server::saying("429 Slow down\r\nRetry-After: 99999999999", b"");
    match fetch(&server.url("/x"), &Known::default(), &Place::new()).unwrap_err() {
        FetchError::Status { retry_after, .. } => assert_eq!(retry_after, Some(Duration::from_hours(24))),
        other => panic!("{other}"),
    }
}

/// RFC 9110 10.2.3: a date is as good as seconds; it counts from the server's own clock.
#[test]
fn a_date_to_come_again_counts_from_the_servers_clock() {
    let head = "503 Unavailable\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:54:37 GMT";
    let server = Server::saying(head, b"");
    let error = fetch(&server.url("/x"), &Known::default(), &Place::new()).unwrap_err();
    let asked = format!("{} answered with status 503 and asks to come again in 300 s", server.url("/x"));
    assert_eq!(error.to_string(), asked);
}

#[test]
fn a_server_that_asks_for_a_moment_gets_it_twice() {
    for (busy, comes) in [(2, true), (3, false)] {
        let seen = std::sync::atomic::AtomicU32::new(0);
        let server = Server::new(move |_, connection| {
            let asked = seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let answer =
                if asked < busy { response("429 Slow\r\nRetry-After: 0", b"") } else { response("200 OK", TEXT) };
            drop(connection.write_all(&answer));
        });
        assert_eq!(fetch(&server.url("/"), &Known::default(), &Place::new()).is_ok(), comes, "{busy}");
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn a_server_that_falls_silent_is_left() {
    for greeting in ["", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"] {
        let server = Server::new(move |_, connection| {
            drop(connection.write_all(greeting.as_bytes()));
            // Until the client hangs up.
            drop(connection.read_to_end(&mut Vec::new()));
        });
        let place = Place::new();
        let options = FetchOptions { idle_timeout: Duration::from_millis(200), ..options() };
        let error = Fetcher::new(options).fetch(&server.url("/"), &Known::default(), &place.dest(), now()).unwrap_err();
        assert!(matches!(error, FetchError::Timeout { .. }), "'{greeting}': {error:?}");
        assert_eq!(place.files(), [] as [String; 0]);
    }
}

#[test]
fn nobody_there_is_said_with_the_address() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/");
    let error = fetch(&url, &Known::default(), &Place::new()).unwrap_err().to_string();
    assert!(error.starts_with(&url), "{error}");
}

#[test]
fn a_local_file_is_imported_whatever_its_compression() {
    let place = Place::new();
    let source = place.dir.path().join("DSA.list.gz");
    for bytes in [TEXT.to_vec(), gzip(TEXT), zstd::encode_all(TEXT, 1).unwrap()] {
        std::fs::write(&source, bytes).unwrap();
        let fresh = import(&source, &place.dest(), 1 << 20, now()).unwrap();
        assert_eq!(
            (fresh.origin.as_str(), fresh.sha256, fresh.bytes),
            ("DSA.list.gz", sha256(TEXT), TEXT.len() as u64)
        );
        assert_eq!(kept(&place.dest()), TEXT);
    }
    let error = import(&source, &place.dest(), 10, now()).unwrap_err().to_string();
    assert_eq!(error, format!("{} has more than 10 bytes after decompression", source.display()));
    assert_eq!(kept(&place.dest()), TEXT, "the last good one stays");
    let error = import(&place.dir.path().join("none"), &place.dest(), 10, now()).unwrap_err().to_string();
    assert!(error.contains("No such file"), "{error}");
}

#[test]
fn a_kept_document_is_read_by_its_feed() {
    let place = Place::new();
    let server = Server::saying("200 OK", TEXT);
    fetch(&server.url("/list"), &Known::default(), &place).unwrap();
    let feed = feeds::feed("debian-dsa").unwrap();
    let document = feeds::Document { name: "list".into(), url: server.url("/list") };
    let mut collected = feeds::Collected::default();
    let mut tally = feeds::Tally::new(&mut collected);
    feeds::read(feed, &document, &place.dest(), 1 << 20, &mut tally).unwrap();
    assert_eq!((tally.advisories, tally.newest), (1, Some("2023-03-29T00:00:00Z".parse().unwrap())));
    assert_eq!(collected.advisories[0].id, "DSA-5380-1");
}
