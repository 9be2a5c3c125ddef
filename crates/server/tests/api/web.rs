//! The dashboard, headers and the specification.

use crate::support::{Engine, Server};

#[test]
fn pages_carry_the_headers_that_keep_browsers_safe() {
    let server = Server::start(Engine::Sqlite);
    let mut client = server.client();
    for path in ["/", "/hosts/1", "/setup"] {
        let page = client.get(path);
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("cache-control"), "no-cache");
    }
    let api = client.get("/api/v1/session");
    assert_eq!(api.header("cache-control"), "no-store");
}

#[test]
fn a_missing_file_is_missing_and_every_page_is_the_dashboard() {
    let server = Server::start(Engine::Sqlite);
    let mut client = server.client();
    for path in ["/nope.js", "/assets/absent.js", "/assets/", "/hosts/app.css", "/favicon.ico", "/.env", "/.git/config"]
    {
        let answer = client.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.header("content-type").starts_with("text/html"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    // The addresses of the dashboard's own router (ui/src/routes.tsx), and what may follow in them.
    for path in ["/hosts/1/packages?q=app.js", "/cves/CVE-2024-3094", "/packages/libc6.1", "/feeds", "/no/such/page"] {
        let page = client.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
    }
}

#[test]
fn the_specification_is_the_committed_one() {
    let server = Server::start(Engine::Sqlite);
    let served = server.client().get("/api/openapi.json").json();
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../api/openapi.json");
    let committed: serde_json::Value = serde_json::from_slice(&std::fs::read(committed).unwrap()).unwrap();
    assert_eq!(served, committed, "run ./dev bless and review the difference");
}

#[test]
fn plain_http_stays_on_loopback_unless_somebody_says_otherwise() {
    let data = tempfile::TempDir::new().unwrap();
    let done = std::process::Command::new(crate::support::binary())
        .args(["server", "--listen", "0.0.0.0:0", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(2));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("--allow-plain-http") && said.contains("not loopback"), "{said}");
}
