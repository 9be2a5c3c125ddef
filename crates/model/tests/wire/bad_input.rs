//! What makes a report unusable, and the field that the error names.

use crate::sample::{self, with, without};
use model::wire::{Invalid, Limits, SectionHash, read_report};
use serde_json::{Value, json};

fn refused(body: &[u8]) -> Invalid {
    read_report(body, &Limits::default()).expect_err("the report is refused")
}

#[track_caller]
fn assert_refused(body: &[u8], field: &str, why: &str) {
    let invalid = refused(body);
    assert_eq!(invalid.field, field, "{invalid}");
    assert!(invalid.why.contains(why), "{invalid}");
}

#[test]
fn the_sample_itself_is_taken() {
    assert!(read_report(&sample::body(sample::tree()), &Limits::default()).is_ok());
}

#[test]
fn malformed() {
    assert_refused(b"", "", "EOF");
    assert_refused(b"hello", "", "expected value at line 1 column 1");
    assert_refused(b"[]", "", "invalid type: sequence, expected struct Report");
    assert_refused(b"{}", "format", "missing field");
    assert_refused(b"{\"format\":1,}", "", "trailing comma");
    let mut twice = sample::body(sample::tree());
    twice.extend_from_slice(b" {}");
    assert_refused(&twice, "", "trailing characters");
}

#[test]
fn truncated_anywhere() {
    let body = sample::body(sample::tree());
    for end in (0..body.len()).step_by(7) {
        let Ok(text) = std::str::from_utf8(&body[..end]) else { continue };
        let invalid = refused(text.as_bytes());
        let said =
            if end == 0 { "there is no document".to_owned() } else { format!("in the middle, after {end} bytes") };
        assert!(invalid.why.contains(&said), "cut at {end}: {invalid}");
        assert!(!invalid.field.contains('?'), "cut at {end}: {invalid}");
    }
}

#[test]
fn oversized() {
    let body = sample::body(sample::tree());
    let exact = Limits { report_bytes: body.len() as u64, ..Limits::default() };
    assert!(read_report(&body, &exact).is_ok());
    let small = Limits { report_bytes: body.len() as u64 - 1, ..Limits::default() };
    let invalid = read_report(&body, &small).unwrap_err();
    assert_eq!((invalid.field.as_str(), invalid.why), ("", format!("larger than {} bytes", body.len() - 1)));
    // Where no field is meant, none is announced.
    let shown = read_report(&body, &small).unwrap_err().to_string();
    assert_eq!(shown, format!("larger than {} bytes", body.len() - 1));
}

#[test]
fn deeply_nested() {
    // 100,000 levels would end a recursive reader with a stack overflow.
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert_refused(deep.as_bytes(), "", "nested deeper than 64 levels at byte 64");
    let within = String::from_utf8(sample::body(sample::tree())).unwrap();
    let unknown = within.replacen("{\"", &format!("{{\"unknown\":{deep},\""), 1);
    assert_refused(unknown.as_bytes(), "", "nested deeper than 64 levels");
    let in_data = within.replacen("\"manager\":", &format!("\"m\":{deep},\"manager\":"), 1);
    assert_refused(in_data.as_bytes(), "", "nested deeper than 64 levels");
    // Brackets in texts are no levels.
    assert!(
        read_report(&with("/sections/packages/data/records/0/depends", "[{\\\"".repeat(100)), &Limits::default())
            .is_ok()
    );
}

#[test]
fn not_utf8() {
    let mut body = sample::body(sample::tree());
    let at = body.windows(5).position(|w| w == b"tzdat").unwrap();
    body[at] = 0xff;
    assert_refused(&body, "", &format!("not UTF-8 from byte {at}"));
    // UTF-16 surrogates and overlong forms are no UTF-8 either (RFC 3629).
    assert_refused(b"\"\xed\xa0\x80\"", "", "not UTF-8 from byte 1");
    assert_refused(b"\"\xc0\x80\"", "", "not UTF-8 from byte 1");
}

#[test]
fn another_format() {
    assert_refused(&with("/format", 2), "format", "it reads 1");
    assert_refused(&with("/format", 0), "format", "it reads 1");
}

#[test]
fn machine_ids() {
    for wrong in ["", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcde", "../../etc/passwd"] {
        assert_refused(&with("/machine_id", wrong), "machine_id", "32 lower case hexadecimal digits");
    }
    assert_refused(&without("/machine_id"), "machine_id", "missing field");
}

