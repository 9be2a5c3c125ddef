//! Where apt gets packages from: sources.list(5), both the one-line and the deb822 style.

use crate::deb822::{Limits, Reader, Stanza};
use crate::{Skipped, deb822, shown, truth};

/// What a source offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `deb`: packages to install.
    Deb,
    /// `deb-src`: sources to build from.
    DebSrc,
}

/// The options that decide which lists a source has, and whether it is trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `arch=`, `Architectures`: instead of the configured architectures.
    pub arch: Option<Vec<String>>,
    /// `arch+=`, `Architectures-Add`
    pub arch_add: Vec<String>,
    /// `arch-=`, `Architectures-Remove`
    pub arch_remove: Vec<String>,
    /// `trusted=`
    pub trusted: Option<bool>,
    /// `signed-by=`: key files or fingerprints, as written.
    pub signed_by: String,
}

/// One suite at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it offers.
    pub kind: Kind,
    /// The address as written, which may hold credentials and `$(ARCH)`.
    pub uri: String,
    /// The suite, or with a `/` at its end the path of a flat repository.
    pub suite: String,
    /// The components; none in a flat repository.
    pub components: Vec<String>,
    /// Its options.
    pub options: Options,
    /// False with `Enabled: no`.
    pub enabled: bool,
    /// Where it stands.
    pub line: u64,
}

/// Most sources of one file.
const MOST_SOURCES: usize = 10_000;
/// Longest line of the one-line style, in bytes.
const MOST_LINE: usize = 64 << 10;

/// Reads a file of the one-line style (`*.list`).
#[must_use]
pub fn one_line(document: &[u8]) -> (Vec<Source>, Vec<Skipped>) {
    let (mut sources, mut skipped) = (Vec::new(), Vec::new());
    let mut number = 0;
    for bytes in document.split(|b| *b == b'\n') {
        number += 1;
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_LINE)]);
        let text = without_comment(&text).trim_matches([' ', '\t', '\r']);
        if text.is_empty() {
            continue;
        }
        let parsed = match bytes.len() > MOST_LINE {
            true => Err(format!("a line of more than {MOST_LINE} bytes")),
            false if sources.len() >= MOST_SOURCES => Err(format!("more than {MOST_SOURCES} sources")),
            false => line(text, number),
        };
        match parsed {
            Ok(source) => sources.push(source),
            Err(why) => skipped.push(Skipped::new(number, why)),
        }
        if skipped.len() >= MOST_SOURCES {
            break;
        }
    }
    (sources, skipped)
}

/// The line up to its comment. A `#` within `[options]` begins none.
fn without_comment(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '#' if depth == 0 => return &text[..at],
            _ => {}
        }
    }
    text
}

fn line(text: &str, number: u64) -> Result<Source, String> {
    let (kind, mut rest) = text.split_once([' ', '\t', '\x0b']).ok_or("nothing follows the type")?;
    let kind = kind_of(kind)?;
    rest = rest.trim_ascii_start();
    let mut options = Options::default();
    if let Some(mut inner) = rest.strip_prefix('[') {
        loop {
            inner = inner.trim_ascii_start();
            if let Some(behind) = inner.strip_prefix(']') {
                rest = behind;
                break;
            }
            let end = inner.find(|c: char| c.is_ascii_whitespace() || c == ']').ok_or("'[' without ']'")?;
            option(&mut options, &inner[..end])?;
            inner = &inner[end..];
        }
    }
    let uri = word(&mut rest).ok_or("no URI")?;
    check_uri(&uri)?;
    let suite = word(&mut rest).ok_or("no suite")?;
    let mut components = Vec::new();
    while let Some(component) = word(&mut rest) {
        components.push(component);
    }
    check_components(&suite, &components)?;
    Ok(Source { kind, uri, suite, components, options, enabled: true, line: number })
}

fn kind_of(word: &str) -> Result<Kind, String> {
    match word {
        "deb" => Ok(Kind::Deb),
        "deb-src" => Ok(Kind::DebSrc),
        _ => Err(format!("no type of source: '{}'", shown(word.as_bytes()))),
    }
}

fn check_uri(uri: &str) -> Result<(), String> {
    if uri.contains(':') { Ok(()) } else { Err(format!("no URI: '{}'", shown(uri.as_bytes()))) }
}

