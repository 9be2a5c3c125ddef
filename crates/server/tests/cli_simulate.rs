//! `mendwatch simulate`, as a shell sees it: the same fleet from the same seed, whichever way it goes in.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    clippy::crate_in_macro_def,
    reason = "a test fails by panicking; what is shared with others' tests is as it is"
)]

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::{Command, Output};
use support::{Client, Engine, Server, binary};

const AT: &str = "2026-11-22T00:00:00Z";

fn told_by(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn simulate(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(binary());
    command.arg("simulate").args(arguments).env_remove("MENDWATCH_DATA").env_remove("DATABASE_URL");
    told_by(&command.output().unwrap())
}

fn json(arguments: &[&str]) -> Value {
    let (code, out, err) = simulate(arguments);
    assert_eq!(code, Some(0), "{err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn the_same_seed_makes_the_same_fleet() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let made = |seed: &str, more: &[&str]| {
        let arguments = ["--hosts", "60", "--at", AT, "--stats", "--json", "--seed", seed];
        json(&[&arguments[..], more].concat())["fleet"].clone()
    };
    let fleet = made("1", &[]);
    assert_eq!(fleet["hosts"], 60);
    assert_eq!(made("1", &[]), fleet);
    assert_ne!(made("2", &[])["digest"], fleet["digest"]);
    assert_eq!(made("1", &["--data", data.to_str().unwrap()]), fleet, "what is stored is what was counted");
}

/// What a fleet is to be, scaled down: `performance.md` of the design asks it of a million hosts.
#[test]
fn a_fleet_is_as_hard_as_a_real_one() {
    let fleet = json(&["--hosts", "1500", "--at", AT, "--stats", "--json"])["fleet"].clone();
    let of = |name: &str| fleet[name].as_u64().unwrap();
    assert!(of("platforms") >= 30, "{fleet}");
    // 400 and 20 in a thousand, give or take four standard deviations of 1,500 draws.
    assert!((350..=450).contains(&of("own_inventory_per_mille")), "{fleet}");
    assert!((5..=35).contains(&of("foreign_per_mille")), "{fleet}");
    // By chance neighbours have one image in 1,000 / 41 cases and more, since images are not equally large.
    assert!(of("same_image_as_next_per_mille") < 80, "{fleet}");
    // 200 combinations, of which 1,500 draws miss few but those of the 5 % that can't tell their kernel.
    assert!(of("contexts") > 120 && of("label_sets") >= 190, "{fleet}");
    assert!(of("distinct_packages") > 15_000, "{fleet}");
    assert!((350..=750).contains(&fleet["packages_per_host"][1].as_u64().unwrap()), "{fleet}");
}

/// What a list or page says, without numbers that depend on who came first and without the times of coming in. Rows of equal
/// rank may stand in another order.
fn plain(value: &Value) -> Value {
    const LEFT_OUT: &[&str] = &[
        "id",
        "host_id",
        "seq",
        "first_seen_at",
        "last_seen_at",
        "observed_at",
        "since",
        "seen_at",
        "next_cursor",
        "as_of",
        "at",
    ];
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), plain(value))).collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(plain).collect();
            items.sort_by_cached_key(Value::to_string);
            items.into()
        }
        other => other.clone(),
    }
}

