//! Serving connections: HTTP/1.1, with a limit on how long the head of a request may take.
//!
//! `axum::serve` has no such limit: a connection whose request line never ends would be held for
//! ever, and enough of them leave no file descriptor for others. HTTP/2 is a proxy's work, which
//! stands in front for TLS anyway.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Extensions, Request};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// How long the head of a request may take, from the first moment at which one may come: agents and
/// browsers send it at once. A connection that is kept open without a request ends then, too.
pub const HEAD: Duration = Duration::from_secs(30);

/// Serves a TCP listener until `ended` resolves and the requests under way are answered. Handlers
/// find the address of the client as `ConnectInfo<SocketAddr>`.
pub async fn tcp<E>(listener: TcpListener, router: Router, head: Duration, ended: impl Fn() -> E)
where
    E: Future<Output = ()> + Send + 'static,
{
    let mark = |address: SocketAddr| {
        move |extensions: &mut Extensions| {
            extensions.insert(ConnectInfo(address));
        }
    };
    serve(listener, router, head, ended, mark).await;
}

/// Serves a unix socket in the same way. Requests carry `marker`, by which handlers know where they
/// came from.
pub async fn unix<E, M>(listener: UnixListener, router: Router, marker: M, head: Duration, ended: impl Fn() -> E)
where
    E: Future<Output = ()> + Send + 'static,
    M: Clone + Send + Sync + 'static,
{
    let mark = |_| {
        let marker = marker.clone();
        move |extensions: &mut Extensions| {
            extensions.insert(marker.clone());
        }
    };
    serve(listener, router, head, ended, mark).await;
}

async fn serve<L, E, F>(
    mut listener: L,
    router: Router,
    head: Duration,
    ended: impl Fn() -> E,
    mark: impl Fn(L::Addr) -> F,
) where
    L: Listener,
    E: Future<Output = ()> + Send + 'static,
    F: Fn(&mut Extensions) + Send + Sync + 'static,
{
    let mut connections = JoinSet::new();
    let mut end = pin!(ended());
    loop {
        // The listener waits by itself where there are no file descriptors left.
        let (io, address) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut end => break,
        };
        while connections.try_join_next().is_some() {}
        connections.spawn(connection(io, router.clone(), head, ended(), mark(address)));
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connection<I>(
    io: I,
    router: Router,
    head: Duration,
    ended: impl Future<Output = ()> + Send,
    mark: impl Fn(&mut Extensions) + Send + Sync,
) where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(|mut request: Request<Incoming>| {
        mark(request.extensions_mut());
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .serve_connection(TokioIo::new(io), service);
    let mut connection = pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = ended => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        // Clients that hang up or never finish are everyday.
        tracing::debug!(%error, "a connection ended early");
    }
}
