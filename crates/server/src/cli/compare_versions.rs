//! `mendwatch compare-versions`: the order of versions as each package manager defines it.

use super::output::{Output, counted};
use anyhow::{Context as _, bail};
use std::cmp::Ordering;
use std::io::{BufRead, IsTerminal as _};
use std::process::ExitCode;
use versions::Scheme;

/// The longest line of standard input.
const LONGEST_LINE: u64 = 1 << 20;

/// How many odd versions are named; the rest are counted.
const ODD_NAMED: usize = 20;

/// What to compare.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Prints -1 where A is before B, 0 where they are equal, 1 where A is after B, as the package manager
itself says. Without A and B reads lines A<TAB>B from standard input and prints one result a line.
Any two texts are compared; what the package manager would not take for a version is named on
standard error.

Exit codes: 0 compared, 2 wrong use or a line that is not two versions (named by its number).")]
pub struct Args {
    /// Whose order: dpkg, rpm, pacman or apk
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
    let mut comparison = Comparison { scheme: args.scheme, odd: 0 };
    match (args.a, args.b) {
        (Some(a), Some(b)) => {
            if a.is_empty() || b.is_empty() {
                bail!("a version is empty");
            }
            comparison.line(None, &a, &b, out)?;
        }
        _ => {
            let stdin = std::io::stdin();
            if stdin.is_terminal() {
                out.note("reading lines A<TAB>B from the terminal; Ctrl-D ends them");
            }
            comparison.lines(&mut stdin.lock(), out)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

struct Comparison {
    scheme: Scheme,
    /// How many versions the package manager would not take for one.
    odd: usize,
}

impl Comparison {
    /// Compares two versions, which stand in the line of that number.
    fn line(&mut self, number: Option<u64>, a: &str, b: &str, out: &mut Output) -> anyhow::Result<()> {
        for version in [a, b] {
            let Err(why) = self.scheme.check(version) else { continue };
            self.odd += 1;
            if self.odd <= ODD_NAMED {
                let line = number.map(|number| format!("line {number}: ")).unwrap_or_default();
                out.note(&format!("{line}{why}; compared all the same"));
            }
        }
        out.line(match self.scheme.compare_as_tool(a, b) {
            Ordering::Less => "-1",
            Ordering::Equal => "0",
            Ordering::Greater => "1",
        })?;
        Ok(())
    }

    fn lines(&mut self, input: &mut dyn BufRead, out: &mut Output) -> anyhow::Result<()> {
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = std::io::Read::take(&mut *input, LONGEST_LINE + 1)
                .read_until(b'\n', &mut line)
                .with_context(|| format!("standard input can't be read after line {}", number - 1))?;
            if read == 0 || out.is_closed() {
                break;
            }
            if read as u64 > LONGEST_LINE {
                bail!("line {number}: longer than {LONGEST_LINE} bytes");
            }
            let text = std::str::from_utf8(&line).with_context(|| format!("line {number}"))?;
            let text = text.strip_suffix('\n').unwrap_or(text);
            let text = text.strip_suffix('\r').unwrap_or(text);
            match text.split_once('\t') {
                Some((a, b)) if !a.is_empty() && !b.is_empty() && !b.contains('\t') => {
                    self.line(Some(number), a, b, out)?;
                }
                _ => bail!("line {number}: expected two versions separated by a tab"),
            }
        }
        if self.odd > ODD_NAMED {
            let versions = counted(self.odd, "version", "versions");
            out.note(&format!("{versions} in all that {} would not take for one", self.scheme));
        }
        Ok(())
    }
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

    /// What goes to standard output and error, and the error that ends it.
    fn lines(scheme: Scheme, input: &str) -> (String, String, Option<String>) {
        let (out_sink, err_sink) = (Sink::default(), Sink::default());
        let mut out = Output::to(Box::new(out_sink.clone()), Box::new(err_sink.clone()), Look::PLAIN);
        let result = Comparison { scheme, odd: 0 }.lines(&mut input.as_bytes(), &mut out);
        out.flush().unwrap();
        let text = |sink: &Sink| String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        (text(&out_sink), text(&err_sink), result.err().map(|error| format!("{error:#}")))
    }

    /// Results of `dpkg --compare-versions`, `rpm.vercmp`, `vercmp` and apk-tools 3.
    #[test]
    fn one_result_a_line() {
        let good = |scheme, input| {
            let (out, err, error) = lines(scheme, input);
            assert_eq!((err.as_str(), error), ("", None), "{scheme}");
            out
        };
        assert_eq!(good(Scheme::Dpkg, "1.0~rc1\t1.0\n1:1\t2\r\n1.0-1\t1.0-1"), "-1\n1\n0\n");
        assert_eq!(good(Scheme::Rpm, "1.0^git1\t1.0\n1.0\t1.0-1\n1.05\t1.5\n"), "1\n-1\n0\n");
        assert_eq!(good(Scheme::Pacman, "1.0-1\t1.0\n1.0rc\t1.0\n"), "0\n-1\n");
        assert_eq!(good(Scheme::Apk, "1.0_rc1\t1.0\n1.0-r0\t1.0\n"), "-1\n1\n");
        assert_eq!(good(Scheme::Dpkg, ""), "");
    }

    #[test]
    fn a_bad_line_is_named_after_what_was_good() {
        for bad in ["1.0 1.1", "1.0", "", "1.0\t", "\t1.0", "1\t2\t3"] {
            let (out, err, error) = lines(Scheme::Dpkg, &format!("1\t2\n{bad}\n2\t1\n"));
            assert_eq!((out.as_str(), err.as_str()), ("-1\n", ""));
            assert_eq!(error.unwrap(), "line 2: expected two versions separated by a tab");
        }
        let (_, _, error) = lines(Scheme::Dpkg, &format!("1\t{}\n", "9".repeat(1 << 20)));
        assert_eq!(error.unwrap(), "line 1: longer than 1048576 bytes");
    }

    /// dpkg warns of such versions and compares them.
    #[test]
    fn odd_versions_are_named_and_compared() {
        let (out, err, error) = lines(Scheme::Dpkg, "1\t1_0\n");
        assert_eq!((out.as_str(), error), ("-1\n", None));
        assert_eq!(err, "mendwatch: line 1: '1_0' holds '_', which no version may hold; compared all the same\n");
        let (out, err, _) = lines(Scheme::Apk, &"a\tb\n".repeat(15));
        assert_eq!((out.lines().count(), err.lines().count()), (15, 21));
        assert!(err.ends_with("mendwatch: 30 versions in all that apk would not take for one\n"), "{err}");
    }
}