#[test]
fn host_names() {
    for (wrong, why) in [
        ("", "empty"),
        ("web\n1", "'\\n'"),
        ("web\u{1b}[31m", "'\\u{1b}'"),
        ("web\0", "'\\0'"),
        ("<script>alert(1)</script>", "'<'"),
        ("web 1", "' '"),
        ("web\u{202e}1", "'\\u{202e}'"),
        ("a/../b", "'/'"),
        ("počítač-1", "'č'"),
        ("web..example.org", "empty part"),
        (".web", "empty part"),
        ("web..", "empty part"),
        (".", "empty part"),
    ] {
        assert_refused(&with("/hostname", wrong), "hostname", why);
        assert_refused(&with("/sections/host/data/hostname", wrong), "sections.host.data.hostname", why);
    }
    assert_refused(&with("/hostname", "a".repeat(254)), "hostname", "longer than 253 bytes");
    for right in ["web-1.example.org", "web_1", "8", "web.example.org.", "-web"] {
        assert!(read_report(&with("/hostname", right), &Limits::default()).is_ok(), "{right}");
    }
}

#[test]
fn control_characters_in_labels() {
    for field in ["tag", "site", "env", "boot_id"] {
        assert_refused(&with(&format!("/{field}"), "a\0b"), field, "control character \\u{0}");
    }
    assert_refused(&with("/agent/name", "x\u{7f}"), "agent.name", "control character");
    assert_refused(&with("/sections/host/data/os/id", "\u{1b}[2J"), "sections.host.data.os.id", "\\u{1b}");
}

/// Marks that turn writing round and characters without width: refused where a person chose the
/// text or it names something, taken out where it explains or describes.
#[test]
fn characters_that_nobody_sees() {
    for field in ["tag", "site", "env", "boot_id"] {
        for hidden in ["a\u{202e}b", "a\u{200b}b", "a\u{2066}b", "\u{feff}a"] {
            assert_refused(&with(&format!("/{field}"), hidden), field, "invisible character");
        }
    }
    let cleaned = |pointer: &str| read_report(&with(pointer, "a\u{202e}\u{1b}b\u{200b}c"), &Limits::default()).unwrap();
    assert_eq!(cleaned("/sections/host/data/os/pretty_name").host.data().unwrap().os.pretty_name, "abc");
    assert_eq!(cleaned("/sections/host/data/cpu_model").host.data().unwrap().cpu_model, "abc");
    assert_eq!(cleaned("/sections/runtime/data/reboot_reasons/0").runtime.data().unwrap().reboot_reasons, ["abc"]);
    assert_eq!(cleaned("/sections/packages/data/records/0/vendor").packages.data().unwrap().records[0].vendor, "abc");
    let body = with("/sections/updates", json!({"state": "unavailable", "reason": "no\nlists\u{202e}\u{7}"}));
    let taken = read_report(&body, &Limits::default()).unwrap();
    assert!(matches!(taken.updates, model::wire::Incoming::Unavailable { reason } if reason == "no lists"));
}

/// RFC 3339 goes from year 0 to 9999; clocks of computers do not.
#[test]
fn years_that_no_clock_shows() {
    for (pointer, field) in [
        ("/observed_at", "observed_at"),
        ("/sections/host/data/boot_time", "sections.host.data.boot_time"),
        ("/sections/updates/data/lists_at", "sections.updates.data.lists_at"),
    ] {
        for wrong in ["1969-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "0001-01-01T00:00:00Z"] {
            assert_refused(&with(pointer, wrong), field, "outside of the years 1970 to 2999");
        }
        for right in ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59Z"] {
            assert!(read_report(&with(pointer, right), &Limits::default()).is_ok(), "{pointer} {right}");
        }
    }
}

/// Fields by their places, which serde's readers take by default.
#[test]
fn arrays_in_place_of_objects() {
    for (pointer, array, field) in [
        ("/agent", json!(["mendwatch-agent", "0.1.0"]), "agent"),
        ("/heartbeat/disks/0", json!(["/", 1, 1]), "heartbeat.disks[0]"),
        ("/sections/history", json!(["unavailable", null, "no log", null]), "sections.history"),
        ("/sections/packages/data", json!(["dpkg", [], []]), "sections.packages.data"),
        ("/sections/host/data/os", json!(["bookworm", "debian", [], "Debian", "12"]), "sections.host.data.os"),
        ("/sections/packages/data/skipped/0", json!(["a", "b"]), "sections.packages.data.skipped[0]"),
    ] {
        assert_refused(&with(pointer, array), field, "invalid type: sequence, expected struct");
    }
}

