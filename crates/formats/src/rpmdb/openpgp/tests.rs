use super::*;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn id(bytes: &[u8]) -> Option<String> {
    issuer(bytes).map(|id| format!("{:016x}", u64::from_be_bytes(id)))
}

/// A signature of version 4 by gpg 2.2 (ed25519), of which `gpg --list-packets` says: issuer key ID
/// B5F32B203FC30372, not hashed, and fingerprint 74E3A9C6E5DF2C11517BDDEDB5F32B203FC30372, hashed.
const BY_GPG: &str = "887504001608001d16210474e3a9c6e5df2c11517bddedb5f32b203fc3037205026b02e5ba000a0910b5f32b203fc303727f\
    0e01009ba3d8cf07f7882775c8f741fcf89405b36da46408c064bd1ce964a8c70a01b40100d7175efc5f0e231b81a13148bf\
    3008d4a77eaafab2da4c162feea10aca870d0f";

#[test]
fn reads_version_4() {
    let packet = unhex(BY_GPG);
    assert_eq!(id(&packet).as_deref(), Some("b5f32b203fc30372"));
    // Without the key id (its subpacket's type made another) by the fingerprint alone.
    let mut by_print = packet.clone();
    by_print[40] = 100;
    assert_eq!(id(&by_print).as_deref(), Some("b5f32b203fc30372"));
    // The same in a packet of the new form, and behind another packet (a marker).
    let new = [&[0xca, 3, b'P', b'G', b'P', 0xc2, 0x75], &packet[2..]].concat();
    assert_eq!(id(&new).as_deref(), Some("b5f32b203fc30372"));
    for end in 0..packet.len() {
        assert_eq!(id(&packet[..end]), None, "cut at {end}");
    }
}

#[test]
fn reads_versions_3_and_6() {
    // RFC 4880, 5.2.2: version 3, 5, type, time, key id, algorithms.
    let old = unhex("88160305005e5ff4f1199e2f91fd431d5101080102000101");
    assert_eq!(id(&old).as_deref(), Some("199e2f91fd431d51"));
    // RFC 9580, 5.2.3 and 5.2.3.35: lengths of four bytes, the key id is the beginning of the fingerprint.
    let print = "cb186c4f0609a697e4d52dfa6c722b0c1f1e27c18a56708f6525ec27bad9acc9";
    let six = unhex(&format!("c23006001b0800000023222106{print}00000000abcd"));
    assert_eq!(id(&six).as_deref(), Some("cb186c4f0609a697"));
}

#[test]
fn other_bytes_have_no_issuer() {
    for bytes in ["", "00", "88", "8801", "880104", "c2ff", "b8ffffffff04", "8806040016080000"] {
        assert_eq!(id(&unhex(bytes)), None, "{bytes}");
    }
}

#[test]
fn reads_base64() {
    // RFC 4648, section 10.
    for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v\n", "foo"), ("Zm9v YmFy", "foobar")] {
        assert_eq!(base64(text.as_bytes()).as_deref(), Some(bytes.as_bytes()));
    }
    assert_eq!(base64(b"Zg!="), None);
    assert_eq!(base64(b"/+8="), Some(vec![0xff, 0xef]));
}
