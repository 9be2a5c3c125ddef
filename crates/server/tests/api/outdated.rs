//! What a host has said to be otherwise than on record is not known, until a report brings it.

use crate::not_known::{codes, now, quiet};
use crate::on_both_engines;
use crate::support::reports::{check_in, package, repository, spoiled};
use crate::support::{Client, Engine, Server};
use jiff::{SignedDuration, Timestamp};
use model::wire::{AgentInfo, Collected, SectionName, write_report};
use serde_json::{Value, json};

on_both_engines!(
    what_a_check_in_says_is_outdated,
    what_was_sent_as_unchanged_and_is_not_held_is_outdated,
    a_refused_report_outdates_what_it_would_have_replaced,
    a_clock_ahead_makes_its_dates_unknown
);

fn report(collected: &Collected, sequence: u64, at: Timestamp, only: Option<&[SectionName]>) -> Vec<u8> {
    let info = AgentInfo { name: "mendwatch-agent".to_owned(), version: "0.1.0".to_owned() };
    serde_json::to_vec(&write_report(collected, info, sequence, at, only).unwrap()).unwrap()
}

fn take(agent: &mut Client, body: &[u8]) -> Value {
    let taken = agent.report(body);
    assert_eq!(taken.status, 200, "{}", String::from_utf8_lossy(&taken.body));
    taken.json()
}

/// The colour of the one host, and what is not known of it.
fn standing(admin: &mut Client) -> (String, Vec<String>) {
    let row = admin.read("/api/v1/hosts")["items"][0].clone();
    let detail = admin.read("/api/v1/hosts/1");
    assert_eq!((&detail["colour"], codes(&detail)), (&row["colour"], codes(&row)));
    (row["colour"].as_str().unwrap().to_owned(), codes(&row).into_iter().map(str::to_owned).collect())
}

fn green() -> (String, Vec<String>) {
    ("green".to_owned(), vec![])
}

fn grey(codes: &[&str]) -> (String, Vec<String>) {
    ("grey".to_owned(), codes.iter().map(ToString::to_string).collect())
}

fn what_a_check_in_says_is_outdated(engine: Engine) {
    let mut server = Server::start(engine);
    let token = server.agent_token();
    let mut agent = server.client().with_token(&token);
    let mut admin = server.admin();
    let at = now();
    let first = quiet(1);
    take(&mut agent, &report(&first, 1, at, None));
    assert_eq!(check_in(&mut agent, &first, at)["answer"], "known");
    assert_eq!(standing(&mut admin), green());

    let mut second = quiet(1);
    second.packages.as_mut().unwrap().records.push(package("zsh", "5.9-4"));
    second.updates.as_mut().unwrap().lists_at = Some(at - SignedDuration::from_hours(1));
    second.repositories.as_mut().unwrap().records.push(repository("bullseye-updates", false));
    assert_eq!(check_in(&mut agent, &second, at)["answer"], "send");
    let outdated = ["packages_outdated", "updates_outdated", "repositories_outdated"];
    assert_eq!(standing(&mut admin), grey(&outdated));
    let said = admin.read("/api/v1/hosts/1")["not_known"][0].clone();
    let since = said["text"].as_str().unwrap().to_owned();
    assert!(since.contains(" UTC the host said that other packages are installed"), "{since}");
    assert!(said["remedy"].as_str().unwrap().contains("mendwatch-agent once"), "{said}");

    // It is on record, with the moment at which it was said first.
    assert_eq!(check_in(&mut agent, &second, at)["answer"], "send");
    server.restart();
    let (mut agent, mut admin) = (server.client().with_token(&token), server.admin());
    assert_eq!(standing(&mut admin), grey(&outdated));
    assert_eq!(admin.read("/api/v1/hosts/1")["not_known"][0]["text"], since.as_str());

    // A part of it comes; then the host is as it was on record again.
    let part = report(&second, 2, at, Some(&[SectionName::Updates, SectionName::Repositories]));
    assert_eq!(take(&mut agent, &part)["wanted"], json!(["packages"]));
    assert_eq!(standing(&mut admin), grey(&["packages_outdated"]));
    second.packages = first.packages;
    assert_eq!(check_in(&mut agent, &second, at)["answer"], "known");
    assert_eq!(standing(&mut admin), green());

    // What makes no difference to what waits is asked for, and nothing is unknown for it.
    second.runtime.as_mut().unwrap().running_kernel_build = "#2".to_owned();
    assert_eq!(check_in(&mut agent, &second, at)["answer"], "send");
    assert_eq!(standing(&mut admin), green());
    // Nor is a host that could not be read and says so again.
    second.updates = Err("no lists".to_owned());
    assert_eq!(check_in(&mut agent, &second, at)["answer"], "send");
    assert_eq!(standing(&mut admin), grey(&["updates_outdated"]));
    take(&mut agent, &report(&second, 3, at, None));
    assert_eq!(standing(&mut admin), grey(&["updates_unavailable"]));
}

