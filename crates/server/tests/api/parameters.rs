//! Every address that is read, under parameters that it does not take or that no one can mean: a problem
//! that names the parameter, never an answer to something else, never a fault of the server's.
//!
//! The addresses and their parameters are those of `api/openapi.json`, so that a new one is held to it too.

use super::feeds::{import, tracker};
use crate::on_both_engines;
use crate::support::reports::{host, package, report};
use crate::support::{Client, Engine, Server};
use serde_json::{Value, json};

on_both_engines!(
    what_is_read_refuses_what_it_does_not_take,
    changes_refuse_what_they_do_not_take,
    a_change_to_wait_for_is_a_number_of_one,
    what_begins_like_a_cve_has_to_be_one,
    a_sign_in_name_may_be_any_text,
);

/// One host with a package of which the tracker's sample says something.
fn fleet(server: &Server) -> Client {
    let mut collected = host(1);
    collected.packages.as_mut().unwrap().records.push(package("389-ds-base", "1.4.4.11-2"));
    assert_eq!(server.client().with_token(&server.agent_token()).report(&report(&collected, 1)).status, 200);
    let mut admin = server.admin();
    import(&mut admin, "debian-tracker", tracker());
    admin
}

/// A parameter of the specification.
struct Parameter {
    name: String,
    in_path: bool,
    kind: String,
    most: Option<u64>,
}

/// The addresses of a method, with their parameters.
fn addresses(method: &str) -> Vec<(String, Vec<Parameter>)> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../api/openapi.json")).unwrap();
    let specification: Value = serde_json::from_str(&text).unwrap();
    let parameter = |of: &Value| Parameter {
        name: of["name"].as_str().unwrap().to_owned(),
        in_path: of["in"] == "path",
        kind: of["schema"]["type"].as_str().unwrap().to_owned(),
        most: of["schema"]["maxLength"].as_u64(),
    };
    let paths = specification["paths"].as_object().unwrap().iter();
    let of_method = paths.filter_map(|(path, item)| Some((path.clone(), item.get(method)?)));
    of_method
        .map(|(path, operation)| {
            (path, operation["parameters"].as_array().map_or_else(Vec::new, |all| all.iter().map(parameter).collect()))
        })
        .collect()
}

/// The address with something in each of its parts that is there.
fn filled(template: &str) -> String {
    let path = template.replace("/cves/{id}", "/cves/CVE-2016-5416").replace("{cve}", "CVE-2016-5416");
    path.replace("{id}", "1")
}

fn what_is_read_refuses_what_it_does_not_take(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = fleet(&server);
    let long = "9".repeat(20_000);
    let read = addresses("get");
    assert!(read.len() >= 17, "{}", read.len());
    for (template, parameters) in read {
        let path = filled(&template);
        for (query, name, position) in
            [("surprise=1", "surprise", 0), ("min%5fSeq=1", "min_Seq", 0), ("%ff=1", "\u{fffd}", 0), ("=", "", 0)]
        {
            let refused = admin.get(&format!("{path}?{query}"));
            let problem = refused.problem();
            assert_eq!((problem.0, problem.2.as_str()), (422, name), "{path}?{query}");
            assert_eq!(refused.json()["position"], position, "{path}?{query}");
        }
        for Parameter { name, in_path, kind, most } in parameters {
            if in_path {
                let part = format!("{{{name}}}");
                for value in ["%ff", long.as_str(), "%00", "%20"] {
                    let odd = filled(&template.replace(&part, value));
                    let refused = admin.get(&odd).problem();
                    let shown: String = odd.chars().take(80).collect();
                    assert!((400..500).contains(&refused.0), "{shown}: {refused:?}");
                    if kind == "string" || value == "%ff" {
                        assert_eq!((refused.0, &refused.2), (422, &name), "{shown}: {refused:?}");
                    }
                }
                continue;
            }
            if kind == "string" {
                let most = most.unwrap_or_else(|| panic!("{template}: how long '{name}' may be is not said"));
                assert!(most < 20_000, "{template}: '{name}'");
            }
            for value in ["%ff", "a%c3", &long, "%ED%A0%80"] {
                let refused = admin.get(&format!("{path}?{name}={value}"));
                let problem = refused.problem();
                let shown: String = value.chars().take(20).collect();
                assert_eq!((problem.0, problem.2.as_str()), (422, name.as_str()), "{path}?{name}={shown}");
                assert_eq!(refused.json()["position"], name.len() + 1, "{path}?{name}={shown}");
                assert!(refused.body.len() < 1000, "{path}?{name}={shown}: the whole value is told again");
            }
            if kind != "string" {
                let refused = admin.get(&format!("{path}?{name}=NaN")).problem();
                assert_eq!(refused, (422, "invalid_query".into(), name.clone()), "{path}?{name}=NaN");
            }
            let twice = admin.get(&format!("{path}?{name}=1&{name}=1")).problem();
            assert_eq!((twice.0, twice.2.as_str()), (422, name.as_str()), "{path}?{name}= twice");
        }
    }
}

