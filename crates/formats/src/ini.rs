//! The files of settings of dnf, yum and their plugins: sections with `key = value`.
//!
//! Read as libdnf's `IniParser` does: a line that begins with a blank goes on with the value before, `#` and `;`
//! begin comments at the start of a line only, of a key that stands twice in a section the last counts.
//! Sections of one name are one. pacman.conf(5) is close and has a reader of its own.

use crate::Skipped;

/// Most sections, and most keys of one; a generated list of repositories has some 3,000 sections.
const MAX_PARTS: usize = 20_000;

/// A section with its keys, in the file's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// What stands between the brackets.
    pub name: String,
    /// Keys and values; values of several lines are joined by line feeds.
    keys: Vec<(String, String)>,
}

impl Section {
    /// The value of a key, `None` where it does not stand there. An empty value is one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.keys.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// A list: words between blanks, line feeds and commas. `None` where the key does not stand there.
    #[must_use]
    pub fn list(&self, key: &str) -> Option<Vec<&str>> {
        let words = self.get(key)?.split(|c: char| c.is_whitespace() || c == ',');
        Some(words.filter(|word| !word.is_empty()).collect())
    }

    /// A truth value by dnf's words, `None` where there is none or it is neither.
    #[must_use]
    pub fn truth(&self, key: &str) -> Option<bool> {
        const TRUE: &[&str] = &["1", "yes", "true", "on", "enabled"];
        const FALSE: &[&str] = &["0", "no", "false", "off", "disabled"];
        let is = |words: &[&str], value: &str| words.iter().any(|word| word.eq_ignore_ascii_case(value));
        match self.get(key)? {
            value if is(TRUE, value) => Some(true),
            value if is(FALSE, value) => Some(false),
            _ => None,
        }
    }

    /// Sets a key in place of what it was.
    pub fn set(&mut self, key: &str, value: &str) {
        match self.keys.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => value.clone_into(old),
            None => self.keys.push((key.to_owned(), value.to_owned())),
        }
    }

    /// Every key with its value.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.keys.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Reads a file. Bytes that are not UTF-8 are replaced.
#[must_use]
pub fn parse(bytes: &[u8]) -> (Vec<Section>, Vec<Skipped>) {
    let text = String::from_utf8_lossy(bytes);
    let (mut sections, mut skipped): (Vec<Section>, Vec<Skipped>) = (Vec::new(), Vec::new());
    let mut current: Option<usize> = None;
    let mut key: Option<String> = None;
    for (number, line) in (1_u64..).zip(text.lines()) {
        if line.starts_with(['#', ';']) {
            continue;
        }
        if line.trim().is_empty() {
            continue;
        }
        let section = current.and_then(|at| sections.get_mut(at));
        if line.starts_with([' ', '\t'])
            && let (Some(section), Some(key)) = (section, &key)
        {
            if let Some((_, value)) = section.keys.iter_mut().find(|(name, _)| name == key) {
                value.push('\n');
                value.push_str(line.trim());
            }
            continue;
        }
        let line = line.trim();
        if let Some(rest) = line.strip_prefix('[') {
            key = None;
            let Some((name, _)) = rest.split_once(']').filter(|(name, _)| !name.is_empty()) else {
                skipped.push(Skipped::new(number, format!("'{}' is no section", crate::shown(line.as_bytes()))));
                current = None;
                continue;
            };
            let known = sections.iter().position(|section| section.name == name);
            if known.is_none() && sections.len() >= MAX_PARTS {
                skipped.push(Skipped::new(number, format!("read no further: more than {MAX_PARTS} sections")));
                break;
            }
            current = Some(known.unwrap_or_else(|| {
                sections.push(Section { name: name.to_owned(), keys: Vec::new() });
                sections.len() - 1
            }));
            continue;
        }
        let (Some(section), Some((name, value))) = (current.and_then(|at| sections.get_mut(at)), line.split_once('='))
        else {
            key = None;
            let what = if line.contains('=') { "stands in no section" } else { "is no 'key = value'" };
            skipped.push(Skipped::new(number, format!("'{}' {what}", crate::shown(line.as_bytes()))));
            continue;
        };
        let name = name.trim();
        if section.keys.len() >= MAX_PARTS {
            continue;
        }
        section.set(name, value.trim());
        key = Some(name.to_owned());
    }
    skipped.truncate(MAX_PARTS);
    (sections, skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keys_and_lists_are_read_as_dnf_reads_them() {
        // The layout of repositories as AlmaLinux and EPEL write them, and dnf.conf(5)'s words for truth.
        let (sections, skipped) = parse(
            b"# x\n[baseos]\nname = AlmaLinux $releasever - BaseOS\nenabled=1\n;gpgcheck=0\nexcludepkgs=kernel* , nginx\n  php-*\n\
              \n[epel]\nenabled = No\nenabled=True\nexclude =\n[baseos]\npriority=10\n",
        );
        assert_eq!(skipped, []);
        let [base, epel] = sections.as_slice() else { panic!("{sections:?}") };
        assert_eq!((base.name.as_str(), base.get("name")), ("baseos", Some("AlmaLinux $releasever - BaseOS")));
        assert_eq!((base.truth("enabled"), base.get("gpgcheck")), (Some(true), None));
        assert_eq!(base.list("excludepkgs"), Some(vec!["kernel*", "nginx", "php-*"]));
        assert_eq!(base.get("priority"), Some("10"));
        assert_eq!((epel.truth("enabled"), epel.list("exclude")), (Some(true), Some(vec![])));
        assert_eq!(epel.list("includepkgs"), None);
    }

    #[test]
    fn what_is_no_setting_is_named_with_its_line() {
        let (sections, skipped) = parse(b"a=1\n[x\nb=2\n[y]\nhttps://me:secret@e.org/\n  more\nc=\xff\n");
        let said: Vec<String> = skipped.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "line 1: 'a=1' stands in no section",
                "line 2: '[x' is no section",
                "line 3: 'b=2' stands in no section",
                "line 5: 'https://e.org/' is no 'key = value'",
                "line 6: 'more' is no 'key = value'",
            ]
        );
        assert_eq!(sections.len(), 1);
        assert_eq!(sections[0].get("c"), Some("\u{fffd}"));
    }
}
