//! A server of one's own making on loopback, that answers what a test tells it to.

#![allow(dead_code, clippy::allow_attributes, reason = "each test uses another part of it")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as the server would read it.
    pub(crate) fn json(&self) -> Vec<u8> {
        match self.header("content-encoding") {
            Some("zstd") => zstd::decode_all(self.body.as_slice()).unwrap(),
            None => self.body.clone(),
            other => panic!("unexpected encoding {other:?}"),
        }
    }
}

/// What to do with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Status, extra header lines, body.
    Http(u16, &'static str, String),
    /// These bytes and no more.
    Raw(Vec<u8>),
    /// Nothing, while the client waits.
    Silence,
    /// The connection is closed at once.
    Close,
}

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers the requests in turn with the replies; the last one is repeated.
    pub(crate) fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                // One connection may carry several requests.
                while let Some(request) = read_request(&mut reader) {
                    let at = log.lock().unwrap().len();
                    log.lock().unwrap().push(request);
                    match replies.get(at).or(replies.last()).unwrap() {
                        Reply::Http(status, headers, body) => answer(&stream, *status, headers, body),
                        Reply::Raw(bytes) => {
                            (&stream).write_all(bytes).unwrap();
                            break;
                        }
                        Reply::Silence => {
                            held.push(stream.try_clone().unwrap());
                            break;
                        }
                        Reply::Close => break,
                    }
                }
            }
        });
        Self { url, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

pub(crate) fn answer(mut stream: impl Write, status: u16, headers: &str, body: &str) {
    let text = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(text.as_bytes());
}

pub(crate) fn read_request(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case("content-length"))?.1.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { line: line.trim().to_owned(), headers, body })
}
