//! What the parser says of text.

use fleet::Query;
use fleet::query::{Level, MAX_DEPTH, MAX_LENGTH, MAX_TERMS};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn any_text_is_a_query_or_an_error_within_it(
        text in r#"([a-z(): "<>=,\\*/-]|os:|pkg:|pkg:\(|finding:\(|colour:re|severity>=|kev:yes|stale>|24h|ip:|10\.0\.0\.0/8|host:|security|or |and |not |CVE-1|é|\t){0,30}"#
    ) {
        match Query::parse(&text) {
            Ok(query) => {
                let written = query.to_string();
                prop_assert_eq!(Query::parse(&written), Ok(query), "{}", written);
            }
            Err(error) => {
                prop_assert!(error.position + error.length <= text.chars().count(), "{error:?}");
                prop_assert!(!error.message.is_empty());
            }
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = Query::parse(&text);
    }
}

#[test]
fn queries_are_written_plainly() {
    let written = |text: &str| Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string();
    for (text, plain) in [
        ("", ""),
        ("  \t ", ""),
        ("web", "web"),
        ("\"web 1\"", "\"web 1\""),
        ("\"or\"", "\"or\""),
        ("\"os\"", "\"os\""),
        ("host:web", "web"),
        ("host:web-*", "web-*"),
        ("host:-*", "host:-*"),
        ("\"web-*\"", "\"web-*\""),
        ("OS:Debian:12", "os:debian:12"),
        ("color:gray", "colour:grey"),
        ("colour:red,orange web", "(colour:red or colour:orange) web"),
        ("security_updates > 10", "security>10"),
        ("security:0", "security=0"),
        ("findings>=1 AND NOT reboot:yes", "findings>=1 -reboot:true"),
        ("a b or c d", "(a b) or (c d)"),
        ("a (b (c d))", "a b c d"),
        ("(a or b) or c", "a or b or c"),
        ("-(a or b)", "-(a or b)"),
        ("--a", "--a"),
        ("pkg:openssl<3.0.7", "pkg:openssl<3.0.7"),
        ("pkg:linux-image-*", "pkg:linux-image-*"),
        ("pkg:a<1,b", "pkg:a<1 or pkg:b"),
        ("package:bind9>=1:9.18", "pkg:bind9>=1:9.18"),
        ("pkg:libstdc++6=12.2.0-14", "pkg:libstdc++6=12.2.0-14"),
        ("pkg:(name:openssl version < 3.0.7)", "pkg:openssl<3.0.7"),
        ("pkg:( version<3.0.7 NAME:openssl arch:amd64 )", "pkg:(version<3.0.7 name:openssl arch:amd64)"),
        ("pkg:(name:a (version<1 or version>=2))", "pkg:(name:a (version<1 or version>=2))"),
        ("tag:\"two words\"", "tag:\"two words\""),
        ("tag:\"a*\"", "tag:\"a*\""),
        ("cve:CVE-2024-3094", "cve:CVE-2024-3094"),
        ("finding:(cve:CVE-2024-3094)", "cve:CVE-2024-3094"),
        (
            "finding:(cve:CVE-2026-1 state:no_fix,fix_available)",
            "finding:(cve:CVE-2026-1 (state:no_fix or state:fix_available))",
        ),
        ("finding:(pkg:openssl -fixed:false)", "finding:(package:openssl -fixed:no)"),
        ("finding:(package:openssl)", "finding:(package:openssl)"),
        ("kev:true", "kev:yes"),
        ("kev:no", "-kev:yes"),
        ("finding:(kev:no)", "finding:(kev:no)"),
        ("severity >= High", "severity>=high"),
        ("epss>0.50 cvss >= 9.0", "epss>0.5 cvss>=9"),
        ("epss>0.00005", "epss>0.00005"),
        ("stale>24h", "seen>1d"),
        ("uptime<=90m", "boot<=90m"),
        ("lists<0s", "lists<0s"),
        ("ip:10.0.0.0/8,::1", "ip:10.0.0.0/8 or ip:::1"),
        ("tld:CZ,.de", "domain:cz or domain:de"),
        ("domain:Example.org.", "domain:example.org"),
        ("environment:prod", "env:prod"),
        ("not_known:ANY", "not_known:any"),
        ("UPDATE:libstdc++6,bash", "update:libstdc++6 or update:bash"),
        ("-update:\"a b\"", "-update:\"a b\""),
    ] {
        assert_eq!(written(text), plain, "{text}");
        assert_eq!(written(plain), plain, "{text}");
    }
}

