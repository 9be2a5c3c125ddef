//! Whatever a stranger sends: a 4xx that names the field, or a report with the odd record listed as
//! such. Never a 500, never half a host.

use crate::on_both_engines;
use crate::support::reports::{host, package, report, spoiled};
use crate::support::{Engine, Server};
use serde_json::json;
use ureq::http::Method;

on_both_engines!(
    reports_that_are_refused_leave_nothing,
    odd_records_are_listed_and_the_rest_is_taken,
    questions_that_make_no_sense
);

fn reports_that_are_refused_leave_nothing(engine: Engine) {
    let server = Server::start_with(engine, &["--max-report-bytes", "200000"]);
    let token = server.agent_token();
    let good = report(&host(1), 1);
    let nested = [b"{\"format\":".to_vec(), vec![b'['; 100_000]].concat();
    let wide = |collected: &mut model::wire::Collected| {
        let records = &mut collected.packages.as_mut().unwrap().records;
        records.extend((0..5000).map(|n| package(&format!("filler-{n}"), "1.0")));
    };
    let mut large = host(1);
    wide(&mut large);
    let large = report(&large, 1);
    let long_name = format!("{}.example", "a".repeat(260));
    let cases: Vec<(&str, Vec<u8>, u16, &str, &str)> = vec![
        ("empty", Vec::new(), 422, "invalid_report", ""),
        ("no JSON", b"<html>".to_vec(), 422, "invalid_report", ""),
        ("truncated", good[..good.len() / 2].to_vec(), 422, "invalid_report", "*"),
        ("truncated at once", b"{\"format\":1,".to_vec(), 422, "invalid_report", ""),
        ("nested", nested, 422, "invalid_report", "*"),
        (
            "not UTF-8",
            spoiled(&good, "host-1", "host-1").iter().map(|b| if *b == b'o' { 0xff } else { *b }).collect(),
            422,
            "invalid_report",
            "",
        ),
        ("too large", large, 413, "too_large", ""),
        ("another format", spoiled(&good, "\"format\":1", "\"format\":999"), 422, "invalid_report", "format"),
        ("no machine id", spoiled(&good, &format!("{:032x}", 1), "nonsense"), 422, "invalid_report", "machine_id"),
        ("control characters", spoiled(&good, "host-1.example.org", "host\\u0007"), 422, "invalid_report", "hostname"),
        ("HTML", spoiled(&good, "host-1.example.org", "<script>alert(1)</script>"), 422, "invalid_report", "hostname"),
        ("an endless name", spoiled(&good, "host-1.example.org", &long_name), 422, "invalid_report", "hostname"),
        (
            "a hash of something else",
            spoiled(&good, "192.0.2.7", "192.0.2.8"),
            422,
            "invalid_report",
            "sections.host.hash",
        ),
        ("a wrong type", spoiled(&good, "\"sequence\":1", "\"sequence\":\"x\""), 422, "invalid_report", "sequence"),
        ("a negative number", spoiled(&good, "\"sequence\":1", "\"sequence\":-1"), 422, "invalid_report", "sequence"),
        ("an array for the report", b"[1, []]".to_vec(), 422, "invalid_report", ""),
        (
            "labels nobody sees",
            spoiled(&good, "\"sequence\":1", "\"tag\":\"a\u{202e}b\",\"sequence\":1"),
            422,
            "invalid_report",
            "tag",
        ),
        ("dots", spoiled(&good, "host-1.example.org", "host-1..example.org"), 422, "invalid_report", "hostname"),
        (
            "a year to come",
            spoiled(&good, "2026-11-22T06:00:00Z", "9999-11-22T06:00:00Z"),
            422,
            "invalid_report",
            "observed_at",
        ),
        ("no time", spoiled(&good, "2026-11-22T06:00:00Z", "yesterday"), 422, "invalid_report", "observed_at"),
    ];
    for (what, body, status, code, field) in cases {
        let answer = server.client().with_token(&token).report(&body);
        assert_ne!(answer.status, 200, "{what} is taken");
        let problem = answer.problem();
        assert_eq!(
            (problem.0, problem.1.as_str()),
            (status, code),
            "{what}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        if field != "*" {
            assert_eq!(problem.2, field, "{what}: {}", String::from_utf8_lossy(&answer.body));
        }
    }
    let mut agent = server.client().with_token(&token);
    let bomb = zstd::encode_all(vec![b' '; 50_000_000].as_slice(), 19).unwrap();
    let send = |agent: &mut crate::support::Client, coding: &str, body: Vec<u8>| {
        agent.send(Method::POST, "/api/agent/v1/report", &[("content-encoding", coding)], body).problem()
    };
    assert_eq!(send(&mut agent, "zstd", bomb).1, "too_large");
    assert_eq!(send(&mut agent, "zstd", b"no zstd".to_vec()).1, "unreadable_body");
    assert_eq!(send(&mut agent, "gzip", good.clone()).1, "unreadable_body");
    assert_eq!(send(&mut agent, "br", good.clone()).0, 415);
    // In any case (RFC 9110, section 8.4.1): read, and found to be none.
    assert_eq!(send(&mut agent, "ZStd", b"no zstd".to_vec()).1, "unreadable_body");
    assert_eq!(send(&mut agent, "X-GZIP", good.clone()).1, "unreadable_body");
    assert_eq!(server.client().report(&good).problem().1, "unknown_token");
    assert_eq!(agent.get("/api/agent/v1/report").problem(), (405, "method_not_allowed".into(), String::new()));
    let top = spoiled(&good, "\"sequence\":1", "\"sequence\":9223372036854775807");
    assert_eq!(agent.report(&top).problem(), (422, "invalid_report".into(), "sequence".into()));
    assert_eq!(server.client().with_token("mwa_nonsense").report(&good).problem().1, "unknown_token");

    let mut admin = server.admin();
    assert_eq!(admin.read("/api/v1/hosts")["total"], 0);
    assert_eq!(admin.read("/api/v1/packages")["total"], 0);
    assert_eq!(admin.get("/api/health").json()["seq"].as_i64(), Some(0), "nothing was written");
    // And the good one is still taken.
    assert_eq!(agent.report(&good).status, 200);
}

