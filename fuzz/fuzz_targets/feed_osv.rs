//! OSV records, as every vendor that publishes them reads them: any bytes are understood, skipped or
//! refused, and a fact is about a platform of its feed, in a version that its packages may have.
#![no_main]

mod facts;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    for id in ["almalinux-osv", "rocky-osv", "ubuntu-osv"] {
        facts::hold(id, body);
    }
});
