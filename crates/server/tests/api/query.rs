//! Queries: groups, levels, plans, completion, errors; what reports say of hosts and feeds of CVEs.

use crate::feeds::import;
use crate::on_both_engines;
use crate::support::reports::{host, report};
use crate::support::{Client, Engine, Server};
use model::Clock as _;
use model::clock::SystemClock;
use model::wire::Collected;
use model::wire::sections::Host;
use serde_json::{Value, json};

on_both_engines!(
    what_hosts_report_is_asked_for,
    a_query_says_what_it_was_read_as,
    what_ranks_a_cve_comes_from_its_feeds,
    what_is_typed_is_completed
);

/// Three hosts: number n is in network 10.n.0.0/16 and in site n.
fn fleet(engine: Engine) -> Server {
    let server = Server::start(engine);
    let mut agent = server.client().with_token(&server.agent_token());
    for number in 1..=3_u32 {
        assert_eq!(agent.report(&labelled(&located(number), number, 1)).status, 200);
    }
    server
}

/// A report with the labels of host `number`.
fn labelled(collected: &Collected, number: u32, sequence: u64) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(&report(collected, sequence)).unwrap();
    body["site"] = format!("site-{number}").into();
    body["env"] = if number == 3 { "dev" } else { "prod" }.into();
    serde_json::to_vec(&body).unwrap()
}

fn located(number: u32) -> Collected {
    let mut collected = host(number);
    let section: &mut Host = collected.host.as_mut().unwrap();
    section.fqdn = format!("web-{number}.example.{}", if number == 1 { "cz" } else { "de" });
    section.ip_addresses = vec![format!("10.{number}.0.7"), format!("2001:db8:{number}::7")];
    section.package_manager = "dpkg".to_owned();
    section.virtualization = "kvm".to_owned();
    section.boot_time = Some("2026-11-01T00:00:00Z".parse().unwrap());
    collected.runtime.as_mut().unwrap().running_kernel = format!("6.1.0-{number}0-amd64");
    collected
}

/// An address with a query.
fn of(q: &str) -> String {
    let encoded: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/api/v1/query?q={encoded}")
}

fn total(admin: &mut Client, q: &str) -> Value {
    admin.read(&of(q))["total"].clone()
}

fn what_hosts_report_is_asked_for(engine: Engine) {
    let server = fleet(engine);
    let mut admin = server.admin();
    for (q, hosts) in [
        ("", 3),
        ("env:prod", 2),
        ("env:dev site:site-3", 1),
        ("-env:*", 0),
        ("tag:prod", 2),
        ("tld:cz,de", 3),
        ("tld:cz", 1),
        ("domain:example.de", 2),
        ("ip:10.2.0.0/16", 1),
        ("ip:2001:db8::/32", 3),
        ("kernel:6.1.0-20-*", 1),
        ("arch:amd64 manager:dpkg virtualization:kvm", 3),
        ("boot>1d", 3),
        ("stale<10m", 3),
        ("stale>10m", 0),
        ("host-* -host-2*", 2),
        ("pkg:(name:openssl arch:amd64 source:openssl)", 3),
        ("pkg:(name:openssl arch:arm64)", 0),
        ("not_known:any or -not_known:any", 3),
    ] {
        assert_eq!(total(&mut admin, q), hosts, "{q}");
        let encoded = of(q).replace("/query?", "/hosts?");
        assert_eq!(admin.read(&encoded)["total"], hosts, "lists of hosts say the same of {q}");
    }
    // A host that moves leaves what it was found by.
    let mut moved = located(3);
    moved.host.as_mut().unwrap().ip_addresses = vec!["192.0.2.7".to_owned()];
    moved.host.as_mut().unwrap().fqdn = "web-3.example.cz".to_owned();
    let mut agent = server.client().with_token(&server.agent_token());
    assert_eq!(agent.report(&labelled(&moved, 3, 2)).status, 200);
    for (q, hosts) in [("tld:cz", 2), ("domain:example.de", 1), ("ip:10.0.0.0/8", 2), ("ip:192.0.2.0/24", 1)] {
        assert_eq!(total(&mut admin, q), hosts, "{q}");
    }
}

fn a_query_says_what_it_was_read_as(engine: Engine) {
    let server = fleet(engine);
    let mut admin = server.admin();
    let answer = admin.read(&format!("{}&explain=true&limit=1", of("web or -(env:prod findings>0)")));
    assert_eq!((&answer["q"], &answer["level"]), (&json!("web or -(env:prod findings>0)"), &json!(3)));
    let plan = &answer["plan"];
    assert_eq!((&plan["join"], &plan["hosts"], &plan["level"]), (&json!("any"), &json!(3), &json!(3)));
    assert_eq!(plan["parts"][0]["join"], "not", "columns are cheaper than names");
    let inside = &plan["parts"][0]["parts"][0];
    assert_eq!(inside["text"], "env:prod findings>0");
    let parts: Vec<_> = inside["parts"].as_array().unwrap().iter().map(|part| (&part["text"], &part["cost"])).collect();
    assert_eq!(parts, [(&json!("env:prod"), &json!("union")), (&json!("findings>0"), &json!("column"))]);
    assert_eq!(inside["parts"][0]["hosts"], 2);
    assert!(admin.read(&of("web")).get("plan").is_none(), "only who asks pays for it");

    // Pages are those of hosts.
    let first = admin.read(&format!("{}&limit=2&sort=hostname", of("env:*")));
    assert_eq!((&first["total"], first["items"].as_array().unwrap().len()), (&json!(3), 2));
    let cursor = first["next_cursor"].as_str().unwrap();
    let last = admin.read(&format!("{}&limit=2&sort=hostname&cursor={cursor}", of("env:*")));
    assert_eq!((&last["items"][0]["hostname"], last.get("next_cursor")), (&json!("host-3.example.org"), None));
    let other = admin.get(&format!("{}&sort=hostname&cursor={cursor}", of("env:prod")));
    assert_eq!(other.problem().1, "invalid_cursor");

    let refused = admin.get(&of("é freshnes:stale"));
    assert_eq!(refused.problem(), (422, "bad_query".into(), "q".into()));
    let problem = refused.json();
    assert_eq!(
        (&problem["position"], &problem["length"], &problem["suggestion"]),
        (&json!(2), &json!(8), &json!("freshness"))
    );
    for q in ["os:debian ".repeat(400), format!("{}web{}", "(".repeat(100), ")".repeat(100))] {
        assert_eq!(admin.get(&of(&q)).problem().1, "bad_query", "{q}");
    }
}

