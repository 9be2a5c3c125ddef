//! What is known of CVEs themselves, in few bytes each: hundreds of thousands are known, few of them are
//! of any package of the fleet.

/// What ranks a CVE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// It is known to be exploited.
    pub exploited: bool,
    /// The estimated chance of exploitation, in 100,000ths; EPSS has five decimal places.
    pub epss: Option<u32>,
    /// The CVSS base score in tenths, 0 to 100.
    pub cvss: Option<u8>,
}

impl Score {
    /// With what another source says too: it is exploited if either says so; of numbers the greater one
    /// counts.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            exploited: self.exploited || other.exploited,
            epss: self.epss.max(other.epss),
            cvss: self.cvss.max(other.cvss),
        }
    }
}

/// Scores by CVE.
#[derive(Debug, Clone, Default)]
pub struct CveScores {
    /// Sorted by CVE, each once.
    by_cve: Vec<(u64, Score)>,
    exploited: bool,
    epss: bool,
    cvss: bool,
}

impl CveScores {
    /// Of CVEs in any order, each as often as sources speak of it. Ids that are no CVE's are left out.
    #[must_use]
    pub fn new<'a>(scores: impl IntoIterator<Item = (&'a str, Score)>) -> Self {
        let mut builder = CveScoresBuilder::default();
        scores.into_iter().for_each(|(cve, score)| builder.add(cve, score));
        builder.finish()
    }

    /// What is known of one; nothing where no source speaks of it.
    #[must_use]
    pub fn of(&self, cve: &str) -> Score {
        let at = packed(cve).and_then(|cve| self.by_cve.binary_search_by_key(&cve, |(of, _)| *of).ok());
        at.and_then(|at| self.by_cve.get(at)).map(|(_, score)| *score).unwrap_or_default()
    }

    /// Whether any CVE is known to be exploited: whether there is a catalogue at all.
    pub(crate) const fn has_exploited(&self) -> bool {
        self.exploited
    }

    /// Whether any has a chance of exploitation.
    pub(crate) const fn has_epss(&self) -> bool {
        self.epss
    }

    /// Whether any has a base score.
    pub(crate) const fn has_cvss(&self) -> bool {
        self.cvss
    }
}

/// Takes scores one by one, in the memory of the result.
#[derive(Debug, Default)]
pub struct CveScoresBuilder {
    by_cve: Vec<(u64, Score)>,
}

impl CveScoresBuilder {
    /// What a source says of a CVE. An id that is no CVE's is left out.
    pub fn add(&mut self, cve: &str, score: Score) {
        if score != Score::default()
            && let Some(cve) = packed(cve)
        {
            self.by_cve.push((cve, score));
        }
    }

    /// All that was said.
    #[must_use]
    pub fn finish(self) -> CveScores {
        let mut by_cve = self.by_cve;
        by_cve.sort_by_key(|(cve, _)| *cve);
        by_cve.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.with(next.1);
            }
            same
        });
        by_cve.shrink_to_fit();
        let any = |of: fn(&Score) -> bool| by_cve.iter().any(|(_, score)| of(score));
        let (exploited, epss, cvss) =
            (any(|score| score.exploited), any(|score| score.epss.is_some()), any(|score| score.cvss.is_some()));
        CveScores { by_cve, exploited, epss, cvss }
    }
}

/// `CVE-2024-3094` as a number: the year before the sequence, which has at most 19 digits by the rules and
/// seven in practice. Leading zeros are part of an id (`CVE-2024-0001`), of which there are four digits
/// at least: the number tells them apart by itself.
fn packed(cve: &str) -> Option<u64> {
    let (prefix, rest) = (cve.get(..4)?, cve.get(4..)?);
    let (year, number) = rest.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !prefix.eq_ignore_ascii_case("CVE-") || year.len() != 4 || !digits(year) || !digits(number) {
        return None;
    }
    let number = number.parse::<u64>().ok().filter(|number| *number < 1 << 48)?;
    Some(year.parse::<u64>().ok()? << 48 | number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_of_its_cve_and_what_sources_say_is_joined() {
        let kev = Score { exploited: true, ..Score::default() };
        let epss = |epss| Score { epss: Some(epss), ..Score::default() };
        let scores = CveScores::new([
            ("CVE-2024-3094", epss(84_000)),
            ("CVE-2021-44228", kev),
            ("CVE-2021-44228", epss(94_358)),
            ("cve-2024-3094", Score { cvss: Some(100), ..Score::default() }),
            ("GHSA-rxwq-x6h5-x525", kev),
            ("CVE-2024-x", kev),
            ("CVE-2024-", kev),
        ]);
        assert_eq!(scores.of("CVE-2024-3094"), Score { cvss: Some(100), ..epss(84_000) });
        assert_eq!(scores.of("CVE-2021-44228"), Score { exploited: true, ..epss(94_358) });
        assert_eq!(scores.of("GHSA-rxwq-x6h5-x525"), Score::default());
        assert_eq!(scores.of("CVE-2024-3095"), Score::default());
        assert_eq!(scores.by_cve.len(), 2);
        assert!(scores.has_exploited() && scores.has_epss() && scores.has_cvss());
        assert!(!CveScores::new([("CVE-2024-3094", epss(1))]).has_exploited());
    }
}
