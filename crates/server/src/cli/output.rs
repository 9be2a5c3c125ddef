//! Standard output and error of a command.
//!
//! A closed pipe (`mendwatch scan | head`) is a clean end: what is written after it is dropped, and
//! the command's exit code stays its own. Colour and symbols are for terminals that show them
//! (`NO_COLOR`, `CLICOLOR` and `TERM` are respected); foreign text goes through [`printable`].

pub mod columns;

pub use crate::words::{age, minute, when};

use crate::words;
use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};

/// Where a command writes.
pub struct Output {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    look: Look,
    err_look: Look,
    closed: bool,
}

/// What a stream can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal; `None` where there is no terminal, and lines may be of any length.
    pub width: Option<usize>,
    /// Colours are shown.
    pub colour: bool,
    /// Characters beyond ASCII are shown.
    pub unicode: bool,
}

impl Look {
    /// A pipe or file.
    pub const PLAIN: Self = Self { width: None, colour: false, unicode: true };

    /// The text in a style, where colours are shown.
    #[must_use]
    pub fn paint(self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// One of two texts: for terminals that show Unicode, and for the others.
    #[must_use]
    pub const fn symbol<'a>(self, unicode: &'a str, ascii: &'a str) -> &'a str {
        if self.unicode { unicode } else { ascii }
    }
}

/// Styles of states; each state also has a symbol and a word.
pub mod styles {
    use super::{AnsiColor, Style};

    /// What needs action first.
    pub const ALARM: Style = AnsiColor::Red.on_default().bold();
    /// What needs action.
    pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
    /// All is well.
    pub const GOOD: Style = AnsiColor::Green.on_default();
    /// Names and titles.
    pub const STRONG: Style = Style::new().bold();
    /// What stands back.
    pub const DIM: Style = Style::new().dimmed();
}

impl Output {
    /// The streams of this process.
    #[must_use]
    pub fn stdio() -> Self {
        let unicode = speaks_unicode(&|name| std::env::var(name).ok());
        let (out, err) = (io::stdout(), io::stderr());
        let width = out
            .is_terminal()
            .then(|| terminal_size::terminal_size_of(&out).map_or(80, |(width, _)| usize::from(width.0)));
        let colour = |choice| choice != ColorChoice::Never;
        // A file or pipe gets UTF-8, whatever the locale of the shell is: the reader is a program.
        let unicode_out = unicode || width.is_none();
        Self {
            look: Look { width, colour: colour(anstream::AutoStream::choice(&out)), unicode: unicode_out },
            err_look: Look { width: None, colour: colour(anstream::AutoStream::choice(&err)), unicode },
            out: Box::new(BufWriter::with_capacity(1 << 16, out)),
            err: Box::new(err),
            closed: false,
        }
    }

    /// Other streams, for tests.
    #[must_use]
    pub fn to(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>, look: Look) -> Self {
        Self { out, err, look, err_look: Look { width: None, ..look }, closed: false }
    }

    /// What standard output can show.
    #[must_use]
    pub const fn look(&self) -> Look {
        self.look
    }

    /// Whether standard output is a terminal.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        self.look.width.is_some()
    }

    /// Whether the reader has gone. Long loops end then.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes bytes to standard output.
    ///
    /// # Errors
    /// When they can't be written for another reason than a closed pipe (a full disk).
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = self.out.write_all(bytes);
        self.open_or_closed(result)
    }

    /// Writes a line to standard output.
    ///
    /// # Errors
    /// As [`Output::write`].
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.write(text.as_bytes())?;
        self.write(b"\n")
    }

    /// Hands everything written so far to the reader.
    ///
    /// # Errors
    /// As [`Output::write`].
    pub fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = self.out.flush();
        self.open_or_closed(result)
    }

    fn open_or_closed(&mut self, result: io::Result<()>) -> io::Result<()> {
        match result {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            // "No space left on device" alone could be any file.
            Err(error) => Err(io::Error::new(error.kind(), format!("standard output can't be written: {error}"))),
            Ok(()) => Ok(()),
        }
    }

    /// Writes a remark to standard error: `mendwatch: …`. Nothing can be done about a standard error
    /// that takes nothing, so no error comes back.
    pub fn note(&mut self, text: &str) {
        // What stands in the buffer was said before.
        let _ = self.flush();
        let _ = writeln!(self.err, "mendwatch: {}", printable(text));
    }

    /// Writes an error with its causes to standard error, on one line.
    pub fn error(&mut self, error: &anyhow::Error) {
        let _ = self.flush();
        let label = self.err_look.paint(styles::ALARM, "error:");
        let _ = writeln!(self.err, "mendwatch: {label} {}", printable(&format!("{error:#}")));
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

/// Whether the locale's character set is UTF-8: the first of these variables that is set decides
/// (POSIX, Base Definitions, 8.2).
fn speaks_unicode(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| variable(name).filter(|value| !value.is_empty())).is_some_and(
        |locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        },
    )
}

/// Foreign text with nothing in it that steers a terminal: control characters, and those that turn
/// the direction of writing, are escaped; line ends and tabs become spaces.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    if !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => clean.push(' '),
            c if steers(c) => {
                let _ = write!(clean, "{}", c.escape_unicode());
            }
            c => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

/// [`words::counted`], of a length.
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    words::counted(u64::try_from(count).unwrap_or(u64::MAX), one, many)
}

/// [`words::thousands`], of a length.
#[must_use]
pub fn thousands(count: usize) -> String {
    words::thousands(u64::try_from(count).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// A pipe whose reader goes after some writes.
    #[derive(Clone, Default)]
    struct Pipe {
        text: Arc<Mutex<Vec<u8>>>,
        left: usize,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.left == 0 {
                return Err(ErrorKind::BrokenPipe.into());
            }
            self.left -= 1;
            self.text.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_a_clean_end() {
        let pipe = Pipe { left: 2, ..Pipe::default() };
        let mut out = Output::to(Box::new(pipe.clone()), Box::new(io::sink()), Look::PLAIN);
        out.line("first").unwrap();
        assert!(!out.is_closed());
        out.line("second").unwrap();
        out.line("third").unwrap();
        assert!(out.is_closed());
        assert_eq!(*pipe.text.lock().unwrap(), b"first\n");
    }

    #[test]
    fn a_full_disk_is_an_error() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut out = Output::to(Box::new(Full), Box::new(io::sink()), Look::PLAIN);
        let error = out.line("x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert!(error.to_string().starts_with("standard output can't be written: "), "{error}");
    }

    #[test]
    fn foreign_text_can_not_steer_the_terminal() {
        assert_eq!(printable("bash"), "bash");
        assert_eq!(printable("Zeugwärter ✓"), "Zeugwärter ✓");
        assert_eq!(
            printable("a\u{1b}]0;title\u{7}b\n\tc\u{202e}d\u{9b}"),
            "a\\u{1b}]0;title\\u{7}b  c\\u{202e}d\\u{9b}"
        );
    }

    #[test]
    fn the_locale_decides_on_symbols() {
        let of = |values: &[(&str, &str)]| {
            speaks_unicode(&|name| values.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(of(&[("LANG", "de_DE.UTF-8")]));
        assert!(of(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8")]));
        assert!(!of(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]));
        assert!(!of(&[]));
    }

    #[test]
    fn colours_are_for_those_who_show_them() {
        let colour = Look { colour: true, ..Look::PLAIN };
        assert_eq!(Look::PLAIN.paint(styles::ALARM, "x"), "x");
        assert_eq!(colour.paint(styles::GOOD, "x"), "\u{1b}[32mx\u{1b}[0m");
    }
}
