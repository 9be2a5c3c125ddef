//! `mendwatch explain`: the whole reasoning behind verdicts, positive or negative.

use super::evaluate::read_input;
use super::evaluate::source::SourceArgs;
use super::output::{Output, printable, styles};
use anyhow::bail;
use matching::Explanation;
use model::Platform;
use std::process::ExitCode;

/// What to explain, by what.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Standard input is that of `mendwatch evaluate`. For each package and role: where it comes from, what the
vendor's data can call it, each feed with its date and checksum, each comparison made, and what decided.
Without --cve every CVE that a feed names for the package is explained, with --package only packages of
that name (binary or source).

Exit codes: 0 explained, 2 wrong use, no line is a package, no package has the name, or there is nothing to
explain by.")]
pub struct Args {
    /// Distribution and release of the packages: debian:12
    #[arg(long, value_name = "PLATFORM")]
    platform: Platform,
    /// The CVE or advisory to explain
    #[arg(long, value_name = "ID")]
    cve: Option<String>,
    /// The binary or source package to explain
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
    /// One JSON object a package and role instead of sentences
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceArgs,
}

/// Runs `mendwatch explain`.
///
/// # Errors
/// When standard input or a feed can't be read, or no package has the name.
pub fn run(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    let Args { platform, cve, package, json, source } = args;
    let judge = source.judge(&platform, out)?;
    let input = read_input(&platform, out)?;
    let explanations = judge.explain(input.host, input.packages, cve, package.clone())?;
    if explanations.is_empty() {
        // Input without packages was refused: only a name can leave nothing.
        let name = package.unwrap_or_default();
        bail!("none of the packages is called {name}, nor built from a source of that name");
    }
    for (at, explanation) in explanations.iter().enumerate() {
        if json {
            out.line(&serde_json::to_string(explanation)?)?;
        } else {
            if at > 0 {
                out.line("")?;
            }
            print(explanation, out)?;
        }
        if out.is_closed() {
            break;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The reasoning in lines: what is judged first, the rest below it.
fn print(explanation: &Explanation, out: &mut Output) -> std::io::Result<()> {
    let look = out.look();
    for (at, line) in explanation.lines.iter().enumerate() {
        let line = printable(line);
        out.line(&if at == 0 { look.paint(styles::STRONG, &line) } else { format!("  {line}") })?;
    }
    Ok(())
}
