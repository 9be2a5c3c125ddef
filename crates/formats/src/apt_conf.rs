//! apt's configuration: apt.conf(5).
//!
//! A configuration is a tree of named items, each with a value; `A::B "v";` and `A { B "v"; }` say
//! the same, `A::B:: "v";` and `A::B { "v"; }` add to a list. Names are compared without regard to
//! case. `#clear NAME;` removes a tree. `#include` is noted and not followed: the files that apt
//! reads by default are the caller's business.

use crate::{Skipped, shown, truth};

/// Most items of a configuration; apt's own defaults and a host's files make a few hundred.
const MOST_ITEMS: usize = 20_000;
/// Longest statement, in bytes.
const MOST_STATEMENT: usize = 256 << 10;
/// Deepest nesting.
const MOST_DEPTH: usize = 100;

/// A configuration.
#[derive(Debug, Clone, Default)]
pub struct Config {
    root: Item,
    items: usize,
}

#[derive(Debug, Clone, Default)]
struct Item {
    name: String,
    value: String,
    children: Vec<Item>,
}

impl Config {
    /// An empty configuration.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of an item, `None` where it has none or an empty one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        Some(self.item(name)?.value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value as a truth value, `None` where it is none.
    #[must_use]
    pub fn truth(&self, name: &str) -> Option<bool> {
        truth(self.get(name)?)
    }

    /// The values of a list, in order. A value of the item itself is a list too, by commas.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        let Some(item) = self.item(name) else { return Vec::new() };
        if item.value.is_empty() {
            return item.children.iter().map(|child| child.value.clone()).collect();
        }
        item.value.split(',').map(str::to_owned).collect()
    }

    /// The path that an item names: each value stands below its parent's, unless it is absolute
    /// (`Dir "/"`, `Dir::Etc "etc/apt"`, `Dir::Etc::parts "apt.conf.d"` give `/etc/apt/apt.conf.d`).
    /// `None` where it has no value, and where it leads to `/dev/null`, apt's word for "none".
    #[must_use]
    pub fn path(&self, name: &str) -> Option<String> {
        self.get(name)?;
        let mut path = String::new();
        let mut item = &self.root;
        for part in name.split("::") {
            item = item.child(part)?;
            let value = item.value.as_str();
            if value.is_empty() {
                continue;
            }
            if value.starts_with('/') || value.starts_with("./") || value.starts_with("../") {
                path.clear();
            } else if !path.is_empty() && !path.ends_with('/') {
                path.push('/');
            }
            path.push_str(value);
        }
        (!path.starts_with("/dev/null")).then_some(path)
    }

    fn item(&self, name: &str) -> Option<&Item> {
        name.split("::").try_fold(&self.root, |item, part| item.child(part))
    }

    /// Sets an item, making it where there is none. A name that ends in `::` adds to a list.
    ///
    /// # Errors
    /// When there are too many items, or they are nested too deeply.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let parts: Vec<&str> = name.split("::").collect();
        if parts.len() > MOST_DEPTH {
            return Err(format!("items nested deeper than {MOST_DEPTH}"));
        }
        if self.items + parts.len() > MOST_ITEMS {
            return Err(format!("more than {MOST_ITEMS} items"));
        }
        let mut item = &mut self.root;
        for part in parts {
            // Nameless items are elements of lists: each is new.
            let found = if part.is_empty() { None } else { item.children.iter().position(|child| child.is(part)) };
            let at = found.unwrap_or_else(|| {
                item.children.push(Item { name: part.to_owned(), ..Item::default() });
                self.items += 1;
                item.children.len() - 1
            });
            item = &mut item.children[at];
        }
        value.clone_into(&mut item.value);
        Ok(())
    }

    /// Empties an item and removes everything below it.
    pub fn clear(&mut self, name: &str) {
        let mut item = &mut self.root;
        for part in name.split("::") {
            match item.children.iter().position(|child| child.is(part)) {
                Some(at) => item = &mut item.children[at],
                None => return,
            }
        }
        item.value.clear();
        item.children.clear();
    }

    /// Reads a file into the configuration, over what it holds. What apt refuses is passed over and
    /// named; apt itself would refuse to work.
    #[must_use]
    pub fn read(&mut self, document: &[u8]) -> Vec<Skipped> {
        let mut reader = Reader { config: self, scopes: Vec::new(), statement: String::new(), skipped: Vec::new() };
        let mut in_comment = false;
        let mut line = 0;
        for bytes in document.split(|b| *b == b'\n') {
            line += 1;
            let text = without_comments(&String::from_utf8_lossy(bytes), &mut in_comment);
            reader.line(&text, line);
            if reader.skipped.len() > 1000 {
                reader.skipped.push(Skipped::new(line, "the rest of the file, after so many errors"));
                break;
            }
        }
        reader.finish(line);
        reader.skipped
    }
}

impl Item {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(name))
    }
}

/// Whether an even number of quotes stands before `at`.
fn unquoted(text: &str, at: usize) -> bool {
    text.as_bytes()[..at].iter().filter(|b| **b == b'"').count() % 2 == 0
}

