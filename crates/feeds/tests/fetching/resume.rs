//! Downloads that are cut off, and taken up again.

use crate::server::{Server, response};
use feeds::{FetchError, FetchOptions, Fetched, Fetcher, Known};
use std::io::Write;
use std::path::Path;

const ETAG: &str = "ETag: \"a1\"";

fn document() -> Vec<u8> {
    (0..20_000_u32).flat_map(u32::to_be_bytes).collect()
}

/// The offset that a request asks for.
fn from(head: &str) -> Option<usize> {
    let range = head.lines().find_map(|line| line.strip_prefix("range: bytes="))?;
    assert!(head.contains("if-range: \"a1\""), "{head}");
    assert!(head.contains("accept-encoding: identity"), "{head}");
    Some(range.strip_suffix('-').unwrap().parse().unwrap())
}

/// Sends an answer that ends after some bytes of its body.
fn cut(connection: &mut std::net::TcpStream, head: &str, length: usize, part: &[u8]) {
    let head = format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    drop(connection.write_all(&[head.as_bytes(), part].concat()));
}

/// Sends the rest from an offset on, at most `most` bytes of it.
fn rest(connection: &mut std::net::TcpStream, document: &[u8], from: usize, most: usize) {
    let last = document.len() - 1;
    let head = format!("206 Partial Content\r\n{ETAG}\r\nContent-Range: bytes {from}-{last}/{}", document.len());
    cut(connection, &head, document.len() - from, &document[from..document.len().min(from + most)]);
}

fn options(partial: Option<&Path>, resumptions: u32) -> FetchOptions {
    FetchOptions { partial: partial.map(Path::to_owned), resumptions, ..FetchOptions::default() }
}

struct Got {
    outcome: Result<Fetched, FetchError>,
    content: Option<Vec<u8>>,
}

fn fetch(server: &Server, options: FetchOptions) -> Got {
    let place = tempfile::tempdir().unwrap();
    let dest = place.path().join("document");
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let outcome = Fetcher::new(options).fetch(&server.url("/d.bin"), &Known::default(), &dest, now);
    let content = std::fs::File::open(&dest).ok().map(|file| zstd::decode_all(file).unwrap());
    let files = std::fs::read_dir(place.path()).unwrap().count();
    assert_eq!(files, usize::from(content.is_some()), "nothing is left beside the document");
    Got { outcome, content }
}

fn is_whole(got: &Got, document: &[u8]) {
    let Ok(Fetched::Fresh(fresh)) = &got.outcome else { panic!("{:?}", got.outcome) };
    assert_eq!((fresh.bytes, fresh.etag.as_deref()), (document.len() as u64, Some("\"a1\"")));
    assert!(got.content.as_deref() == Some(document), "the content differs");
}

#[test]
fn a_download_goes_on_where_it_was_cut_off() {
    let whole = document();
    let sent = whole.clone();
    let server = Server::new(move |head, connection| match from(head) {
        None => cut(connection, &format!("200 OK\r\n{ETAG}"), sent.len(), &sent[..30_000]),
        Some(offset) => rest(connection, &sent, offset, 30_000),
    });
    is_whole(&fetch(&server, options(None, 4)), &whole);
    let offsets: Vec<_> = server.requests().iter().map(|head| from(head)).collect();
    assert_eq!(offsets, [None, Some(30_000), Some(60_000)]);
}

#[test]
fn the_next_fetch_takes_up_what_the_last_one_left() {
    let whole = document();
    let sent = whole.clone();
    let server = Server::new(move |head, connection| match from(head) {
        None => cut(connection, &format!("200 OK\r\n{ETAG}"), sent.len(), &sent[..30_000]),
        Some(offset) => rest(connection, &sent, offset, usize::MAX / 2),
    });
    let folder = tempfile::tempdir().unwrap();
    let partial = folder.path().join("partial");
    let first = fetch(&server, options(Some(&partial), 0));
    assert!(first.outcome.is_err() && first.content.is_none());
    assert_eq!(std::fs::read_dir(&partial).unwrap().count(), 2, "the bytes and the note beside them");
    is_whole(&fetch(&server, options(Some(&partial), 0)), &whole);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(std::fs::read_dir(&partial).unwrap().count(), 0);
}

#[test]
fn a_document_that_changed_meanwhile_comes_as_a_whole() {
    let (old, new) = (document(), document().repeat(2));
    let sent = new.clone();
    let server = Server::new(move |head, connection| match from(head) {
        None => cut(connection, &format!("200 OK\r\n{ETAG}"), old.len(), &old[..30_000]),
        Some(_) => drop(connection.write_all(&response("200 OK\r\nETag: \"a2\"", &sent))),
    });
    let got = fetch(&server, options(None, 4));
    assert!(got.content.as_ref() == Some(&new));
    assert!(matches!(got.outcome, Ok(Fetched::Fresh(fresh)) if fresh.etag.as_deref() == Some("\"a2\"")));
}

