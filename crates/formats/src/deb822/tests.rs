use super::*;

/// Everything a reader gives: the stanzas as (line, name=value list) and what it passed over.
fn read(bytes: &[u8], limits: Limits) -> (Vec<(u64, Vec<String>)>, Vec<String>) {
    let (mut stanzas, mut skipped) = (Vec::new(), Vec::new());
    let mut reader = Reader::new(Slow(bytes), limits);
    loop {
        match reader.next_stanza() {
            Ok(None) => return (stanzas, skipped),
            Ok(Some(stanza)) => {
                let fields = stanza.fields().map(|field| match field {
                    Ok(field) => {
                        format!("{}={}", String::from_utf8_lossy(field.name), String::from_utf8_lossy(field.value))
                    }
                    Err(skipped) => format!("! {skipped}"),
                });
                stanzas.push((stanza.line(), fields.collect()));
            }
            Err(error) => skipped.push(error.to_string()),
        }
    }
}

/// Gives a few bytes at a time, so that every boundary falls everywhere.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.0.len().min(3).min(buffer.len());
        buffer[..most].copy_from_slice(&self.0[..most]);
        self.0 = &self.0[most..];
        Ok(most)
    }
}

fn small() -> Limits {
    Limits { line: 40, stanza: 100, fields: 4, stanzas: 5 }
}

#[test]
fn reads_stanzas_with_their_lines() {
    let (stanzas, skipped) = read(b"\n\nA: 1\nB:two\n\n\n\nC : x\n more\n .\n\tend\nD:\n", Limits::default());
    assert_eq!(
        stanzas,
        [
            (3, vec!["A=1".to_owned(), "B=two".to_owned()]),
            (8, vec!["C=x\n more\n .\n\tend".to_owned(), "D=".to_owned()]),
        ]
    );
    assert!(skipped.is_empty());
}

#[test]
fn windows_line_ends_and_a_missing_last_newline_are_fine() {
    let (stanzas, _) = read(b"A: 1\r\nB: 2\r\n\r\nC: 3", Limits::default());
    assert_eq!(stanzas, [(1, vec!["A=1".to_owned(), "B=2".to_owned()]), (4, vec!["C=3".to_owned()])]);
}

#[test]
fn comments_are_no_fields() {
    let (stanzas, _) = read(b"# a\nA: 1\n# b\nB: 2\n more\n# c\n end\n", Limits::default());
    assert_eq!(stanzas[0].1, ["A=1\n# b", "B=2\n more\n# c\n end"]);
    let bytes = b"B: 2\n more\n# c\n end\n";
    assert_eq!(Stanza::of(bytes).field("b").unwrap().text(), "2 more end");
}

#[test]
fn a_bad_line_is_named_and_the_rest_read() {
    let (stanzas, _) = read(b"A: 1\n\nB: 2\nno colon here\nC: 3\n: nameless\n", Limits::default());
    assert_eq!(
        stanzas[1].1,
        [
            "B=2",
            "! line 4: neither field nor continuation: no colon here",
            "C=3",
            "! line 6: neither field nor continuation: : nameless"
        ]
    );
}

#[test]
fn ceilings_pass_over_one_stanza_only() {
    let long = format!("A: {}\n\nB: 1\n\nC: {}\n\nD: 2\n", "x".repeat(50), "y\n ".repeat(400));
    let (stanzas, skipped) = read(long.as_bytes(), small());
    assert_eq!(stanzas, [(3, vec!["B=1".to_owned()]), (407, vec!["D=2".to_owned()])]);
    assert_eq!(skipped, ["line 1: a line of more than 40 bytes", "line 5: a stanza of more than 100 bytes"]);
    let (stanzas, skipped) = read(b"A:1\nB:1\nC:1\nD:1\nE:1\nF:1\n\nA: 2\n", small());
    assert_eq!(stanzas, [(8, vec!["A=2".to_owned()])]);
    assert_eq!(skipped, ["line 1: a stanza of more than 4 fields"]);
}

#[test]
fn too_many_stanzas_end_the_document() {
    let (stanzas, skipped) = read(&b"A: 1\n\n".repeat(9), small());
    assert_eq!(stanzas.len(), 5);
    assert_eq!(skipped, ["line 11: more than 5 stanzas"]);
}

#[test]
fn one_line_of_100_mb_is_passed_over_in_bounded_memory() {
    let endless = io::Read::take(io::repeat(b'x'), 100 << 20);
    let mut reader = Reader::new(endless.chain(&b"\n\nA: 1\n"[..]), Limits::default());
    assert_eq!(reader.next_stanza().unwrap_err().to_string(), "line 1: a stanza of more than 1048576 bytes");
    assert!(reader.buffer.len() < 2 << 20, "{} bytes of buffer", reader.buffer.len());
    let stanza = reader.next_stanza().unwrap().unwrap();
    assert_eq!((stanza.line(), stanza.bytes()), (3, &b"A: 1\n"[..]));
    assert!(reader.next_stanza().unwrap().is_none());
}

#[test]
fn a_failing_source_ends_the_document() {
    struct Failing(bool);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::Error::other("disk on fire"));
            }
            buffer[..6].copy_from_slice(b"A: 1\n\n");
            Ok(6)
        }
    }
    let mut reader = Reader::new(Failing(false), Limits::default());
    assert!(reader.next_stanza().unwrap().is_some());
    assert_eq!(reader.next_stanza().unwrap_err().to_string(), "line 3: disk on fire");
    assert!(reader.next_stanza().unwrap().is_none());
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(128))]

    /// Whatever the bytes, every stanza and every note comes once, and the lines never go back.
    #[test]
    fn never_panics(bytes in proptest::collection::vec(proptest::sample::select(&b"A:b #\n\r\t\0\xff"[..]), 0..300)) {
        let (stanzas, _) = read(&bytes, small());
        let lines: Vec<_> = stanzas.iter().map(|(line, _)| *line).collect();
        proptest::prop_assert!(lines.is_sorted());
    }

    /// The size of the pieces in which the source comes makes no difference.
    #[test]
    fn pieces_do_not_matter(bytes in proptest::collection::vec(proptest::sample::select(&b"A:b\n\r "[..]), 0..200)) {
        let whole = {
            let mut reader = Reader::new(&bytes[..], Limits::default());
            let mut stanzas = Vec::new();
            while let Ok(Some(stanza)) = reader.next_stanza() {
                stanzas.push((stanza.line(), stanza.bytes().to_vec()));
            }
            stanzas
        };
        let mut reader = Reader::new(Slow(&bytes), Limits::default());
        let mut pieces = Vec::new();
        while let Ok(Some(stanza)) = reader.next_stanza() {
            pieces.push((stanza.line(), stanza.bytes().to_vec()));
        }
        proptest::prop_assert_eq!(whole, pieces);
    }
}
