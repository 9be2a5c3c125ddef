//! `mendwatch-agent`: tells a Mendwatch server what this host has.

use clap::{Parser, Subcommand};
use std::process::ExitCode;

mod commands;

/// Tells a Mendwatch server what this host has: read-only, one conversation per run.
#[derive(Debug, Parser)]
#[command(name = "mendwatch-agent", version, after_help = commands::EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the report to standard output and send nothing.
    Print(commands::PrintArgs),
    /// Check in once, and report what the server does not have yet.
    Once(commands::OnceArgs),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Print(args) => commands::print(&args),
        Command::Once(args) => commands::once(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            commands::complain(&failure);
            ExitCode::from(failure.kind.exit_code())
        }
    }
}
