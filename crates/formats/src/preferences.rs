//! Pins: apt_preferences(5).

use crate::deb822::{Limits, Reader, Stanza};
use crate::{Skipped, deb822, shown};

/// By what a pin chooses versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// `Pin: version`
    Version,
    /// `Pin: release`
    Release,
    /// `Pin: origin`: the site a list comes from.
    Origin,
}

/// The weight a pin gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A number other than 0.
    Is(i16),
    /// `never`: as if the source were not there.
    Never,
}

/// One pin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The names it is for: names, globs, `/expressions/`, each with `src:` before or `:arch` behind.
    /// Empty is every package (`*`).
    pub packages: Vec<String>,
    /// By what.
    pub by: By,
    /// The choice: `a=stable,l=Debian`, `5.10*`, `deb.debian.org`.
    pub choice: String,
    /// The weight.
    pub priority: Priority,
    /// Where it stands.
    pub line: u64,
}

/// Most pins of one file.
const MOST_PINS: u64 = 20_000;
/// Most names of one pin.
const MOST_NAMES: usize = 10_000;

/// Reads a file of pins. What apt refuses is passed over and named; apt itself would refuse to work.
#[must_use]
pub fn parse(document: &[u8]) -> (Vec<Pin>, Vec<Skipped>) {
    let (mut pins, mut skipped) = (Vec::new(), Vec::new());
    let mut reader = Reader::new(document, Limits { stanzas: MOST_PINS, ..Limits::default() });
    loop {
        match reader.next_stanza() {
            Ok(None) => return (pins, skipped),
            Ok(Some(stanza)) => match pin(&stanza) {
                Ok(pin) => pins.extend(pin),
                Err(skip) => skipped.push(skip),
            },
            Err(deb822::Error::Stanza(skip)) => skipped.push(skip),
            Err(deb822::Error::Read { line, error }) => skipped.push(Skipped::new(line, error.to_string())),
        }
    }
}

/// The pin of a stanza; none in a stanza of comments or without `Pin`, which apt passes over too.
fn pin(stanza: &Stanza<'_>) -> Result<Option<Pin>, Skipped> {
    let (mut names, mut pin, mut priority) = (None, None, None);
    let mut line = stanza.line();
    let mut fields = 0;
    for field in stanza.fields() {
        let field = field?;
        if fields == 0 {
            line = field.line;
        }
        fields += 1;
        if field.is("Package") {
            names = Some(field.text());
        } else if field.is("Pin") {
            pin = Some(field.text());
        } else if field.is("Pin-Priority") {
            priority = Some(field.text());
        }
    }
    if fields == 0 {
        return Ok(None);
    }
    let names = names.filter(|names| !names.is_empty());
    let names = names.ok_or_else(|| Skipped::new(line, "a pin without Package"))?;
    let Some(pin) = pin else { return Ok(None) };
    let all = names == "*";
    let (kind, choice) = pin.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((&pin, ""));
    let by = match kind.to_ascii_lowercase().as_str() {
        "version" if !all => By::Version,
        "release" => By::Release,
        "origin" => By::Origin,
        _ => return Err(Skipped::new(line, format!("no kind of pin: {}", shown(pin.as_bytes())))),
    };
    let priority = priority_of(priority.as_deref().unwrap_or(""), all).map_err(|why| Skipped::new(line, why))?;
    let packages = if all { Vec::new() } else { names.split_ascii_whitespace().map(str::to_owned).collect() };
    if packages.len() > MOST_NAMES {
        return Err(Skipped::new(line, format!("a pin of more than {MOST_NAMES} names")));
    }
    Ok(Some(Pin { packages, by, choice: choice.trim().to_owned(), priority, line }))
}

fn priority_of(text: &str, all: bool) -> Result<Priority, String> {
    if text == "never" {
        return if all { Ok(Priority::Never) } else { Err("priority 'never' is for 'Package: *' only".to_owned()) };
    }
    // As strtol does: white space, a sign, digits, and whatever follows.
    let text = text.trim_start();
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '-' || c == '+')).unwrap_or(text.len());
    let number: i64 = text[..digits].parse().map_err(|_| format!("no priority: '{}'", shown(text.as_bytes())))?;
    match i16::try_from(number) {
        Ok(0) => Err("a priority of 0".to_owned()),
        // The least number stands for 'never' within apt, which therefore moves it up by one.
        Ok(priority) => Ok(Priority::Is(priority.max(i16::MIN + 1))),
        Err(_) => Err(format!("priority {number} is outside of -32768 to 32767")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_pins_between_comments() {
        let (pins, skipped) = parse(
            b"# ours\n\nPackage: *\nPin: release a=stable, l=Debian\nPin-Priority: 900\n\n\
              Explanation: perl 5.10 only\nPackage: perl\n  libperl*:any\n src:foo\nPin:  version  5.10*\nPin-Priority: -1\n\n\
              Package: *\nPin: origin \"\"\nPin-Priority: never\n",
        );
        assert_eq!(skipped, []);
        let pin = |packages: &[&str], by, choice: &str, priority, line| Pin {
            packages: packages.iter().map(|name| (*name).to_owned()).collect(),
            by,
            choice: choice.to_owned(),
            priority,
            line,
        };
        assert_eq!(
            pins,
            [
                pin(&[], By::Release, "a=stable, l=Debian", Priority::Is(900), 3),
                pin(&["perl", "libperl*:any", "src:foo"], By::Version, "5.10*", Priority::Is(-1), 7),
                pin(&[], By::Origin, "\"\"", Priority::Never, 14),
            ]
        );
    }

    #[test]
    fn names_what_apt_refuses() {
        let refused = |text: &str| parse(text.as_bytes()).1.first().map(ToString::to_string).unwrap_or_default();
        assert_eq!(refused("Pin: release a=x\nPin-Priority: 1"), "line 1: a pin without Package");
        assert_eq!(refused("Package: *\nPin: version 1\nPin-Priority: 1"), "line 1: no kind of pin: version 1");
        assert_eq!(refused("Package: a\nPin: release a=x"), "line 1: no priority: ''");
        assert_eq!(refused("Package: a\nPin: release a=x\nPin-Priority: 0"), "line 1: a priority of 0");
        assert_eq!(
            refused("Package: a\nPin: release a=x\nPin-Priority: 99999"),
            "line 1: priority 99999 is outside of -32768 to 32767"
        );
        assert_eq!(
            refused("Package: a\nPin: release a=x\nPin-Priority: never"),
            "line 1: priority 'never' is for 'Package: *' only"
        );
        assert_eq!(refused("Package: a"), "", "a stanza without Pin is passed over");
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(128))]
        #[test]
        fn never_panics(text in "((Package|Pin|Pin-Priority)?:? ?[a-z*=\\-0-9 \n\u{0}]{0,8}\n){0,9}") {
            let _ = parse(text.as_bytes());
        }
    }
}
