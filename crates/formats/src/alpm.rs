//! pacman's descriptions of packages (`desc` of its local database and of repositories) and its settings.
//!
//! A description is sections of `%KEY%`, each with its lines up to an empty one. Settings (pacman.conf(5)) are sections
//! of `key = value` or bare keys; lists are words between blanks, a key that comes again adds to them; `Include` takes
//! in other files where it stands.

use crate::Skipped;

/// Most lines of a description that are looked at; those of `%FILES%` are in a file of their own.
const MAX_LINES: usize = 200_000;
/// Most entries of a list.
const MAX_LIST: usize = 20_000;

/// What a description says, as far as it is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// `[epoch:]pkgver-pkgrel`.
    pub version: String,
    /// Name of what it was built from; empty where that is its own.
    pub base: String,
    /// Its architecture, `any` where it fits all.
    pub arch: String,
    /// Who packaged it.
    pub packager: String,
    /// Why it was installed: 0 for its own sake, 1 as a dependency.
    pub reason: String,
    /// When it was installed, in seconds since 1970, as it stands there.
    pub installed: String,
    /// Size of the download in bytes, as it stands there.
    pub size: String,
    /// Groups that it is in.
    pub groups: Vec<String>,
    /// What it needs.
    pub depends: Vec<String>,
    /// What it takes the place of.
    pub replaces: Vec<String>,
}

/// Reads a description.
///
/// # Errors
/// What is missing (name, version) or contradicts itself: two names or two versions.
pub fn description(bytes: &[u8]) -> Result<Description, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut found = Description::default();
    let mut key = "";
    for line in text.lines().take(MAX_LINES) {
        let line = line.trim_end();
        if line.len() > 2 && line.starts_with('%') && line.ends_with('%') {
            key = &line[1..line.len() - 1];
            continue;
        }
        if line.is_empty() {
            key = "";
            continue;
        }
        let one = match key {
            "NAME" => &mut found.name,
            "VERSION" => &mut found.version,
            "BASE" => &mut found.base,
            "ARCH" => &mut found.arch,
            "PACKAGER" => &mut found.packager,
            "REASON" => &mut found.reason,
            "INSTALLDATE" => &mut found.installed,
            "CSIZE" => &mut found.size,
            _ => {
                let list = match key {
                    "GROUPS" => &mut found.groups,
                    "DEPENDS" => &mut found.depends,
                    "REPLACES" => &mut found.replaces,
                    _ => continue,
                };
                if list.len() < MAX_LIST {
                    list.push(line.to_owned());
                }
                continue;
            }
        };
        if matches!(key, "NAME" | "VERSION") && !one.is_empty() && one != line {
            return Err(format!(
                "it has %{key}% twice: '{}' and '{}'",
                crate::shown(one.as_bytes()),
                crate::shown(line.as_bytes())
            ));
        }
        line.clone_into(one);
    }
    let odd = |text: &str| text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control());
    if odd(&found.name) {
        return Err(format!("it has no name, or '{}' for one", crate::shown(found.name.as_bytes())));
    }
    if odd(&found.version) {
        return Err(format!("package '{}' has no version", crate::shown(found.name.as_bytes())));
    }
    Ok(found)
}

/// A line of the settings that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// `[name]`
    Section(String),
    /// `key = value`; the value is empty where there is none.
    Key(String, String),
}

/// Reads settings, line by line.
#[must_use]
pub fn settings(bytes: &[u8]) -> (Vec<(u64, Setting)>, Vec<Skipped>) {
    let text = String::from_utf8_lossy(bytes);
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for (number, line) in (1_u64..).zip(text.lines()).take(MAX_LINES) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            match rest.strip_suffix(']').filter(|name| !name.is_empty()) {
                Some(name) => found.push((number, Setting::Section(name.to_owned()))),
                None => {
                    skipped.push(Skipped::new(number, format!("'{}' is no section", crate::shown(line.as_bytes()))));
                }
            }
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        found.push((number, Setting::Key(key.trim().to_owned(), value.trim().to_owned())));
    }
    (found, skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The layout that pacman 6.0.2 itself writes; whole databases are read by the tests against pacman.
    #[test]
    fn descriptions_say_what_they_say() {
        let text = "%NAME%\nlibx\n\n%VERSION%\n1:2.0-1\n\n%BASE%\nx\n\n%DESC%\n%odd% text\n\n%ARCH%\nx86_64\n\n\
            %INSTALLDATE%\n1700000000\n\n%REASON%\n1\n\n%DEPENDS%\nglibc\nzlib>=1.2\n\n%REPLACES%\nlibold<2\n\n%FILES%\nusr/\n";
        let found = description(text.as_bytes()).unwrap();
        assert_eq!((found.name.as_str(), found.version.as_str(), found.base.as_str()), ("libx", "1:2.0-1", "x"));
        assert_eq!(
            (found.arch.as_str(), found.reason.as_str(), found.installed.as_str()),
            ("x86_64", "1", "1700000000")
        );
        assert_eq!((found.depends.join(" "), found.replaces.join(" ")), ("glibc zlib>=1.2".into(), "libold<2".into()));
        for (text, why) in [
            ("", "it has no name, or '' for one"),
            ("%NAME%\na b\n", "it has no name, or 'a b' for one"),
            ("%NAME%\na\n", "package 'a' has no version"),
            ("%NAME%\na\n\n%NAME%\nb\n\n%VERSION%\n1-1\n", "it has %NAME% twice: 'a' and 'b'"),
            ("%NAME%\na\n\n%VERSION%\n1-1\n2-1\n", "it has %VERSION% twice: '1-1' and '2-1'"),
        ] {
            assert_eq!(description(text.as_bytes()).unwrap_err(), why);
        }
    }

    #[test]
    fn settings_are_read_line_by_line() {
        let (found, skipped) = settings(b"# x\n[options]\nIgnorePkg = a b\nColor\n[core\n[core]\nInclude=/etc/m\n");
        let key = |key: &str, value: &str| Setting::Key(key.to_owned(), value.to_owned());
        assert_eq!(
            found,
            [
                (2, Setting::Section("options".to_owned())),
                (3, key("IgnorePkg", "a b")),
                (4, key("Color", "")),
                (6, Setting::Section("core".to_owned())),
                (7, key("Include", "/etc/m")),
            ]
        );
        assert_eq!(skipped, [Skipped::new(5, "'[core' is no section")]);
    }
}