#[test]
fn a_rest_that_does_not_fit_is_not_put_on() {
    for wrong in [
        "206 Partial Content\r\nContent-Range: bytes 0-79999/80000",
        "206 Partial Content\r\nContent-Range: bytes 30000-79999/90000",
        "206 Partial Content",
        "416 Range Not Satisfiable",
    ] {
        let whole = document();
        let (sent, asked) = (whole.clone(), std::sync::atomic::AtomicU32::new(0));
        let server = Server::new(move |head, connection| {
            match (from(head), asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst)) {
                (Some(_), _) => drop(connection.write_all(&response(wrong, &sent[30_000..]))),
                (None, 0) => cut(connection, &format!("200 OK\r\n{ETAG}"), sent.len(), &sent[..30_000]),
                (None, _) => drop(connection.write_all(&response(&format!("200 OK\r\n{ETAG}"), &sent))),
            }
        });
        is_whole(&fetch(&server, options(None, 4)), &whole);
        let offsets: Vec<_> = server.requests().iter().map(|head| from(head)).collect();
        assert_eq!(offsets, [None, Some(30_000), None], "{wrong}");
    }
}

/// RFC 9110 13.1.5: only strong validators, and a date is strong only when it lies back.
#[test]
fn what_can_not_be_told_to_be_the_same_is_not_taken_up() {
    for (head, taken_up) in [
        ("ETag: W/\"a1\"", false),
        ("X: y", false),
        ("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", false),
        ("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 08:49:40 GMT", false),
        ("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 09:49:37 GMT", true),
    ] {
        let sent = document();
        let server = Server::new(move |_, connection| {
            cut(connection, &format!("200 OK\r\n{head}"), sent.len(), &sent[..30_000]);
        });
        assert!(fetch(&server, options(None, 1)).outcome.is_err());
        let requests = server.requests();
        assert_eq!(requests.len(), if taken_up { 2 } else { 1 }, "{head}");
        assert_eq!(requests.iter().any(|head| head.contains("range: bytes=30000-")), taken_up, "{head}");
    }
}

#[test]
fn a_server_that_always_breaks_off_is_given_up() {
    let whole = document();
    let server = Server::new(move |head, connection| match from(head) {
        None => cut(connection, &format!("200 OK\r\n{ETAG}"), whole.len(), &whole[..30_000]),
        Some(offset) => rest(connection, &whole, offset, 0),
    });
    let got = fetch(&server, options(None, 3));
    assert!(matches!(got.outcome, Err(FetchError::Broken { .. })), "{:?}", got.outcome);
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn what_is_refused_is_not_taken_up() {
    let whole = document();
    let server = Server::saying(&format!("200 OK\r\n{ETAG}"), &whole);
    let place = tempfile::tempdir().unwrap();
    let (partial, dest) = (place.path().join("partial"), place.path().join("document"));
    std::fs::write(&dest, "the last good one").unwrap();
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let fetcher = Fetcher::new(options(Some(&partial), 1));
    let mut seen = Vec::new();
    let outcome = fetcher.fetch_checked(&server.url("/d.bin"), &Known::default(), &dest, now, &mut |raw| {
        seen = std::fs::read(raw).unwrap();
        Err(FetchError::Signature { url: "here".into(), why: "bad".into() })
    });
    assert_eq!(outcome.unwrap_err().to_string(), "here is refused for its signature: bad");
    assert!(seen == whole);
    assert_eq!(std::fs::read(&dest).unwrap(), b"the last good one");
    assert_eq!(std::fs::read_dir(&partial).unwrap().count(), 0);
}

#[test]
fn what_is_zstandard_already_is_kept_as_it_came() {
    let packed = zstd::encode_all(&document()[..], 1).unwrap();
    let server = Server::saying("200 OK", &packed);
    let place = tempfile::tempdir().unwrap();
    let dest = place.path().join("document");
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let fetched = Fetcher::new(options(None, 0)).fetch(&server.url("/d.zst"), &Known::default(), &dest, now).unwrap();
    assert!(matches!(fetched, Fetched::Fresh(fresh) if fresh.bytes == 80_000));
    assert!(std::fs::read(&dest).unwrap() == packed);
    // Cut short within: it arrived whole, but is none.
    let server = Server::saying("200 OK", &packed[..packed.len() - 9]);
    let outcome = Fetcher::new(options(None, 0)).fetch(&server.url("/d.zst"), &Known::default(), &dest, now);
    assert!(outcome.is_err(), "{outcome:?}");
    assert!(std::fs::read(&dest).unwrap() == packed, "the last good one stays");
}