/// The line without `//`, `#` and `/* */`. `in_comment` carries a comment over several lines.
fn without_comments(line: &str, in_comment: &mut bool) -> String {
    let mut rest = line;
    if *in_comment {
        let Some(end) = rest.find("*/") else { return String::new() };
        rest = &rest[end + 2..];
        *in_comment = false;
    }
    let unquoted_at = |at: &usize| unquoted(rest, *at);
    let slashes = rest.match_indices("//").map(|(at, _)| at).find(unquoted_at);
    let is_directive = |at: &usize| {
        let word = &rest[at + 1..];
        ["clear", "include", "x-apt-configure-index"].iter().any(|directive| word.starts_with(directive))
    };
    let hash = rest.match_indices('#').map(|(at, _)| at).find(|at| unquoted_at(at) && !is_directive(at));
    let end = [slashes, hash].into_iter().flatten().min().unwrap_or(rest.len());
    rest = &rest[..end];
    let mut kept = String::with_capacity(rest.len());
    let mut from = 0;
    while let Some(at) = rest[from..].find("/*").map(|at| from + at) {
        if !unquoted(rest, at) {
            from = at + 2;
            continue;
        }
        kept.push_str(&rest[..at]);
        match rest[at + 2..].find("*/") {
            Some(end) => rest = &rest[at + 2 + end + 2..],
            None => {
                *in_comment = true;
                return kept;
            }
        }
        from = 0;
    }
    kept.push_str(rest);
    kept
}

struct Reader<'a> {
    config: &'a mut Config,
    /// The names of the scopes that are open, each in full.
    scopes: Vec<String>,
    statement: String,
    skipped: Vec<Skipped>,
}

impl Reader<'_> {
    fn line(&mut self, text: &str, line: u64) {
        let mut quoted = false;
        let mut from = 0;
        for (at, c) in text.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '{' | ';' | '}' if !quoted => {
                    self.gather(&text[from..at], line);
                    from = at + 1;
                    let statement = std::mem::take(&mut self.statement);
                    if let Err(why) = self.end_statement(&statement, c) {
                        self.skipped.push(Skipped::new(line, why));
                    }
                }
                _ => {}
            }
        }
        self.gather(&text[from..], line);
    }

    fn gather(&mut self, text: &str, line: u64) {
        let text = text.trim();
        if self.statement.len() + text.len() > MOST_STATEMENT {
            self.statement.clear();
            self.skipped.push(Skipped::new(line, format!("a statement of more than {MOST_STATEMENT} bytes")));
            return;
        }
        if !text.is_empty() && !self.statement.is_empty() {
            self.statement.push(' ');
        }
        self.statement.push_str(text);
    }

    fn finish(&mut self, line: u64) {
        if !self.statement.is_empty() {
            let why = format!("the file ends within a statement: {}", shown(self.statement.as_bytes()));
            self.skipped.push(Skipped::new(line, why));
        }
    }

    /// Takes a statement that ended in `;`, `{` or `}`.
    fn end_statement(&mut self, statement: &str, end: char) -> Result<(), String> {
        if statement.is_empty() {
            return match end {
                '{' => {
                    // Keeps the braces that follow in step.
                    self.open("")?;
                    Err("a block without a name".to_owned())
                }
                '}' => {
                    self.scopes.pop();
                    Ok(())
                }
                _ => Ok(()),
            };
        }
        let result = self.statement(statement, end);
        if end == '}' {
            self.scopes.pop();
        }
        result
    }

    fn open(&mut self, name: &str) -> Result<(), String> {
        if self.scopes.len() >= MOST_DEPTH {
            return Err(format!("blocks nested deeper than {MOST_DEPTH}"));
        }
        let full = match self.scopes.last().map(String::as_str) {
            None | Some("") => name.to_owned(),
            Some(scope) => format!("{scope}::{name}"),
        };
        self.scopes.push(full);
        Ok(())
    }

    fn statement(&mut self, statement: &str, end: char) -> Result<(), String> {
        let mut rest = statement;
        let first = word(&mut rest).ok_or_else(|| format!("no name: {}", shown(statement.as_bytes())))?;
        let second = word(&mut rest);
        if !rest.trim().is_empty() {
            if end == '{' {
                self.open(&first)?;
            }
            return Err(format!("junk behind the value: {}", shown(statement.as_bytes())));
        }
        if let Some(directive) = first.strip_prefix('#') {
            return self.directive(directive, second.as_deref());
        }
        if end == '{' {
            self.open(&first)?;
            let scope = self.scopes.last().cloned().unwrap_or_default();
            return second.map_or(Ok(()), |value| self.config.set(&scope, &value));
        }
        let scope = self.scopes.last().map_or("", String::as_str);
        // A lone word is an element of the list that the scope is.
        let (name, value) = match second {
            Some(value) => (first, value),
            None if scope.is_empty() => return Ok(()),
            None => (String::new(), first),
        };
        let full = if scope.is_empty() { name } else { format!("{scope}::{name}") };
        self.config.set(&full, &value)
    }

    fn directive(&mut self, directive: &str, argument: Option<&str>) -> Result<(), String> {
        match (directive, argument) {
            ("clear", Some(name)) if self.scopes.is_empty() => {
                self.config.clear(name);
                Ok(())
            }
            ("include", Some(file)) => Err(format!("'#include {}' is not followed", shown(file.as_bytes()))),
            ("x-apt-configure-index", _) => Ok(()),
            _ => Err(format!("'#{}' can't stand here", shown(directive.as_bytes()))),
        }
    }
}

/// The next word; quotes keep white space together and are taken off, `%xx` is decoded.
fn word(rest: &mut &str) -> Option<String> {
    let text = rest.trim_start();
    let mut quoted = false;
    let end = text.find(|c: char| {
        quoted ^= c == '"';
        !quoted && c.is_ascii_whitespace()
    });
    let (word, behind) = text.split_at(end.unwrap_or(text.len()));
    *rest = behind;
    if word.is_empty() {
        return None;
    }
    let plain: String = word.chars().filter(|c| *c != '"').collect();
    Some(crate::sources_list::percent_decoded(&plain))
}

#[cfg(test)]
mod tests;
