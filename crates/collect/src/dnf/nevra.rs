//! Packages as administrators name them in `excludepkgs`, `includepkgs` and the list of versionlock.

use crate::glob::Glob;

/// A package's name, epoch, version, release and architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nevra<'a> {
    pub(super) name: &'a str,
    pub(super) epoch: u32,
    pub(super) version: &'a str,
    pub(super) release: &'a str,
    pub(super) arch: &'a str,
}

impl<'a> Nevra<'a> {
    /// Takes `[epoch:]version-release` apart.
    pub(super) fn of(name: &'a str, evr: &'a str, arch: &'a str) -> Self {
        let (epoch, rest) = evr.split_once(':').unwrap_or(("0", evr));
        let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
        Self { name, epoch: epoch.parse().unwrap_or(0), version, release, arch }
    }

    /// `name-epoch:version-release.arch`, as modules list their packages.
    pub(super) fn with_epoch(&self) -> String {
        let Self { name, epoch, version, release, arch } = self;
        format!("{name}-{epoch}:{version}-{release}.{arch}")
    }

    /// The same, an epoch of 0 left out.
    fn plain(&self) -> String {
        let Self { name, epoch, version, release, arch } = self;
        if *epoch == 0 { format!("{name}-{version}-{release}.{arch}") } else { self.with_epoch() }
    }
}

/// One way to take a pattern apart.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Parts {
        name: Glob,
        epoch: Option<u32>,
        version: Option<Glob>,
        release: Option<Glob>,
        arch: Option<Glob>,
    },
    /// The whole, written as rpm writes it.
    Whole(Glob),
}

impl Form {
    fn matches(&self, package: &Nevra<'_>) -> bool {
        let met = |glob: &Option<Glob>, text: &str| glob.as_ref().is_none_or(|glob| glob.matches(text));
        match self {
            Self::Parts { name, epoch, version, release, arch } => {
                name.matches(package.name)
                    && epoch.is_none_or(|epoch| epoch == package.epoch)
                    && met(version, package.version)
                    && met(release, package.release)
                    && met(arch, package.arch)
            }
            Self::Whole(glob) => glob.matches(&package.plain()),
        }
    }
}

/// A pattern. `foo-1` may be a name or a name with a version: dnf takes it the first way in which it names any
/// package at all, installed or offered by any repository. So every package is to be [seen](Self::see) before the
/// pattern decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// As it was written.
    pub(super) text: String,
    /// What the name of every package that is meant begins with: most packages need no closer look.
    prefix: String,
    forms: Vec<Form>,
    first: usize,
}

impl Pattern {
    /// A pattern of a setting: name-version-release.arch, name.arch, name, name-version-release, name-version.
    pub(super) fn of_setting(text: &str) -> Self {
        let [nevra, nevr, nev, na, name] = forms(text);
        let whole = text.contains(['*', '?', '[']).then(|| Form::Whole(Glob::new(text)));
        Self::of(text, text, [nevra, na, name, nevr, nev, whole])
    }

    /// A pattern of versionlock, which tries a version before it takes all for a name. yum's lists say the epoch
    /// before the name.
    pub(super) fn of_lock(text: &str) -> Self {
        let moved = text.split_once(':').and_then(|(epoch, rest)| {
            let is_epoch = !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit());
            let (name, version, release) = is_epoch.then(|| split_version(rest))??;
            Some(format!("{name}-{epoch}:{version}-{release}"))
        });
        let plain = moved.as_deref().unwrap_or(text);
        Self::of(text, plain, forms(plain))
    }

    /// `plain` begins with the name in every form.
    fn of<const N: usize>(text: &str, plain: &str, forms: [Option<Form>; N]) -> Self {
        let forms: Vec<Form> = forms.into_iter().flatten().collect();
        // A name ends with the text, or before a dash or a dot of it.
        let end = plain.find(['*', '?', '[', '\\', '-', '.', ':']).unwrap_or(plain.len());
        let prefix = plain.get(..end).unwrap_or_default().to_owned();
        Self { text: text.to_owned(), prefix, first: forms.len(), forms }
    }

    /// Whether every package needs a closer look, since the pattern begins with a wildcard.
    pub(super) const fn is_open(&self) -> bool {
        self.prefix.is_empty()
    }

    /// Looks at a package that there is.
    pub(super) fn see(&mut self, package: &Nevra<'_>) {
        if !package.name.starts_with(self.prefix.as_str()) {
            return;
        }
        let before = self.forms.get(..self.first).unwrap_or_default();
        if let Some(at) = before.iter().position(|form| form.matches(package)) {
            self.first = at;
        }
    }

    /// Whether the package is among those that are meant.
    pub(super) fn matches(&self, package: &Nevra<'_>) -> bool {
        package.name.starts_with(self.prefix.as_str())
            && self.forms.get(self.first).is_some_and(|form| form.matches(package))
    }

    /// Whether the name is one that versionlock locks by this pattern: that of any way that it tried.
    pub(super) fn locks(&self, wanted: &str) -> bool {
        self.forms.iter().take(self.first.saturating_add(1)).any(|form| match form {
            Form::Parts { name, .. } => name.matches(wanted),
            Form::Whole(_) => false,
        })
    }
}

