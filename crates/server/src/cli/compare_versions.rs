//! `mendwatch compare-versions`: the order of versions as each package manager defines it.

use super::output::Output;
use anyhow::{Context as _, bail};
use std::cmp::Ordering;
use std::io::BufRead;
use std::process::ExitCode;
use versions::Scheme;

/// The longest line of standard input.
const LONGEST_LINE: u64 = 1 << 16;

/// What to compare.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Prints -1 where A is before B, 0 where they are equal, 1 where A is after B.
Without A and B reads lines A<TAB>B from standard input and prints one result a line.

Exit codes: 0 compared, 2 wrong use or a line that is not two versions (named by its number).")]
pub struct Args {
    /// Whose order
    #[arg(long, value_name = "SCHEME", value_parser = scheme)]
    scheme: Scheme,
    /// A version
    #[arg(requires = "b")]
    a: Option<String>,
    /// The version to compare it with
    b: Option<String>,
}

fn scheme(name: &str) -> Result<Scheme, String> {
    name.parse()
}

/// Runs `mendwatch compare-versions`.
///
/// # Errors
/// When a line of standard input is not two versions separated by a tab; what was compared before
/// it has been printed.
pub fn run(args: Args, out: &mut Output) -> anyhow::Result<ExitCode> {
    match (args.a, args.b) {
        (Some(a), Some(b)) => out.line(compare(args.scheme, &a, &b)?)?,
        _ => compare_lines(args.scheme, &mut std::io::stdin().lock(), out)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn compare(scheme: Scheme, a: &str, b: &str) -> anyhow::Result<&'static str> {
    scheme.check(a)?;
    scheme.check(b)?;
    Ok(match scheme.compare(a, b) {
        Ordering::Less => "-1",
        Ordering::Equal => "0",
        Ordering::Greater => "1",
    })
}

fn compare_lines(scheme: Scheme, input: &mut dyn BufRead, out: &mut Output) -> anyhow::Result<()> {
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = std::io::Read::take(&mut *input, LONGEST_LINE + 1)
            .read_until(b'\n', &mut line)
            .with_context(|| format!("standard input can't be read after line {}", number - 1))?;
        if read == 0 || out.is_closed() {
            return Ok(());
        }
        if read as u64 > LONGEST_LINE {
            bail!("line {number}: longer than {LONGEST_LINE} bytes");
        }
        let text = std::str::from_utf8(&line).with_context(|| format!("line {number}"))?;
        let text = text.trim_end_matches(['\n', '\r']);
        let Some((a, b)) = text.split_once('\t') else {
            bail!("line {number}: expected two versions separated by a tab");
        };
        out.line(compare(scheme, a, b).with_context(|| format!("line {number}"))?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::Look;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn lines(input: &str) -> (String, Option<String>) {
        let sink = Sink::default();
        let mut out = Output::to(Box::new(sink.clone()), Box::new(std::io::sink()), Look::PLAIN);
        let result = compare_lines(Scheme::Dpkg, &mut input.as_bytes(), &mut out);
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        (text, result.err().map(|error| format!("{error:#}")))
    }

    /// Results of `dpkg --compare-versions`.
    #[test]
    fn one_result_a_line() {
        assert_eq!(lines("1.0~rc1\t1.0\n1:1\t2\r\n1.0-1\t1.0-1"), ("-1\n1\n0\n".to_owned(), None));
        assert_eq!(lines(""), (String::new(), None));
    }

    #[test]
    fn a_bad_line_is_named_after_what_was_good() {
        let (text, error) = lines("1\t2\n1.0 1.1\n2\t1\n");
        assert_eq!(
            (text.as_str(), error.unwrap().as_str()),
            ("-1\n", "line 2: expected two versions separated by a tab")
        );
        let (_, error) = lines("1\t1_0\n");
        assert_eq!(error.unwrap(), "line 1: '1_0' holds '_', which no version may hold");
        let (_, error) = lines(&format!("1\t{}\n", "9".repeat(70_000)));
        assert_eq!(error.unwrap(), "line 1: longer than 65536 bytes");
    }
}
