//! What is not known of a host is no all-clear, whatever is missing.

use crate::on_both_engines;
use crate::support::reports::{host, package, report, repository};
use crate::support::{Client, Engine, Server};
use jiff::{SignedDuration, Timestamp};
use model::wire::sections::Skipped;
use model::wire::{AgentInfo, Collected, SectionName, write_report};
use serde_json::{Value, json};

on_both_engines!(
    nothing_is_green_while_something_is_not_known,
    what_waits_keeps_its_colour,
    a_reboot_is_yellow,
    no_number_freezes_a_host,
    two_machines_with_one_id_are_marked
);

pub(crate) fn now() -> Timestamp {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    Timestamp::from_second(since.as_secs().try_into().unwrap()).unwrap()
}

/// A host of which everything is known, and on which nothing waits.
pub(crate) fn quiet(number: u32) -> Collected {
    let mut collected = host(number);
    let updates = collected.updates.as_mut().unwrap();
    (updates.records, updates.lists_at) = (Vec::new(), Some(now()));
    collected
}

pub(crate) fn codes(row: &Value) -> Vec<&str> {
    row["not_known"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

/// Takes a report of what is so now.
fn take(agent: &mut Client, collected: &Collected, sequence: u64) {
    let info = AgentInfo { name: "mendwatch-agent".to_owned(), version: "0.1.0".to_owned() };
    let report = write_report(collected, info, sequence, now(), None).unwrap();
    let taken = agent.report(&serde_json::to_vec(&report).unwrap());
    assert_eq!(taken.status, 200, "{}", String::from_utf8_lossy(&taken.body));
}

fn nothing_is_green_while_something_is_not_known(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let day = SignedDuration::from_hours(24);
    let skipped = || vec![Skipped { record: "a list".to_owned(), why: "cut off".to_owned() }];
    let odd = |name: &str, version: &str| package(name, version);
    let of = |change: &dyn Fn(&mut Collected), number| {
        let mut collected = quiet(number);
        change(&mut collected);
        collected
    };
    let cases: Vec<(Collected, Vec<&str>)> = vec![
        (quiet(1), vec![]),
        (of(&|c| c.packages = Err("no database".to_owned()), 2), vec!["packages_unavailable"]),
        (of(&|c| c.packages.as_mut().unwrap().records.clear(), 3), vec!["packages_empty"]),
        (
            of(&|c| c.packages.as_mut().unwrap().records = vec![odd("a", "1 2"), odd("b", "")], 4),
            vec!["packages_empty", "packages_skipped"],
        ),
        (of(&|c| c.packages.as_mut().unwrap().skipped = skipped(), 5), vec!["packages_skipped"]),
        (of(&|c| c.updates = Err("no lists".to_owned()), 6), vec!["updates_unavailable"]),
        (
            of(
                &|c| {
                    c.updates.as_mut().unwrap().records =
                        vec![crate::support::reports::update("a", "1", "no version", true)];
                },
                7,
            ),
            vec!["updates_skipped"],
        ),
        (of(&|c| c.updates.as_mut().unwrap().skipped = skipped(), 8), vec!["updates_skipped"]),
        (of(&|c| c.repositories.as_mut().unwrap().skipped = skipped(), 9), vec!["repositories_skipped"]),
        (of(&|c| c.updates.as_mut().unwrap().lists_at = None, 10), vec!["lists_age_unknown"]),
        (of(&|c| c.updates.as_mut().unwrap().lists_at = Some(now() - day * 8), 11), vec!["lists_old"]),
        (of(&|c| c.updates.as_mut().unwrap().lists_at = Some(now() + day), 12), vec!["lists_in_future"]),
        // No source that brings security updates.
        (of(&|c| c.repositories.as_mut().unwrap().records.truncate(1), 14), vec!["security_repository_missing"]),
        (of(&|c| c.repositories.as_mut().unwrap().records.clear(), 15), vec!["repositories_none"]),
        (
            of(
                &|c| {
                    let os = &mut c.host.as_mut().unwrap().os;
                    (os.id, os.version_id, os.codename) = ("ubuntu".into(), "22.04".into(), "jammy".into());
                    c.repositories.as_mut().unwrap().records = vec![repository("jammy-updates", false)];
                },
                16,
            ),
            vec!["security_repository_missing"],
        ),
        (of(&|c| c.repositories = Err("not allowed".to_owned()), 17), vec!["repositories_unknown"]),
        // rpm's hosts have no repository of security updates; that they have any has to be known all the same.
        (
            of(
                &|c| {
                    let os = &mut c.host.as_mut().unwrap().os;
                    (os.id, os.version_id, os.codename) = ("rocky".into(), "9.4".into(), String::new());
                    c.host.as_mut().unwrap().package_manager = "rpm".into();
                    c.packages.as_mut().unwrap().manager = "rpm".into();
                    c.repositories = Err("not read".to_owned());
                },
                21,
            ),
            vec!["repositories_unknown"],
        ),
        // Lists that were fetched after the host looked: its clock has been set back since.
        (of(&|c| c.updates.as_mut().unwrap().lists_at = Some(now() + SignedDuration::from_mins(30)), 22), vec![]),
        (
            of(
                &|c| {
                    let records = &mut c.repositories.as_mut().unwrap().records;
                    records.iter_mut().for_each(|of| of.fetched_at = Some(now() - day * 8));
                },
                23,
            ),
            vec!["lists_old"],
        ),
        // What runs.
        (of(&|c| c.runtime.as_mut().unwrap().running_kernel = "6.1.102".into(), 24), vec!["kernel_unowned"]),
        (of(&|c| c.runtime = Err("no /proc".to_owned()), 25), vec!["reboot_unknown"]),
        (
            of(
                &|c| {
                    c.runtime.as_mut().unwrap().running_kernel = "6.1.102".into();
                    c.host.as_mut().unwrap().virtualization = "podman".into();
                },
                26,
            ),
            vec![],
        ),
        // What system it is.
        (of(&|c| c.host = Err("no os-release".to_owned()), 18), vec!["host_unavailable"]),
    ];
    for (collected, _) in &cases {
        take(&mut agent, collected, 1);
    }
    // Sections that were never sent: the sender believes that the server has them.
    let info = AgentInfo { name: "mendwatch-agent".to_owned(), version: "0.1.0".to_owned() };
    let at = now();
    let part = write_report(
        &quiet(13),
        info,
        1,
        at,
        Some(&[SectionName::Host, SectionName::Updates, SectionName::Repositories]),
    )
    .unwrap();
    assert_eq!(agent.report(&serde_json::to_vec(&part).unwrap()).status, 200);
    let mut cases: Vec<(String, Vec<&str>)> = cases.into_iter().map(|(c, codes)| (c.hostname, codes)).collect();
    cases.push(("host-13.example.org".to_owned(), vec!["packages_never_received", "reboot_unknown"]));

    let mut admin = server.admin();
    let page = admin.read("/api/v1/hosts?limit=100");
    for (hostname, expected) in &cases {
        let row = page["items"].as_array().unwrap().iter().find(|row| row["hostname"] == hostname.as_str()).unwrap();
        assert_eq!(&codes(row), expected, "{hostname}");
        assert_eq!(row["colour"], if expected.is_empty() { "green" } else { "grey" }, "{hostname}");
        let detail = admin.read(&format!("/api/v1/hosts/{}", row["id"]));
        let summary = detail["summary"].as_str().unwrap();
        assert_eq!(summary.starts_with("Nothing waits"), expected.is_empty(), "{hostname}: {summary}");
        if let Some(first) = detail["not_known"].as_array().unwrap().first() {
            assert!(summary.contains(first["text"].as_str().unwrap()), "{hostname}: {summary}");
        }
    }
    let colours = &admin.read("/api/v1/overview")["hosts"]["colours"];
    assert_eq!((&colours["green"], &colours["grey"]), (&json!(3), &json!(21)));
    let text = |admin: &mut Client, host: &str| {
        let id = admin.read(&format!("/api/v1/hosts?q={host}"))["items"][0]["id"].clone();
        admin.read(&format!("/api/v1/hosts/{id}"))["not_known"][0].clone()
    };
    for (host, why) in [("host-2.", "(no database)"), ("host-17.", "(not allowed)"), ("host-18.", "(no os-release)")] {
        let said = text(&mut admin, host);
        assert!(said["text"].as_str().unwrap().contains(why), "{host}: {said}");
    }
    let missing = text(&mut admin, "host-14.");
    assert!(missing["text"].as_str().unwrap().starts_with("No security repository"), "{missing}");
    assert!(missing["remedy"].as_str().unwrap().contains("-security"), "{missing}");
    let nameless = admin.read("/api/v1/hosts?q=host-18.")["items"][0].clone();
    assert_eq!((&nameless["platform"], &nameless["assessed"]), (&json!("linux:unknown"), &json!(false)));
    // A release that gets its fixes with everything else has no such repository to miss.
    let rolling = of(
        &|c| {
            let os = &mut c.host.as_mut().unwrap().os;
            (os.version_id, os.codename) = (String::new(), "forky".into());
            c.repositories.as_mut().unwrap().records = vec![repository("sid", false)];
        },
        19,
    );
    take(&mut agent, &rolling, 1);
    let row = admin.read("/api/v1/hosts?q=host-19.")["items"][0].clone();
    assert_eq!((&row["colour"], codes(&row)), (&json!("green"), vec![]));
    // The command line shows the same, of the same index.
    let listed = server.command(&["hosts", "list", "--json"]).output().unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    for (hostname, expected) in &cases {
        let row = listed.as_array().unwrap().iter().find(|row| row["hostname"] == hostname.as_str()).unwrap();
        assert_eq!(&codes(row), expected, "{hostname}");
    }
    let old = admin.read("/api/v1/hosts?q=host-11")["items"][0]["not_known"][0].clone();
    assert_eq!(old["remedy"], "Fetch them on the host: `apt-get update`.");
}

fn what_waits_keeps_its_colour(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let mut waits = host(1);
    waits.updates.as_mut().unwrap().lists_at = None;
    take(&mut agent, &waits, 1);
    let row = server.admin().read("/api/v1/hosts")["items"][0].clone();
    assert_eq!((&row["colour"], codes(&row)), (&json!("orange"), vec!["lists_age_unknown"]));
}

/// A host on which nothing waits but a reboot does not run what was upgraded.
fn a_reboot_is_yellow(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let mut restart = quiet(1);
    restart.runtime.as_mut().unwrap().reboot_required = Some(true);
    take(&mut agent, &restart, 1);
    let mut unknown = quiet(2);
    unknown.runtime.as_mut().unwrap().reboot_required = None;
    take(&mut agent, &unknown, 1);
    let hosts = server.admin().read("/api/v1/hosts?sort=hostname");
    let of = |at: usize| (hosts["items"][at]["colour"].as_str().unwrap(), codes(&hosts["items"][at]));
    assert_eq!([of(0), of(1)], [("yellow", vec![]), ("grey", vec!["reboot_unknown"])]);
}

/// A report with the greatest number that there is, once: the host goes on.
fn no_number_freezes_a_host(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let mut collected = host(1);
    take(&mut agent, &collected, model::wire::MAX_SEQUENCE);
    collected.packages.as_mut().unwrap().records.push(package("zsh", "5.9-4"));
    let info = AgentInfo { name: "mendwatch-agent".to_owned(), version: "0.1.0".to_owned() };
    let later = write_report(&collected, info, 2, now(), None).unwrap();
    let taken = agent.report(&serde_json::to_vec(&later).unwrap());
    assert_eq!((&taken.json()["duplicate"], &taken.json()["next_sequence"]), (&json!(false), &json!(3)));
    assert_eq!(server.admin().read("/api/v1/hosts/1")["packages"], 4);
    // What was seen before it, and comes after it, is told so.
    let late = agent.report(&report(&host(1), 1));
    assert_eq!((&late.json()["duplicate"], &late.json()["outdated"]), (&json!(true), &json!(true)));
    let beyond = String::from_utf8(report(&host(1), 3)).unwrap();
    let beyond = beyond.replacen("\"sequence\":3", &format!("\"sequence\":{}", i64::MAX), 1);
    let refused = agent.report(beyond.as_bytes()).problem();
    assert_eq!((refused.0, refused.2.as_str()), (422, "sequence"));
    for id in ["0".repeat(32), "f".repeat(32), "uninitialized".to_owned()] {
        let mut nameless = host(1);
        nameless.machine_id = id;
        let refused = agent.report(&report(&nameless, 9)).problem();
        assert_eq!((refused.0, refused.2.as_str()), (422, "machine_id"));
    }
}

fn two_machines_with_one_id_are_marked(engine: Engine) {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    let one = quiet(1);
    let mut two = quiet(1);
    two.hostname = "copy.example.org".to_owned();
    two.host.as_mut().unwrap().hostname.clone_from(&two.hostname);
    two.boot_id = "c0000000-0000-4000-8000-000000000002".to_owned();
    let mut admin = server.admin();
    for (sequence, collected) in [(1, &one), (2, &two)] {
        take(&mut agent, collected, sequence);
    }
    let renamed = admin.read("/api/v1/hosts/1");
    assert_eq!((&renamed["colour"], codes(&renamed)), (&json!("green"), vec![]), "a machine may get another name");
    take(&mut agent, &one, 3);
    let marked = admin.read("/api/v1/hosts/1");
    assert_eq!((&marked["colour"], codes(&marked)), (&json!("grey"), vec!["possible_clones"]));
    let heard: Vec<_> = marked["possible_clones"].as_array().unwrap().iter().map(|of| &of["hostname"]).collect();
    assert_eq!(heard, ["copy.example.org", "host-1.example.org"]);
    assert!(marked["not_known"][0]["remedy"].as_str().unwrap().contains("systemd-machine-id-setup"));
}