/// Whether a text may stand for a part, by libdnf's expressions for them.
fn is_part(text: &str, others: &[char]) -> bool {
    !text.is_empty() && !text.contains([':', '(', '/', '=', '<', '>', ' ']) && !text.contains(others)
}

/// Name, version with its epoch, and release: what the last two dashes divide.
fn split_version(text: &str) -> Option<(&str, &str, &str)> {
    let (rest, release) = text.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some((name, version, release))
}

/// The forms of a text: with version, release and architecture; without architecture; with a version alone; with an
/// architecture alone; a name.
fn forms(text: &str) -> [Option<Form>; 5] {
    let with_epoch = |text: &str| -> Option<(Option<u32>, Glob)> {
        let (epoch, version) = match text.split_once(':') {
            Some((epoch, version)) => (Some(epoch.parse().ok()?), version),
            None => (None, text),
        };
        is_part(version, &['-']).then(|| (epoch, Glob::new(version)))
    };
    let parts = |text: &str, arch: Option<&str>| -> Option<Form> {
        let (name, version, release) = split_version(text)?;
        let (epoch, version) = with_epoch(version)?;
        (is_part(name, &[]) && is_part(release, &['-'])).then(|| Form::Parts {
            name: Glob::new(name),
            epoch,
            version: Some(version),
            release: Some(Glob::new(release)),
            arch: arch.map(Glob::new),
        })
    };
    let arch = text.rsplit_once('.').filter(|(_, arch)| is_part(arch, &['-']));
    let named = |name: &str, arch: Option<&str>| {
        is_part(name, &[]).then(|| Form::Parts {
            name: Glob::new(name),
            epoch: None,
            version: None,
            release: None,
            arch: arch.map(Glob::new),
        })
    };
    let nev = text.rsplit_once('-').and_then(|(name, version)| {
        let (epoch, version) = with_epoch(version)?;
        is_part(name, &[]).then(|| Form::Parts {
            name: Glob::new(name),
            epoch,
            version: Some(version),
            release: None,
            arch: None,
        })
    });
    [
        arch.and_then(|(rest, arch)| parts(rest, Some(arch))),
        parts(text, None),
        nev,
        arch.and_then(|(name, arch)| named(name, Some(arch))),
        named(text, None),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(mut pattern: Pattern, packages: &[(&'static str, &'static str, &'static str)]) -> Vec<&'static str> {
        let all: Vec<Nevra<'static>> = packages.iter().map(|(name, evr, arch)| Nevra::of(name, evr, arch)).collect();
        for package in &all {
            pattern.see(package);
        }
        all.iter().filter(|package| pattern.matches(package)).map(|package| package.name).collect()
    }

    /// Verdicts of `dnf repoquery --disableexcludes=all PATTERN` (4.14.0) on a repository of these.
    #[test]
    fn a_pattern_is_taken_the_first_way_that_names_something() {
        let packages = [
            ("php", "8.0-1.el9", "x86_64"),
            ("php-cli", "8.0-1.el9", "x86_64"),
            ("python3.11", "3.11.2-1.el9", "x86_64"),
            ("bind", "32:9.16-1.el9", "i686"),
        ];
        for (pattern, wanted) in [
            ("php-*", vec!["php-cli"]),
            ("php-8*", vec!["php"]),
            ("php*", vec!["php", "php-cli"]),
            ("python3.11", vec!["python3.11"]),
            ("bind.i686", vec!["bind"]),
            ("bind.x86_64", vec![]),
            ("bind-32:9.16", vec!["bind"]),
            ("bind-33:9.16", vec![]),
            ("bind-9.16-1.el9.i686", vec!["bind"]),
            ("*.i?86", vec!["bind"]),
            ("*8.0-1*64", vec!["php", "php-cli"]),
            ("nothing", vec![]),
        ] {
            assert_eq!(seen(Pattern::of_setting(pattern), &packages), wanted, "{pattern}");
        }
        assert_eq!(seen(Pattern::of_lock("bind-32:9.16-1.el9.*"), &packages), ["bind"]);
        // yum's own, of versionlock.list(5).
        assert_eq!(seen(Pattern::of_lock("32:bind-9.16-1.el9.*"), &packages), ["bind"]);
        assert!(Pattern::of_lock("bind-32:9.18-1.el9.*").locks("bind"));
        assert!(!Pattern::of_lock("bind-32:9.18-1.el9.*").locks("bind-libs"));
    }
}