/// A parameter of an address that changes something is a wish: passed over, it is not fulfilled.
fn changes_refuse_what_they_do_not_take(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = fleet(&server);
    let refused = admin.delete("/api/v1/hosts/1?dry_run=true").problem();
    assert_eq!(refused, (422, "unknown_parameter".into(), "dry_run".into()));
    admin.read("/api/v1/hosts/1");
    let refused = admin.post("/api/v1/feeds/debian-tracker/import?forced=true", &json!({})).problem();
    assert_eq!(refused, (422, "unknown_parameter".into(), "forced".into()));
    let refused = admin.post("/api/v1/feeds/debian-tracker/import?name=%ff", &json!({})).problem();
    assert_eq!(refused, (422, "invalid_query".into(), "name".into()));
}

/// The dashboard sends it with everything that it reads.
fn a_change_to_wait_for_is_a_number_of_one(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = fleet(&server);
    let present = admin.get("/api/v1/hosts").seq();
    for (template, parameters) in addresses("get") {
        let path = filled(&template);
        if !path.starts_with("/api/v1/") {
            assert_eq!(admin.get(&format!("{path}?min_seq=1")).problem().1, "unknown_parameter", "{path}");
            continue;
        }
        assert!(parameters.iter().any(|parameter| parameter.name == "min_seq"), "{template} takes no min_seq");
        for value in ["-1", "", "1.5", "9223372036854775808"] {
            let refused = admin.get(&format!("{path}?min_seq={value}")).problem();
            assert_eq!(refused, (422, "invalid_query".into(), "min_seq".into()), "{path}?min_seq={value}");
        }
        // Those have nothing that a change would bring.
        let is_of_no_change = ["session", "agent-tokens", "cves/{id}/record", "events"];
        if is_of_no_change.iter().any(|end| template.ends_with(end)) {
            continue;
        }
        assert_eq!(admin.get(&format!("{path}?min_seq={present}")).status, 200, "{path}");
        let waited = admin.get(&format!("{path}?min_seq={}", present + 1000)).problem();
        assert_eq!((waited.0, waited.1.as_str()), (503, "busy"), "{path}");
    }
    for path in ["session", "agent-tokens"] {
        admin.read(&format!("/api/v1/{path}?min_seq={}", present + 1000));
    }
}

fn what_begins_like_a_cve_has_to_be_one(engine: Engine) {
    let server = Server::start(engine);
    let mut admin = fleet(&server);
    for id in ["CVE-abc", "cve-2016", "CVE-2016-", "CVE-2016-5416x", "CVE--1", "CVE-2016-5416_"] {
        for (path, field) in [
            (format!("/api/v1/cves/{id}"), "id"),
            (format!("/api/v1/cves/{id}/record"), "id"),
            (format!("/api/v1/hosts/1/findings/{id}"), "cve"),
            (format!("/api/v1/hosts/1/findings/{id}?package=389-ds-base"), "cve"),
        ] {
            let refused = admin.get(&path);
            assert_eq!(refused.problem(), (422, "invalid_cve".into(), field.into()), "{path}");
            let detail = refused.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains("CVE-2024-3094"), "it says what one looks like: {detail}");
        }
    }
    for (id, meant) in
        [("2016-5416", json!("CVE-2016-5416")), ("CVE_2016_5416", json!("CVE-2016-5416")), ("foo", Value::Null)]
    {
        for path in [format!("/api/v1/cves/{id}"), format!("/api/v1/cves/{id}/record")] {
            let refused = admin.get(&path);
            assert_eq!(refused.problem(), (422, "invalid_cve".into(), "id".into()), "{path}");
            assert_eq!(refused.json()["suggestion"], meant, "{path}");
        }
    }
    let asked = json!({"platform": "debian:11", "packages": [], "cve": "CVE-abc"});
    assert_eq!(admin.post("/api/v1/explain", &asked).problem(), (422, "invalid_cve".into(), "cve".into()));
    // Vendors' own ids are as they are, and so are numbers with too few digits, which documents do hold.
    for id in [
        "DSA-5532-1",
        "RHSA-2024:0001",
        "ALAS2-2024-2390",
        "TEMP-0000000-ABCDEF",
        "CVE-2016-54",
        "cve-1999-0001",
        "CVE-1999-0428%20rhel:8",
    ] {
        let path = format!("/api/v1/cves/{id}");
        assert_eq!(admin.get(&path).problem(), (404, "not_found".into(), String::new()), "{path}");
        assert_eq!(admin.read(&format!("{path}/record"))["asked"], json!([]), "nothing to ask is loaded");
    }
    assert_eq!(admin.read("/api/v1/cves/cve-2016-5416")["cve"], "CVE-2016-5416");
}

/// A text that no database can hold names nobody; it is no fault of the server's.
fn a_sign_in_name_may_be_any_text(engine: Engine) {
    let server = Server::start(engine);
    server.admin();
    for name in ["ad\u{0}min".to_owned(), "x".repeat(100_000), String::new()] {
        let refused = server.client().post("/api/v1/session", &json!({"name": name, "password": "wrong password"}));
        assert_eq!(refused.problem().1, "wrong_credentials");
    }
}
