//! What holds for the order of every scheme, over any three strings: the input's first three lines.

use std::cmp::Ordering;
use versions::{Scheme, compare_fixed_keys};

pub fn hold(scheme: Scheme, text: &str) {
    let mut parts = text.splitn(3, '\n');
    let (a, b, c) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let compare = |a: &str, b: &str| {
        let order = scheme.compare(a, b);
        let (left, right) = (scheme.key(a), scheme.key(b));
        assert_eq!(order, scheme.compare(b, a).reverse(), "antisymmetric");
        assert_eq!(order, left.cmp(&right), "the keys' order");
        assert_eq!(order.is_eq(), left == right, "equal, same key");
        assert_eq!(scheme.compare_fixed(a, b), compare_fixed_keys(&left, &right), "as a fixed version");
        assert_eq!(scheme.compare_as_tool(a, b), scheme.compare_as_tool(b, a).reverse(), "as the tool");
        if scheme != Scheme::Pacman {
            assert_eq!(scheme.compare_as_tool(a, b), order, "the tool's verdict is the order");
        }
        order
    };
    let (ab, bc, ac) = (compare(a, b), compare(b, c), compare(a, c));
    if ab == bc || bc == Ordering::Equal {
        assert_eq!(ac, ab, "transitive");
    }
    assert_eq!(scheme.compare_literal(a, a), Ordering::Equal, "a version is what it says");
    let _ = (scheme.compare_literal(a, b), scheme.check(a));
}
