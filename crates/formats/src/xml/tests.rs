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
    for (attributes, why) in [
        ("epoch=\"&e;\"", "the value of an attribute has a reference to nothing that is known"),
        ("a='&#0;'", "the value of an attribute has a reference to nothing that is known"),
        ("epoch='0' epoch='1'", "an attribute stands there twice"),
        ("ep/ch='1'", "an attribute has no name or no value"),
        ("epo\x01h='1'", "an attribute has no name or no value"),
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
