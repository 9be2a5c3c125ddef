//! SHA-1 (FIPS 180-4), by which apk names the files of its cache, and old rpm repositories the state of their
//! metadata. It protects nothing here: it tells a file that was cut or exchanged by mistake.

/// A digest under way.
#[derive(Debug, Clone)]
pub(crate) struct Sha1 {
    state: [u32; 5],
    /// What has come since the last whole block.
    rest: Vec<u8>,
    bytes: u64,
}

impl Sha1 {
    pub(crate) fn new() -> Self {
        Self { state: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0], rest: Vec::new(), bytes: 0 }
    }

    /// Takes in more.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.bytes = self.bytes.wrapping_add(u64::try_from(bytes.len()).unwrap_or_default());
        self.rest.extend_from_slice(bytes);
        let (blocks, rest) = self.rest.as_chunks::<64>();
        for block in blocks {
            mix(&mut self.state, block);
        }
        self.rest = rest.to_vec();
    }

    /// The digest of all that came.
    pub(crate) fn finish(mut self) -> [u8; 20] {
        let bits = self.bytes.wrapping_mul(8);
        self.rest.push(0x80);
        self.rest.resize((self.rest.len() + 8).next_multiple_of(64) - 8, 0);
        self.rest.extend(bits.to_be_bytes());
        for block in self.rest.as_chunks::<64>().0 {
            mix(&mut self.state, block);
        }
        let mut digest = [0; 20];
        for (to, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(self.state) {
            *to = word.to_be_bytes();
        }
        digest
    }
}

/// The digest of a text.
pub(crate) fn digest(text: &[u8]) -> [u8; 20] {
    let mut sum = Sha1::new();
    sum.update(text);
    sum.finish()
}

fn mix(state: &mut [u32; 5], block: &[u8; 64]) {
    let mut words = [0_u32; 80];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    for at in 16..80 {
        words[at] = (words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for (at, word) in words.into_iter().enumerate() {
        let (mixed, constant) = match at {
            0..20 => ((b & c) | (!b & d), 0x5a82_7999),
            20..40 => (b ^ c ^ d, 0x6ed9_eba1),
            40..60 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6),
        };
        let sum = a.rotate_left(5).wrapping_add(mixed).wrapping_add(e).wrapping_add(word);
        (a, b, c, d, e) = (sum.wrapping_add(constant), a, b.rotate_left(30), c, d);
    }
    for (old, new) in state.iter_mut().zip([a, b, c, d, e]) {
        *old = old.wrapping_add(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    /// Truth: `sha1sum`; the first two are the examples of FIPS 180-4.
    #[test]
    fn digests_are_those_of_the_standard() {
        for (text, wanted) in [
            ("abc".to_owned(), "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".to_owned(),
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
            ),
            (String::new(), "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("a".repeat(1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        ] {
            let hex = digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            assert_eq!(hex, wanted);
            let mut parts = Sha1::new();
            text.as_bytes().chunks(37).for_each(|part| parts.update(part));
            assert_eq!(parts.finish(), digest(text.as_bytes()), "in parts");
        }
    }
}