fn what_ranks_a_cve_comes_from_its_feeds(engine: Engine) {
    let mut server = fleet(engine);
    let mut admin = server.admin();
    // The release of the hosts, whose openssl is fixed later; the DSA is made up, the format is that of Debian's list.
    let dsa = "[01 Sep 2026] DSA-9001-1 openssl - security update\n\t{CVE-2026-0001}\n\t[bullseye] - openssl 9.0-1\n";
    import(&mut admin, "debian-dsa", dsa.into());
    assert_eq!(total(&mut admin, "cve:CVE-2026-0001"), 3);
    // Fixed by the vendor; the update that waits on the host is 1.1.1n-0+deb11u4, below that.
    let findings = admin.read("/api/v1/hosts/1/findings");
    assert_eq!(
        (&findings["items"][0]["state"], &findings["items"][0]["offered"]),
        (&json!("fix_available"), &json!(false))
    );
    assert_eq!(
        total(&mut admin, "finding:(cve:CVE-2026-0001 state:fix_available advisory:DSA-9001-1 package:openssl)"),
        3
    );
    assert_eq!(total(&mut admin, "finding:(cve:CVE-2026-0001 state:no_fix)"), 0);
    let unknown = admin.read(&of("kev:yes or epss>0.1"));
    assert_eq!((&unknown["total"], unknown["lacks"].as_array().unwrap().len()), (&json!(0), 3), "{}", unknown["lacks"]);

    let today = SystemClock.now().strftime("%Y-%m-%d");
    let scores = format!(
        "#model_version:v2025.03.14,score_date:{today}T00:00:00Z\ncve,epss,percentile\nCVE-2026-0001,0.5,0.97\n"
    );
    import(&mut admin, "first-epss", scores.into());
    let kev = |released: &str| {
        json!({
            "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.11.21",
            "dateReleased": released, "count": 1,
            "vulnerabilities": [{"cveID": "CVE-2026-0001", "vendorProject": "x", "product": "x", "vulnerabilityName": "x",
                "dateAdded": "2026-11-20", "shortDescription": "x", "requiredAction": "x", "dueDate": "2026-12-11",
                "knownRansomwareCampaignUse": "Unknown", "notes": ""}],
        })
    };
    // A catalogue that stands still knows nothing of what was added since, and the answer says so.
    import(&mut admin, "cisa-kev", kev("2020-01-02T12:00:00.0000Z").to_string().into());
    let old = admin.read(&of("kev:no"));
    let said = old["lacks"][1].as_str().unwrap();
    assert!(said.contains("is of 2020-01-02 12:00 UTC") && said.contains("`mendwatch feeds sync cisa-kev`"), "{said}");
    import(&mut admin, "cisa-kev", kev(&format!("{today}T00:00:00.0000Z")).to_string().into());
    let check = |admin: &mut Client| {
        for (q, hosts) in [
            ("kev:yes", 3),
            ("kev:no", 0),
            ("epss>=0.5", 3),
            ("epss>0.5", 0),
            ("finding:(kev:yes epss>0.1 fixed:yes) env:dev", 1),
        ] {
            let answer = admin.read(&of(q));
            // The list names what is open, and says nothing of the rest.
            let lacks = json!(["3 of 3 hosts are not assessed: what is not known to be open on them may be."]);
            assert_eq!((&answer["total"], &answer["lacks"]), (&json!(hosts), &lacks), "{q}");
            assert_eq!(admin.read(&of(q).replace("/query?", "/hosts?"))["lacks"], lacks, "{q}");
        }
    };
    check(&mut admin);
    server.restart();
    check(&mut server.admin());
}

fn what_is_typed_is_completed(engine: Engine) {
    let server = fleet(engine);
    let mut admin = server.admin();
    let found = admin.read("/api/v1/query/complete?q=web%20env:p&min_seq=1");
    assert_eq!(found, json!({"start": 8, "end": 9, "suggestions": [{"text": "prod", "kind": "value", "hosts": 2}]}));
    // The cursor stands behind `en`.
    let field = admin.read("/api/v1/query/complete?q=en%20web&at=2");
    assert_eq!((&field["start"], &field["end"]), (&json!(0), &json!(2)));
    assert_eq!((&field["suggestions"][0]["text"], &field["suggestions"][0]["kind"]), (&json!("env:"), &json!("field")));
    assert_eq!(admin.read("/api/v1/query/complete")["suggestions"].as_array().unwrap().len(), 20);
}
