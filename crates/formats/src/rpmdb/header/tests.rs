use super::*;

/// A header of entries (tag, type, offset, count) and data.
fn header(entries: &[(u32, u32, u32, u32)], data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in [entries.len(), data.len()] {
        bytes.extend(u32::try_from(number).unwrap().to_be_bytes());
    }
    for (tag, kind, offset, count) in entries {
        bytes.extend([tag, kind, offset, count].into_iter().flat_map(|number| number.to_be_bytes()));
    }
    bytes.extend(data);
    bytes
}

#[test]
fn what_was_added_on_installation_replaces_what_was_signed() {
    let bytes =
        header(&[(1000, STRING, 0, 1), (1003, INT32, 8, 2), (1000, STRING, 4, 1)], b"old\0new\0\0\0\0\x01\0\0\0\x02");
    let header = Header::parse(&bytes, 10).unwrap();
    assert_eq!(header.text(1000), Some(&b"new"[..]));
    assert_eq!(header.numbers(1003).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        (header.text(1003), header.number(1000), header.text(1)),
        (None, None, None),
        "of another type or absent"
    );
}

#[test]
fn lists_end_with_the_data() {
    // It says three, and has one and a piece.
    let bytes = header(&[(1047, STRING_ARRAY, 0, 3), (261, BINARY, 1, 2)], b"a\0bc");
    let header = Header::parse(&bytes, 10).unwrap();
    assert_eq!(header.texts(1047).collect::<Vec<_>>(), [b"a"]);
    assert_eq!(header.bytes(261), Some(&b"\0b"[..]));
}

#[test]
fn says_what_is_wrong() {
    let error = |bytes: &[u8]| Header::parse(bytes, 2).unwrap_err();
    assert_eq!(error(b"\0\0\0"), "has 3 bytes, too few for a header");
    assert_eq!(error(&header(&[], b"")), "says that it has 0 entries; 1 to 2 are taken");
    assert_eq!(error(&header(&[(1, 6, 0, 1); 3], b"x")), "says that it has 3 entries; 1 to 2 are taken");
    assert_eq!(
        error(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0]),
        "says that it has 1 entries and 4294967295 bytes of data, and has 9 bytes in all"
    );
    assert_eq!(error(&header(&[(1000, 10, 0, 1)], b"x")), "tag 1000 is of type 10, which does not exist");
    for (offset, count) in [(0, 2), (2, 1), (u32::MAX, 1), (0, u32::MAX)] {
        let why = format!("{count} values of tag 1003 at {offset} lie beyond its data");
        assert_eq!(error(&header(&[(1003, INT32, offset, count)], b"1234")), why);
    }
}
