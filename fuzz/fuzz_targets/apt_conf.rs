//! apt's configuration: any bytes are read without a panic, and every path that results can be asked.
#![no_main]

use formats::apt_conf::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let mut config = Config::new();
    let skipped = config.read(document);
    assert!(skipped.len() <= 1100);
    let _ = (config.path("Dir::Etc::parts"), config.list("APT::Architectures"), config.truth("APT::Ignore-Hold"));
});
