//! Setting up, signing in and out.

use crate::on_both_engines;
use crate::support::{Engine, NAME, PASSWORD, Server};
use serde_json::json;

on_both_engines!(
    the_link_makes_one_administrator_once,
    a_session_ends_when_it_is_ended,
    weak_passwords_are_refused,
    guessing_is_slowed_down,
    guesses_at_once_are_counted_as_well,
    changes_need_the_header_that_forms_can_not_send,
    everything_else_needs_a_session,
    a_restart_keeps_users_and_sessions_and_prints_no_link,
);

fn the_link_makes_one_administrator_once(engine: Engine) {
    let server = Server::start(engine);
    let token = server.setup_token.clone().expect("a first start prints the link");
    let mut client = server.client();
    assert_eq!(client.read("/api/v1/session")["state"], "setup_needed");

    let setup = |token: &str| json!({"token": token, "name": NAME, "password": PASSWORD});
    assert_eq!(
        client.post("/api/v1/setup", &setup("mwl_wrong")).problem(),
        (410, "setup_link_unknown".into(), String::new())
    );
    let made = client.post("/api/v1/setup", &setup(&token));
    assert_eq!(made.status, 201);
    let cookie = made.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), "{cookie}");
    assert_eq!(client.read("/api/v1/session")["user"]["name"], NAME);

    let again = json!({"token": token, "name": "second", "password": PASSWORD});
    assert_eq!(server.client().post("/api/v1/setup", &again).problem(), (410, "setup_link_used".into(), String::new()));
}

fn a_session_ends_when_it_is_ended(engine: Engine) {
    let server = Server::start(engine);
    let mut client = server.admin();
    let cookie = client.cookie().map(str::to_owned);
    assert_eq!(client.get("/api/v1/overview").status, 200);
    assert_eq!(client.delete("/api/v1/session").status, 204);
    assert_eq!(client.cookie(), None, "the browser is told to forget the cookie");
    client.set_cookie(cookie);
    assert_eq!(client.get("/api/v1/overview").problem().1, "signed_out", "the server has forgotten it, too");
}

fn weak_passwords_are_refused(engine: Engine) {
    let server = Server::start(engine);
    let token = server.setup_token.clone().expect("the link");
    for (name, password, field) in [
        (NAME, "short", "password"),
        (NAME, "aaaaaaaaaaaaaaaa", "password"),
        ("", PASSWORD, "name"),
        ("a b", PASSWORD, "name"),
    ] {
        let setup = json!({"token": token, "name": name, "password": password});
        let (status, _, wrong) = server.client().post("/api/v1/setup", &setup).problem();
        assert_eq!((status, wrong.as_str()), (422, field), "{name:?} {password:?}");
    }
    // The link was not used up by that.
    server.admin();
}

fn guessing_is_slowed_down(engine: Engine) {
    let server = Server::start(engine);
    server.admin();
    let mut client = server.client();
    let guess = json!({"name": NAME, "password": "not the password"});
    for _ in 0..5 {
        assert_eq!(client.post("/api/v1/session", &guess).problem().1, "wrong_credentials");
    }
    let refused = client.post("/api/v1/session", &json!({"name": NAME, "password": PASSWORD}));
    assert_eq!(refused.problem().1, "too_many_attempts", "even the right password waits");
    assert!(refused.header("retry-after").parse::<u64>().expect("seconds") >= 1);
}

fn guesses_at_once_are_counted_as_well(engine: Engine) {
    let server = Server::start(engine);
    server.admin();
    let guess = json!({"name": NAME, "password": "not the password"});
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let guess = |_| scope.spawn(|| server.client().post("/api/v1/session", &guess).status);
        let guesses: Vec<_> = (0..20).map(guess).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let tried = answers.iter().filter(|status| **status == 401).count();
    assert!(tried <= 8, "five are free, and each further one waits: {answers:?}");
}

fn changes_need_the_header_that_forms_can_not_send(engine: Engine) {
    let server = Server::start(engine);
    let mut client = server.admin();
    client.csrf = false;
    assert_eq!(client.post("/api/v1/agent-tokens", &json!({"name": "x"})).problem().1, "csrf_header_missing");
    assert_eq!(client.get("/api/v1/agent-tokens").status, 200);
}

fn everything_else_needs_a_session(engine: Engine) {
    let server = Server::start(engine);
    server.admin();
    let mut client = server.client();
    for path in [
        "overview",
        "hosts",
        "hosts/1",
        "hosts/1/packages",
        "hosts/1/updates",
        "hosts/1/findings",
        "hosts/1/findings/CVE-2024-1",
        "packages",
        "updates",
        "findings",
        "feeds",
        "agent-tokens",
        "events",
    ] {
        assert_eq!(
            client.get(&format!("/api/v1/{path}")).problem(),
            (401, "signed_out".into(), String::new()),
            "{path}"
        );
    }
    for path in ["agent-tokens", "feeds/sync", "feeds/debian-dsa/import", "hosts/own/scan", "evaluate", "explain"] {
        assert_eq!(client.post(&format!("/api/v1/{path}"), &json!({})).status, 401, "{path}");
    }
}

fn a_restart_keeps_users_and_sessions_and_prints_no_link(engine: Engine) {
    let mut server = Server::start(engine);
    let cookie = server.admin().cookie().map(str::to_owned);
    server.restart();
    assert_eq!(server.setup_token, None);
    let mut client = server.client();
    client.set_cookie(cookie);
    assert_eq!(client.read("/api/v1/session")["state"], "signed_in");
}
