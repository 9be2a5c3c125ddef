//! Pins, and the patterns that they hold: any bytes are read, any pattern is answered in bounded time.
#![no_main]

use formats::pattern::Pattern;
use formats::preferences::{self, Priority};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| {
    let (pins, _) = preferences::parse(document);
    for pin in pins {
        assert_ne!(pin.priority, Priority::Is(0));
        for text in pin.packages.iter().chain([&pin.choice]) {
            if let Ok(pattern) = Pattern::new(text) {
                let _ = pattern.matches("linux-image-6.1.0-40-amd64");
            }
        }
    }
});
