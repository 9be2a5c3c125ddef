//! Standard input of `evaluate` and `explain`: an optional first line about the host, then packages, one
//! JSON object a line.

use crate::cli::output::{Output, counted};
use crate::evaluate::input::{HostContext, PackageLine, entries};
use anyhow::{Context as _, bail};
use model::Platform;
use model::inventory::Entry;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::io::{BufRead, Read as _};

/// The longest line; a first line may list the old packages of many processes.
const LONGEST_LINE: u64 = 16 << 20;
/// More packages than any host has.
const MOST_PACKAGES: usize = 1_000_000;
/// How many bad lines are named; the others are counted.
const MOST_COMPLAINTS: usize = 20;

/// A line that is no package, or the remark that the host's kernel is none of the packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1.
    pub number: u64,
    /// What is wrong, as a fragment.
    pub why: String,
}

/// Everything that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    /// The host.
    pub host: HostContext,
    /// The packages.
    pub packages: Vec<PackageLine>,
    /// Lines that were left out.
    pub bad: Vec<BadLine>,
    /// How many lines were left out, also those beyond the list.
    pub bad_count: usize,
}

impl Input {
    /// Reads to the end.
    ///
    /// # Errors
    /// When the input can't be read, or a line or the whole is beyond every measure.
    pub fn read(input: &mut dyn BufRead) -> anyhow::Result<Self> {
        let mut all = Self::default();
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = input.take(LONGEST_LINE + 1).read_until(b'\n', &mut line).context("standard input")?;
            if read == 0 {
                break;
            }
            if read as u64 > LONGEST_LINE {
                bail!("line {number} of standard input is longer than {LONGEST_LINE} bytes");
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            if let Err(why) = all.take_line(&line) {
                all.bad_count += 1;
                if all.bad.len() < MOST_COMPLAINTS {
                    all.bad.push(BadLine { number, why });
                }
            }
            if all.packages.len() > MOST_PACKAGES {
                bail!("more than {MOST_PACKAGES} packages");
            }
        }
        Ok(all)
    }

    fn take_line(&mut self, line: &[u8]) -> Result<(), String> {
        #[derive(Deserialize)]
        struct HostLine {
            host: HostContext,
        }
        #[derive(Deserialize)]
        struct Kind {
            #[serde(default)]
            host: Option<IgnoredAny>,
            #[serde(default)]
            name: Option<IgnoredAny>,
        }
        if !line.trim_ascii_start().starts_with(b"{") {
            return Err("is no JSON object: expected a package, {\"name\":\"...\",\"version\":\"...\"}".to_owned());
        }
        let is_host = |kind: Kind| kind.host.is_some() && kind.name.is_none();
        if serde_json::from_slice(line).is_ok_and(is_host) {
            if !self.packages.is_empty() || self.bad_count > 0 {
                return Err("is about the host, which only the first line may be".to_owned());
            }
            self.host = parse::<HostLine>(line)?.host;
            return Ok(());
        }
        let package: PackageLine = parse(line)?;
        if let Some(field) = [("name", &package.name), ("version", &package.version)]
            .iter()
            .find_map(|(field, value)| value.is_empty().then_some(*field))
        {
            return Err(format!("{field} is empty"));
        }
        self.packages.push(package);
        Ok(())
    }

    /// Names the lines that were left out.
    ///
    /// # Errors
    /// When not a single line was a package.
    pub fn complain(&self, out: &mut Output) -> anyhow::Result<()> {
        for bad in &self.bad {
            out.note(&format!("line {}: {}", bad.number, bad.why));
        }
        if self.packages.is_empty() {
            match self.bad_count {
                0 => bail!("no packages on standard input"),
                bad => bail!("none of {} is a package", counted(bad, "line", "lines")),
            }
        }
        if self.bad_count == 0 {
            return Ok(());
        }
        let total = self.packages.len() + self.bad_count;
        out.note(&format!("{} of {total} left out; the others are judged", counted(self.bad_count, "line", "lines")));
        Ok(())
    }

    /// What is judged, and remarks on what can't be.
    #[must_use]
    pub fn entries(&self, platform: &Platform) -> (Vec<Entry>, Vec<String>) {
        entries(platform, &self.host, &self.packages)
    }
}

