//! Relations between packages: the values of `Depends`, `Conflicts`, `Provides` and their like,
//! deb-control(5) and Debian Policy 7.1.
//!
//! `a (>= 1) | b:any, c` is two clauses, the first with two alternatives. Restrictions of
//! architectures (`[amd64]`) and build profiles (`<!nocheck>`) belong to source packages and are
//! passed over where they stand.

use crate::shown;

/// How a version has to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `<<`
    Earlier,
    /// `<=`, and `<`, which dpkg takes for it.
    EarlierOrEqual,
    /// `=`
    Equal,
    /// `>=`, and `>`, which dpkg takes for it.
    LaterOrEqual,
    /// `>>`
    Later,
}

impl Operator {
    /// Whether a version that compares so to the stated one is meant.
    #[must_use]
    pub fn admits(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Earlier => order.is_lt(),
            Self::EarlierOrEqual => order.is_le(),
            Self::Equal => order.is_eq(),
            Self::LaterOrEqual => order.is_ge(),
            Self::Later => order.is_gt(),
        }
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Earlier => "<<",
            Self::EarlierOrEqual => "<=",
            Self::Equal => "=",
            Self::LaterOrEqual => ">=",
            Self::Later => ">>",
        }
    }
}

/// One package that a clause names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Relation<'a> {
    /// Its name.
    pub name: &'a str,
    /// What stands behind a colon: an architecture, `any`, `native`.
    pub arch: Option<&'a str>,
    /// The versions that are meant; none is all.
    pub version: Option<(Operator, &'a str)>,
}

/// Most clauses of one field. The longest of Debian 12's archive has 1,300.
const MOST_CLAUSES: usize = 20_000;
/// Most alternatives of one clause.
const MOST_ALTERNATIVES: usize = 1_000;

/// Reads a field: its clauses, each with its alternatives. What can't be understood is left out of
/// its clause and named; a clause of which nothing is left is left out.
#[must_use]
pub fn parse(field: &str) -> (Vec<Vec<Relation<'_>>>, Vec<String>) {
    let (mut clauses, mut faults) = (Vec::new(), Vec::new());
    for text in field.split(',').filter(|text| !text.trim().is_empty()) {
        if clauses.len() >= MOST_CLAUSES {
            faults.push(format!("more than {MOST_CLAUSES} clauses"));
            break;
        }
        let mut clause = Vec::new();
        for text in text.split('|') {
            if clause.len() >= MOST_ALTERNATIVES {
                faults.push(format!("more than {MOST_ALTERNATIVES} alternatives"));
                break;
            }
            match relation(text) {
                Some(relation) => clause.push(relation),
                None => faults.push(format!("no relation: {}", shown(text.trim().as_bytes()))),
            }
        }
        if !clause.is_empty() {
            clauses.push(clause);
        }
    }
    (clauses, faults)
}

fn relation(text: &str) -> Option<Relation<'_>> {
    let text = text.trim();
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '<')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let (name, arch) = name.split_once(':').map_or((name, None), |(name, arch)| (name, Some(arch)));
    if name.is_empty() || arch.is_some_and(str::is_empty) || !name.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let rest = rest.trim_start();
    let version = match rest.strip_prefix('(') {
        Some(rest) => Some(version(rest.split_once(')')?.0)?),
        None if rest.is_empty() || rest.starts_with(['[', '<']) => None,
        None => return None,
    };
    Some(Relation { name, arch, version })
}

fn version(text: &str) -> Option<(Operator, &str)> {
    // The two-letter forms first: each of the others begins one of them.
    const FORMS: &[(&str, Operator)] = &[
        ("<<", Operator::Earlier),
        ("<=", Operator::EarlierOrEqual),
        (">=", Operator::LaterOrEqual),
        (">>", Operator::Later),
        ("=", Operator::Equal),
        ("<", Operator::EarlierOrEqual),
        (">", Operator::LaterOrEqual),
    ];
    let text = text.trim();
    // Without an operator dpkg takes `(1.0)` for `(= 1.0)`.
    let (operator, version) = FORMS
        .iter()
        .find_map(|(form, operator)| Some((*operator, text.strip_prefix(form)?)))
        .unwrap_or((Operator::Equal, text));
    let version = version.trim();
    (!version.is_empty() && version.bytes().all(|b| b.is_ascii_graphic())).then_some((operator, version))
}

impl std::fmt::Display for Relation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)?;
        if let Some(arch) = self.arch {
            write!(f, ":{arch}")?;
        }
        match self.version {
            Some((operator, version)) => write!(f, " ({} {version})", operator.as_str()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Ordering;

    fn told(field: &str) -> Vec<String> {
        let (clauses, faults) = parse(field);
        assert_eq!(faults, Vec::<String>::new());
        clauses.iter().map(|c| c.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")).collect()
    }

    #[test]
    fn reads_the_fields_of_real_packages() {
        // default-mta's dependents, libc6-dev and a field of a source package, from bookworm.
        assert_eq!(
            told("libc6 (>= 2.34), default-mta | mail-transport-agent,\n python3:any (>= 3.5~)"),
            ["libc6 (>= 2.34)", "default-mta | mail-transport-agent", "python3:any (>= 3.5~)"]
        );
        assert_eq!(told("libc6 (= 2.36-9+deb12u10)"), ["libc6 (= 2.36-9+deb12u10)"]);
        assert_eq!(told("a(<<2),b[amd64 !i386],c (>> 1) <!nocheck>, "), ["a (<< 2)", "b", "c (>> 1)"]);
        assert_eq!(told(""), Vec::<String>::new());
    }

    /// Debian Policy 7.1: `<` and `>` are obsolete forms of `<=` and `>=`.
    #[test]
    fn old_operators_mean_what_dpkg_takes_them_for() {
        assert_eq!(told("a (< 1), b (> 2), c (3)"), ["a (<= 1)", "b (>= 2)", "c (= 3)"]);
    }

    #[test]
    fn operators_admit_orders() {
        for (operator, expected) in [
            (Operator::Earlier, [true, false, false]),
            (Operator::EarlierOrEqual, [true, true, false]),
            (Operator::Equal, [false, true, false]),
            (Operator::LaterOrEqual, [false, true, true]),
            (Operator::Later, [false, false, true]),
        ] {
            let admitted = [Ordering::Less, Ordering::Equal, Ordering::Greater].map(|order| operator.admits(order));
            assert_eq!(admitted, expected, "{}", operator.as_str());
        }
    }

    proptest::proptest! {
        /// Texts of the characters that matter: what is understood reads the same again.
        #[test]
        fn what_is_understood_reads_the_same_again(field in "[a-c:<>=|,()\\[\\] 1~é\n]{0,80}") {
            let (clauses, _) = parse(&field);
            let shown = |clause: &Vec<Relation<'_>>| {
                clause.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
            };
            let text = clauses.iter().map(shown).collect::<Vec<_>>().join(", ");
            proptest::prop_assert_eq!(parse(&text), (clauses, Vec::new()));
        }
    }

    #[test]
    fn names_what_it_does_not_understand() {
        let (clauses, faults) = parse("a (>= , b | (= 1) | c, d:, e f, g ()");
        let names: Vec<Vec<_>> = clauses.iter().map(|c| c.iter().map(|r| r.name).collect()).collect();
        assert_eq!(names, [["b", "c"]]);
        assert_eq!(
            faults,
            ["no relation: a (>=", "no relation: (= 1)", "no relation: d:", "no relation: e f", "no relation: g ()"]
        );
        let many = "a,".repeat(MOST_CLAUSES + 1);
        assert_eq!(parse(&many).0.len(), MOST_CLAUSES);
    }
}