#[test]
fn errors_say_what_where_and_what_was_meant() {
    for (text, position, length, message, suggestion) in [
        ("freshnes:stale", 0, 8, "'freshnes' is not a field", Some("freshness")),
        ("web colour:gren", 11, 4, "'gren' is no value of 'colour'", Some("green")),
        ("é colour:gren", 9, 4, "expected green, yellow, orange, red, grey", Some("green")),
        ("web-1:8080", 0, 5, "stands in quotes", None),
        ("security>many", 9, 4, "'security' is compared with a whole number, 'many' is none", None),
        ("security>-1", 9, 2, "a whole number", None),
        ("security>1,2", 9, 3, "a whole number", None),
        ("security>99999999999999999999", 9, 20, "a whole number", None),
        ("os:", 3, 0, "a value is missing after 'os'", None),
        ("os:Debian/12", 3, 9, "is not a platform", None),
        ("update:", 7, 0, "a value is missing after 'update'", None),
        ("update>3", 6, 1, "'update' is not compared, it takes ':'", Some(":")),
        ("updat:bash", 0, 5, "'updat' is not a field", Some("update")),
        ("os>debian", 2, 1, "'os' is not compared, it takes ':'", Some(":")),
        ("pkg:openssl<", 12, 0, "a value is missing after 'openssl<'", None),
        ("pkg:<3", 4, 0, "a value is missing after 'pkg'", None),
        ("pkg:a,", 6, 0, "a value is missing after 'pkg'", None),
        ("(web", 0, 1, "never closed", None),
        ("web)", 3, 1, "closes nothing", None),
        ("()", 1, 1, "a condition is missing before ')'", None),
        ("\"web", 0, 1, "never closed", None),
        ("web or", 4, 2, "the second is missing", None),
        ("or web", 0, 2, "the first is missing", None),
        ("web and", 4, 3, "one is missing", None),
        ("and web", 0, 3, "one is missing", None),
        ("not", 0, 3, "it is missing", None),
        ("web - db", 4, 1, "directly before", None),
        (":x", 0, 0, "the name of a field is missing", None),
        ("reboot:maybe", 7, 5, "expected true, false, unknown", None),
        // Groups.
        ("pkg:()", 5, 1, "a condition is missing before ')'", None),
        ("pkg:(name:a", 4, 1, "never closed", None),
        ("pkg:(openssl)", 5, 7, "inside 'pkg:()' stand fields", Some("name:openssl")),
        ("pkg:(nam:openssl)", 5, 3, "'nam' is not a field of 'pkg:()'", Some("name")),
        ("pkg:(cve:CVE-2026-1)", 5, 3, "'cve' is a field of 'finding:()' only", None),
        ("pkg:(tag:x)", 5, 3, "'tag' is a field of hosts", None),
        ("finding:(tag:x)", 9, 3, "'tag' is a field of hosts", None),
        ("finding:cve", 8, 3, "takes conditions in parentheses", None),
        ("finding>1", 7, 1, "'finding' is not compared", Some(":")),
        ("fixed:yes", 0, 5, "'fixed' is a field of 'finding:()' only", Some("finding:(fixed")),
        ("version<3", 0, 7, "only", Some("finding:(version")),
        ("state:not_affected", 6, 12, "only open findings are looked at", None),
        ("state:nofix", 6, 5, "is no value of 'state'", Some("no_fix")),
        ("severity>unknown", 9, 7, "neither above nor below", None),
        ("severity>=high,low", 14, 1, "'severity>=' takes one value", None),
        ("kev:perhaps", 4, 7, "expected yes, no", None),
        ("epss>50", 5, 2, "from 0 to 1", None),
        ("epss>0.123456", 5, 8, "at most 5 decimal places", None),
        ("cvss>7.55", 5, 4, "at most 1 decimal places", None),
        ("cvss>11", 5, 2, "from 0 to 10", None),
        // Ids: a slip would keep no host and say nothing.
        ("cve:foo", 4, 3, "'foo' is no id of a CVE or an advisory", None),
        ("cve:2024-3094", 4, 9, "is no id", Some("CVE-2024-3094")),
        ("finding:(cve:CVE_2024_3094 state:no_fix)", 13, 13, "is no CVE", Some("CVE-2024-3094")),
        ("web cve:DSA-5532-1,CVE-20x", 19, 7, "'CVE-20x' is no CVE", None),
        ("cve:2024-*", 4, 6, "is no id", Some("CVE-2024-*")),
        // Ages.
        ("stale:24h", 5, 1, "'stale' is a span of time", Some(">")),
        ("stale>24", 6, 2, "such as 90m, 24h or 7d", Some("24h")),
        ("stale>1y", 6, 2, "'1y' is none", None),
        ("stale>99999999999w", 6, 12, "is none", None),
        // Networks and domains.
        ("ip:10.1.2.3/8", 3, 10, "has bits behind its prefix", Some("10.0.0.0/8")),
        ("ip:web", 3, 3, "is no address or network", None),
        ("ip:10.0.0.0/33", 3, 11, "from 0 to 32", None),
        ("domain:*.example.org", 7, 13, "all below is kept", Some("example.org")),
        ("tld:example.org", 4, 11, "is no top-level domain", None),
        ("manager:apt", 8, 3, "expected dpkg, rpm, pacman, apk", Some("dpkg")),
        ("not_known:lists_odl", 10, 9, "is no value of 'not_known'", Some("lists_old")),
    ] {
        let error = Query::parse(text).expect_err(text);
        assert!(error.message.contains(message), "{text}: {error}");
        assert_eq!(
            (error.position, error.length, error.suggestion.as_deref()),
            (position, length, suggestion),
            "{text}: {error}"
        );
    }
}

