//! `mendwatch evaluate`: judges a list of packages from standard input.

pub mod feed_files;
pub mod lines;
pub mod source;

use super::output::{Output, counted, thousands};
use crate::evaluate::judged::Summary;
use lines::Input;
use model::Platform;
use source::SourceArgs;
use std::io::IsTerminal as _;
use std::ops::ControlFlow;
use std::process::ExitCode;

/// What to judge, by what.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Standard input: an optional first line {\"host\":{\"channels\":[],\"running_kernel\":\"\",\"next_kernel\":\"\",
\"livepatches\":[],\"modules\":[],\"resident\":[]}}, then a package a line:
{\"name\":\"openssl\",\"version\":\"3.0.15-1~deb12u1\",\"arch\":\"amd64\",\"source\":\"openssl\",\"source_version\":\"\"}
Standard output: an open finding a line, and a line with state not_assessed for each package that no
feed speaks for. Standard error: the counts, and lines that could not be read.

Exit codes: 0 judged, 2 wrong use, no line is a package, or there is nothing to judge by.")]
pub struct Args {
    /// Distribution and release of the packages: debian:12
    #[arg(long, value_name = "PLATFORM", value_parser = super::platform::parse)]
    platform: Platform,
    #[command(flatten)]
    source: SourceArgs,
}

/// Runs `mendwatch evaluate`.
///
/// # Errors
/// When standard input or a feed can't be read, or no line is a package.
pub fn run(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    let Args { platform, source } = args;
    let judge = source.judge(&platform, out)?;
    let input = read_input(&platform, out)?;
    let summary = judge.evaluate(input.host, input.packages, &mut |line| print(line, out))?;
    let Some(summary) = summary else { return Ok(ExitCode::SUCCESS) };
    for line in summary.not_assessed_lines() {
        if print(&serde_json::to_vec(&line)?, out)?.is_break() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    out.flush()?;
    summarise(&summary, out);
    Ok(ExitCode::SUCCESS)
}

/// Reads standard input, and says what in it is odd.
///
/// # Errors
/// When it can't be read, or no line is a package.
pub(crate) fn read_input(platform: &Platform, out: &mut Output) -> anyhow::Result<Input> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        out.note("reading packages from the terminal, one JSON object a line; Ctrl-D ends them");
    }
    let input = Input::read(&mut stdin.lock())?;
    input.complain(out)?;
    for remark in input.entries(platform).1 {
        out.note(&remark);
    }
    Ok(input)
}

/// Prints a line as it is; breaks when nobody reads on.
pub(crate) fn print(line: &[u8], out: &mut Output) -> anyhow::Result<ControlFlow<()>> {
    out.write(line)?;
    out.write(b"\n")?;
    Ok(if out.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
}

fn summarise(judged: &Summary, out: &mut Output) {
    out.note(&format!(
        "{}; {} of {} assessed",
        counted(usize::try_from(judged.findings).unwrap_or(usize::MAX), "open finding", "open findings"),
        thousands(judged.assessed),
        counted(judged.packages, "package", "packages")
    ));
    for group in &judged.not_assessed {
        let packages = counted(group.count, "package", "packages");
        let mend = group.command.as_ref().map(|command| format!(" (to mend it: `{command}`)")).unwrap_or_default();
        out.note(&format!("not assessed: {packages}: {}{mend}", group.reason));
    }
}
