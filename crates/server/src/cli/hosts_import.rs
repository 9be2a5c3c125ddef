//! `mendwatch hosts import`: takes reports from files, where the network brings none.

use super::output::{Output, thousands};
use crate::local::Local;
use anyhow::{Context as _, anyhow, ensure};
use axum::body::Body;
use axum::http::Method;
use model::wire::{Limits, ReportAnswer};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the API takes for an agent's report that came over the server's own socket.
const REPORT: &str = "/api/agent/v1/report?sender=agent";

/// Takes each file, and goes on after one that is refused: one line of standard output a report that was
/// taken, one of standard error a report that was not. The exit code is 2 if any was not.
pub(super) fn run(local: &Local, files: &[PathBuf], out: &mut Output) -> anyhow::Result<ExitCode> {
    let mut refused = 0;
    for file in files {
        let name = if is_stdin(file) { "standard input".to_owned() } else { file.display().to_string() };
        match import(local, file) {
            Ok(answer) => out.line(&format!("{name}: {}", words(&answer)))?,
            Err(error) => {
                refused += 1;
                out.note(&format!("error: {name}: {error:#}"));
            }
        }
    }
    out.flush()?;
    Ok(if refused > 0 { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn import(local: &Local, file: &Path) -> anyhow::Result<ReportAnswer> {
    let report = if is_stdin(file) { read(std::io::stdin().lock()) } else { read(File::open(file)?) }?;
    let taken = local.send(&Method::POST, REPORT, "application/json", Body::from(report.clone()));
    let answer = taken.map_err(|error| match looks(&report, file) {
        Some(looks) => anyhow!("it looks like {looks}; wanted is what `mendwatch-agent print` writes"),
        None => error,
    })?;
    serde_json::from_slice(&answer).context("the answer is not what was expected")
}

/// The file as it is, up to the largest report that a server may be told to take by default.
fn read(from: impl Read) -> anyhow::Result<Vec<u8>> {
    let most = Limits::default().report_bytes;
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    ensure!(bytes.len() as u64 <= most, "it has more than {most} bytes, which no report has");
    ensure!(!bytes.is_empty(), "it is empty");
    Ok(bytes)
}

/// What a file is that was refused, where it is no report at all; none for a report with a fault.
fn looks(bytes: &[u8], file: &Path) -> Option<String> {
    let packed = [
        (&b"\x1f\x8b"[..], "gzip"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\xfd7zXZ\0", "xz"),
        (b"BZh", "bzip2"),
        (b"PK\x03\x04", "zip"),
    ];
    if let Some((_, kind)) = packed.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(format!("a file that is packed ({kind}): unpack it first"));
    }
    let text = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes));
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let begins = |with: &str| text.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with));
    let known = if begins("<!doctype html") || begins("<html") {
        Some("a web page (HTML), such as a sign-in or error page")
    } else if begins("<") {
        Some("XML")
    } else if begins("Package: ") {
        Some("a list of packages of dpkg or apt")
    } else if text.contains('\0') {
        Some("no text")
    } else {
        None
    };
    if let Some(known) = known {
        return Some(known.to_owned());
    }
    let of_feed = || {
        // Whoever is asked leaves itself out, so two are.
        let mut asked = feeds::FEEDS.iter().take(2).filter(|_| !is_stdin(file));
        let remark = asked.find_map(|feed| feeds::remark(*feed, file, Limits::default().report_bytes))?;
        remark.strip_prefix("it looks like ").map(str::to_owned)
    };
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else {
        // JSON that is cut off is told where.
        return (!begins("{") && !begins("[")).then(|| "no JSON".to_owned());
    };
    let has = |key: &str| value.get(key).is_some();
    if has("sections") || has("format") {
        None
    } else if has("scanned_at") {
        Some("what `mendwatch scan --json` prints".to_owned())
    } else if has("q") && has("hosts") {
        Some("what `mendwatch query --json` prints".to_owned())
    } else if has("hostname") && has("freshness") {
        Some("what `mendwatch hosts show --json` prints".to_owned())
    } else {
        let other = if value.is_object() { "another JSON object" } else { "JSON, but no object" };
        Some(of_feed().unwrap_or_else(|| other.to_owned()))
    }
}

fn words(answer: &ReportAnswer) -> String {
    let host = answer.host_id;
    let mut words = match (answer.outdated, answer.duplicate) {
        (true, _) => return format!("host {host} is known by a later look; nothing was changed"),
        (false, true) => return format!("taken before as host {host}; nothing was changed"),
        (false, false) => format!("taken as host {host}"),
    };
    if !answer.wanted.is_empty() {
        let names: Vec<_> = answer.wanted.iter().map(|name| name.as_str()).collect();
        words.push_str(&format!(
            "; it lacks {}: only `mendwatch-agent print` writes a report with everything in it",
            names.join(", ")
        ));
    }
    match answer.odd.len() {
        0 => {}
        1 => words.push_str("; 1 odd record left out, see the host's page"),
        odd => words.push_str(&format!("; {} odd records left out, see the host's page", thousands(odd))),
    }
    words
}
