//! Connections that never come to the point, against the real listener on a port of its own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use mendwatch::listen;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A server whose heads have a fifth of a second; what it answers is who asked.
struct Serving {
    address: SocketAddr,
    end: watch::Sender<bool>,
    done: std::thread::JoinHandle<()>,
}

impl Serving {
    fn start() -> Self {
        let (end, ended) = watch::channel(false);
        let (tell, told) = std::sync::mpsc::channel();
        let done = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let who = |ConnectInfo(address): ConnectInfo<SocketAddr>| async move { address.port().to_string() };
                let router = Router::new().route("/who", get(who)).route("/slow", get(slow));
                let ended = || {
                    let mut ended = ended.clone();
                    async move { _ = ended.wait_for(|ended| *ended).await }
                };
                listen::tcp(listener, router, Duration::from_millis(200), ended).await;
            });
        });
        Self { address: told.recv().unwrap(), end, done }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        // Far beyond the limit: a connection that is not closed fails the test by this.
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    fn end(self) {
        self.end.send_replace(true);
        self.done.join().unwrap();
    }
}

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(500)).await;
    "done"
}

/// What comes until the other side closes; a reset is a close, too.
fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
    }
    String::from_utf8(bytes).unwrap()
}

/// One byte now and then keeps nothing open: the limit is on the whole head.
#[test]
fn a_head_that_never_ends_is_closed() {
    let serving = Serving::start();
    let mut dripping = serving.connect();
    let mut reader = dripping.try_clone().unwrap();
    let reads = std::thread::spawn(move || rest(&mut reader));
    for byte in "GET /who HTTP/1.1\r\nX: ".bytes().chain(std::iter::repeat(b'x')) {
        if reads.is_finished() || dripping.write_all(&[byte]).is_err() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let answer = reads.join().unwrap();
    assert!(!answer.contains("200 OK"), "{answer}");
    serving.end();
}

#[test]
fn a_connection_that_says_nothing_is_closed() {
    let serving = Serving::start();
    assert_eq!(rest(&mut serving.connect()), "");
    // Nor is one held that was of use once.
    let mut stream = serving.connect();
    write!(stream, "GET /who HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let answer = rest(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.ends_with(&stream.local_addr().unwrap().port().to_string()), "{answer}");
    serving.end();
}

/// The limit is on heads: an answer may take longer, also when the server is told to end meanwhile.
#[test]
fn slow_answers_are_waited_for() {
    let serving = Serving::start();
    let mut stream = serving.connect();
    write!(stream, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut first = [0; 1];
    let reads = std::thread::spawn(move || {
        stream.read_exact(&mut first).unwrap();
        rest(&mut stream)
    });
    // Long enough for the request to be there, shorter than its answer takes.
    std::thread::sleep(Duration::from_millis(100));
    serving.end();
    assert!(reads.join().unwrap().ends_with("done"));
}
