//! The conversation with a server, over a real socket: docs/wire-format.md, "Check-in".

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use jiff::Timestamp;
use mendwatch_agent::client::{Client, Timeouts};
use mendwatch_agent::exchange::{Outcome, exchange};
use mendwatch_agent::failure::{Failure, Kind};
use mendwatch_agent::pace::Pace;
use mendwatch_agent::settings::{Flags, Settings};
use model::clock::FixedClock;
use model::wire::sections::{Host, PackageRecord, Packages, Updates};
use model::wire::{CheckIn, Collected, Digest, Heartbeat, Incoming, Limits, SectionHash, SectionName, read_report};
use std::sync::Mutex;
use std::time::Duration;
use support::{Reply, Server};

/// Records the waits instead of waiting.
#[derive(Default)]
struct Waits(Mutex<Vec<Duration>>);

impl Pace for Waits {
    fn sleep(&self, time: Duration) {
        self.0.lock().unwrap().push(time);
    }
    fn random(&self) -> u16 {
        u16::MAX
    }
}

fn at() -> Timestamp {
    "2026-11-22T06:30:00Z".parse().unwrap()
}

fn collected() -> Collected {
    let record = PackageRecord {
        name: "bash".into(),
        version: "5.2.15-2+b7".into(),
        arch: "amd64".into(),
        source_version: "5.2.15-2".into(),
        ..PackageRecord::default()
    };
    Collected {
        host: Ok(Host { arch: "amd64".into(), hostname: "web-17".into(), ..Host::default() }),
        packages: Ok(Packages { manager: "dpkg".into(), records: vec![record], skipped: vec![] }),
        updates: Ok(Updates::default()),
        repositories: Err("/etc/apt/sources.list: permission denied".into()),
        runtime: Err("not collected".into()),
        history: Err("not collected".into()),
        heartbeat: Heartbeat::default(),
        machine_id: "0123456789abcdef0123456789abcdef".into(),
        hostname: "web-17".into(),
        boot_id: String::new(),
    }
}

/// Talks to the server and returns how it ended and the waits in between, in milliseconds.
fn talk_within(
    server: &Server,
    flags: Flags,
    collected: &Collected,
    request: Duration,
) -> (Result<Outcome, Failure>, Vec<u128>) {
    let (waits, clock) = (Waits::default(), FixedClock::new(at()));
    let flags = Flags { server_url: Some(server.url.clone()), token: Some("t0ken".into()), ..flags };
    let settings = Settings::resolve(flags, &|_| None).unwrap();
    let timeouts = Timeouts { connect: Duration::from_secs(5), request };
    let client = Client::new(&settings, timeouts, &waits, &clock).unwrap();
    let result = exchange(&client, collected, at(), &settings.labels);
    let waits = waits.0.lock().unwrap().iter().map(Duration::as_millis).collect();
    (result, waits)
}

fn talk_as(server: &Server, flags: Flags, collected: &Collected) -> (Result<Outcome, Failure>, Vec<u128>) {
    talk_within(server, flags, collected, Duration::from_secs(30))
}

fn talk(server: &Server) -> (Result<Outcome, Failure>, Vec<u128>) {
    talk_as(server, Flags::default(), &collected())
}

fn known() -> Reply {
    Reply::Http(200, "", r#"{"answer":"known","next_sequence":8,"interval_seconds":3600}"#.into())
}

fn send(sections: &str) -> Reply {
    Reply::Http(
        200,
        "",
        format!(r#"{{"answer":"send","sections":{sections},"next_sequence":8,"interval_seconds":3600}}"#),
    )
}

fn taken(wanted: &str, next_sequence: u64) -> Reply {
    Reply::Http(
        200,
        "",
        format!(
            r#"{{"host_id":7,"duplicate":false,"wanted":{wanted},"odd":[],"next_sequence":{next_sequence},"interval_seconds":3600}}"#
        ),
    )
}

fn problem(status: u16, headers: &'static str, code: &str, detail: &str, field: &str) -> Reply {
    Reply::Http(
        status,
        headers,
        format!(
            r#"{{"type":"about:blank","title":"T","status":{status},"code":"{code}","detail":"{detail}","field":"{field}"}}"#
        ),
    )
}

#[test]
fn a_known_host_sends_hashes_only() {
    let server = Server::start(vec![known()]);
    assert_eq!(talk(&server), (Ok(Outcome::Known), vec![]));
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].line, "POST /api/agent/v1/checkin HTTP/1.1");
    assert_eq!(seen[0].header("authorization"), Some("Bearer t0ken"));
    let checkin = CheckIn::read(&seen[0].json(), &Limits::default()).unwrap();
    // The canonical form of the packages above, written by hand: keys in order, no white space.
    let canonical = r#"{"manager":"dpkg","records":[{"arch":"amd64","name":"bash","source_version":"5.2.15-2","version":"5.2.15-2+b7"}]}"#;
    assert_eq!(checkin.sections.packages, Digest::Present { hash: SectionHash::of(canonical.as_bytes()) });
    assert_eq!(
        checkin.sections.repositories,
        Digest::Unavailable { reason: "/etc/apt/sources.list: permission denied".into() }
    );
}

