//! What the reader takes, and what it refuses.

use super::*;

fn read(document: &[u8]) -> Result<Vec<String>, XmlError> {
    // In pieces, as a decoder gives them.
    let mut xml = Xml::new(std::io::BufReader::with_capacity(4096, document));
    let mut seen = Vec::new();
    while let Some(piece) = xml.piece()? {
        seen.push(match piece {
            Piece::Start(element) => format!("<{} {:?}", element.name(), element.attribute("a")),
            Piece::Text(text) => text.into_owned(),
            Piece::End => ">".to_owned(),
        });
    }
    Ok(seen)
}

#[test]
fn elements_texts_and_entities_come_in_order() {
    let seen = read(
        b"<?xml version=\"1.0\"?><!-- x --><r xmlns:k='u'><k:e a='1 &amp; &#x32;'/>x &lt;y&#33;<![CDATA[<z>]]></r>",
    );
    assert_eq!(seen.unwrap(), ["<r None", "<e Some(\"1 & 2\")", ">", "x ", "<", "y", "!", "<z>", ">"]);
}

#[test]
fn text_is_joined_and_cut_and_skips_inner_elements() {
    let mut xml = Xml::new(&b"<r><a>one<b>two</b>&amp;three</a><c/></r>"[..]);
    xml.piece().unwrap();
    xml.piece().unwrap();
    assert_eq!(xml.text(100).unwrap(), ("one&three".to_owned(), true));
    xml.piece().unwrap();
    assert_eq!(xml.text(100).unwrap(), (String::new(), true));
    assert!(matches!(xml.piece().unwrap(), Some(Piece::End)));
    assert!(xml.piece().unwrap().is_none());
    let mut xml = Xml::new("<r>aéb</r>".as_bytes());
    xml.piece().unwrap();
    assert_eq!(xml.text(2).unwrap(), ("a".to_owned(), false), "cut between characters");
}

#[test]
fn what_could_unfold_or_grow_without_end_is_refused() {
    for (document, line, why) in [
        (b"<!DOCTYPE r [<!ENTITY a \"b\">]><r>&a;</r>".to_vec(), 1, "it has a document type declaration"),
        (b"<r>\n&a;</r>".to_vec(), 2, "the entity 'a' is none of XML's own"),
        (b"<r>\n<a>".to_vec(), 2, "the document ends with 2 elements open"),
        ("<a>".repeat(65).into_bytes(), 1, "elements are nested deeper than 64"),
        ([&b"<r>"[..], &vec![b'x'; 5 << 20], b"</r>"].concat(), 1, "a tag or text is longer than 4194304 bytes"),
    ] {
        let outcome = read(&document).map(|seen| seen.len());
        assert_eq!(outcome, Err(XmlError::Malformed { line, why: why.to_owned() }));
    }
    for (document, line, why) in [
        (&b"x<r/>"[..], 1, "a text stands outside of the root element"),
        (b"<r/>\n\n x", 3, "a text stands outside of the root element"),
        (b"<r/>\n&lt;", 2, "a reference stands outside of the root element"),
        (b"<r/>\n<![CDATA[x]]>", 2, "a text stands outside of the root element"),
        (b"<r/>\n<r/>", 2, "a second root element begins"),
        (b"<r>\n</r><a>", 2, "a second root element begins"),
        (b"<r>\n\x01</r>", 2, "a control character stands in the text"),
        (b"<r a='\x1b'/>", 1, "a control character stands in the text"),
        (b"<r>\n&#1;</r>", 2, "'#1' is no character"),
        (b"<r>\n\n\xff</r>", 3, "the text is not UTF-8"),
        (
            b"<?xml version='1.0'?>\n<?xml version='1.0'?><r/>",
            2,
            "an XML declaration stands behind the document's beginning",
        ),
        (b"\n<?xml version='1.0'?><r/>", 2, "an XML declaration stands behind the document's beginning"),
        (b"<r><?xml version='1.0'?></r>", 1, "an XML declaration stands behind the document's beginning"),
        (b"<?XML version='1.0'?><r/>", 1, "an XML declaration stands behind the document's beginning"),
        (
            b"<?xml version='1.0' encoding='ISO-8859-1'?><r/>",
            1,
            "it is declared to be in ISO-8859-1, where UTF-8 is expected",
        ),
        (b"<?xml version='1.0' encoding='UTF-16'?><r/>", 1, "it is declared to be in UTF-16, where UTF-8 is expected"),
        (b"<?xml version='1.0' encoding=?><r/>", 1, "the XML declaration: the value of an attribute has no quotes"),
    ] {
        let shown = String::from_utf8_lossy(document);
        assert_eq!(read(document), Err(XmlError::Malformed { line, why: why.to_owned() }), "{shown}");
    }
    for document in [
        &b"\xef\xbb\xbf<?xml version='1.0' encoding=\"utf-8\" standalone='yes'?>\n<!-- x --><?p?>\n<r/>\n<!-- x -->\n<?p?>"[..],
        b"<?xml version='1.0' encoding='US-ASCII'?><r/>",
        b"<?xml-stylesheet href='x'?><r/>\r\n\t",
    ] {
        let seen = read(document).unwrap();
        assert_eq!(seen.iter().filter(|piece| !piece.trim().is_empty()).count(), 2, "{seen:?}");
    }
    for (attributes, why) in [
        ("epoch=\"&e;\"", "the value of an attribute has a reference to nothing that is known"),
        ("a='&#0;'", "the value of an attribute has a reference to nothing that is known"),
        ("epoch='0' epoch='1'", "an attribute stands there twice"),
        ("ep/ch='1'", "an attribute has no name or no value"),
        ("epo\x01h='1'", "a control character stands in the text"),
        ("='1'", "an attribute has no name or no value"),
        ("a", "an attribute has no name or no value"),
        ("a='1'b='2'", "an attribute does not stand apart from what is before it"),
        ("type=cve", "the value of an attribute has no quotes"),
        ("a='<b/>'", "the value of an attribute has a '<' in it"),
    ] {
        let refused = XmlError::Malformed { line: 2, why: why.to_owned() };
        assert_eq!(read(format!("<r>\n<e {attributes}/></r>").as_bytes()), Err(refused), "{attributes}");
    }
    let many = |last: &str| (0..40).map(|n| format!(" a{n}=''")).collect::<String>() + last;
    assert!(read(format!("<r{}/>", many("")).as_bytes()).is_ok());
    for twice in [" a0=''", " a39=''", " b='' b=''"] {
        assert!(read(format!("<r{}/>", many(twice)).as_bytes()).is_err(), "{twice}");
    }
    assert!(read(b"<r></s>").is_err());
    assert!(read(b"<r>\xff</r>").is_err());
    assert_eq!(read(b"").unwrap(), [] as [&str; 0]);
}
