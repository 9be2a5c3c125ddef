//! rpm's order over any three strings: an order, and the keys' order.
#![no_main]

mod laws;

use libfuzzer_sys::fuzz_target;
use versions::Scheme;

fuzz_target!(|text: &str| laws::hold(Scheme::Rpm, text));
