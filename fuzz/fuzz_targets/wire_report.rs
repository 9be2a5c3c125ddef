//! Reading a report or check-in of a stranger: any bytes are taken or refused, none is a panic.
//!
//! Hashes are set right before reading, or the fuzzer would never get past them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::wire::{CheckIn, Limits, Report, SectionHash, read_report};

fuzz_target!(|body: &[u8]| {
    let limits = Limits::default();
    let _ = CheckIn::read(body, &limits);
    let Err(_) = read_report(body, &limits) else { return };
    let Ok(mut report) = serde_json::from_slice::<Report>(body) else { return };
    let sections = &mut report.sections;
    for section in [
        &mut sections.host,
        &mut sections.packages,
        &mut sections.updates,
        &mut sections.repositories,
        &mut sections.runtime,
        &mut sections.history,
    ] {
        section.hash = section.data.as_ref().map(|data| SectionHash::of(data.get().as_bytes()));
    }
    if let Ok(body) = serde_json::to_vec(&report) {
        let _ = read_report(&body, &limits);
    }
});
