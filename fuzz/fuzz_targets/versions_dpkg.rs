//! dpkg's order over any three strings: an order, and the keys' order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::cmp::Ordering;
use versions::Scheme;

fuzz_target!(|text: &str| {
    let mut parts = text.splitn(3, '\n');
    let (a, b, c) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let compare = |a: &str, b: &str| {
        let order = Scheme::Dpkg.compare(a, b);
        assert_eq!(order, Scheme::Dpkg.compare(b, a).reverse(), "antisymmetric");
        assert_eq!(order, Scheme::Dpkg.key(a).cmp(&Scheme::Dpkg.key(b)), "the keys' order");
        order
    };
    let (ab, bc, ac) = (compare(a, b), compare(b, c), compare(a, c));
    if ab == bc || bc == Ordering::Equal {
        assert_eq!(ac, ab, "transitive");
    }
    let _ = Scheme::Dpkg.check(a);
});
