//! Lists: orders, pages, cursors, parameters; and what is said of one CVE.

use super::feeds::{import, tracker, with_389_ds};
use crate::on_both_engines;
use crate::support::reports::{host, package, report, update};
use crate::support::{Client, Engine, Server};
use serde_json::{Value, json};

on_both_engines!(
    a_list_is_ordered_as_asked_and_its_pages_hold_every_row_once,
    a_cursor_serves_the_question_that_it_came_from,
    parameters_that_are_not_taken_are_refused,
    one_cve_is_told_in_one_answer,
    rows_name_ten_and_count_all,
    an_answer_of_findings_comes_whole_or_line_by_line,
    known_exploitation_is_marked,
);

/// Three hosts with packages, updates and, of 389-ds-base, a CVE.
fn fleet(server: &Server) -> Client {
    let mut agent = server.client().with_token(&server.agent_token());
    for number in 1..4 {
        let mut collected = host(number);
        let records = &mut collected.packages.as_mut().unwrap().records;
        records.extend((0..number).map(|n| package(&format!("lib{n}"), "1.0-1")));
        records.push(package("389-ds-base", "1.4.4.11-2"));
        let updates = &mut collected.updates.as_mut().unwrap().records;
        updates.extend((0..number).map(|n| update(&format!("lib{n}"), "1.0-1", "1.1-1", n == 2)));
        assert_eq!(agent.report(&report(&collected, 1)).status, 200);
    }
    let mut admin = server.admin();
    import(&mut admin, "debian-tracker", tracker());
    admin
}

/// An entry in the form of CISA's catalogue (known_exploited_vulnerabilities_schema.json).
fn catalogue(cve: &str) -> Vec<u8> {
    let entry = json!({
        "cveID": cve, "vendorProject": "389", "product": "Directory Server", "vulnerabilityName": "A name",
        "dateAdded": "2025-08-25", "shortDescription": "Words.", "requiredAction": "Mend it.", "dueDate": "2025-09-15",
        "knownRansomwareCampaignUse": "Unknown", "notes": "", "cwes": []
    });
    let catalogue = json!({
        "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2025.08.25",
        "dateReleased": "2025-08-25T17:04:19.9796Z", "count": 1, "vulnerabilities": [entry]
    });
    serde_json::to_vec(&catalogue).unwrap()
}

fn known_exploitation_is_marked(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = fleet(&server);
    let of = |page: &Value| -> Vec<(String, bool)> {
        let rows = page.as_array().unwrap().iter();
        rows.map(|row| (row["cve"].as_str().unwrap().to_owned(), row["exploited"].as_bool().unwrap())).collect()
    };
    let before = of(&admin.read("/api/v1/findings")["items"]);
    assert!(!before.is_empty() && before.iter().all(|(_, exploited)| !exploited), "{before:?}");
    let cve = before[0].0.clone();
    import(&mut admin, "cisa-kev", catalogue(&cve));
    let expected: Vec<_> = before.iter().map(|(of, _)| (of.clone(), *of == cve)).collect();
    assert_eq!(of(&admin.read("/api/v1/findings")["items"]), expected);
    for (of, exploited) in of(&admin.read("/api/v1/hosts/1/findings")["items"]) {
        assert_eq!(exploited, of == cve, "{of}");
    }
    assert_eq!(of(&admin.read("/api/v1/overview")["top_findings"])[0], (cve.clone(), true));
    assert_eq!(admin.read(&format!("/api/v1/cves/{cve}"))["finding"]["exploited"], true);
}

/// The values of a column over all pages of three rows.
fn column(admin: &mut Client, list: &str, name: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    let joint = if list.contains('?') { '&' } else { '?' };
    loop {
        let page = admin.read(&format!("/api/v1/{list}{joint}limit=3{cursor}"));
        rows.extend(page["items"].as_array().unwrap().iter().map(|row| row[name].clone()));
        let Some(next) = page["next_cursor"].as_str() else {
            assert_eq!(page["total"], rows.len(), "{list}");
            return rows;
        };
        cursor = format!("&cursor={next}");
    }
}

