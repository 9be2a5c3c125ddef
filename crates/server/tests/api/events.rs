//! Changes as they happen.

use crate::on_both_engines;
use crate::support::reports::{host, report};
use crate::support::{Engine, Server};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

on_both_engines!(a_report_is_told_to_those_who_listen);

fn a_report_is_told_to_those_who_listen(engine: Engine) {
    let server = Server::start(engine);
    let admin = server.admin();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let cookie = admin.cookie().unwrap();
    write!(stream, "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines().map(|line| line.expect("the stream goes on"));
    assert!(lines.by_ref().any(|line| line == "event: hello"));

    let taken = server.client().with_token(&server.agent_token()).report(&report(&host(1), 1));
    assert!(lines.by_ref().any(|line| line == "event: change"));
    let data = lines.by_ref().find_map(|line| line.strip_prefix("data: ").map(str::to_owned)).unwrap();
    let change: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(change["seq"].as_i64(), Some(taken.seq()));
    assert_eq!((change["hosts"][0].as_i64(), change["cause"].as_str()), (Some(1), Some("report")));
}