#[test]
fn hashes() {
    let mut tree = sample::tree();
    tree["sections"]["packages"]["hash"] = SectionHash::of(b"").to_string().into();
    assert_refused(tree.to_string().as_bytes(), "sections.packages.hash", "is stated, but the data as sent has");
    tree["sections"]["packages"]["hash"] = "abc".into();
    assert_refused(tree.to_string().as_bytes(), "sections.packages.hash", "64 lower case hexadecimal digits");
    assert_refused(&without("/sections/packages/hash"), "sections.packages.hash", "missing");
}

#[test]
fn sections_that_lack_what_their_state_needs() {
    assert_refused(&without("/sections/updates/data"), "sections.updates.data", "missing");
    assert_refused(&with("/sections/updates", json!({"state": "unchanged"})), "sections.updates.hash", "missing");
    assert_refused(&with("/sections/updates", json!({"state": "unavailable"})), "sections.updates.reason", "missing");
    // What says two things at once says nothing that can be relied on.
    let hash = "ab".repeat(32);
    for (section, stray) in [
        (json!({"state": "unavailable", "reason": "no lists", "data": {"records": []}}), "data"),
        (json!({"state": "unavailable", "reason": "no lists", "hash": hash}), "hash"),
        (json!({"state": "unchanged", "hash": hash, "data": {"records": []}}), "data"),
        (json!({"state": "unchanged", "hash": hash, "reason": "no lists"}), "reason"),
    ] {
        assert_refused(&with("/sections/updates", section), &format!("sections.updates.{stray}"), "not with `un");
    }
    assert_refused(&with("/sections/updates/state", "lost"), "sections.updates.state", "unknown variant `lost`");
    assert_refused(&without("/sections/history"), "sections.history", "missing field");
    assert_refused(
        &with("/sections/updates", json!({"state": "unavailable", "reason": "x".repeat(40_000)})),
        "sections.updates.reason",
        "longer than 32768 bytes",
    );
}

/// Each wrong type, with the path to it.
#[test]
fn wrong_types() {
    let cases: [(&str, Value, &str, &str); 14] = [
        ("/format", json!("1"), "format", "expected u32"),
        ("/agent", json!([]), "agent", "expected struct AgentInfo"),
        ("/agent/version", json!(1), "agent.version", "expected a string"),
        ("/sequence", json!(-1), "sequence", "expected u64"),
        ("/sequence", json!(1.5), "sequence", "expected u64"),
        ("/observed_at", json!("yesterday"), "observed_at", ""),
        ("/heartbeat/disks/0/size_bytes", json!("big"), "heartbeat.disks[0].size_bytes", "expected u64"),
        ("/sections", json!(null), "sections", ""),
        ("/sections/host/data", json!("x"), "sections.host.data", "expected struct Host"),
        ("/sections/host/data/os/id_like/1", json!({}), "sections.host.data.os.id_like[1]", "expected a string"),
        (
            "/sections/packages/data/records/1/name",
            json!(3),
            "sections.packages.data.records[1].name",
            "expected a string",
        ),
        ("/sections/updates/data/records/0/withheld", json!("no"), "sections.updates.data.records[0].withheld", "`no`"),
        (
            "/sections/updates/data/records/0/phased_percent",
            json!(256),
            "sections.updates.data.records[0].phased_percent",
            "u8",
        ),
        ("/sections/runtime/data/reboot_required", json!("yes"), "sections.runtime.data.reboot_required", "boolean"),
    ];
    for (pointer, value, field, why) in cases {
        assert_refused(&with(pointer, value), field, why);
    }
    assert_refused(
        &without("/sections/packages/data/records/1/version"),
        "sections.packages.data.records[1].version",
        "missing field",
    );
    let doubled = String::from_utf8(sample::body(sample::tree())).unwrap().replacen(
        "\"sequence\":",
        "\"sequence\":1,\"sequence\":",
        1,
    );
    assert_refused(doubled.as_bytes(), "sequence", "duplicate field");
}

