//! Whether it is this machine's turn to get a phased update.
//!
//! Ubuntu offers an update to a growing share of machines. Which ones come first is decided by each
//! machine for itself, by a number from 0 to 100 drawn from source package, version and machine id.
//! apt (since 2.1.16) draws it as libstdc++ does for `seed_seq`, `minstd_rand` and
//! `uniform_int_distribution<unsigned>(0, 100)`; the first two are fixed by the C++ standard
//! (\[rand.util.seedseq\], \[rand.predef\]), the last is libstdc++'s own.

/// The number of a machine for a version, 0 to 100: it gets the update when the percentage is at
/// least that.
pub(super) fn draw(source: &str, version: &str, machine_id: &str) -> u64 {
    /// Size of the range, 101 numbers.
    const NUMBERS: u64 = 101;
    /// `minstd_rand` gives 1 to 2147483646.
    const SPAN: u64 = MODULUS - 2;
    const SCALE: u64 = SPAN / NUMBERS;
    let mut state = seed(format!("{source}-{version}-{machine_id}").as_bytes());
    loop {
        state = state * MULTIPLIER % MODULUS;
        let drawn = state - 1;
        if drawn < SCALE * NUMBERS {
            return drawn / SCALE;
        }
    }
}

const MULTIPLIER: u64 = 48_271;
const MODULUS: u64 = 2_147_483_647;

/// The state of a `minstd_rand` that is seeded by a `seed_seq` of these bytes.
fn seed(bytes: &[u8]) -> u64 {
    // The engine asks for four words and takes the last.
    match u64::from(generate(bytes)[3]) % MODULUS {
        0 => 1,
        state => state,
    }
}

/// `std::seed_seq(bytes).generate()` of four words.
fn generate(bytes: &[u8]) -> [u32; 4] {
    const N: usize = 4;
    const P: usize = 1;
    const Q: usize = 2;
    let mut words = [0x8b8b_8b8b_u32; N];
    let mix = |x: u32| x ^ (x >> 27);
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let rounds = (bytes.len() + 1).max(N);
    for k in 0..rounds {
        let (here, p, q, before) = (k % N, (k + P) % N, (k + Q) % N, (k + N - 1) % N);
        let r1 = mix(words[here] ^ words[p] ^ words[before]).wrapping_mul(1_664_525);
        let r2 = r1.wrapping_add(match k {
            0 => number(bytes.len()),
            // `char` is signed where apt was built.
            _ if k <= bytes.len() => number(here).wrapping_add(i32::from(bytes[k - 1].cast_signed()).cast_unsigned()),
            _ => number(here),
        });
        words[p] = words[p].wrapping_add(r1);
        words[q] = words[q].wrapping_add(r2);
        words[here] = r2;
    }
    for k in rounds..rounds + N {
        let (here, p, q, before) = (k % N, (k + P) % N, (k + Q) % N, (k + N - 1) % N);
        let sum = words[here].wrapping_add(words[p]).wrapping_add(words[before]);
        let r3 = mix(sum).wrapping_mul(1_566_083_941);
        let r4 = r3.wrapping_sub(number(here));
        words[p] ^= r3;
        words[q] ^= r4;
        words[here] = r4;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values: a C++ program with `seed_seq`, `minstd_rand` and
    /// `uniform_int_distribution<unsigned>(0, 100)`, compiled by g++ 12.2.
    #[test]
    fn draws_what_libstdcxx_draws() {
        for (source, version, machine_id, expected) in [
            ("demo", "1.0-2", "0123456789abcdef0123456789abcdef", 23),
            ("gcc-12", "12.3.0-1ubuntu1~22.04", "3d1219c7c4c5404aaa1f6d2a48adfda4", 26),
            ("a", "1", "", 4),
            ("linux-meta", "6.8.0.41.41", "ffffffffffffffffffffffffffffffff", 62),
            ("xé", "1", "00000000000000000000000000000000", 6),
        ] {
            assert_eq!(draw(source, version, machine_id), expected, "{source} {version}");
        }
    }
}
