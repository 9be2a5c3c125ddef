//! A server on this machine that answers as told.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Answers every request by `answer`, which is given the head of the request and the connection.
pub(crate) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn new(answer: impl Fn(&str, &mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && connection.read(&mut byte).unwrap_or(0) == 1 {
                    head.push(byte[0]);
                }
                let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
                seen.lock().unwrap().push(head.clone());
                answer(&head, &mut connection);
            }
        });
        Self { port, requests }
    }

    pub(crate) fn saying(head: &str, body: &[u8]) -> Self {
        let response = response(head, body);
        Self::new(move |_, connection| drop(connection.write_all(&response)))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub(crate) fn response(head: &str, body: &[u8]) -> Vec<u8> {
    let length = if head.to_ascii_lowercase().contains("content-length") {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let mut response = format!("HTTP/1.1 {head}\r\n{length}Connection: close\r\n\r\n").into_bytes();
    response.extend(body);
    response
}

/// What stands for a body that can't be sent.
const FAILS: &[u8] = b"(fails)";

/// A vendor's web server: what is published where. The rest is not found.
#[derive(Clone, Default)]
pub(crate) struct Site(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Site {
    pub(crate) fn put(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.0.lock().unwrap().insert(path.to_ascii_lowercase(), body.into());
    }

    /// Lets requests for a path fail.
    pub(crate) fn fail(&self, path: &str) {
        self.put(path, FAILS);
    }

    pub(crate) fn remove(&self, path: &str) {
        self.0.lock().unwrap().remove(&path.to_ascii_lowercase());
    }

    pub(crate) fn serve(&self) -> Server {
        let site = self.0.clone();
        Server::new(move |head, connection| {
            let path = head.split(' ').nth(1).unwrap_or_default();
            let answer = match site.lock().unwrap().get(path) {
                Some(body) if body == FAILS => response("500 Oops", b""),
                Some(body) => response("200 OK", body),
                None => response("404 Not Found", b""),
            };
            drop(connection.write_all(&answer));
        })
    }
}

/// The paths that were asked for.
pub(crate) fn paths(requests: &[String]) -> Vec<String> {
    requests.iter().map(|head| head.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
}
