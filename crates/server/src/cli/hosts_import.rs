//! `mendwatch hosts import`: takes reports from files, where the network brings none.

use super::output::Output;
use crate::local::Local;
use anyhow::{Context as _, ensure};
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
    let answer = local.send(&Method::POST, REPORT, "application/json", Body::from(report))?;
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
        odd => words.push_str(&format!("; {odd} odd records left out, see the host's page")),
    }
    words
}
