//! Lists of hosts, packages, updates; pages, facets, filters.

use crate::on_both_engines;
use crate::support::reports::{host, report, update};
use crate::support::{Engine, Server};
use serde_json::{Value, json};

on_both_engines!(
    lists_page_filter_and_agree_with_their_facets,
    a_host_page_has_what_was_reported,
    nothing_is_assessed_without_a_feed,
    what_waits_is_known_or_not
);

/// Seven hosts: number n has n security updates.
fn fleet(engine: Engine) -> Server {
    let server = Server::start(engine);
    let token = server.agent_token();
    for number in 1..=7_u32 {
        let mut collected = host(number);
        let updates = collected.updates.as_mut().unwrap();
        updates.records = (0..number).map(|n| update(&format!("lib{n}"), "1.0", "1.1", true)).collect();
        assert_eq!(server.client().with_token(&token).report(&report(&collected, 1)).status, 200);
    }
    server
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|row| row["hostname"].as_str().unwrap()).collect()
}

fn lists_page_filter_and_agree_with_their_facets(engine: Engine) {
    let server = fleet(engine);
    let mut admin = server.admin();
    let mut seen = Vec::new();
    let mut path = "/api/v1/hosts?limit=3".to_owned();
    loop {
        let page = admin.read(&path);
        assert_eq!(page["total"], 7);
        assert_eq!(page["facets"]["platform"], json!([{"value": "debian:11", "count": 7}]));
        seen.extend(names(&page).iter().map(ToString::to_string));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/hosts?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    let most_first: Vec<String> = (1..=7).rev().map(|n| format!("host-{n}.example.org")).collect();
    assert_eq!(seen, most_first, "each once, most security updates first");

    let by_name = admin.read("/api/v1/hosts?sort=hostname&limit=2");
    assert_eq!(names(&by_name), ["host-1.example.org", "host-2.example.org"]);
    for (query, count) in [
        ("security%3E5", 2),
        ("security%3E%3D5", 3),
        ("host-3", 1),
        ("-host-3", 6),
        ("os:debian", 7),
        ("os:debian:12", 0),
        ("pkg:openssl", 7),
        ("pkg:absent", 0),
        ("security%3E5%20host-7", 1),
        ("colour:orange", 7),
        ("freshness:fresh", 7),
    ] {
        let page = admin.read(&format!("/api/v1/hosts?q={query}"));
        assert_eq!(page["total"], count, "{query}");
        let fresh: u64 =
            page["facets"]["freshness"].as_array().unwrap().iter().map(|b| b["count"].as_u64().unwrap()).sum();
        assert_eq!(fresh, count, "the facets of {query} count the same hosts");
    }
    let overview = admin.read("/api/v1/overview");
    assert_eq!((&overview["hosts"]["total"], &overview["updates"]["security"]), (&json!(7), &json!(28)));
    let updates = admin.read("/api/v1/updates");
    assert_eq!((&updates["items"][0]["name"], &updates["items"][0]["hosts"]), (&json!("lib0"), &json!(7)));
    assert_eq!(updates["total"], 7);
    let packages = admin.read("/api/v1/packages?q=SSL");
    assert_eq!((&packages["total"], &packages["items"][0]["hosts"]), (&json!(1), &json!(7)));
}

fn a_host_page_has_what_was_reported(engine: Engine) {
    let server = Server::start(engine);
    server.client().with_token(&server.agent_token()).report(&report(&host(1), 1));
    let mut admin = server.admin();
    let packages = admin.read("/api/v1/hosts/1/packages");
    let rows: Vec<(&str, &str)> = packages["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), row["version"].as_str().unwrap()))
        .collect();
    assert_eq!(
        rows,
        [("bash", "5.1-2+deb11u1"), ("linux-image-5.10.0-20-amd64", "5.10.158-2"), ("openssl", "1.1.1n-0+deb11u3")]
    );
    assert_eq!(packages["items"][2]["update"], json!({"candidate": "1.1.1n-0+deb11u4", "security": true}));
    let updates = admin.read("/api/v1/hosts/1/updates");
    assert_eq!((&updates["items"][0]["name"], &updates["total"]), (&json!("openssl"), &json!(2)));
    assert_eq!(admin.read("/api/v1/hosts/1/updates?security=false")["items"][0]["name"], "bash");
    assert_eq!(admin.read("/api/v1/hosts/1/packages?q=open%20SSL")["total"], 1);
    assert_eq!(admin.read("/api/v1/hosts/1/packages?limit=2")["items"].as_array().unwrap().len(), 2);
}

fn nothing_is_assessed_without_a_feed(engine: Engine) {
    let server = Server::start(engine);
    server.client().with_token(&server.agent_token()).report(&report(&host(1), 1));
    let mut admin = server.admin();
    let detail = admin.read("/api/v1/hosts/1");
    assert_eq!(detail["assessment"]["assessed"], 0);
    assert_eq!(
        detail["assessment"]["reasons"][0]["command"],
        "mendwatch feeds sync debian-tracker debian-dsa debian-dla"
    );
    assert!(detail["summary"].as_str().unwrap().contains("not assessed"), "{}", detail["summary"]);
    let findings = admin.read("/api/v1/hosts/1/findings");
    assert_eq!((&findings["total"], &findings["not_assessed"]["packages"]), (&json!(0), &json!(3)));
    let overview = admin.read("/api/v1/overview");
    assert_eq!(overview["platforms"][0]["feed_state"], "none");
    assert_eq!(overview["platforms"][0]["command"], "mendwatch feeds sync debian-tracker debian-dsa debian-dla");
    assert_eq!(overview["findings"]["open"], 0);
}

/// Zero updates and no list of updates are two things.
fn what_waits_is_known_or_not(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let mut unknown = host(1);
    unknown.updates = Err("apt's lists are not there".to_owned());
    let mut none = host(2);
    none.updates.as_mut().unwrap().records.clear();
    let mut held = host(3);
    for update in &mut held.updates.as_mut().unwrap().records {
        update.withheld = Some(model::wire::sections::Withheld::Held);
    }
    for (collected, sequence) in [(&unknown, 1), (&none, 1), (&held, 1)] {
        assert_eq!(agent.report(&report(collected, sequence)).status, 200);
    }
    let mut admin = server.admin();
    let page = admin.read("/api/v1/hosts?sort=hostname");
    let known: Vec<bool> =
        page["items"].as_array().unwrap().iter().map(|row| row["updates_known"].as_bool().unwrap()).collect();
    assert_eq!(known, [false, true, true]);
    assert_eq!(names(&admin.read("/api/v1/hosts?sort=-withheld_updates&limit=1")), ["host-3.example.org"]);
    // What was known once stays known while it can't be collected.
    none.updates = Err("apt's lists are not there".to_owned());
    assert_eq!(agent.report(&report(&none, 2)).status, 200);
    assert_eq!(admin.read("/api/v1/hosts/2")["updates_known"], true);
    for (query, count) in [("update:openssl", 1), ("update:bash", 1), ("update:nothing", 0), ("-update:openssl", 2)] {
        assert_eq!(admin.read(&format!("/api/v1/hosts?q={query}"))["total"], count, "{query}");
    }
}
