//! What follows `Pin:`: which indices and versions a pin chooses.

use crate::apt::table::{Table, Version};
use formats::pattern::Pattern;
use formats::preferences::By;

/// A pin's choice, compiled.
pub(super) enum Matcher {
    /// Nothing: a choice that apt can't take apart.
    Nothing,
    Version(Text),
    Release(Box<Release>),
    Origin(Option<Pattern>),
}

/// `v=12*` and the like: a prefix or a pattern.
pub(super) struct Text {
    text: String,
    is_prefix: bool,
    pattern: Option<Pattern>,
}

#[derive(Default)]
pub(super) struct Release {
    is_all: bool,
    version: Option<Text>,
    origin: Option<Option<Pattern>>,
    archive: Option<Option<Pattern>>,
    codename: Option<Option<Pattern>>,
    /// A lone word: archive or codename.
    either: Option<Option<Pattern>>,
    label: Option<Option<Pattern>>,
    component: Option<Option<Pattern>>,
    architecture: Option<Option<Pattern>>,
}

/// A pattern that can't be compiled matches nothing.
fn pattern(text: &str) -> Option<Pattern> {
    Pattern::new(text).ok()
}

/// An archive that does not state the field does not match.
fn fits(pattern: &Option<Pattern>, value: &str) -> bool {
    !value.is_empty() && pattern.as_ref().is_some_and(|pattern| pattern.matches(value))
}

impl Text {
    fn new(text: &str) -> Self {
        let (text, is_prefix) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
        Self { text: text.to_owned(), is_prefix, pattern: pattern(text) }
    }

    fn fits(&self, value: &str) -> bool {
        let whole = self.is_prefix || value.len() == self.text.len();
        let start = value.as_bytes().get(..self.text.len());
        whole && start.is_some_and(|start| start.eq_ignore_ascii_case(self.text.as_bytes()))
            || self.pattern.as_ref().is_some_and(|pattern| pattern.matches(value))
    }
}

/// apt copies a release's description into a buffer of 300 bytes.
const MOST_BYTES: usize = 299;
/// And takes at most this many parts of it.
const MOST_PARTS: usize = 19;

impl Matcher {
    pub(super) fn new(by: By, choice: &str) -> Self {
        match by {
            By::Version => Self::Version(Text::new(choice)),
            By::Origin => {
                let site = choice.strip_prefix('"').and_then(|site| site.strip_suffix('"')).unwrap_or(choice);
                Self::Origin(pattern(site))
            }
            By::Release => Self::release(choice),
        }
    }

    fn release(choice: &str) -> Self {
        let mut release = Release::default();
        if choice == "*" {
            release.is_all = true;
        } else if choice.is_empty() {
            // Says nothing, which is not the same as saying an empty name.
        } else if !choice.contains('=') {
            if choice.starts_with(|c: char| c.is_ascii_digit()) {
                release.version = Some(Text::new(choice));
            } else {
                release.either = Some(pattern(choice));
            }
        } else {
            let end = (0..=choice.len().min(MOST_BYTES)).rev().find(|at| choice.is_char_boundary(*at)).unwrap_or(0);
            let parts: Vec<_> = choice[..end].split(',').map(str::trim).collect();
            if parts.len() > MOST_PARTS {
                return Self::Nothing;
            }
            for part in parts {
                let Some((key, value)) =
                    part.split_once('=').filter(|(key, value)| key.len() == 1 && !value.is_empty())
                else {
                    continue;
                };
                match key.to_ascii_lowercase().as_str() {
                    "v" => release.version = Some(Text::new(value)),
                    "o" => release.origin = Some(pattern(value)),
                    "a" => release.archive = Some(pattern(value)),
                    "n" => release.codename = Some(pattern(value)),
                    "l" => release.label = Some(pattern(value)),
                    "c" => release.component = Some(pattern(value)),
                    "b" => release.architecture = Some(pattern(value)),
                    _ => {}
                }
            }
        }
        Self::Release(Box::new(release))
    }

    /// Whether the pin chooses an index.
    pub(super) fn fits_file(&self, table: &Table, file: usize) -> bool {
        let index = &table.files[file];
        match (self, table.archive(file)) {
            (Self::Release(wanted), Some(archive)) => {
                wanted.is_all
                    || !wanted.is_empty()
                        && wanted.fits_archive(&archive.release)
                        && wanted.fits_index(&index.component, &index.arch)
            }
            (Self::Release(wanted), None) => {
                wanted.fits_status(&index.component)
                    && (wanted.is_all || wanted.fits_index(&index.component, &index.arch))
            }
            // Lists of local files have an empty site, which an empty choice matches.
            (Self::Origin(site), Some(archive)) => site.as_ref().is_some_and(|site| site.matches(&archive.site)),
            (Self::Origin(_), None) | (Self::Version(_) | Self::Nothing, _) => false,
        }
    }

    /// Whether the pin chooses a version.
    pub(super) fn fits_version(&self, table: &Table, version: &Version) -> bool {
        match self {
            Self::Version(text) => text.fits(&version.text),
            _ => version.files.iter().any(|file| self.fits_file(table, *file)),
        }
    }
}

impl Release {
    /// Says nothing at all.
    fn is_empty(&self) -> bool {
        self.version.is_none()
            && [
                &self.origin,
                &self.archive,
                &self.codename,
                &self.either,
                &self.label,
                &self.component,
                &self.architecture,
            ]
            .into_iter()
            .all(Option::is_none)
    }

    fn fits_archive(&self, release: &formats::release::Release) -> bool {
        let fits_field = |wanted: &Option<Option<Pattern>>, value: &str| wanted.as_ref().is_none_or(|p| fits(p, value));
        self.version.as_ref().is_none_or(|version| !release.version.is_empty() && version.fits(&release.version))
            && fits_field(&self.origin, &release.origin)
            && fits_field(&self.archive, &release.suite)
            && fits_field(&self.codename, &release.codename)
            && (fits_field(&self.either, &release.suite) || fits_field(&self.either, &release.codename))
            && fits_field(&self.label, &release.label)
    }

    fn fits_index(&self, component: &str, arch: &str) -> bool {
        self.component.as_ref().is_none_or(|wanted| fits(wanted, component))
            && self.architecture.as_ref().is_none_or(|wanted| fits(wanted, arch))
    }

    /// dpkg's status is an archive `now` and nothing else; a choice that says nothing fits it.
    fn fits_status(&self, archive: &str) -> bool {
        self.archive.as_ref().is_none_or(|wanted| fits(wanted, archive))
            && self.either.as_ref().is_none_or(|wanted| fits(wanted, archive))
            && self.origin.is_none()
            && self.label.is_none()
            && self.version.is_none()
            && self.codename.is_none()
    }
}

/// Whether `APT::Default-Release` names something of the sources; apt stops where it does not.
pub(super) fn is_known_release(name: &str, table: &Table) -> bool {
    if name.len() > 2 && name.as_bytes()[1] == b'=' {
        return true;
    }
    let wanted = pattern(name);
    let known = |archive: &crate::apt::table::Archive| {
        let release = &archive.release;
        [&release.suite, &release.codename, &release.version].into_iter().any(|value| fits(&wanted, value))
    };
    fits(&wanted, "now") || (0..table.files.len()).filter_map(|file| table.archive(file)).any(known)
}
