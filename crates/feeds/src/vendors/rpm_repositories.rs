//! Where `updateinfo.xml` stands in rpm repositories: its name holds a checksum, so the repository's
//! index (`repomd.xml`) is asked for it.

use crate::bring::{detached, found, refused};
use crate::feed::{Document, FeedConfig};
use crate::fetch::FetchError;
use crate::signature::{Signed, Trust};
use crate::source::{Checksum, Source};
use formats::repomd;
use jiff::Timestamp;

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
    let asks_nothing = FeedConfig { trust: Trust::default(), ..config.clone() };
    let sources = sources(&asks_nothing, repositories, Timestamp::UNIX_EPOCH, index)?;
    Ok(sources.into_iter().map(|source| source.document).collect())
}

/// The same with the checksums that the indices give, and who signed those (`repomd.xml.asc`).
pub(crate) fn sources(
    config: &FeedConfig,
    repositories: &[Repository],
    now: Timestamp,
    index: Index<'_>,
) -> Result<Vec<Source>, FetchError> {
    if let Some(url) = config.url.as_ref().filter(|url| !url.ends_with('/')) {
        return Ok(vec![Document { name: "updateinfo.xml".to_owned(), url: url.clone() }.into()]);
    }
    let mut sources = Vec::with_capacity(repositories.len());
    for Repository { name, url } in repositories {
        let address = format!("{url}/repodata/repomd.xml");
        let body = index(&address)?;
        let index_signed = signed(&config.trust, &address, &body, now, index)?;
        let files = repomd::read(&*body).map_err(|error| unusable(&address, &error.to_string()))?;
        let Some(file) = files.into_iter().find(|file| file.kind == "updateinfo") else { continue };
        if file.href.is_empty() || file.href.contains("..") || file.href.contains("://") {
            return Err(unusable(&address, "its updateinfo has no place within the repository"));
        }
        // SHA-1, which old repositories have, shows damage at most: nothing is built on it.
        let checksum = file
            .checksum
            .filter(|(kind, _)| matches!(kind.as_str(), "sha256" | "sha512"))
            .map(|(kind, digits)| Checksum { kind, digits: digits.to_ascii_lowercase() });
        let document = Document { name: name.clone(), url: format!("{url}/{}", file.href) };
        sources.push(Source { checksum, index_signed, ..document.into() });
    }
    Ok(sources)
}

/// Who signed an index.
fn signed(trust: &Trust, url: &str, body: &[u8], now: Timestamp, index: Index<'_>) -> Result<Signed, FetchError> {
    if !trust.asks() {
        return Ok(Signed::NotAsked);
    }
    let signed = match found(index(&format!("{url}.asc")))? {
        Some(signature) => detached(trust, url, &signature, &|| Ok(body), now)?,
        None => Signed::NotSigned,
    };
    trust.accepts(&signed).map_err(|bad| refused(url, bad))?;
    Ok(signed)
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
/// every architecture. An address of the administrator's that ends in `/` is a mirror of all of them.
pub(crate) fn table(config: &FeedConfig, url: &str, by_major: &[(&str, &[&str])]) -> Vec<Repository> {
    let url = mirror(config).unwrap_or(url);
    let of = |major: &str, name: &str| Repository {
        name: format!("{major}/{name}"),
        url: format!("{url}/{major}/{name}/x86_64/os"),
    };
    by_major.iter().flat_map(|(major, names)| names.iter().map(move |name| of(major, name))).collect()
}

/// A mirror of all repositories that is set in place of the vendor's address, without the `/` at its end.
pub(crate) fn mirror(config: &FeedConfig) -> Option<&str> {
    config.url.as_deref().filter(|url| url.ends_with('/')).map(|url| url.trim_end_matches('/'))
}
