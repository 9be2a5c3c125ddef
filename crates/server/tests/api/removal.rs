//! Hosts that do not count: removed by somebody, or reported by an agent in the server's place.

use crate::on_both_engines;
use crate::support::reports::{check_in, host, observed, report};
use crate::support::{Client, Engine, Server};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

on_both_engines!(a_removed_host_is_gone_at_once_and_comes_back, one_machine_is_one_host);

fn ids(admin: &mut Client) -> Vec<i64> {
    let page = admin.read("/api/v1/hosts?sort=hostname");
    let ids: Vec<i64> = page["items"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
    assert_eq!(page["total"], ids.len());
    ids
}

fn a_removed_host_is_gone_at_once_and_comes_back(engine: Engine) {
    let mut server = Server::start(engine);
    let token = server.agent_token();
    let mut agent = server.client().with_token(&token);
    for number in 1..=2 {
        assert_eq!(agent.report(&report(&host(number), 1)).status, 200);
    }
    let mut admin = server.admin();
    let before = admin.read("/api/v1/hosts/1/packages");

    // Who may not, and what is not there.
    assert_eq!(server.client().delete("/api/v1/hosts/1").problem().1, "signed_out");
    admin.csrf = false;
    assert_eq!(admin.delete("/api/v1/hosts/1").problem(), (403, "csrf_header_missing".into(), String::new()));
    admin.csrf = true;
    assert_eq!(admin.delete("/api/v1/hosts/99").problem().0, 404);
    assert_eq!(ids(&mut admin), [1, 2]);

    let mut events = TcpStream::connect(server.address).unwrap();
    events.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(events, "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", admin.cookie().unwrap()).unwrap();
    let mut events = BufReader::new(events).lines().map(|line| line.expect("the stream goes on"));
    assert!(events.by_ref().any(|line| line == "event: hello"));

    let removed = admin.delete("/api/v1/hosts/1");
    assert_eq!(removed.status, 204);
    assert!(events.by_ref().any(|line| line == "event: change"));
    let data = events.by_ref().find_map(|line| line.strip_prefix("data: ").map(str::to_owned)).unwrap();
    let change: Value = serde_json::from_str(&data).unwrap();
    assert_eq!((&change["cause"], &change["hosts"]), (&json!("decision"), &json!([1])), "listeners hear of it");

    let page = admin.read(&format!("/api/v1/hosts?min_seq={}", removed.seq()));
    assert_eq!((&page["total"], &page["items"][0]["id"]), (&json!(1), &json!(2)));
    assert_eq!(page["facets"]["platform"], json!([{"value": "debian:11", "count": 1}]));
    let overview = admin.read("/api/v1/overview");
    assert_eq!((&overview["hosts"]["total"], &overview["updates"]["security"]), (&json!(1), &json!(1)));
    assert_eq!(admin.read("/api/v1/updates")["items"][0]["hosts"], 1);
    assert_eq!(admin.read("/api/v1/packages?q=openssl")["items"][0]["hosts"], 1);
    let gone = admin.get("/api/v1/hosts/1");
    assert_eq!(gone.problem(), (410, "removed".into(), String::new()));
    assert!(gone.json()["detail"].as_str().unwrap().contains("removed by admin on"), "{}", gone.json());
    assert_eq!(gone.json().get("successor"), None, "nobody took over");
    assert_eq!(admin.get("/api/v1/hosts/1/packages").problem().0, 404);
    assert_eq!(admin.delete("/api/v1/hosts/1").problem().1, "removed");

    server.restart();
    let mut admin = server.admin();
    assert_eq!(ids(&mut admin), [2], "a restart does not bring it back");

    // The same source, heard of again: the same host with its history.
    let mut agent = server.client().with_token(&token);
    let answer = check_in(&mut agent, &host(1), observed());
    assert_eq!((&answer["answer"], &answer["next_sequence"]), (&json!("report_now"), &json!(2)));
    assert_eq!(ids(&mut admin), [2], "a check-in alone is not enough");
    let back = agent.report(&report(&host(1), 2));
    assert_eq!((back.status, &back.json()["host_id"]), (200, &json!(1)));
    assert_eq!(ids(&mut admin), [1, 2]);
    assert_eq!(admin.read("/api/v1/hosts/1/packages")["items"], before["items"]);
    assert_eq!(check_in(&mut agent, &host(1), observed())["answer"], "known");
}

/// Asks until the answer is there: the job that looks at the own host works beside the API.
fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn one_machine_is_one_host(engine: Engine) {
    let mut server = Server::start_with(engine, &["--own-host", "on"]);
    let token = server.agent_token();
    let mut admin = server.admin();
    assert_eq!(ids(&mut admin), [1]);
    let machine = admin.read("/api/v1/hosts/1")["machine_id"].as_str().unwrap().to_owned();

    let mut collected = host(7);
    collected.machine_id = machine;
    let taken = server.client().with_token(&token).report(&report(&collected, 1));
    assert_eq!(taken.json()["host_id"], 2);
    // Never both: whoever sees the agent's host no longer sees the server's own.
    let page = admin.read(&format!("/api/v1/hosts?min_seq={}", taken.seq()));
    assert_eq!((&page["total"], &page["items"][0]["id"]), (&json!(1), &json!(2)));
    let retired = admin.get("/api/v1/hosts/1");
    assert_eq!(retired.problem().1, "removed");
    let told = retired.json();
    let detail = told["detail"].as_str().unwrap();
    assert!(detail.contains("host 2 (") && detail.ends_with("stands for the same machine."), "{detail}");
    assert_eq!(told["successor"], 2, "where to go on");
    assert_eq!(admin.read("/api/v1/hosts/2")["replaces"], json!([1]));

    // The job stands down, and says so to who asks for a look.
    let refused = until("the job stands down", || {
        let answer = admin.post("/api/v1/hosts/own/scan", &json!({}));
        (answer.status == 409).then_some(answer)
    });
    assert_eq!(refused.problem().1, "reported_by_agent");
    let saved = server.command(&["scan", "--save"]).output().unwrap();
    assert!(!saved.status.success());
    let said = String::from_utf8(saved.stderr).unwrap();
    assert!(said.contains("An agent reports this machine as host 2"), "{said}");
    assert_eq!(ids(&mut admin), [2]);

    server.restart();
    let mut admin = server.admin();
    assert_eq!(ids(&mut admin), [2], "nor after a restart");
    assert!(server.printed.iter().any(|line| line.contains("an agent reports it as host 2")), "{:?}", server.printed);

    // Without the agent's host the server looks again, under the number of before.
    assert_eq!(admin.delete("/api/v1/hosts/2").status, 204);
    until("the server looks at its own host again", || (ids(&mut admin) == [1]).then_some(()));
    // And the agent, still alive, takes over again.
    assert_eq!(server.client().with_token(&token).report(&report(&collected, 2)).json()["host_id"], 2);
    assert_eq!(ids(&mut admin), [2]);
}
