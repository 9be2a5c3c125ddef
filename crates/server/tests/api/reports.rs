//! Check-ins and reports.

use crate::on_both_engines;
use crate::support::reports::{check_in, checkin, host, observed, package, report, update};
use crate::support::{Client, Engine, Server};
use model::wire::{SectionName, write_report};
use serde_json::{Value, json};
use ureq::http::Method;

on_both_engines!(
    a_report_is_there_when_it_is_acknowledged,
    the_second_time_changes_nothing,
    a_check_in_says_what_is_wanted,
    unavailable_never_empties_what_was_known,
    an_unchanged_section_that_is_not_held_is_asked_for,
    bodies_may_be_compressed,
    another_token_is_the_same_host,
    a_revoked_token_is_refused,
);

fn a_report_is_there_when_it_is_acknowledged(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let taken = agent.report(&report(&host(1), 1));
    assert_eq!(taken.status, 200, "{}", String::from_utf8_lossy(&taken.body));
    let id = taken.json()["host_id"].as_i64().unwrap();
    assert_eq!(taken.json()["duplicate"], false);

    let mut admin = server.admin();
    let page = admin.read(&format!("/api/v1/hosts?min_seq={}", taken.seq()));
    assert_eq!(page["total"], 1);
    let row = &page["items"][0];
    assert_eq!(row["hostname"], "host-1.example.org");
    assert_eq!((&row["security_updates"], &row["other_updates"], &row["packages"]), (&json!(1), &json!(1), &json!(3)));
    let detail = admin.read(&format!("/api/v1/hosts/{id}"));
    assert_eq!(detail["kernel"]["running"], "5.10.0-20-amd64");
    assert_eq!(
        detail["sections"][5],
        json!({"name": "history", "state": "unavailable", "reason": "not collected by this version"})
    );
}

/// Everything that can be read, but for the time that passes.
fn everything(admin: &mut Client) -> Vec<Value> {
    let mut all: Vec<Value> = [
        "hosts",
        "hosts/1",
        "hosts/1/packages",
        "hosts/1/updates",
        "hosts/1/findings",
        "packages",
        "updates",
        "findings",
        "overview",
    ]
    .iter()
    .map(|path| admin.read(&format!("/api/v1/{path}")))
    .collect();
    for value in &mut all {
        value.as_object_mut().unwrap().remove("as_of");
    }
    all
}

fn the_second_time_changes_nothing(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let body = report(&host(1), 1);
    let first = agent.report(&body);
    let mut admin = server.admin();
    let before = everything(&mut admin);
    let second = agent.report(&body);
    assert_eq!((second.status, &second.json()["duplicate"]), (200, &json!(true)));
    assert_eq!(second.json()["host_id"], first.json()["host_id"]);
    assert_eq!(second.seq(), first.seq(), "it answers with the number of the first time");
    assert_eq!(everything(&mut admin), before);
    assert_eq!(admin.get("/api/health").json()["seq"].as_i64(), Some(first.seq()), "no entry in the log");
}

fn a_check_in_says_what_is_wanted(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let mut collected = host(1);
    let unknown = check_in(&mut agent, &collected, observed());
    assert_eq!(unknown["answer"], "send");
    assert_eq!(unknown["sections"], json!(["host", "packages", "updates", "repositories", "runtime"]));
    let sequence = unknown["next_sequence"].as_u64().unwrap();
    assert_eq!(agent.report(&report(&collected, sequence)).status, 200);

    let known = check_in(&mut agent, &collected, observed());
    assert_eq!((&known["answer"], &known["sections"]), (&json!("known"), &json!([])));

    collected.updates.as_mut().unwrap().records.pop();
    let changed = check_in(&mut agent, &collected, observed());
    assert_eq!((&changed["answer"], &changed["sections"]), (&json!("send"), &json!(["updates"])));
    // Only what is wanted is sent; the rest is unchanged.
    let sequence = changed["next_sequence"].as_u64().unwrap();
    let info = model::wire::AgentInfo { name: "mendwatch-agent".to_owned(), version: "0.1.0".to_owned() };
    let part = write_report(
        &collected,
        info,
        sequence,
        "2026-11-22T07:00:00Z".parse().unwrap(),
        Some(&[SectionName::Updates]),
    )
    .unwrap();
    let taken = agent.report(&serde_json::to_vec(&part).unwrap());
    assert_eq!((taken.status, &taken.json()["wanted"]), (200, &json!([])));
    let row = server.admin().read("/api/v1/hosts")["items"][0].clone();
    assert_eq!((&row["security_updates"], &row["other_updates"], &row["packages"]), (&json!(0), &json!(1), &json!(3)));
}

