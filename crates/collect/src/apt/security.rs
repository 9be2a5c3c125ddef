//! Which archives bring security fixes.

use formats::release::Release;

/// What tells a security archive, and why it does.
enum Mark {
    /// The suite's or codename's end.
    SuiteEnd(&'static str),
    /// The end of the suite as the source names it, where the Release file may say less.
    SourceEnd(&'static str),
    /// The label.
    Label(&'static str),
    /// The beginning of the origin.
    Origin(&'static str),
}

/// Sources: the Release files of the archives themselves.
const MARKS: &[Mark] = &[
    // Debian since bullseye (`bookworm-security`, `oldstable-security`), every Ubuntu (`jammy-security`).
    Mark::SuiteEnd("-security"),
    // Debian before bullseye, where the suite was `buster/updates`, and `stable` in the Release file; also while
    // that was never fetched.
    Mark::Label("Debian-Security"),
    Mark::SourceEnd("/updates"),
    // Ubuntu Pro's expanded security maintenance, `UbuntuESM` and `UbuntuESMApps`: their suites end in
    // `-infra-security` and `-apps-security`, or `-updates` for the few fixes that are no security fixes.
    Mark::Origin("UbuntuESM"),
];

pub(super) fn is_security(release: &Release, source_suite: &str) -> bool {
    // Without a Release file the source's own word for the suite is all there is.
    let suites = [release.suite.as_str(), release.codename.as_str(), source_suite];
    MARKS.iter().any(|mark| match mark {
        Mark::SuiteEnd(end) => suites.iter().any(|suite| suite.trim_end_matches('/').ends_with(end)),
        Mark::SourceEnd(end) => source_suite.ends_with(end),
        Mark::Label(label) => release.label == *label,
        Mark::Origin(origin) => release.origin.starts_with(origin),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_security_archives() {
        let release = |origin: &str, label: &str, suite: &str, codename: &str| Release {
            origin: origin.into(),
            label: label.into(),
            suite: suite.into(),
            codename: codename.into(),
            ..Release::default()
        };
        for (release, suite, expected) in [
            (
                release("Debian", "Debian-Security", "oldstable-security", "bookworm-security"),
                "bookworm-security",
                true,
            ),
            (release("Debian", "Debian-Security", "oldoldstable", "buster"), "buster/updates", true),
            (release("Ubuntu", "Ubuntu", "jammy-security", "jammy"), "jammy-security", true),
            (release("UbuntuESMApps", "UbuntuESMApps", "jammy-apps-updates", "jammy"), "jammy-apps-updates", true),
            (release("Debian", "Debian", "oldstable", "bookworm"), "bookworm", false),
            (release("Ubuntu", "Ubuntu", "jammy-updates", "jammy"), "jammy-updates", false),
            (Release::default(), "bookworm-security", true),
            (Release::default(), "buster/updates", true),
            (Release::default(), "bookworm-updates", false),
            (Release::default(), "mirror/updates/", false),
            (Release::default(), "stable", false),
        ] {
            assert_eq!(is_security(&release, suite), expected, "{release:?} {suite}");
        }
    }
}
