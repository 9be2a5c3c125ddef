//! updateinfo of rpm repositories, and their index: any bytes are understood, skipped or refused, and
//! a fact is about a platform of its feed, in a version that its packages may have.
#![no_main]

mod facts;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let _ = formats::repomd::read(body);
    for id in ["almalinux-updateinfo", "rocky-updateinfo", "fedora-updateinfo", "epel-updateinfo"] {
        facts::hold(id, body);
    }
});