fn unavailable_never_empties_what_was_known(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let mut collected = host(1);
    agent.report(&report(&collected, 1));
    collected.packages = Err("/var/lib/dpkg/status: permission denied".to_owned());
    collected.updates = Err("no package lists".to_owned());
    assert_eq!(agent.report(&report(&collected, 2)).status, 200);
    let mut admin = server.admin();
    let detail = admin.read("/api/v1/hosts/1");
    assert_eq!((&detail["packages"], &detail["security_updates"]), (&json!(3), &json!(1)));
    let packages = &detail["sections"][1];
    assert_eq!(
        (&packages["state"], &packages["reason"]),
        (&json!("unavailable"), &json!("/var/lib/dpkg/status: permission denied"))
    );
    assert_eq!(packages["observed_at"], "2026-11-22T06:00:00Z", "and says how old the rest is");
    assert_eq!(detail["colour"], "orange", "what waited by the last good report waits still");
    assert_eq!(detail["not_known"][0]["code"], "packages_unavailable");
}

fn an_unchanged_section_that_is_not_held_is_asked_for(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let info = model::wire::AgentInfo { name: "mendwatch-agent".to_owned(), version: "0.1.0".to_owned() };
    let at = "2026-11-22T06:00:00Z".parse().unwrap();
    let part = write_report(&host(1), info, 1, at, Some(&[SectionName::Host])).unwrap();
    let taken = agent.report(&serde_json::to_vec(&part).unwrap());
    assert_eq!(taken.json()["wanted"], json!(["packages", "updates", "repositories", "runtime"]));
}

fn bodies_may_be_compressed(engine: Engine) {
    let server = Server::start(engine);
    let token = server.agent_token();
    for (number, coding) in [(1, "zstd"), (2, "gzip"), (3, "identity")] {
        let plain = report(&host(number), 1);
        let body = match coding {
            "zstd" => zstd::encode_all(plain.as_slice(), 3).unwrap(),
            "gzip" => {
                let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                std::io::Write::write_all(&mut gz, &plain).unwrap();
                gz.finish().unwrap()
            }
            _ => plain,
        };
        let mut agent = server.client().with_token(&token);
        let taken = agent.send(Method::POST, "/api/agent/v1/report", &[("content-encoding", coding)], body);
        assert_eq!(taken.status, 200, "{coding}: {}", String::from_utf8_lossy(&taken.body));
    }
    assert_eq!(server.admin().read("/api/v1/hosts")["total"], 3);
}

/// Tokens are replaced one by one: a machine stays the host that it was, and two machines stay two.
fn another_token_is_the_same_host(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    for number in 1..=2 {
        let taken = agent.report(&report(&host(number), 1));
        assert_eq!((taken.status, &taken.json()["host_id"]), (200, &json!(number)));
    }
    let mut admin = server.admin();
    let id = admin.read("/api/v1/agent-tokens")[0]["id"].as_i64().unwrap();
    assert_eq!(admin.delete(&format!("/api/v1/agent-tokens/{id}")).status, 204);
    assert_eq!(agent.post("/api/agent/v1/checkin", &checkin(&host(1), observed())).status, 401);

    let mut agent = server.client().with_token(&server.agent_token());
    let mut collected = host(1);
    let known = check_in(&mut agent, &collected, observed());
    assert_eq!((&known["answer"], &known["next_sequence"]), (&json!("known"), &json!(2)));
    collected.packages.as_mut().unwrap().records.push(package("zsh", "5.9-4"));
    collected.updates.as_mut().unwrap().records.push(update("zsh", "5.9-4", "5.9-5", true));
    let late = agent.report(&report(&collected, 1));
    assert_eq!((&late.json()["duplicate"], &late.json()["host_id"]), (&json!(true), &json!(1)), "numbers go on");
    let taken = agent.report(&report(&collected, 2));
    assert_eq!((taken.status, &taken.json()["host_id"]), (200, &json!(1)));

    let page = admin.read(&format!("/api/v1/hosts?sort=hostname&min_seq={}", taken.seq()));
    let rows: Vec<_> = page["items"].as_array().unwrap().iter().map(|row| (&row["id"], &row["packages"])).collect();
    assert_eq!(rows, [(&json!(1), &json!(4)), (&json!(2), &json!(3))]);
    assert_eq!(page["total"], 2);
    // One update each, and the new one: nothing is counted twice.
    assert_eq!(admin.read("/api/v1/overview")["updates"]["security"], 3);
}

fn a_revoked_token_is_refused(engine: Engine) {
    let server = Server::start(engine);
    let token = server.agent_token();
    let mut admin = server.admin();
    let id = admin.read("/api/v1/agent-tokens")[0]["id"].as_i64().unwrap();
    assert_eq!(admin.delete(&format!("/api/v1/agent-tokens/{id}")).status, 204);
    assert_eq!(admin.delete(&format!("/api/v1/agent-tokens/{id}")).status, 404);
    let refused = server.client().with_token(&token).report(&report(&host(1), 1));
    assert_eq!(refused.problem(), (401, "unknown_token".into(), String::new()));
}