fn odd_records_are_listed_and_the_rest_is_taken(engine: Engine) {
    let server = Server::start(engine);
    let mut collected = host(1);
    let records = &mut collected.packages.as_mut().unwrap().records;
    records.push(package("bad-version", "1_0"));
    records.push(package("bad\u{7}name", "1.0"));
    records.push(package("", "1.0"));
    collected.host.as_mut().unwrap().os.id = "Plan 9 <b>".to_owned();
    collected.host.as_mut().unwrap().os.version_id = String::new();
    let taken = server.client().with_token(&server.agent_token()).report(&report(&collected, 1));
    assert_eq!(taken.status, 200, "{}", String::from_utf8_lossy(&taken.body));
    assert_eq!(taken.json()["odd"].as_array().unwrap().len(), 3);
    let detail = server.admin().read("/api/v1/hosts/1");
    assert_eq!(detail["packages"], 3);
    let odd: Vec<&str> = detail["odd"].as_array().unwrap().iter().map(|odd| odd["why"].as_str().unwrap()).collect();
    assert_eq!(odd.len(), 3);
    assert!(odd.iter().any(|why| why.contains("'_'")), "{odd:?}");
    assert!(odd.iter().any(|why| why.contains("control character")), "{odd:?}");
    assert_eq!(detail["assessed"], false, "no feed speaks for an unknown system");
    assert_eq!(detail["assessment"]["not_assessed"], 3);
}

fn questions_that_make_no_sense(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    for (path, status, code, field) in [
        ("hosts?q=security%3E%3E", 422, "bad_query", "q"),
        ("hosts?q=colour:pink", 422, "bad_query", "q"),
        ("hosts?q=((((", 422, "bad_query", "q"),
        ("hosts?sort=shoe_size", 422, "invalid_sort", "sort"),
        ("hosts?limit=0", 422, "invalid_limit", "limit"),
        ("hosts?limit=501", 422, "invalid_limit", "limit"),
        ("hosts?limit=many", 422, "invalid_query", "limit"),
        ("hosts?q=web&min_seq=", 422, "invalid_query", "min_seq"),
        ("hosts?cursor=nonsense", 422, "invalid_cursor", "cursor"),
        ("packages?cursor=nonsense", 422, "invalid_cursor", "cursor"),
        ("findings?state=fine", 422, "invalid_state", "state"),
        ("findings?severity=bad", 422, "invalid_severity", "severity"),
        ("hosts/77", 404, "not_found", ""),
        ("hosts/abc", 404, "not_found", ""),
        ("hosts/99999999999999999999", 404, "not_found", ""),
        ("hosts/77/packages", 404, "not_found", ""),
        ("hosts/77/findings/CVE-2024-1", 404, "not_found", ""),
        ("nothing", 404, "not_found", ""),
        ("hosts?min_seq=999999", 503, "busy", ""),
    ] {
        let problem = admin.get(&format!("/api/v1/{path}")).problem();
        assert_eq!(problem, (status, code.to_owned(), field.to_owned()), "{path}");
    }
    let place = admin.get("/api/v1/hosts?q=web%20colour:pink").json()["position"].as_u64().unwrap();
    assert!((4..=11).contains(&place), "the error says where: {place}");
    let place = admin.get("/api/v1/hosts?q=%C3%A9&limit=many").json();
    assert_eq!(place["position"], "q=%C3%A9&limit=".len(), "{place}");
    assert!(place["detail"].as_str().unwrap().starts_with("limit is 'many': "), "{place}");
    for (body, field, said) in [
        (&b"{\"name\": \"a"[..], "name", "ends in the middle, after 11 bytes"),
        (b"{\"name\": \"ann\", ", "", "ends in the middle, after 16 bytes"),
        (b"", "", "no body"),
        (b"[\"ann\"]", "", "invalid type: sequence"),
        (b"{\"name\": \"ann\"} {}", "", "trailing characters"),
    ] {
        let answer = admin.send(Method::POST, "/api/v1/agent-tokens", &[], body.to_vec());
        let shown = String::from_utf8_lossy(body);
        assert_eq!(answer.problem(), (422, "invalid_body".into(), field.into()), "{shown}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(said), "{shown}: {detail}");
    }
    for (path, body, code) in [
        ("evaluate", json!({"platform": "Debian", "packages": []}), "invalid_platform"),
        ("evaluate", json!({"platform": "debian:11"}), "invalid_body"),
        ("agent-tokens", json!({"name": ""}), "invalid_name"),
        ("feeds/sync", json!({"ids": ["nonsense"]}), "not_found"),
        ("feeds/nonsense/import", json!({}), "not_found"),
    ] {
        assert_eq!(admin.post(&format!("/api/v1/{path}"), &body).problem().1, code, "{path}");
    }
}