fn a_list_is_ordered_as_asked_and_its_pages_hold_every_row_once(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = fleet(&server);
    let sorted = |mut values: Vec<Value>, descending: bool| {
        values.sort_by(|a, b| match (a, b) {
            (Value::String(a), Value::String(b)) => a.cmp(b),
            _ => a.as_u64().cmp(&b.as_u64()),
        });
        if descending {
            values.reverse();
        }
        values
    };
    for (list, sort, name) in [
        ("packages", "hosts", "hosts"),
        ("packages", "findings", "open_findings"),
        ("packages", "name", "name"),
        ("updates", "hosts", "hosts"),
        ("updates", "name", "name"),
        ("findings", "hosts", "hosts"),
        ("findings", "cve", "cve"),
        ("hosts", "packages", "packages"),
        ("hosts/3/packages", "name", "name"),
        ("hosts/3/packages", "findings", "open_findings"),
        ("hosts/3/updates", "name", "name"),
        ("hosts/3/findings", "cve", "cve"),
        ("hosts/3/findings?state=not_affected", "cve", "cve"),
    ] {
        let joint = if list.contains('?') { '&' } else { '?' };
        for (descending, sign) in [(false, ""), (true, "-")] {
            let rows = column(&mut admin, &format!("{list}{joint}sort={sign}{sort}"), name);
            assert!(!rows.is_empty(), "{list}");
            assert_eq!(rows, sorted(rows.clone(), descending), "{list} by {sign}{sort}");
        }
    }
    // Security updates first, as without an order.
    assert_eq!(column(&mut admin, "updates", "name"), column(&mut admin, "updates?sort=-security", "name"));
    assert_eq!(column(&mut admin, "hosts/3/updates", "security"), [true, true, false, false, false]);
    assert_eq!(column(&mut admin, "hosts/3/updates?sort=security", "security"), [false, false, false, true, true]);
    for list in ["packages", "updates", "findings", "hosts", "hosts/3/packages", "hosts/3/updates", "hosts/3/findings"]
    {
        let refused = admin.get(&format!("/api/v1/{list}?sort=shoe_size"));
        assert_eq!(refused.problem(), (422, "invalid_sort".into(), "sort".into()), "{list}");
        assert!(refused.json()["detail"].as_str().unwrap().contains("expected one of"), "{list}");
    }
}

fn a_cursor_serves_the_question_that_it_came_from(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = fleet(&server);
    let cursor = |admin: &mut Client, list: &str| {
        let page = admin.read(&format!("/api/v1/{list}"));
        page["next_cursor"].as_str().unwrap_or_else(|| panic!("{list} has one page")).to_owned()
    };
    for (from, to) in [
        ("hosts?limit=1", "hosts?limit=1&q=host-2"),
        ("hosts?limit=1", "hosts?limit=1&sort=hostname"),
        ("packages?limit=1", "packages?limit=1&q=lib"),
        ("packages?limit=1", "packages?limit=1&sort=name"),
        ("packages?limit=1", "updates?limit=1"),
        ("updates?limit=1", "updates?limit=1&security=false"),
        ("hosts/3/packages?limit=1", "hosts/2/packages?limit=1"),
        ("hosts/3/updates?limit=1", "hosts/3/updates?limit=1&q=lib"),
        ("hosts/3/findings?state=not_affected&limit=1", "hosts/3/findings?limit=1"),
    ] {
        let place = cursor(&mut admin, from);
        let refused = admin.get(&format!("/api/v1/{to}&cursor={place}"));
        assert_eq!(refused.problem(), (422, "invalid_cursor".into(), "cursor".into()), "{to} after {from}");
        assert!(refused.json()["detail"].as_str().unwrap().contains("another list, filter or order"), "{to}");
        // Another number of rows is the same question, and so is one that waits for a change.
        let more = from.replace("limit=1", "limit=2");
        admin.read(&format!("/api/v1/{more}&min_seq=1&cursor={place}"));
    }
}

