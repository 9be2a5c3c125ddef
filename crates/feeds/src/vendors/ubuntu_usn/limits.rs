//! What a notice's text says of where a CVE is not: `This issue only affected Ubuntu 16.04 LTS. (CVE-2016-10745)`.

use crate::formats::errata::text;
use crate::vendors::ubuntu_releases;
use model::Platform;
use std::collections::{BTreeMap, BTreeSet};

/// To which releases the words of a notice limit a CVE.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// To these.
    Only(BTreeSet<String>),
    /// To all but these.
    AllBut(BTreeSet<String>),
    /// There are words, but not ones that are understood.
    Unclear,
}

impl Limit {
    /// Whether the CVE is in a release.
    pub(super) fn allows(&self, platform: &Platform) -> bool {
        match self {
            Self::Only(releases) => releases.contains(platform.release()),
            Self::AllBut(releases) => !releases.contains(platform.release()),
            Self::Unclear => false,
        }
    }
}

/// The limits that a description sets, by CVE: paragraph by paragraph, each ending with its CVEs.
pub(super) fn limits(description: &str) -> BTreeMap<&str, Limit> {
    let mut limits = BTreeMap::new();
    for paragraph in description.split("\n\n") {
        let words = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let sentence = |mark: &str| {
            let rest = &words[words.find(mark)? + mark.len()..];
            let end = rest.find(". ").unwrap_or(rest.len());
            Some(releases(&rest[..end]))
        };
        let only =
            ["only affected", "only affects", "only addressed in", "only fixed in", "only applied to", "only impacted"];
        let but = ["did not affect", "does not affect"];
        let limit = || match (only.iter().find_map(|mark| sentence(mark)), but.iter().find_map(|mark| sentence(mark))) {
            (Some(releases), _) if !releases.is_empty() => Some(Limit::Only(releases)),
            (None, Some(releases)) if !releases.is_empty() => Some(Limit::AllBut(releases)),
            (Some(_), _) | (_, Some(_)) => Some(Limit::Unclear),
            (None, None) => None,
        };
        if let Some(limit) = limit() {
            // Several CVEs of a paragraph share its words.
            for (_, cve) in text::cves(paragraph) {
                let same = match &limit {
                    Limit::Only(releases) => Limit::Only(releases.clone()),
                    Limit::AllBut(releases) => Limit::AllBut(releases.clone()),
                    Limit::Unclear => Limit::Unclear,
                };
                limits.insert(cve, same);
            }
        }
    }
    limits
}

/// The releases that a sentence names: `Ubuntu 14.04 LTS and Ubuntu 16.04 LTS`.
fn releases(sentence: &str) -> BTreeSet<String> {
    let words = sentence.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|word| word.trim_matches('.'));
    words
        .filter(|word| ubuntu_releases::RELEASES.iter().any(|(_, release, _)| release == word))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_limit_a_cve_to_releases() {
        // USN-4011-1, and the usual other words.
        let text = "Olivier Dony discovered x. This issue\nonly affected Ubuntu 16.04 LTS. (CVE-2016-10745)\n\nBrian discovered y. (CVE-2019-10906)\n\nThis issue did not affect Ubuntu 18.04 LTS or\nUbuntu 20.04 LTS. (CVE-2020-0001, CVE-2020-0002)\n\nIt only affected the package foo. (CVE-2020-0003)";
        let limits = limits(text);
        let of = |cve: &str, release: &str| {
            limits.get(cve).map(|limit| limit.allows(&format!("ubuntu:{release}").parse().unwrap()))
        };
        assert_eq!((of("CVE-2016-10745", "16.04"), of("CVE-2016-10745", "18.04")), (Some(true), Some(false)));
        assert_eq!(of("CVE-2019-10906", "18.04"), None);
        assert_eq!((of("CVE-2020-0002", "20.04"), of("CVE-2020-0002", "16.04")), (Some(false), Some(true)));
        assert_eq!(limits.get("CVE-2020-0003"), Some(&Limit::Unclear));
    }
}
