//! Whether a document that was read to its end is one to put in force at all.

use crate::feed::{Skipped, Tally};

/// A document of which nothing was understood. A parser passes over what it does not know, so that a
/// file of another kind, or of a format that the vendor has changed, can be read to its end without
/// an error; in force it would clear every host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NothingUnderstood {
    /// There is nothing in it.
    #[error("it holds no records")]
    Empty,
    /// There is something, but every record was skipped.
    #[error("0 of {records} {} understood: {first}", if *.records == 1 { "record" } else { "records" })]
    AllSkipped {
        /// How many records there are.
        records: u64,
        /// The first, with the reason.
        first: Box<Skipped>,
    },
    /// Records were read, but everything that they say of a package was skipped.
    #[error("nothing that its {records} {} of packages was understood: {first}", if *.records == 1 { "record says" } else { "records say" })]
    NoFacts {
        /// How many records there are.
        records: u64,
        /// What was skipped first, with the reason.
        first: Box<Skipped>,
    },
}

/// Whether anything of a document was understood.
///
/// # Errors
/// When nothing was: it is then not to take the place of what is in force. [`NothingUnderstood::Empty`] may
/// be right for one document of many, but not for all that a feed has.
pub fn check_understood(tally: &Tally<'_>) -> Result<(), NothingUnderstood> {
    if tally.cves > 0 {
        return Ok(());
    }
    match (&tally.first_skipped, tally.advisories, tally.facts) {
        (None, 0, _) => Err(NothingUnderstood::Empty),
        (Some(first), 0, _) => {
            Err(NothingUnderstood::AllSkipped { records: tally.skipped, first: Box::new(first.clone()) })
        }
        (Some(first), records, 0) => Err(NothingUnderstood::NoFacts { records, first: Box::new(first.clone()) }),
        // Records that say nothing of packages are what some documents consist of.
        (None, _, _) | (Some(_), _, 1..) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::feed::{Collected, Document, Tally};
    use crate::vendors::debian_lists::DSA;
    use crate::{Feed, check_understood};

    /// What is said of a DSA list with this text.
    fn of(text: &str) -> Result<(), String> {
        let mut kept = Collected::default();
        let mut tally = Tally::new(&mut kept);
        let document = Document { name: "list".to_owned(), url: "list".to_owned() };
        DSA.parse(&document, &mut text.as_bytes(), &mut tally).map_err(|error| format!("unreadable: {error}"))?;
        check_understood(&tally).map_err(|error| error.to_string())
    }

    #[test]
    fn a_document_of_which_nothing_is_understood_is_refused_with_the_first_reason() {
        let whole = "[29 Mar 2023] DSA-5380-1 xorg-server - security update\n\t{CVE-2023-1393}\n\t[bullseye] - xorg-server 2:1.20.11-1+deb11u6\n";
        assert_eq!(of(whole), Ok(()));
        let two = "[29 Foo 2023] DSA-5380-1 xorg-server - security update\n[23 Bar 2023] DSA-5324-1 linux - security update\n";
        let refused = of(two).unwrap_err();
        assert!(refused.contains("0 of 2 records understood: line 1: "), "{refused}");
        assert_eq!(of(&format!("{whole}{two}")), Ok(()), "one good record is a document");
        let no_release =
            "[29 Mar 2023] DSA-5380-1 xorg-server - security update\n\t{CVE-2023-1393}\n\t[nosuch] - xorg-server 1\n";
        let refused = of(no_release).unwrap_err();
        assert!(refused.contains("understood: line 3: "), "{refused}");
        assert!(of("").is_err());
    }
}