/// Integers that a database or another reader could not hold.
#[test]
fn numbers_out_of_range() {
    let above = u64::try_from(i64::MAX).unwrap() + 1;
    // RFC 8259, section 6: integers up to 2^53 - 1 are read alike by everybody.
    assert!(read_report(&with("/sequence", 9_007_199_254_740_991_u64), &Limits::default()).is_ok());
    for number in [9_007_199_254_740_992, above - 2, above - 1, above] {
        assert_refused(&with("/sequence", number), "sequence", &format!("{number} is above 9007199254740991"));
    }
    assert!(read_report(&with("/heartbeat/uptime_seconds", above - 1), &Limits::default()).is_ok());
    assert_refused(&with("/heartbeat/uptime_seconds", above), "heartbeat.uptime_seconds", "is above");
    assert_refused(
        &with("/heartbeat/disks/0/available_bytes", above),
        "heartbeat.disks[0].available_bytes",
        "is above",
    );
    assert_refused(&with("/sections/host/data/memory_bytes", above), "sections.host.data.memory_bytes", "is above");
    let body = String::from_utf8(sample::body(sample::tree())).unwrap();
    assert!(body.contains("[0.5,"));
    // Beyond a single-precision number: refused by us, or by the reader before us, as its features in
    // this build have it.
    let beyond = refused(body.replacen("[0.5,", "[1e300,", 1).as_bytes());
    assert!(matches!(beyond.field.as_str(), "heartbeat.load" | "heartbeat.load[0]"), "{beyond}");
    assert_refused(body.replacen("[0.5,", "[-1,", 1).as_bytes(), "heartbeat.load", "no load average");
    assert_refused(body.replacen("[0.5,", "[1e999,", 1).as_bytes(), "heartbeat.load[0]", "out of range");
}

#[test]
fn addresses() {
    assert_refused(
        &with("/sections/host/data/ip_addresses/1", "fe80::1%eth0; rm -rf /"),
        "sections.host.data.ip_addresses[1]",
        "not an IP address",
    );
}

#[test]
fn too_many_records() {
    let one = Limits { packages: 1, ..Limits::default() };
    let invalid = read_report(&sample::body(sample::tree()), &one).unwrap_err();
    assert_eq!(invalid.to_string(), "sections.packages.data.records: 2 records, at most 1 are taken");
    for (limits, field) in [
        (Limits { updates: 0, ..Limits::default() }, "sections.updates.data.records"),
        (Limits { repositories: 0, ..Limits::default() }, "sections.repositories.data.records"),
        (Limits { history: 0, ..Limits::default() }, "sections.history.data.records"),
        (Limits { list: 0, ..Limits::default() }, "heartbeat.disks"),
        (Limits { list: 1, ..Limits::default() }, "sections.host.data.ip_addresses"),
    ] {
        assert_eq!(read_report(&sample::body(sample::tree()), &limits).unwrap_err().field, field);
    }
}

#[test]
fn too_long_identifiers() {
    let most = Limits::default().identifier_bytes;
    assert!(read_report(&with("/tag", "x".repeat(most)), &Limits::default()).is_ok());
    assert_refused(&with("/tag", "x".repeat(most + 1)), "tag", "longer than 512 bytes");
    assert_refused(
        &with("/sections/packages/data/manager", "x".repeat(most + 1)),
        "sections.packages.data.manager",
        "longer",
    );
}

/// Which manager a system has: os-release(5) of the systems' images, and their package databases.
#[test]
fn packages_of_another_manager_than_the_systems() {
    let report = |os: &str, of_host: &str, manager: &str| {
        let mut tree = sample::tree();
        tree["sections"]["host"]["data"]["os"]["id"] = json!(os);
        tree["sections"]["host"]["data"]["os"]["id_like"] = json!([]);
        tree["sections"]["host"]["data"]["package_manager"] = json!(of_host);
        tree["sections"]["packages"]["data"]["manager"] = json!(manager);
        tree["sections"]["packages"]["data"]["records"] = json!([]);
        read_report(&sample::body(tree), &Limits::default())
    };
    for (os, of_host, manager, why) in [
        ("debian", "dpkg", "rpm", "'rpm', but the packages of debian are dpkg's"),
        ("debian", "rpm", "rpm", "'rpm', but the packages of debian are dpkg's"),
        ("fedora", "rpm", "dpkg", "'dpkg', but the packages of fedora are rpm's"),
        ("alpine", "", "pacman", "'pacman', but the packages of alpine are apk's"),
        ("plan9", "apk", "dpkg", "'dpkg', but the packages of the host are apk's"),
    ] {
        let refused = report(os, of_host, manager).unwrap_err();
        assert_eq!((refused.field.as_str(), refused.why.as_str()), ("sections.packages.data.manager", why));
    }
    // Nothing says otherwise.
    for (os, of_host, manager) in
        [("debian", "", "dpkg"), ("debian", "dpkg", ""), ("plan9", "", "rpm"), ("debian", "dpkg", "opkg")]
    {
        assert!(report(os, of_host, manager).is_ok(), "{os} {of_host} {manager}");
    }
}
