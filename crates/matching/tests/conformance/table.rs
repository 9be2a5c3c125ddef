//! The line of a set.

use std::collections::BTreeMap;

/// What became of the cases of a set.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) cases: usize,
    pub(crate) agree: usize,
    pub(crate) undecided: BTreeMap<&'static str, usize>,
    pub(crate) explained: BTreeMap<&'static str, usize>,
    pub(crate) wrong: Vec<String>,
}

/// The outcome of one case.
pub(crate) enum Outcome {
    Agree,
    /// No feed at hand says anything; why.
    Undecided(&'static str),
    /// It differs, for a reason that was checked on the case.
    Explained(&'static str),
    Wrong(String),
}

impl Table {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        self.cases += 1;
        match outcome {
            Outcome::Agree => self.agree += 1,
            Outcome::Undecided(why) => *self.undecided.entry(why).or_default() += 1,
            Outcome::Explained(why) => *self.explained.entry(why).or_default() += 1,
            Outcome::Wrong(what) => self.wrong.push(what),
        }
    }

    pub(crate) fn decided(&self) -> usize {
        self.cases - self.undecided.values().sum::<usize>()
    }

    /// Prints the line and holds it against the rules: nothing wrong, at most 2 % of what is decided explained,
    /// and something that agrees, for where nothing was decided nothing is wrong.
    pub(crate) fn conclude(&self, set: &str) {
        let explained: usize = self.explained.values().sum();
        let reasons = |of: &BTreeMap<&str, usize>, what: &str| {
            of.iter().map(|(why, count)| format!("|{what} {count}: {why}")).collect::<String>()
        };
        // `./dev conformance` makes the table of it.
        println!(
            "conformance|{set}|{}|{}|{}|{explained}|{}{}{}",
            self.cases,
            self.decided(),
            self.agree,
            self.wrong.len(),
            reasons(&self.explained, "explained"),
            reasons(&self.undecided, "not decided"),
        );
        assert!(self.wrong.is_empty(), "{set}: {} wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert!(self.agree > 0, "{set}: of {} cases none agrees", self.cases);
        assert!(explained * 50 <= self.decided(), "{set}: {explained} of {} explained", self.decided());
    }
}
