//! Where `updateinfo.xml` stands in rpm repositories: its name holds a checksum, so the repository's
//! index (`repomd.xml`) is asked for it.

use crate::feed::{Document, FeedConfig};
use crate::fetch::FetchError;
use formats::repomd;

/// Reads a small document by its address.
pub(crate) type Index<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>;

/// A repository: a name for its document that stays the same (`9/AppStream`), and its address.
pub(crate) struct Repository {
    pub(crate) name: String,
    pub(crate) url: String,
}

/// The updateinfo documents of repositories. One that has none, having had no update yet, is passed
/// over; one whose index can't be read fails the whole, for its advisories would be missing.
pub(crate) fn documents(
    config: &FeedConfig,
    repositories: &[Repository],
    index: Index<'_>,
) -> Result<Vec<Document>, FetchError> {
    if let Some(url) = &config.url {
        return Ok(vec![Document { name: "updateinfo.xml".to_owned(), url: url.clone() }]);
    }
    let mut documents = Vec::with_capacity(repositories.len());
    for Repository { name, url } in repositories {
        let address = format!("{url}/repodata/repomd.xml");
        let body = index(&address)?;
        let files = repomd::read(&*body).map_err(|error| unusable(&address, &error.to_string()))?;
        let Some(file) = files.iter().find(|file| file.kind == "updateinfo") else { continue };
        if file.href.is_empty() || file.href.contains("..") || file.href.contains("://") {
            return Err(unusable(&address, "its updateinfo has no place within the repository"));
        }
        documents.push(Document { name: name.clone(), url: format!("{url}/{}", file.href) });
    }
    Ok(documents)
}

/// An index that was fetched, but is none.
pub(crate) fn unusable(url: &str, why: &str) -> FetchError {
    FetchError::Broken { url: url.to_owned(), why: why.to_owned() }
}

/// The part of an erratum that a repository's document has: the document's name, if it is that of a
/// repository. The same erratum may stand in several, with other packages in each.
pub(crate) fn part(document: &Document) -> &str {
    if document.name.contains('/') { &document.name } else { "" }
}

/// The repositories of a distribution: by major release, those of x86-64. Errata are the same for
/// every architecture.
pub(crate) fn table(url: &str, by_major: &[(&str, &[&str])]) -> Vec<Repository> {
    let of = |major: &str, name: &str| Repository {
        name: format!("{major}/{name}"),
        url: format!("{url}/{major}/{name}/x86_64/os"),
    };
    by_major.iter().flat_map(|(major, names)| names.iter().map(move |name| of(major, name))).collect()
}
