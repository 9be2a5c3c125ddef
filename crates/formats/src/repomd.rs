//! `repomd.xml`: the index of an rpm repository's metadata.
//!
//! ```text
//! <repomd><revision/><data type="updateinfo">
//!   <checksum type="sha256">..</checksum> <open-checksum type=>..</open-checksum>
//!   <location href="repodata/..-updateinfo.xml.gz"/> <timestamp/> <size/> <open-size/></data></repomd>
//! ```
//!
//! The format is createrepo_c's; a file may stand there several times in other forms (`updateinfo`,
//! `updateinfo_db`, `updateinfo_zck`), each with a type of its own.

use crate::xml::{Piece, Xml, XmlError};
use std::io::BufRead;

/// Most files of an index; real ones have some 20.
const MAX_FILES: usize = 10_000;
/// Longest text kept, in bytes.
const MAX_TEXT_BYTES: usize = 4 << 10;

/// One file of a repository's metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetadataFile {
    /// What it is: `primary`, `updateinfo`, `modules` ...
    pub kind: String,
    /// Where it is, relative to the repository.
    pub href: String,
    /// Kind of the checksum (`sha256`) and the checksum of the file as it is, in hexadecimal digits.
    pub checksum: Option<(String, String)>,
    /// The same of what it unpacks to.
    pub open_checksum: Option<(String, String)>,
    /// Its size in bytes as it is, where that is stated.
    pub size: Option<u64>,
    /// The size of what it unpacks to, where that is stated.
    pub open_size: Option<u64>,
    /// When it was written, in seconds since 1970, as it stands there; empty where it does not.
    pub timestamp: String,
}

/// Reads an index.
///
/// # Errors
/// When it is not well-formed, has another root than `repomd`, too many files, or can't be read.
pub fn read<R: BufRead>(body: R) -> Result<Vec<MetadataFile>, XmlError> {
    let mut xml = Xml::new(body);
    let mut files: Vec<MetadataFile> = Vec::new();
    let mut begun = false;
    loop {
        let line = xml.line();
        let malformed = |why: String| XmlError::Malformed { line, why };
        let (name, kind, href) = match xml.piece()? {
            None if begun => return Ok(files),
            None => return Err(malformed("there is no root element 'repomd'".to_owned())),
            Some(Piece::Text(_) | Piece::End) => continue,
            Some(Piece::Start(element)) => {
                let of = |name| element.attribute(name).unwrap_or_default();
                (element.name().to_owned(), of("type"), of("href"))
            }
        };
        match (begun, name.as_str()) {
            (false, "repomd") => begun = true,
            (false, other) => {
                return Err(malformed(format!(
                    "the root element is '{}', not 'repomd'",
                    crate::shown(other.as_bytes())
                )));
            }
            (true, "data") if files.len() < MAX_FILES => files.push(MetadataFile { kind, ..MetadataFile::default() }),
            (true, "data") => return Err(malformed(format!("more than {MAX_FILES} files"))),
            (true, name) => {
                let text = xml.text(MAX_TEXT_BYTES)?.0.trim().to_owned();
                let Some(file) = files.last_mut() else { continue };
                match name {
                    "location" => file.href = href,
                    "checksum" => file.checksum = Some((kind, text)),
                    "open-checksum" => file.open_checksum = Some((kind, text)),
                    "size" => file.size = text.parse().ok(),
                    "open-size" => file.open_size = text.parse().ok(),
                    "timestamp" => file.timestamp = text,
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_with_place_and_checksum() {
        let files = read(
            &br#"<?xml version="1.0"?><repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>
              <data type="updateinfo"><checksum type="sha256">ab</checksum><location href="repodata/ab-updateinfo.xml.gz"/>
              <timestamp>1690000000</timestamp><size>12</size><open-size>34</open-size></data><data type="modules"/></repomd>"#[..],
        )
        .unwrap();
        assert_eq!(files.len(), 2);
        assert_eq!((files[0].kind.as_str(), files[0].href.as_str()), ("updateinfo", "repodata/ab-updateinfo.xml.gz"));
        assert_eq!(files[0].checksum, Some(("sha256".to_owned(), "ab".to_owned())));
        assert_eq!((files[0].timestamp.as_str(), files[1].href.as_str()), ("1690000000", ""));
        assert_eq!((files[0].size, files[0].open_size, files[1].size), (Some(12), Some(34), None));
    }

    #[test]
    fn what_is_no_index_is_refused() {
        for (document, why) in [
            ("<updates/>", "line 1: the root element is 'updates', not 'repomd'"),
            ("", "line 1: there is no root element 'repomd'"),
            ("<repomd>\n<data>", "line 2: the document ends with 2 elements open"),
        ] {
            assert_eq!(read(document.as_bytes()).unwrap_err().to_string(), why);
        }
    }
}