fn parameters_that_are_not_taken_are_refused(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = fleet(&server);
    for (path, name, position) in [
        ("hosts?as_of=2026-01-01", "as_of", 0),
        ("hosts?q=web&sorted=hostname", "sorted", 6),
        ("hosts/1?q=web", "q", 0),
        ("hosts/1/packages?state=open", "state", 0),
        ("hosts/1/findings/CVE-2016-5416?cve=1", "cve", 0),
        ("packages?Q=bash", "Q", 0),
        ("updates?%73tate=1", "state", 0),
        ("findings?security=true", "security", 0),
        ("cves/CVE-2016-5416?q=1", "q", 0),
        ("overview?verbose", "verbose", 0),
        ("feeds?q=debian", "q", 0),
        ("session?q=1", "q", 0),
        ("agent-tokens?limit=1", "limit", 0),
        ("events?since=3", "since", 0),
    ] {
        let refused = admin.get(&format!("/api/v1/{path}"));
        assert_eq!(refused.problem(), (422, "unknown_parameter".into(), name.into()), "{path}");
        assert_eq!(refused.json()["position"], position, "{path}");
    }
    let detail = admin.get("/api/v1/updates?state=1").json()["detail"].as_str().unwrap().to_owned();
    assert_eq!(detail, "'state' is not a parameter here: expected cursor, limit, min_seq, q, security, sort.");
    // What the dashboard adds to whatever it reads.
    for path in ["session", "feeds", "agent-tokens", "hosts/1", "overview", "cves/CVE-2016-5416"] {
        admin.read(&format!("/api/v1/{path}?min_seq=1"));
    }
}

/// The row of the tracker's document: CVE-2016-5416 of 389-ds-base is open in bullseye; CVE-2016-5405 is
/// fixed in 1.3.5.15-1.
fn one_cve_is_told_in_one_answer(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = fleet(&server);
    let cve = admin.read("/api/v1/cves/cve-2016-5416?limit=2");
    assert_eq!((&cve["cve"], &cve["finding"]["hosts"]), (&json!("CVE-2016-5416"), &json!(3)));
    assert_eq!(cve["finding"], admin.read("/api/v1/findings?q=CVE-2016-5416")["items"][0]);
    assert_eq!(cve["platforms"], json!([{"value": "debian:11", "count": 3}]));
    assert_eq!(cve["named_for"], json!(["debian:11"]));
    let statements = cve["statements"].as_array().unwrap();
    assert_eq!((statements.len(), &statements[0]["feed"]), (1, &json!("debian-tracker")));
    assert!(statements[0]["words"].as_str().unwrap().contains("Minor issue"), "{cve:#}");
    let hosts = &cve["hosts"];
    assert_eq!((&hosts["total"], hosts["items"].as_array().unwrap().len()), (&json!(3), 2));
    let row = &hosts["items"][0];
    assert_eq!((&row["host"]["hostname"], &row["state"]), (&json!("host-1.example.org"), &json!("will_not_fix")));
    assert_eq!((&row["packages"], &row["package_count"]), (&json!(["389-ds-base"]), &json!(1)));
    let next = hosts["next_cursor"].as_str().unwrap();
    let rest = admin.read(&format!("/api/v1/cves/cve-2016-5416?limit=2&cursor={next}"));
    assert_eq!(rest["hosts"]["items"][0]["host"]["hostname"], "host-3.example.org");
    assert_eq!(admin.read("/api/v1/cves/CVE-2016-5416?state=no_fix")["hosts"]["total"], 0);

    // Named, and open nowhere.
    let fixed = admin.read("/api/v1/cves/CVE-2016-5405");
    assert_eq!((&fixed["finding"], &fixed["named_for"]), (&Value::Null, &json!(["debian:11"])));
    assert_eq!(fixed["hosts"]["total"], 0);
    assert_eq!(admin.get("/api/v1/cves/CVE-1999-0001").problem(), (404, "not_found".into(), String::new()));
    // The text of a version is no CVE.
    assert_eq!(admin.get("/api/v1/cves/1.3.5.15-1").problem(), (422, "invalid_cve".into(), "id".into()));
}

