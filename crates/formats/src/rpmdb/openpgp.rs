//! Whose signature it is: the issuer of an OpenPGP signature packet. Nothing is verified.
//!
//! Sources: RFC 4880, sections 4.2 (packets) and 5.2 (signatures of version 3 and 4); RFC 9580, 5.2.3 (version 6).

use super::be32;

/// The key id of the issuer of the first signature, as its eight bytes.
pub(super) fn issuer(bytes: &[u8]) -> Option<[u8; 8]> {
    const SIGNATURE: u8 = 2;
    let mut rest = bytes;
    while !rest.is_empty() {
        let (kind, body, behind) = packet(rest)?;
        if kind == SIGNATURE {
            return issuer_of_signature(body);
        }
        rest = behind;
    }
    None
}

/// Type and body of the first packet, and what follows.
fn packet(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if first & 0x80 == 0 {
        return None;
    }
    let (kind, length, used) = if first & 0x40 == 0 {
        // The old form: the lowest bits say how long the length is, 3 that it lasts to the end.
        let (length, used) = match first & 3 {
            0 => (usize::from(*rest.first()?), 1),
            1 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), 2),
            2 => (super::size(be32(rest, 0)?), 4),
            _ => (rest.len(), 0),
        };
        ((first >> 2) & 0x0f, length, used)
    } else {
        let (length, used) = length(rest)?;
        (first & 0x3f, length, used)
    };
    let body = rest.get(used..)?;
    Some((kind, body.get(..length)?, body.get(length..)?))
}

/// A length of the new form, which subpackets have too, and the bytes that it takes.
fn length(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*bytes.first()?);
    match first {
        0..192 => Some((first, 1)),
        255 => Some((super::size(be32(bytes, 1)?), 5)),
        // From 224 on these are partial lengths of packets, which signatures don't have.
        _ => Some((((first - 192) << 8) + usize::from(*bytes.get(1)?) + 192, 2)),
    }
}

fn issuer_of_signature(body: &[u8]) -> Option<[u8; 8]> {
    match body.first()? {
        // Version, length 5 of what is hashed, type, four bytes of time, the key id.
        2 | 3 => body.get(7..)?.first_chunk().copied(),
        4 => {
            let (hashed, behind) = area(body.get(4..)?, 2)?;
            let (unhashed, _) = area(behind, 2)?;
            issuer_of_areas(hashed, unhashed)
        }
        6 => {
            let (hashed, behind) = area(body.get(4..)?, 4)?;
            let (unhashed, _) = area(behind, 4)?;
            issuer_of_areas(hashed, unhashed)
        }
        _ => None,
    }
}

/// Subpackets behind their length, which takes `width` bytes, and what follows.
fn area(bytes: &[u8], width: usize) -> Option<(&[u8], &[u8])> {
    let length = bytes.get(..width)?.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    let rest = bytes.get(width..)?;
    Some((rest.get(..length)?, rest.get(length..)?))
}

/// The issuer's key id, else the one that follows from the issuer's fingerprint; what is signed
/// comes before what is not.
fn issuer_of_areas(hashed: &[u8], unhashed: &[u8]) -> Option<[u8; 8]> {
    const KEY_ID: u8 = 16;
    const FINGERPRINT: u8 = 33;
    let find = |wanted| [hashed, unhashed].into_iter().find_map(|area| subpacket(area, wanted));
    if let Some(id) = find(KEY_ID).and_then(|id| id.first_chunk().copied()) {
        return Some(id);
    }
    match find(FINGERPRINT)? {
        // Of version 4 the key id is the fingerprint's end, later its beginning.
        [4, print @ ..] => print.last_chunk().copied(),
        [_, print @ ..] => print.first_chunk().copied(),
        [] => None,
    }
}

fn subpacket(mut area: &[u8], wanted: u8) -> Option<&[u8]> {
    while !area.is_empty() {
        let (length, used) = length(area)?;
        let (kind, body) = area.get(used..)?.get(..length)?.split_first()?;
        // The highest bit says that it is critical.
        if kind & 0x7f == wanted {
            return Some(body);
        }
        area = area.get(used + length..)?;
    }
    None
}

/// The bytes of a text in base64 (RFC 4648, section 4), up to its padding; white space is passed over.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut held) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0_u32);
    for byte in text.iter().take_while(|byte| **byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            byte if byte.is_ascii_whitespace() => continue,
            _ => return None,
        };
        (bits, held) = (bits << 6 | u32::from(value), held + 6);
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff).try_into().ok()?);
            bits &= (1 << held) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests;
