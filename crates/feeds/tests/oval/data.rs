//! Where the documents are. A missing file fails the test, never skips it.

use feeds::formats::oval;
use feeds::{Collected, Document, Feed, Unreadable};
use formats::compression::Decoder;
use std::fs::File;
use std::io::{BufReader, Read};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/feeds/");

/// The content of a file of the shared data, decompressed; `BUNDLE!MEMBER` is a member of a tar archive, by
/// the end of its path, decompressed in turn.
pub(crate) fn bytes(path: &str) -> Vec<u8> {
    let (file, member) = path.split_once('!').map_or((path, None), |(file, member)| (file, Some(member)));
    let opened = File::open(format!("{DATA}{file}")).unwrap_or_else(|error| panic!("{DATA}{file}: {error}"));
    let content = decompressed(BufReader::new(opened)).unwrap();
    match member {
        None => content,
        Some(member) => {
            let member = untar(&content, member);
            decompressed(&member[..]).unwrap_or(member)
        }
    }
}

fn decompressed(from: impl std::io::BufRead) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    Decoder::new(from, 1 << 30)?.read_to_end(&mut content)?;
    Ok(content)
}

/// The one member of a ustar archive whose path ends so: heads of 512 bytes with the name and the size in
/// octal, then the content in blocks of 512.
fn untar(tar: &[u8], end: &str) -> Vec<u8> {
    let mut found = Vec::new();
    let mut at = 0;
    while at + 512 <= tar.len() && tar[at] != 0 {
        let text = |from: usize, len: usize| {
            let field = &tar[at + from..at + from + len];
            let end = field.iter().position(|b| *b == 0).unwrap_or(len);
            String::from_utf8_lossy(&field[..end]).trim().to_owned()
        };
        let (prefix, name, size) = (text(345, 155), text(0, 100), text(124, 12));
        let size = usize::from_str_radix(&size, 8).unwrap();
        let name = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if name.ends_with(end) {
            found.push(tar[at + 512..at + 512 + size].to_vec());
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    assert_eq!(found.len(), 1, "{end}");
    found.remove(0)
}

/// The feed of an id, of those tested here.
pub(crate) fn feed(id: &str) -> &'static dyn Feed {
    feeds::feed(id).unwrap_or_else(|| panic!("{id}"))
}

/// Everything that a feed makes of a document.
pub(crate) fn read(id: &str, bytes: &[u8]) -> (Collected, Result<(), Unreadable>) {
    let document = Document { name: "x".into(), url: "x".into() };
    let mut collected = Collected::default();
    let outcome = feed(id).parse(&document, &mut &*bytes, &mut collected);
    (collected, outcome)
}

/// The document as it is.
pub(crate) fn parse(bytes: &[u8]) -> oval::Document {
    oval::parse(bytes).unwrap()
}