fn rows_name_ten_and_count_all(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let mut collected = host(1);
    let of_source = |n: u32| {
        let mut record = package(&format!("part-{n:02}"), "1.4.4.11-2");
        record.source = "389-ds-base".to_owned();
        record.source_version = "1.4.4.11-2".to_owned();
        record
    };
    collected.packages.as_mut().unwrap().records.extend((0..30).map(of_source));
    let updates = &mut collected.updates.as_mut().unwrap().records;
    updates.extend((0..30).map(|n| update(&format!("part-{n:02}"), "1.4.4.11-2", &format!("2.{n}"), true)));
    assert_eq!(agent.report(&report(&collected, 1)).status, 200);
    let mut admin = server.admin();
    import(&mut admin, "debian-tracker", tracker());
    let finding = admin.read("/api/v1/findings?q=CVE-2016-5416")["items"][0].clone();
    let names = finding["packages"].as_array().unwrap();
    assert_eq!((names.len(), &finding["package_count"]), (10, &json!(30)));
    assert_eq!((&names[0], &names[9]), (&json!("part-00"), &json!("part-09")));
    let overview = admin.read("/api/v1/overview");
    let of_source = |row: &&Value| row["source"] == "389-ds-base";
    let update = overview["top_updates"].as_array().unwrap().iter().find(of_source).unwrap();
    assert_eq!((update["packages"].as_array().unwrap().len(), &update["package_count"]), (10, &json!(30)));
    assert_eq!((update["candidates"].as_array().unwrap().len(), &update["candidate_count"]), (10, &json!(30)));

    let why = admin.read("/api/v1/hosts/1/findings/CVE-2016-5416");
    assert_eq!((&why["explanation_count"], &why["finding_count"]), (&json!(30), &json!(30)));
    let lines: Vec<&str> = why["explanation"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert_eq!(lines.iter().filter(|line| line.starts_with("part-")).count(), 20);
    assert_eq!(*lines.last().unwrap(), "10 more packages are not shown; name a package to see why it is judged so");
    assert_eq!(admin.read("/api/v1/hosts/1/findings/CVE-2016-5416?package=part-29")["explanation_count"], 1);
    assert_eq!(admin.read("/api/v1/hosts/1/findings")["total"], 30);
}

fn an_answer_of_findings_comes_whole_or_line_by_line(engine: Engine) {
    let server = Server::start(engine);
    with_389_ds(&server);
    let mut admin = server.admin();
    import(&mut admin, "debian-tracker", tracker());
    let ask = |count: usize| {
        let package = |n| json!({"name": format!("part-{n:06}"), "version": "1.4.4.11-2", "source": "389-ds-base"});
        json!({"platform": "debian:11", "packages": (0..count).map(package).collect::<Vec<_>>()})
    };
    let whole = admin.post("/api/v1/evaluate", &ask(3)).json();
    let lines = |admin: &mut Client, path: &str, asked: &Value| -> Vec<Value> {
        let headers = [("content-type", "application/json"), ("accept", "application/x-ndjson")];
        let url = format!("/api/v1/{path}");
        let answer = admin.send(ureq::http::Method::POST, &url, &headers, asked.to_string().into_bytes());
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson"));
        String::from_utf8(answer.body).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let mut told = lines(&mut admin, "evaluate", &ask(3));
    let mut summary = told.pop().unwrap()["summary"].clone();
    assert_eq!((json!(told), &summary["findings"]), (whole["findings"].clone(), &json!(3)));
    summary["findings"] = whole["findings"].clone();
    assert_eq!(summary, whole);

    // One CVE is open for each: one more than an object may have.
    let mut two = ask(100_000);
    two["host"] = json!({"resident": [{"name": "y", "version": "1.4.4.11-2", "source": "389-ds-base"}]});
    let refused = admin.post("/api/v1/evaluate", &two);
    assert_eq!(refused.problem(), (422, "too_many_findings".into(), "packages".into()));
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    for way_out in ["100000 findings", "fewer packages", "application/x-ndjson", "`mendwatch evaluate`"] {
        assert!(detail.contains(way_out), "{detail}");
    }
    assert_eq!(lines(&mut admin, "evaluate", &two).len(), 100_002);

    let mut asked = ask(3);
    asked["cve"] = json!("CVE-2016-5416");
    let whole = admin.post("/api/v1/explain", &asked).json();
    let mut told = lines(&mut admin, "explain", &asked);
    assert_eq!(told.pop().unwrap(), json!({"explained": 3}));
    assert_eq!(json!(told), whole["items"]);
    assert_eq!(admin.post("/api/v1/explain", &ask(10_000)).problem().1, "too_many_findings");
}