fn what_was_sent_as_unchanged_and_is_not_held_is_outdated(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let mut admin = server.admin();
    let at = now();
    take(&mut agent, &report(&quiet(1), 1, at, None));
    let mut changed = quiet(1);
    changed.packages.as_mut().unwrap().records.push(package("zsh", "5.9-4"));
    for sequence in 2..4 {
        let wanted = take(&mut agent, &report(&changed, sequence, at, Some(&[SectionName::Host])))["wanted"].clone();
        assert!(wanted.as_array().unwrap().contains(&json!("packages")), "{wanted}");
        let (colour, codes) = standing(&mut admin);
        assert_eq!((colour.as_str(), codes[0].as_str()), ("grey", "packages_outdated"));
    }
    take(&mut agent, &report(&changed, 4, at, None));
    assert_eq!(standing(&mut admin), green());
}

fn a_refused_report_outdates_what_it_would_have_replaced(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let mut admin = server.admin();
    let at = now();
    let same = report(&quiet(1), 1, at, None);
    take(&mut agent, &same);
    let mut changed = quiet(1);
    changed.packages.as_mut().unwrap().records.push(package("zsh", "5.9-4"));
    let sound = report(&changed, 2, at, None);
    let refused = agent.report(&spoiled(&sound, "\"zsh\"", "\"zsh2\"")).problem();
    assert_eq!((refused.0, refused.1.as_str()), (422, "invalid_report"));
    assert_eq!(standing(&mut admin), grey(&["packages_outdated"]));
    take(&mut agent, &sound);
    assert_eq!(standing(&mut admin), green());
    // One that says what is known already changes nothing, and neither does one of somebody else.
    let nothing_new = agent.report(&spoiled(&sound, "host-1.example.org", "host 1")).problem();
    assert_eq!(nothing_new.0, 422);
    assert_eq!(standing(&mut admin), green());
    let other = spoiled(&same, &format!("{:032x}", 1), &format!("{:032x}", 2));
    assert_eq!(agent.report(&spoiled(&other, "\"format\":1", "\"format\":99")).problem().0, 422);
    assert_eq!(standing(&mut admin), green());
}

fn a_clock_ahead_makes_its_dates_unknown(engine: Engine) {
    let mut server = Server::start(engine);
    let token = server.agent_token();
    let mut agent = server.client().with_token(&token);
    let mut admin = server.admin();
    let hours = SignedDuration::from_hours;
    let host = quiet(1);
    take(&mut agent, &report(&host, 1, now() + hours(24 * 366 * 4), None));
    assert_eq!(standing(&mut admin), grey(&["clock_ahead"]));
    let said = admin.read("/api/v1/hosts/1")["not_known"][0].clone();
    assert!(said["text"].as_str().unwrap().starts_with("The host's clock is 4 years ahead"), "{said}");
    assert_eq!(said["remedy"], "Set the host's clock.");
    server.restart();
    let (mut agent, mut admin) = (server.client().with_token(&token), server.admin());
    assert_eq!(standing(&mut admin), grey(&["clock_ahead"]));
    // As long as it is ahead nothing is new; once it is right, a report is asked for and says so.
    assert_eq!(check_in(&mut agent, &host, now() + hours(24))["answer"], "known");
    assert_eq!(check_in(&mut agent, &host, now())["answer"], "send");
    assert_eq!(standing(&mut admin), grey(&["clock_ahead"]));
    take(&mut agent, &report(&host, 2, now(), None));
    assert_eq!(standing(&mut admin), green());
    // Some minutes are what clocks and messages differ by.
    take(&mut agent, &report(&host, 3, now() + SignedDuration::from_mins(30), None));
    assert_eq!(standing(&mut admin), green());
    assert_eq!(check_in(&mut agent, &host, now() + hours(3))["answer"], "send");
}
