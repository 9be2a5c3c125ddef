//! The command line: one file a command.
//!
//! Exit codes: 0 done, 1 the command's own "yes" (`scan --fail-on`, `query --fail-on-match`), 2 wrong use or a failure.

pub mod compare_versions;
pub mod completions;
pub mod data;
pub mod evaluate;
pub mod explain;
pub mod feeds;
pub mod hosts;
mod hosts_import;
pub mod openapi;
pub mod output;
mod platform;
pub mod query;
pub mod scan;
pub mod server;
pub mod simulate;
pub mod tokens;

use clap::{Parser, Subcommand};
use output::Output;
use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

/// Says what is unpatched, vulnerable, not restarted or not known on your Linux hosts.
#[derive(Parser)]
#[command(name = "mendwatch", version, about, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the dashboard and the API, and take reports
    Server(server::Args),
    /// Look at this host: what is installed, what waits, what is vulnerable
    Scan(scan::Args),
    /// Judge a list of packages from standard input
    Evaluate(evaluate::Args),
    /// Show the whole reasoning behind a verdict
    Explain(explain::Args),
    /// Vendors' security data: list, fetch, import
    Feeds(feeds::Args),
    /// Hosts that report: list, show, import, remove
    Hosts(hosts::Args),
    /// Ask which hosts a query keeps, and why
    Query(query::Args),
    /// Tokens with which agents report
    Tokens(tokens::Args),
    /// Make a fleet from real package lists: fill a data directory, or drive a server
    Simulate(Box<simulate::Args>),
    /// Order two versions as the package manager does
    CompareVersions(compare_versions::Args),
    /// Print the API's specification
    Openapi(openapi::Args),
    /// Print a shell's completions
    Completions(completions::Args),
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let mut out = Output::stdio();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) => return say(&said, &mut out),
    };
    let result = match cli.command {
        Command::Server(args) => server::run(args, &mut out),
        Command::Scan(args) => scan::run(args, &mut out),
        Command::Evaluate(args) => evaluate::run(args, &mut out),
        Command::Explain(args) => explain::run(args, &mut out),
        Command::Feeds(args) => feeds::run(args, &mut out),
        Command::Hosts(args) => hosts::run(args, &mut out),
        Command::Query(args) => query::run(&args, &mut out),
        Command::Tokens(args) => tokens::run(args, &mut out),
        Command::Simulate(args) => simulate::run(&args, &mut out),
        Command::CompareVersions(args) => compare_versions::run(args, &mut out),
        Command::Openapi(args) => openapi::run(args, &mut out),
        Command::Completions(args) => completions::run::<Cli>(args, &mut out),
    };
    // What stands in the buffer is not said before it is written.
    match result.and_then(|code| Ok(out.flush().map(|()| code)?)) {
        Ok(code) => code,
        Err(error) => {
            out.error(&error);
            ExitCode::from(2)
        }
    }
}

/// Prints help, the version, or what is wrong with the arguments.
fn say(said: &clap::Error, out: &mut Output) -> ExitCode {
    let written = said.print().and_then(|()| std::io::stdout().flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            out.error(&anyhow::Error::from(error).context("it can't be written"));
            ExitCode::from(2)
        }
        _ => ExitCode::from(u8::try_from(said.exit_code()).unwrap_or(2)),
    }
}