/// All rows of a list, over its pages.
fn rows(client: &mut Client, list: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    let joint = if list.contains('?') { '&' } else { '?' };
    loop {
        let page = client.read(&format!("/api/v1/{list}{joint}limit=500{cursor}"));
        rows.extend(page["items"].as_array().expect("items").iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { return rows };
        cursor = format!("&cursor={next}");
    }
}

/// Everything that the API says of a fleet: lists as they are, and each host by its name.
fn answers(server: &Server) -> BTreeMap<String, Value> {
    let mut client = server.admin();
    let mut answers = BTreeMap::from([("overview".to_owned(), plain(&client.read("/api/v1/overview")))]);
    for list in ["packages", "updates", "findings", "hosts?q=pkg:bash", "hosts?q=security_updates%3E10"] {
        answers.insert(list.to_owned(), plain(&rows(&mut client, list).into()));
    }
    for host in rows(&mut client, "hosts?sort=hostname") {
        let name = host["hostname"].as_str().unwrap().to_owned();
        for part in ["packages", "updates", "findings"] {
            let said = rows(&mut client, &format!("hosts/{}/{part}", host["id"]));
            answers.insert(format!("{name} {part}"), plain(&said.into()));
        }
        answers.insert(format!("{name} page"), plain(&client.read(&format!("/api/v1/hosts/{}", host["id"]))));
        answers.insert(name, plain(&host));
    }
    answers
}

/// A data directory that was filled answers every question as one into which the same fleet reported over HTTP.
#[test]
fn a_filled_record_answers_as_one_that_was_reported_to() {
    let fleet = ["--hosts", "60", "--seed", "3", "--at", AT];
    let mut filled = Server::start(Engine::Sqlite);
    filled.stop();
    let data = filled.data().to_str().unwrap().to_owned();
    let outcome = json(&[&fleet[..], &["--data", &data, "--json"]].concat());
    assert_eq!((&outcome["filled"]["reports"], &outcome["filled"]["before"]), (&60.into(), &0.into()));
    filled.restart();

    let reported = Server::start(Engine::Sqlite);
    let (url, token) = (format!("http://{}", reported.address), reported.agent_token());
    let drive = |more: &[&str]| json(&[&fleet[..], &["--server", &url, "--token", &token, "--json"], more].concat());
    let first = drive(&["--changed", "0", "--connections", "4"])["driven"].clone();
    assert_eq!((&first["checkins"]["count"], &first["reports"]["count"]), (&60.into(), &60.into()), "{first}");
    assert_eq!((&first["known"], &first["errors"]), (&0.into(), &serde_json::json!({})), "{first}");

    let (here, there) = (answers(&filled), answers(&reported));
    assert_eq!(here.len(), there.len());
    for (question, answer) in &here {
        assert_eq!(Some(answer), there.get(question), "{question}");
    }
    assert_eq!(here.len(), 6 + 60 * 5);

    // The same fleet again has nothing new to say; of one that changed, just that is sent.
    let again = drive(&["--changed", "0"])["driven"].clone();
    assert_eq!((&again["known"], &again["reports"]["count"]), (&60.into(), &0.into()), "{again}");
    let changed = drive(&["--changed", "100", "--connections", "3"])["driven"].clone();
    assert_eq!((&changed["known"], &changed["reports"]["count"]), (&0.into(), &60.into()), "{changed}");
}

#[test]
fn what_is_wrong_is_told() {
    let told = |arguments: &[&str]| {
        let (code, out, err) = simulate(&[&["--hosts", "1"], arguments].concat());
        assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
        err
    };
    assert!(told(&[]).contains("where to?"));
    assert!(told(&["--server", "127.0.0.1:1", "--token", "x"]).contains("expected http://"));
    assert!(told(&["--server", "http://127.0.0.1:1"]).contains("needs --token"));
    assert!(told(&["--server", "http://127.0.0.1:1", "--token", "x"]).contains("does not answer"));
    assert!(told(&["--stats", "--inventories", "/nowhere"]).contains("--inventories: /nowhere can't be read"));
    let both = told(&["--server", "http://127.0.0.1:1", "--token", "x", "--data", "nowhere"]);
    assert!(both.contains("both --server http://127.0.0.1:1 and --data nowhere"), "{both}");
    // The environment names the record of real hosts.
    let dir = tempfile::tempdir().unwrap();
    let real = dir.path().join("data");
    let beside_it = |arguments: &[&str]| {
        let mut command = Command::new(binary());
        command.args(["simulate", "--hosts", "1"]).args(arguments).env("MENDWATCH_DATA", &real);
        told_by(&command.env_remove("DATABASE_URL").output().unwrap())
    };
    assert!(beside_it(&[]).2.contains("where to?"));
    assert_eq!((beside_it(&["--stats"]).0, real.exists()), (Some(0), false));
    assert_eq!((beside_it(&["--data", real.to_str().unwrap()]).0, real.exists()), (Some(0), true));
    let server = Server::start(Engine::Sqlite);
    let url = format!("http://{}", server.address);
    assert!(told(&["--server", &url, "--token", "mwa_wrong"]).contains("refuses the token"));
    assert!(told(&["--data", server.data().to_str().unwrap()]).contains("a server holds"));
}