#[test]
fn ceilings_hold() {
    let ok = |text: &str| Query::parse(text).is_ok();
    assert!(ok(&"a ".repeat(MAX_TERMS)));
    assert!(!ok(&"a ".repeat(MAX_TERMS + 1)));
    assert!(!ok(&format!("tag:{}", "a,".repeat(MAX_TERMS) + "a")));
    assert!(!ok(&format!("pkg:{}", "a,".repeat(MAX_TERMS) + "a")));
    // Conditions in a group count like others.
    assert!(!ok(&format!("finding:({})", "kev:yes ".repeat(MAX_TERMS + 1))));
    // As deep as the manual says, and not one deeper: 20.
    let nested = |open: &str, deep: usize, inner: &str, close: &str| {
        ok(&format!("{}{inner}{}", open.repeat(deep), close.repeat(deep)))
    };
    for (open, inner, close) in [("(", "a", ")"), ("-", "a", ""), ("not ", "a", "")] {
        assert!(nested(open, MAX_DEPTH, inner, close), "{open}");
        assert!(!nested(open, MAX_DEPTH + 1, inner, close), "{open}");
    }
    // The parenthesis of a group is one of them.
    let group = |deep: usize| ok(&format!("finding:({}kev:yes{})", "(".repeat(deep), ")".repeat(deep)));
    assert!(group(MAX_DEPTH - 1));
    assert!(!group(MAX_DEPTH));
    assert!(!ok(&"(".repeat(MAX_LENGTH)));
    assert!(ok(&"a".repeat(MAX_LENGTH)));
    let error = Query::parse(&"a".repeat(MAX_LENGTH + 1)).unwrap_err();
    assert_eq!(error.position, MAX_LENGTH);
    // What a careless program may send: 10,000 conditions, 100 parentheses.
    assert!(Query::parse(&"os:debian ".repeat(10_000)).unwrap_err().message.contains("4096 characters"));
    let deep = format!("{}web{}", "(".repeat(100), ")".repeat(100));
    assert_eq!(Query::parse(&deep).unwrap_err().position, MAX_DEPTH);
}

/// The levels are those of `docs/query-language.md`.
#[test]
fn a_saved_query_uses_no_field_above_its_level() {
    for (text, level) in [
        ("", Level::Facts),
        ("web os:debian tag:x stale>1d pkg:openssl<3 update:bash security>1 not_known:any", Level::Facts),
        ("pkg:(name:openssl arch:amd64)", Level::Facts),
        ("cve:CVE-2024-3094", Level::Verdicts),
        ("os:debian -(web or finding:(severity:high))", Level::Verdicts),
        ("findings>0", Level::Open),
        ("kev:yes colour:red", Level::Open),
    ] {
        let query = Query::parse(text).unwrap();
        assert_eq!(query.level(), level, "{text}");
        assert_eq!(Query::parse_at_most(text, level), Ok(query), "{text}");
    }
    for (text, most, position, length, message) in [
        ("os:debian kev:yes", Level::Groups, 10, 3, "'kev' rests on 2 (verdicts)"),
        ("os:debian kev:yes", Level::Groups, 10, 3, "this query may rest on 1 (groups) at most"),
        ("(web or -finding:(severity:high))", Level::Facts, 9, 7, "'finding'"),
        ("cve:CVE-2026-1 open_findings>1", Level::Verdicts, 15, 13, "3 (exceptions and counts of findings)"),
    ] {
        let error = Query::parse_at_most(text, most).unwrap_err();
        assert_eq!((error.position, error.length), (position, length), "{text}");
        assert!(error.message.contains(message), "{text}: {error}");
    }
}