#[test]
fn only_the_sections_asked_for_are_sent() {
    let server = Server::start(vec![send(r#"["packages"]"#), taken("[]", 9)]);
    let flags = Flags { site: Some("brno".into()), ..Flags::default() };
    let (result, _) = talk_as(&server, flags, &collected());
    let report = &server.seen()[1];
    assert_eq!(report.line, "POST /api/agent/v1/report HTTP/1.1");
    assert_eq!(report.header("content-encoding"), Some("zstd"));
    let accepted = read_report(&report.json(), &Limits::default()).unwrap();
    assert_eq!((accepted.sequence, accepted.site.as_str()), (8, "brno"));
    assert_eq!(accepted.packages.data().unwrap().records[0].name, "bash");
    assert!(matches!(accepted.host, Incoming::Unchanged { .. }));
    assert!(matches!(accepted.history, Incoming::Unavailable { .. }));
    assert_eq!(
        result,
        Ok(Outcome::Reported { host_id: 7, sections: vec![SectionName::Packages], bytes: report.body.len(), odd: 0 })
    );
}

#[test]
fn labels_stand_in_the_check_in_so_that_a_changed_one_is_asked_for() {
    let server = Server::start(vec![known()]);
    let flags = Flags { tag: Some("web".into()), site: Some("brno".into()), ..Flags::default() };
    assert_eq!(talk_as(&server, flags, &collected()).0, Ok(Outcome::Known));
    let checkin = CheckIn::read(&server.seen()[0].json(), &Limits::default()).unwrap();
    let labels = checkin.labels.unwrap();
    assert_eq!((labels.tag.as_str(), labels.site.as_str(), labels.env.as_str()), ("web", "brno", ""));
}

#[test]
fn report_now_sends_everything_that_could_be_collected() {
    let now = Reply::Http(200, "", r#"{"answer":"report_now","next_sequence":1,"interval_seconds":60}"#.into());
    let server = Server::start(vec![now, taken("[]", 2)]);
    let (result, _) = talk(&server);
    let Ok(Outcome::Reported { sections, .. }) = result else { panic!("{result:?}") };
    assert_eq!(sections, [SectionName::Host, SectionName::Packages, SectionName::Updates]);
}

#[test]
fn sections_found_missing_are_sent_in_a_second_report_with_a_new_number() {
    let server = Server::start(vec![send(r#"["packages"]"#), taken(r#"["host"]"#, 9), taken("[]", 10)]);
    let (result, _) = talk(&server);
    let Ok(Outcome::Reported { sections, .. }) = result else { panic!("{result:?}") };
    assert_eq!(sections, [SectionName::Host, SectionName::Packages]);
    let second = read_report(&server.seen()[2].json(), &Limits::default()).unwrap();
    assert_eq!(second.sequence, 9);
    assert!(matches!(second.host, Incoming::Present { .. }));
    assert!(matches!(second.packages, Incoming::Unchanged { .. }));
}

#[test]
fn a_server_that_never_has_enough_is_left() {
    let server = Server::start(vec![send(r#"["host"]"#), taken(r#"["host"]"#, 9)]);
    let failure = talk(&server).0.unwrap_err();
    assert_eq!(failure.kind, Kind::Refused);
    assert_eq!(server.seen().len(), 4, "one check-in, three reports");
}

#[test]
fn a_refused_token_is_final_and_not_shown() {
    let server = Server::start(vec![problem(401, "", "unknown_token", "this token is not known", "")]);
    let (result, waits) = talk(&server);
    let failure = result.unwrap_err();
    assert_eq!((failure.kind, waits.len(), server.seen().len()), (Kind::Token, 0, 1));
    assert_eq!(
        failure.message,
        format!("{} refuses the token: 401 unknown_token: this token is not known", server.url)
    );
}

#[test]
fn a_refused_report_names_the_field() {
    let detail = "holds the control character \\u001b[2J";
    let refusal = problem(422, "", "invalid_report", detail, "sections.host.data.hostname");
    let server = Server::start(vec![send("[]"), refusal]);
    let (result, waits) = talk(&server);
    let failure = result.unwrap_err();
    assert_eq!((failure.kind, waits.len()), (Kind::Refused, 0));
    assert_eq!(
        failure.message,
        format!(
            "{} refuses the report: 422 invalid_report: sections.host.data.hostname: holds the control character \\u{{1b}}[2J",
            server.url
        )
    );
}

#[test]
fn a_busy_server_is_tried_again_when_it_says() {
    let busy = problem(503, "Retry-After: 7\r\n", "busy", "the queue is full", "");
    let server = Server::start(vec![known_after_report_is_busy(), busy.clone(), busy, taken("[]", 9)]);
    let (result, waits) = talk(&server);
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(waits, [7_000, 7_000], "the server's wish is above the back-off of 1 and 4 s");
    let seen = server.seen();
    assert_eq!(seen[1].body, seen[3].body, "the same report with the same number");
}

fn known_after_report_is_busy() -> Reply {
    send(r#"["host"]"#)
}

#[test]
fn retries_end_and_back_off_in_between() {
    let server = Server::start(vec![problem(503, "", "busy", "the queue is full", "")]);
    let (result, waits) = talk(&server);
    let failure = result.unwrap_err();
    assert_eq!((failure.kind, server.seen().len()), (Kind::Unreachable, 4));
    assert_eq!(waits, [1_000, 4_000, 16_000]);
    assert!(failure.message.ends_with("503 busy: the queue is full (tried 4 times)"), "{failure}");
}

#[test]
fn a_server_that_wants_to_be_left_alone_for_long_is() {
    let server = Server::start(vec![problem(503, "Retry-After: 3600\r\n", "maintenance", "back at noon", "")]);
    let (result, waits) = talk(&server);
    let failure = result.unwrap_err();
    assert_eq!((failure.kind, waits.len(), server.seen().len()), (Kind::Unreachable, 0, 1));
    assert!(failure.message.contains("come back in 3600 s"), "{failure}");
}

#[test]
fn a_retry_after_may_be_a_date() {
    let busy = problem(429, "Retry-After: Sun, 22 Nov 2026 06:30:20 GMT\r\n", "slow_down", "", "");
    let server = Server::start(vec![busy, known()]);
    assert_eq!(talk(&server), (Ok(Outcome::Known), vec![20_000]));
}

#[test]
fn something_that_is_no_mendwatch_server_is_said_to_be() {
    let server = Server::start(vec![Reply::Http(200, "", "<html>welcome</html>".into())]);
    let (result, waits) = talk(&server);
    let failure = result.unwrap_err();
    assert_eq!((failure.kind, waits.len()), (Kind::Refused, 0));
    assert!(failure.message.contains("is this a Mendwatch server?"), "{failure}");

    let server = Server::start(vec![Reply::Http(404, "", "<html>not found</html>".into())]);
    let failure = talk(&server).0.unwrap_err();
    assert_eq!(failure.message, format!("{} refuses the check-in: 404 Not Found", server.url));

    let server = Server::start(vec![Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())]);
    assert_eq!(talk(&server).0.unwrap_err().kind, Kind::Unreachable);
}

#[test]
fn half_an_answer_is_no_answer() {
    let half = Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"answer\":".to_vec());
    let server = Server::start(vec![half, known()]);
    assert_eq!(talk(&server), (Ok(Outcome::Known), vec![1_000]));
    let server = Server::start(vec![Reply::Close, known()]);
    assert_eq!(talk(&server).0, Ok(Outcome::Known));
}

#[test]
fn an_endless_answer_is_cut_off() {
    let body =
        format!(r#"{{"answer":"known","next_sequence":8,"interval_seconds":3600,"x":"{}"}}"#, "y".repeat(9 << 20));
    let server = Server::start(vec![Reply::Http(200, "", body)]);
    let failure = talk(&server).0.unwrap_err();
    assert_eq!(failure.kind, Kind::Refused);
    assert!(failure.message.contains("larger than"), "{failure}");
}

/// 32 MiB of `x` in 200 KB of gzip: RFC 1951 with fixed codes, one literal and then the longest
/// match again and again. The sums at the end are left out; nobody should come that far.
fn bomb() -> Vec<u8> {
    let mut bits = vec![1, 1, 0]; // last block; fixed codes, its lower bit first
    bits.extend([1, 0, 1, 0, 1, 0, 0, 0]); // literal 0x78
    for _ in 0..(32 << 20) / 258 {
        bits.extend([1, 1, 0, 0, 0, 1, 0, 1]); // symbol 285: length 258
        bits.extend([0; 5]); // distance 1
    }
    bits.extend([0; 7]); // end of the block
    let bytes = bits.chunks(8).map(|bits| bits.iter().rev().fold(0_u8, |byte, bit| (byte << 1) | bit));
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff].into_iter().chain(bytes).collect()
}

#[test]
fn a_compressed_answer_is_cut_off_by_what_it_unfolds_to() {
    for status in ["200 OK", "422 X"] {
        let body = bomb();
        assert!(body.len() < 1 << 20, "{}", body.len());
        let head = format!("HTTP/1.1 {status}\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
        let server = Server::start(vec![Reply::Raw([head.into_bytes(), body].concat())]);
        let (result, waits) = talk(&server);
        let failure = result.unwrap_err();
        assert_eq!((failure.kind, waits.len()), (Kind::Refused, 0));
        let word = if status == "200 OK" { "is larger than 8388608 bytes" } else { "refuses the check-in: 422" };
        assert!(failure.message.contains(word), "{failure}");
        assert_eq!(server.seen()[0].header("accept-encoding"), Some("identity"));
    }
}

#[test]
fn an_encoding_that_was_not_asked_for_is_refused() {
    let server = Server::start(vec![Reply::Http(200, "Content-Encoding: br\r\n", "x".into())]);
    let failure = talk(&server).0.unwrap_err();
    assert_eq!(failure.kind, Kind::Refused);
    assert!(failure.message.contains("encoded as \"br\""), "{failure}");
    let Reply::Http(_, _, body) = known() else { panic!() };
    let server = Server::start(vec![Reply::Http(200, "Content-Encoding: identity\r\n", body)]);
    assert_eq!(talk(&server).0, Ok(Outcome::Known));
}

#[test]
fn a_silent_server_is_given_up() {
    let server = Server::start(vec![Reply::Silence]);
    let (result, waits) = talk_within(&server, Flags::default(), &collected(), Duration::from_millis(200));
    let failure = result.unwrap_err();
    assert_eq!((failure.kind, waits.len()), (Kind::Unreachable, 3));
    assert!(failure.message.contains("timeout"), "{failure}");
}

#[test]
fn a_closed_port_is_named() {
    let url = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let (waits, clock) = (Waits::default(), FixedClock::new(at()));
    let flags = Flags { server_url: Some(url.clone()), token: Some("t".into()), ..Flags::default() };
    let settings = Settings::resolve(flags, &|_| None).unwrap();
    let client = Client::new(&settings, Timeouts::default(), &waits, &clock).unwrap();
    let failure = exchange(&client, &collected(), at(), &settings.labels).unwrap_err();
    assert_eq!(failure.kind, Kind::Unreachable);
    assert!(failure.message.contains(&url) && failure.message.contains("refused"), "{failure}");
}

#[test]
fn a_redirect_does_not_get_the_token() {
    let elsewhere = Server::start(vec![known()]);
    let location: &'static str = Box::leak(format!("Location: {}/x\r\n", elsewhere.url).into_boxed_str());
    for status in [301, 302, 307, 308] {
        let server = Server::start(vec![Reply::Http(status, location, String::new())]);
        let failure = talk(&server).0.unwrap_err();
        assert_eq!(failure.kind, Kind::Refused);
        assert!(failure.message.contains(&elsewhere.url), "{failure}");
    }
    assert_eq!(elsewhere.seen().len(), 0);
}

#[test]
fn a_host_without_machine_id_is_told_what_to_do_before_anything_is_sent() {
    let server = Server::start(vec![known()]);
    let nobody = Collected { machine_id: String::new(), ..collected() };
    let failure = talk_as(&server, Flags::default(), &nobody).0.unwrap_err();
    assert_eq!((failure.kind, server.seen().len()), (Kind::Host, 0));
    assert!(failure.message.contains("/etc/machine-id"), "{failure}");
}