fn check_components(suite: &str, components: &[String]) -> Result<(), String> {
    match (suite.ends_with('/'), components.is_empty()) {
        (true, false) => Err("a flat repository has no components".to_owned()),
        (false, true) => Err("no component".to_owned()),
        _ => Ok(()),
    }
}

/// The next word: quotes and brackets keep white space together, quotes are taken off, `%xx` is decoded.
fn word(rest: &mut &str) -> Option<String> {
    let text = rest.trim_ascii_start();
    let (mut quoted, mut bracketed, mut end) = (false, false, text.len());
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            c if c.is_ascii_whitespace() && !quoted && !bracketed => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    *rest = &text[end..];
    let word: String = text[..end].chars().filter(|c| *c != '"').collect();
    (!word.is_empty()).then(|| percent_decoded(&word))
}

/// `%xx` as the byte that it stands for. What is no such sequence stays.
#[must_use]
pub fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.filter(|_| *byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn option(options: &mut Options, text: &str) -> Result<(), String> {
    let (key, value) =
        text.split_once('=').ok_or_else(|| format!("an option without '=': '{}'", shown(text.as_bytes())))?;
    if key.is_empty() || value.is_empty() {
        return Err(format!("an empty option: '{}'", shown(text.as_bytes())));
    }
    let list = || value.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    match key {
        "arch" => options.arch = Some(list()),
        "arch+" => options.arch_add = list(),
        "arch-" => options.arch_remove = list(),
        "trusted" => options.trusted = truth(value),
        "signed-by" => options.signed_by = value.to_owned(),
        _ => {}
    }
    Ok(())
}

/// Reads a file of the deb822 style (`*.sources`): one source for each type, address and suite.
#[must_use]
pub fn deb822(document: &[u8]) -> (Vec<Source>, Vec<Skipped>) {
    let (mut sources, mut skipped) = (Vec::new(), Vec::new());
    let stanzas = u64::try_from(MOST_SOURCES).unwrap_or(u64::MAX);
    let mut reader = Reader::new(document, Limits { stanzas, ..Limits::default() });
    loop {
        match reader.next_stanza() {
            Ok(None) => return (sources, skipped),
            Ok(Some(stanza)) => {
                if let Err(skip) = add_stanza(&stanza, &mut sources) {
                    skipped.push(skip);
                }
            }
            Err(deb822::Error::Stanza(skip)) => skipped.push(skip),
            Err(deb822::Error::Read { line, error }) => skipped.push(Skipped::new(line, error.to_string())),
        }
    }
}

fn add_stanza(stanza: &Stanza<'_>, sources: &mut Vec<Source>) -> Result<(), Skipped> {
    let (mut types, mut uris, mut suites, mut components) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut options = Options::default();
    let mut enabled = true;
    let mut line = None;
    for field in stanza.fields() {
        let field = field?;
        line.get_or_insert(field.line);
        let text = field.text();
        let words = || text.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>();
        match field.name.to_ascii_lowercase().as_slice() {
            b"types" => types = words(),
            b"uris" => uris = words(),
            b"suites" => suites = words(),
            b"components" => components = words(),
            b"architectures" => options.arch = Some(words()),
            b"architectures-add" => options.arch_add = words(),
            b"architectures-remove" => options.arch_remove = words(),
            b"trusted" => options.trusted = truth(&text),
            b"signed-by" => options.signed_by = text,
            b"enabled" => enabled = truth(&text) != Some(false),
            _ => {}
        }
    }
    let Some(line) = line else { return Ok(()) };
    let skip = |why: String| Skipped::new(line, why);
    for (words, what) in [(&types, "Types"), (&uris, "URIs"), (&suites, "Suites")] {
        if words.is_empty() {
            return Err(skip(format!("a source without {what}")));
        }
    }
    for kind in &types {
        let kind = kind_of(kind).map_err(skip)?;
        for uri in &uris {
            check_uri(uri).map_err(skip)?;
            for suite in &suites {
                check_components(suite, &components).map_err(skip)?;
                if sources.len() >= MOST_SOURCES {
                    return Err(skip(format!("more than {MOST_SOURCES} sources")));
                }
                let (uri, suite) = (uri.clone(), suite.clone());
                let (components, options) = (components.clone(), options.clone());
                sources.push(Source { kind, uri, suite, components, options, enabled, line });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(uri: &str, suite: &str, components: &[&str], line: u64) -> Source {
        Source {
            kind: Kind::Deb,
            uri: uri.into(),
            suite: suite.into(),
            components: components.iter().map(|c| (*c).to_owned()).collect(),
            options: Options::default(),
            enabled: true,
            line,
        }
    }

    #[test]
    fn reads_the_one_line_style() {
        let (sources, skipped) = one_line(
            b"# comment\n\ndeb http://deb.debian.org/debian bookworm main contrib # tail\n\
              deb-src http://deb.debian.org/debian bookworm main\n\
              \tdeb [ arch=amd64,i386 arch-=i386 signed-by=/usr/share/k#1.gpg trusted=yes] https://e.org/x ./\r\n\
              deb cdrom:[Debian GNU/Linux 12 _Bookworm_ - Official]/ bookworm main\n\
              deb http://x/a%20b \"quo ted\" main\n",
        );
        assert_eq!(skipped, []);
        assert_eq!(sources[0], source("http://deb.debian.org/debian", "bookworm", &["main", "contrib"], 3));
        assert_eq!(sources[1].kind, Kind::DebSrc);
        let flat = Source {
            options: Options {
                arch: Some(vec!["amd64".into(), "i386".into()]),
                arch_remove: vec!["i386".into()],
                trusted: Some(true),
                signed_by: "/usr/share/k#1.gpg".into(),
                ..Options::default()
            },
            ..source("https://e.org/x", "./", &[], 5)
        };
        assert_eq!(sources[2], flat);
        assert_eq!(sources[3], source("cdrom:[Debian GNU/Linux 12 _Bookworm_ - Official]/", "bookworm", &["main"], 6));
        assert_eq!(sources[4], source("http://x/a b", "quo ted", &["main"], 7));
    }

    #[test]
    fn reads_the_deb822_style() {
        let (sources, skipped) = deb822(
            b"Types: deb deb-src\n# http://snapshot\nURIs: http://deb.debian.org/debian\nSuites: bookworm bookworm-updates\n\
              Components: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n xyz\n\n# only words\n\n\
              Types: deb\nURIs: file:/r\nSuites: ./\nEnabled: no\nArchitectures: amd64\n",
        );
        assert_eq!(skipped, []);
        let told: Vec<_> = sources.iter().map(|s| (s.kind, s.suite.as_str(), s.enabled, s.line)).collect();
        assert_eq!(
            told,
            [
                (Kind::Deb, "bookworm", true, 1),
                (Kind::Deb, "bookworm-updates", true, 1),
                (Kind::DebSrc, "bookworm", true, 1),
                (Kind::DebSrc, "bookworm-updates", true, 1),
                (Kind::Deb, "./", false, 13),
            ]
        );
        assert_eq!(sources[4].options.arch, Some(vec!["amd64".to_owned()]));
    }

    #[test]
    fn names_what_is_malformed() {
        let why = |text: &str| one_line(text.as_bytes()).1.first().map(ToString::to_string).unwrap_or_default();
        assert_eq!(why("deb"), "line 1: nothing follows the type");
        assert_eq!(why("\nrpm http://x y z"), "line 2: no type of source: 'rpm'");
        assert_eq!(why("deb [arch=amd64 http://x y z"), "line 1: an option without '=': 'http://x'");
        assert_eq!(why("deb [arch=amd64"), "line 1: '[' without ']'");
        assert_eq!(why("deb http://x"), "line 1: no suite");
        assert_eq!(why("deb http://x stable"), "line 1: no component");
        assert_eq!(why("deb http://x ./ main"), "line 1: a flat repository has no components");
        assert_eq!(why("deb here stable main"), "line 1: no URI: 'here'");
        let stanza = |text: &str| deb822(text.as_bytes()).1.first().map(ToString::to_string).unwrap_or_default();
        assert_eq!(stanza("Types: deb\nSuites: x"), "line 1: a source without URIs");
        assert_eq!(stanza("Types: deb\nURIs: http://x\nSuites: x"), "line 1: no component");
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(128))]
        #[test]
        fn never_panics(text in "(deb )?[a-z:/\\[\\]=\"# %\n\u{0}é]{0,60}") {
            let _ = one_line(text.as_bytes());
            let _ = deb822(text.as_bytes());
        }
    }
}
