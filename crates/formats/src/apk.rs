//! apk's lists of packages: what is installed (`installed`) and what a repository has (`APKINDEX`).
//!
//! Both are lines of a letter, a colon and a value, with an empty line behind each package
//! (<https://wiki.alpinelinux.org/wiki/Apk_spec>). Of what is installed, lines about files follow, which are passed over.

use crate::Skipped;
use std::io::{self, BufRead, Read as _};

/// Longest line, in bytes.
const MAX_LINE_BYTES: usize = 1 << 20;
/// Most packages.
const MAX_PACKAGES: u64 = 1_000_000;
/// Most notes.
const MAX_SKIPPED: usize = 1000;

/// A package, as far as it is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// `P`: its name.
    pub name: String,
    /// `V`: its version, `1.36.1-r15`.
    pub version: String,
    /// `A`: its architecture.
    pub arch: String,
    /// `S`: size of the download in bytes.
    pub size: Option<u64>,
    /// `o`: the name of what it was built from.
    pub origin: String,
    /// `m`: who maintains it.
    pub maintainer: String,
    /// `D`: what it needs, between blanks.
    pub depends: String,
    /// `s`, of what is installed: the tag of the repositories that it may come from beside those without one.
    pub tag: String,
}

/// What a reading came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many packages were given out.
    pub packages: u64,
    /// Packages that were passed over, the first 1,000.
    pub skipped: Vec<Skipped>,
    /// The empty line behind the last package is there: apk writes it behind each, so that a list without it breaks off.
    pub is_whole: bool,
}

/// Reads a list and gives out its packages one by one.
///
/// # Errors
/// When it can't be read on, or is beyond the ceilings.
pub fn read<R: BufRead>(mut body: R, each: &mut dyn FnMut(Package)) -> io::Result<Outcome> {
    let mut outcome = Outcome { is_whole: true, ..Outcome::default() };
    let (mut package, mut begun) = (Package::default(), None);
    let mut bytes = Vec::new();
    for number in 1_u64.. {
        bytes.clear();
        let most = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
        let read = (&mut body).take(most).read_until(b'\n', &mut bytes)?;
        if read == MAX_LINE_BYTES && bytes.last() != Some(&b'\n') {
            return Err(io::Error::other(format!("line {number} is longer than {MAX_LINE_BYTES} bytes")));
        }
        let line = bytes.trim_ascii_end();
        if line.is_empty() {
            if let Some(line) = begun.take() {
                outcome.is_whole = read > 0;
                finish(std::mem::take(&mut package), line, &mut outcome, each)?;
            }
            if read == 0 {
                return Ok(outcome);
            }
            continue;
        }
        begun.get_or_insert(number);
        let [letter, b':', value @ ..] = line else {
            // A list that is cut may end within a line; the note on the package says no more.
            continue;
        };
        let field = match letter {
            b'P' => &mut package.name,
            b'V' => &mut package.version,
            b'A' => &mut package.arch,
            b'o' => &mut package.origin,
            b'm' => &mut package.maintainer,
            b'D' => &mut package.depends,
            b's' => &mut package.tag,
            b'S' => {
                package.size = std::str::from_utf8(value).ok().and_then(|size| size.parse().ok());
                continue;
            }
            _ => continue,
        };
        String::from_utf8_lossy(value).trim().clone_into(field);
    }
    Ok(outcome)
}

fn finish(package: Package, line: u64, outcome: &mut Outcome, each: &mut dyn FnMut(Package)) -> io::Result<()> {
    let odd = |text: &str| text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control());
    let shown = crate::shown(package.name.as_bytes());
    let why = if odd(&package.name) {
        format!("a package has the name '{shown}'")
    } else if odd(&package.version) {
        format!("package '{shown}' has no version")
    } else {
        if outcome.packages >= MAX_PACKAGES {
            return Err(io::Error::other(format!("has more than {MAX_PACKAGES} packages")));
        }
        outcome.packages += 1;
        each(package);
        return Ok(());
    };
    if outcome.skipped.len() < MAX_SKIPPED {
        outcome.skipped.push(Skipped::new(line, why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The layout of Alpine 3.19's own database.
    const INSTALLED: &str = "C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=\nP:zlib\nV:1.3-r2\nA:x86_64\nS:53543\nI:110592\n\
        T:A compression/decompression Library\nU:https://zlib.net/\nL:Zlib\no:zlib\nm:Natanael Copa <ncopa@alpinelinux.org>\n\
        t:1700000000\nD:so:libc.musl-x86_64.so.1\np:so:libz.so.1=1.3\nF:lib\nR:libz.so.1\na:0:0:777\n\n\
        P:tool\nV:2-r0\nA:noarch\no:tools\ns:edge\n\n";

    fn packages(text: &str) -> (Vec<Package>, Outcome) {
        let mut packages = Vec::new();
        let outcome = read(text.as_bytes(), &mut |package| packages.push(package)).unwrap();
        (packages, outcome)
    }

    #[test]
    fn packages_are_read() {
        let (packages, outcome) = packages(INSTALLED);
        assert_eq!(outcome, Outcome { packages: 2, skipped: vec![], is_whole: true });
        let zlib = &packages[0];
        assert_eq!((zlib.name.as_str(), zlib.version.as_str(), zlib.arch.as_str()), ("zlib", "1.3-r2", "x86_64"));
        assert_eq!((zlib.size, zlib.depends.as_str()), (Some(53543), "so:libc.musl-x86_64.so.1"));
        assert_eq!((packages[1].origin.as_str(), packages[1].tag.as_str()), ("tools", "edge"));
    }

    #[test]
    fn a_list_that_is_cut_is_not_whole() {
        for cut in (1..INSTALLED.len() - 1).filter(|cut| INSTALLED.is_char_boundary(*cut)) {
            let (_, outcome) = packages(&INSTALLED[..cut]);
            let ends_between = INSTALLED[..cut].ends_with("\n\n");
            assert_eq!(outcome.is_whole, ends_between, "{cut}: {outcome:?}");
        }
        assert!(packages("").1.is_whole);
        let (found, outcome) = packages("P:a b\nV:1\n\nP:c\n\nP:d\nV:1\n\n");
        assert_eq!(found.len(), 1);
        let why: Vec<String> = outcome.skipped.iter().map(ToString::to_string).collect();
        assert_eq!(why, ["line 1: a package has the name 'a b'", "line 4: package 'c' has no version"]);
        assert!(read("x".repeat(MAX_LINE_BYTES + 1).as_bytes(), &mut |_| {}).is_err());
    }
}
