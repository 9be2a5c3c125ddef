//! What `/api/health` says while the record can't be written.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    clippy::crate_in_macro_def,
    reason = "a test fails by panicking; the macro is of this crate only"
)]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use mendwatch::app::{App, Config};
use mendwatch::auth::principal::OverSocket;
use mendwatch::data_dir::{DataDir, Held};
use serde_json::Value;
use support::reports::{host, report};
use tower::ServiceExt as _;

mod support;

async fn ask(router: &Router, path: &str, body: Option<Vec<u8>>) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(if body.is_some() { "POST" } else { "GET" })
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .extension(OverSocket)
        .body(Body::from(body.unwrap_or_default()))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

async fn server(data: &std::path::Path) -> (App, Router) {
    let data = DataDir::create(data).unwrap();
    let Held::ByUs(lock) = data.hold().unwrap() else { panic!("the directory is held") };
    let app = App::open(Config::default(), data, lock).await.unwrap();
    let router = mendwatch::api::router(app.clone());
    (app, router)
}

/// SQLite answers SQLITE_FULL at its ceiling of pages as it does on a full disk
/// (<https://www.sqlite.org/pragma.html#pragma_max_page_count>).
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_not_ready() {
    let data = tempfile::tempdir().unwrap();
    let (app, router) = server(data.path()).await;
    let (status, health) = ask(&router, "/api/health", None).await;
    assert_eq!((status, &health["ready"]), (StatusCode::SERVICE_UNAVAILABLE, &Value::Bool(false)));
    assert!(health["reason"].as_str().unwrap().contains("starting"), "{health}");

    app.rebuild().await.unwrap();
    let (status, health) = ask(&router, "/api/health", None).await;
    assert_eq!((status, &health["ready"], &health["reason"]), (StatusCode::OK, &Value::Bool(true), &Value::Null));

    app.store().setting("max_page_count = 1").await.unwrap();
    let mut wide = host(1);
    let records = &mut wide.packages.as_mut().unwrap().records;
    // Names that do not compress: the bodies need pages that are not there.
    records.extend((0..2000).map(|_| support::reports::package(&format!("p{:x}", support::random()), "1.0")));
    let (status, problem) = ask(&router, "/api/agent/v1/report", Some(report(&wide, 1))).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("busy")), "{problem}");
    let (status, health) = ask(&router, "/api/health", None).await;
    assert_eq!(
        (status, &health["ready"], &health["live"]),
        (StatusCode::SERVICE_UNAVAILABLE, &false.into(), &true.into())
    );
    assert!(health["reason"].as_str().unwrap().contains("disk of the record is full"), "{health}");

    // There is room again: the report is sent again, and that is the proof.
    app.store().setting("max_page_count = 1073741823").await.unwrap();
    let (status, _) = ask(&router, "/api/agent/v1/report", Some(report(&wide, 1))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(ask(&router, "/api/health", None).await.0, StatusCode::OK);
    app.close().await;
}

/// A database that was closed under the server, as one that can't be reached.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_does_not_answer_is_not_ready() {
    let data = tempfile::tempdir().unwrap();
    let (app, router) = server(data.path()).await;
    app.rebuild().await.unwrap();
    app.store().close().await;
    let (status, health) = ask(&router, "/api/health", None).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{health}");
    assert!(health["reason"].as_str().unwrap().contains("can't be written"), "{health}");
}
