//! The commands, from arguments to output.

use clap::Args;
use mendwatch_agent::client::{Client, Timeouts};
use mendwatch_agent::exchange::{exchange, labelled_report};
use mendwatch_agent::failure::{Failure, Kind};
use mendwatch_agent::pace::RealPace;
use mendwatch_agent::settings::{Flags, Labels, Settings};
use mendwatch_agent::text;
use model::Clock as _;
use model::clock::SystemClock;
use model::wire::Collected;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// The table at the end of `--help`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  the server has everything (print: the report was written)
  1  the host could not be read
  2  arguments or settings are wrong
  3  the server was not reached, or asks to come back later; the next run may succeed
  4  the server refuses the token
  5  the server refuses the report, or answers what is not understood";

/// Arguments of `print`.
#[derive(Debug, Args)]
pub(crate) struct PrintArgs {
    /// Read the host below this directory instead of /
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
    /// Indent it for reading. The hashes hold for the plain form only
    #[arg(long)]
    pretty: bool,
    /// Number of the report; servers take a host's reports in ascending order [default: the clock's seconds]
    #[arg(long, value_name = "N")]
    sequence: Option<u64>,
}

/// Arguments of `once`.
#[derive(Debug, Args)]
pub(crate) struct OnceArgs {
    /// Address of the server [env: MENDWATCH_SERVER_URL, PATCHMONITOR_SERVER_URL]
    #[arg(long, value_name = "URL")]
    server_url: Option<String>,
    /// The agent token; other users of this host can see it in the list of processes, so prefer --token-file
    /// [env: MENDWATCH_TOKEN, PATCHMONITOR_TOKEN]
    #[arg(long)]
    token: Option<String>,
    /// File that holds the agent token [env: MENDWATCH_TOKEN_FILE]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// PEM file of the authorities to trust instead of the built-in ones [env: MENDWATCH_CA]
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Send the token over plain HTTP to other machines, too [env: MENDWATCH_ALLOW_HTTP=1]
    #[arg(long)]
    allow_http: bool,
    /// Label of the host [env: MENDWATCH_TAG]
    #[arg(long)]
    tag: Option<String>,
    /// Site of the host [env: MENDWATCH_SITE]
    #[arg(long)]
    site: Option<String>,
    /// Environment of the host: development, staging, production [env: MENDWATCH_ENV]
    #[arg(long)]
    env: Option<String>,
    /// Read the host below this directory instead of /
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
}

/// An environment variable; empty is absent, as in most unit files.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn collect_host(root: &Path) -> Result<Collected, Failure> {
    let shown = root.display();
    let root =
        collect::Root::new(root).map_err(|error| Failure::new(Kind::Settings, format!("--root: {shown}: {error}")))?;
    if let Some(why) = collect::no_system(&root) {
        return Err(Failure::new(Kind::Host, format!("{shown} is no system: {why}")));
    }
    Ok(collect::collect(&root, &collect::Options::default()))
}

/// Writes the report to standard output.
pub(crate) fn print(args: &PrintArgs) -> Result<(), Failure> {
    let observed_at = SystemClock.now();
    let collected = collect_host(&args.root)?;
    let labels = Labels {
        tag: environment("MENDWATCH_TAG").unwrap_or_default(),
        site: environment("MENDWATCH_SITE").unwrap_or_default(),
        env: environment("MENDWATCH_ENV").unwrap_or_default(),
    };
    let sequence = args.sequence.unwrap_or_else(|| u64::try_from(observed_at.as_second()).unwrap_or(0));
    let report = labelled_report(&collected, sequence, observed_at, &labels, None)?;
    let unwritable = |error: &dyn std::fmt::Display| Failure::new(Kind::Host, format!("standard output: {error}"));
    let mut json = serde_json::to_vec(&report).map_err(|error| unwritable(&error))?;
    if args.pretty {
        let value: serde_json::Value = serde_json::from_slice(&json).map_err(|error| unwritable(&error))?;
        json = serde_json::to_vec_pretty(&value).map_err(|error| unwritable(&error))?;
        note("indented for reading: the hashes hold for the plain form only, a server refuses this one");
    }
    json.push(b'\n');
    let mut out = std::io::stdout().lock();
    match out.write_all(&json).and_then(|()| out.flush()) {
        // The reader has seen enough: `print | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| unwritable(&error)),
    }
}

/// Checks in, and reports what is asked for.
pub(crate) fn once(args: OnceArgs) -> Result<(), Failure> {
    let flags = Flags {
        server_url: args.server_url,
        token: args.token,
        token_file: args.token_file,
        ca: args.ca,
        allow_http: args.allow_http,
        tag: args.tag,
        site: args.site,
        env: args.env,
    };
    let settings = Settings::resolve(flags, &environment)?;
    let client = Client::new(&settings, Timeouts::default(), &RealPace, &SystemClock)?;
    let observed_at = SystemClock.now();
    let collected = collect_host(&args.root)?;
    let outcome = exchange(&client, &collected, observed_at, &settings.labels)?;
    let mut out = std::io::stdout().lock();
    // The work is done; a closed pipe changes nothing about it.
    let _ = writeln!(out, "{outcome}");
    Ok(())
}

/// One line on standard error.
pub(crate) fn complain(failure: &Failure) {
    note(&failure.message);
}

fn note(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "mendwatch-agent: {}", text::one_line(message));
}
