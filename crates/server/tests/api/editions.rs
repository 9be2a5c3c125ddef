//! Editions of a feed, one after the other: what takes the place of what is in force, and what is held back.

use crate::feeds::{secdb, try_import};
use crate::on_both_engines;
use crate::support::{Engine, Server};
use serde_json::json;

on_both_engines!(
    other_records_in_place_of_those_in_force_are_held_back,
    records_that_have_lost_what_they_said_are_held_back,
    documents_that_stay_are_not_read_again,
);

/// Arch's groups by their number, of two packages and so many issues each, but none of the first ones.
fn groups(count: usize, empty: usize, issues: usize) -> Vec<u8> {
    let group = |n: usize| {
        let of = if n < empty { 0 } else { issues };
        let issues: Vec<String> = (0..of).map(|i| format!("\"CVE-2026-{:04}\"", n * 10 + i)).collect();
        format!(
            r#"{{"name":"AVG-{n}","packages":["a{n}","b{n}"],"status":"Vulnerable","severity":"High","issues":[{}]}}"#,
            issues.join(",")
        )
    };
    format!("[{}]", (0..count).map(group).collect::<Vec<_>>().join(",")).into_bytes()
}

fn records_that_have_lost_what_they_said_are_held_back(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    let mut take = |feed: &str, asked: &str, bytes: &[u8]| try_import(&mut admin, feed, asked, bytes);
    take("arch-tracker", "name=x", &groups(100, 0, 5)).unwrap();
    let why = take("arch-tracker", "name=x", &groups(100, 11, 5)).unwrap_err();
    assert!(why.contains("of the 100 records in force, 11 have lost what they said of packages (11 %)"), "{why}");
    let why = take("arch-tracker", "name=x", &groups(100, 0, 3)).unwrap_err();
    assert!(why.contains("of the 1,000 statements about packages in force, 400 are not in it (40 %)"), "{why}");
    // Some groups are emptied now and then, and mended ones stay as they are.
    let next = take("arch-tracker", "name=x", &groups(100, 2, 5)).unwrap();
    assert_eq!((&next["changed"], &next["removed"]), (&json!(2), &json!(0)), "{next}");
    let next = take("arch-tracker", "name=x&force=true", &groups(100, 50, 5)).unwrap();
    let notes = next["notes"].as_array().unwrap();
    let told = "x: 50 of its 100 records say nothing of any package: what it does not name counts as not assessed";
    assert!(notes.iter().any(|note| note == told), "{next}");
    // One document of several is held against its own.
    take("alpine-secdb", "name=v3.19/main.json", &secdb("v3.19", "main", 400)).unwrap();
    take("alpine-secdb", "name=v3.20/main.json", &secdb("v3.20", "main", 20)).unwrap();
    let emptied =
        br#"{"reponame":"main","distroversion":"v3.20","packages":[{"pkg":{"name":"main-a","secfixes":{}}}]}"#;
    let why = take("alpine-secdb", "name=v3.20/main.json", emptied).unwrap_err();
    assert!(why.contains("held back: v3.20/main.json: it has 0 records, 100 % fewer than the 20"), "{why}");
    // A release that a vendor leaves out altogether is assessed no longer; that holds nothing back.
    let tracker = |releases: &str| {
        let rows: Vec<String> =
            (0..100).map(|n| format!("\"CVE-2026-{n:04}\":{{\"releases\":{{{releases}}}}}")).collect();
        format!("{{\"openssl\":{{{}}}}}", rows.join(",")).into_bytes()
    };
    let (old, new) = (r#""buster":{"status":"open"}"#, r#""bookworm":{"status":"open"}"#);
    take("debian-tracker", "name=x", &tracker(&format!("{old},{new}"))).unwrap();
    take("debian-tracker", "name=x", &tracker(new)).unwrap();
    let left_out = json!({"platform": "debian:10", "packages": [{"name": "openssl", "version": "1-1"}]});
    let judged = admin.post("/api/v1/evaluate", &left_out).json();
    assert_eq!(judged["not_assessed"][0]["code"], "release_not_in_feed", "{judged}");
}

fn other_records_in_place_of_those_in_force_are_held_back(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    let tracker = |from: usize, count: usize| {
        let row = r#"{"releases":{"bookworm":{"status":"open"}}}"#;
        let rows: Vec<String> = (from..from + count).map(|n| format!("\"CVE-2026-{n:04}\":{row}")).collect();
        format!("{{\"openssl\":{{{}}}}}", rows.join(",")).into_bytes()
    };
    let mut take = |feed: &str, asked: &str, bytes: &[u8]| try_import(&mut admin, feed, asked, bytes);
    take("debian-tracker", "name=x", &tracker(0, 100)).unwrap();
    let why = take("debian-tracker", "name=x", &tracker(11, 100)).unwrap_err();
    assert!(why.contains("held back: of the 100 records in force, 11 are not in it (11 %)"), "{why}");
    let next = take("debian-tracker", "name=x", &tracker(10, 100)).unwrap();
    assert_eq!((&next["added"], &next["removed"]), (&json!(10), &json!(10)), "{next}");
    take("debian-tracker", "name=x&force=true", &tracker(50, 100)).unwrap();
    // One document of several is held against its own.
    take("alpine-secdb", "name=v3.19/main.json", &secdb("v3.19", "main", 400)).unwrap();
    take("alpine-secdb", "name=v3.20/main.json", &secdb("v3.20", "main", 20)).unwrap();
    let other = String::from_utf8(secdb("v3.20", "main", 20)).unwrap().replace("CVE-2026", "CVE-2025");
    let why = take("alpine-secdb", "name=v3.20/main.json", other.as_bytes()).unwrap_err();
    assert!(why.contains("held back: v3.20/main.json: of the 20 records in force, 20 are not in it"), "{why}");
}

/// A copy that was kept is damaged: whoever reads it again fails.
fn documents_that_stay_are_not_read_again(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = server.admin();
    let odd = String::from_utf8(secdb("v3.19", "main", 400)).unwrap();
    let odd = odd.replace("}]}", "},{\"pkg\":{\"name\":\"odd\",\"secfixes\":[1]}}]}").into_bytes();
    let mut take = |asked: &str, bytes: &[u8]| try_import(&mut admin, "alpine-secdb", asked, bytes).unwrap();
    let first = take("name=v3.19/main.json&date=2026-11-20", &odd);
    assert_eq!((&first["records"], &first["skipped"]), (&json!(400), &json!(1)), "{first}");
    let copy = server.data().join("feeds/alpine-secdb/v3.19_main.json.zst");
    let sound = std::fs::read(&copy).unwrap();
    std::fs::write(&copy, b"damaged").unwrap();
    let second = take("name=v3.20/main.json&date=2026-11-21", &secdb("v3.20", "main", 20));
    assert_eq!((&second["records"], &second["added"], &second["removed"]), (&json!(420), &json!(20), &json!(0)));
    assert_eq!((&second["skipped"], &second["as_of"]), (&json!(1), &json!("2026-11-20T00:00:00Z")), "{second}");
    let third = take("name=v3.20/main.json&date=2026-11-21", &secdb("v3.20", "main", 19));
    assert_eq!((&third["records"], &third["added"], &third["removed"]), (&json!(419), &json!(0), &json!(1)));
    // What was lost of the first is lost still.
    let asked = json!({"platform": "alpine:3.19", "packages": [{"name": "odd", "version": "1-r0"}]});
    let judged = admin.post("/api/v1/evaluate", &asked).json();
    assert_eq!(judged["not_assessed"][0]["code"], "record_skipped", "{judged}");
    // Records that stand in two documents: they are read together, and which one counts is told by their order.
    std::fs::write(&copy, sound).unwrap();
    let mut take = |asked: &str, bytes: &[u8]| try_import(&mut admin, "alpine-secdb", asked, bytes).unwrap();
    let shared = take("name=again.json&date=2026-11-21", &secdb("v3.20", "main", 19));
    assert_eq!((&shared["records"], &shared["added"]), (&json!(419), &json!(0)), "{shared}");
    let gone = take("name=again.json&date=2026-11-21&force=true", &secdb("v3.20", "main", 1));
    assert_eq!((&gone["records"], &gone["removed"]), (&json!(419), &json!(0)), "the other document has them: {gone}");
}