/// Reads a line, or says which field is wrong, what is there and what was expected.
fn parse<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_slice(line);
    let found = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        let (text, column) = (error.inner().to_string(), error.inner().column());
        // The reader of JSON counts lines within the line, which says nothing: "at line 1" is cut.
        let text = match text.split(" at line ").next() {
            Some(text) if column > 0 => format!("{text} at column {column}"),
            _ => text,
        };
        if field == "." { text } else { format!("field `{field}`: {text}") }
    })?;
    reader.end().map_err(|_| "has more behind its object".to_owned())?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Role;

    fn read(text: &str) -> Input {
        Input::read(&mut text.as_bytes()).unwrap()
    }

    #[test]
    fn the_first_line_may_be_the_host() {
        let input = read(
            "{\"host\":{\"channels\":[\"lts\"],\"running_kernel\":\"6.1.0-40-amd64\"}}\n\
             {\"name\":\"linux-image-6.1.0-40-amd64\",\"version\":\"6.1.153-1\",\"more\":1}\n\n\
             {\"name\":\"bash\",\"version\":\"5.2\",\"arch\":\"amd64\"}\n",
        );
        assert_eq!((input.packages.len(), input.bad_count), (2, 0));
        assert_eq!(input.host.bits(), ["lts"]);
        let (entries, remarks) = input.entries(&"debian:12".parse().unwrap());
        let roles: Vec<_> = entries.iter().map(|entry| (entry.package.name.as_str(), entry.role)).collect();
        assert_eq!(
            roles,
            [
                ("bash", Role::Installed),
                ("linux-image-6.1.0-40-amd64", Role::Installed),
                ("linux-image-6.1.0-40-amd64", Role::RunningKernel),
            ]
        );
        assert!(remarks.is_empty());
    }

    #[test]
    fn a_kernel_that_is_not_listed_is_remarked_on() {
        let input = read("{\"host\":{\"next_kernel\":\"6.9\"}}\n{\"name\":\"bash\",\"version\":\"5.2\"}\n");
        let (entries, remarks) = input.entries(&"debian:12".parse().unwrap());
        assert_eq!(entries.len(), 1);
        assert_eq!(remarks, ["the next kernel 6.9 is none of the packages, so that it is not judged"]);
    }

    #[test]
    fn bad_lines_are_named_and_the_others_read() {
        let input = read(
            "{\"name\":\"bash\"}\nnonsense\n{\"name\":\"\",\"version\":\"1\"}\n{\"name\":\"vim\",\"version\":\"9\"}\n\u{1}\n\
             [1]\n{\"name\":\"vim\",\"version\":9}\n{\"host\":{}}\n{\"name\":\"vim\",\"version\":\"9\"}}",
        );
        assert_eq!((input.packages.len(), input.bad_count), (1, 8));
        let named: Vec<_> = input.bad.iter().map(|bad| format!("{}: {}", bad.number, bad.why)).collect();
        assert_eq!(
            named,
            [
                "1: missing field `version` at column 15",
                "2: is no JSON object: expected a package, {\"name\":\"...\",\"version\":\"...\"}",
                "3: name is empty",
                "5: is no JSON object: expected a package, {\"name\":\"...\",\"version\":\"...\"}",
                "6: is no JSON object: expected a package, {\"name\":\"...\",\"version\":\"...\"}",
                "7: field `version`: invalid type: integer `9`, expected a string at column 25",
                "8: is about the host, which only the first line may be",
                "9: has more behind its object",
            ]
        );
    }

    #[test]
    fn what_is_wrong_about_the_host_is_named() {
        let input = read("{\"host\":{\"channels\":[1]}}\n{\"name\":\"bash\",\"version\":\"5.2\"}\n");
        assert_eq!((input.packages.len(), input.bad_count), (1, 1));
        let why = &input.bad[0].why;
        assert!(why.starts_with("field `host.channels[0]`: invalid type: integer `1`, expected a string"), "{why}");
    }

    #[test]
    fn many_bad_lines_are_counted() {
        let input = read(&"x\n".repeat(100));
        assert_eq!((input.bad.len(), input.bad_count), (MOST_COMPLAINTS, 100));
    }

    #[test]
    fn an_old_package_that_still_runs_is_an_entry() {
        let input = read(
            "{\"host\":{\"resident\":[{\"name\":\"libssl3\",\"version\":\"3.0.1\"}]}}\n{\"name\":\"libssl3\",\"version\":\"3.0.2\"}\n",
        );
        let (entries, _) = input.entries(&"debian:12".parse().unwrap());
        let roles: Vec<_> = entries.iter().map(|entry| (entry.package.version.as_str(), entry.role)).collect();
        assert_eq!(roles, [("3.0.1", Role::Resident), ("3.0.2", Role::Installed)]);
    }
}
