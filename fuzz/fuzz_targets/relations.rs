//! Relations between packages: whatever a field holds, what is understood reads the same again.
#![no_main]

use formats::relations::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let field = String::from_utf8_lossy(document);
    let (clauses, _) = parse(&field);
    assert!(clauses.iter().all(|clause| !clause.is_empty()));
    let shown = |clause: &Vec<formats::relations::Relation<'_>>| {
        clause.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    };
    let text = clauses.iter().map(shown).collect::<Vec<_>>().join(", ");
    let (again, faults) = parse(&text);
    assert_eq!(again, clauses);
    assert_eq!(faults, Vec::<String>::new());
});
