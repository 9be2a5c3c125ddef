//! `mendwatch feeds show`: one feed with its documents, and who signed them.

use super::{about, records, thousands};
use crate::api::feed_documents::FeedDocumentRow;
use crate::api::feeds::{FeedRow, Feeds};
use crate::cli::output::{Output, printable};

/// Prints the feed of an id.
///
/// # Errors
/// When there is no such feed.
pub(super) fn run(feeds: &Feeds, id: &str, json: bool, out: &mut Output) -> anyhow::Result<()> {
    let Some(feed) = feeds.items.iter().find(|feed| feed.id == id) else {
        anyhow::bail!("there is no feed '{}': `mendwatch feeds list --all` names them", id.escape_debug());
    };
    if json {
        return Ok(out.line(&serde_json::to_string_pretty(feed)?)?);
    }
    out.line(&format!("{}  {}", feed.id, about(feed)))?;
    if feed.state != "never" {
        out.line(&format!("  {}", feed.title))?;
    }
    if !feed.url.is_empty() {
        out.line(&format!("  from {}", printable(&feed.url)))?;
    }
    if let Some(at) = feed.fetched_at {
        let imported = feed.documents.iter().all(|document| document.url.starts_with("file:"));
        let what = if imported && !feed.documents.is_empty() { "last brought" } else { "last asked for" };
        out.line(&format!("  {what} {}", at.strftime("%Y-%m-%d %H:%M UTC")))?;
    }
    if !feed.speaks_for.is_empty() {
        out.line(&format!("  of your hosts it speaks for {}", feed.speaks_for.join(", ")))?;
    }
    for document in &feed.documents {
        lines(document, out)?;
    }
    let left = feed.document_count.saturating_sub(feed.documents.len() as u64);
    if left > 0 {
        out.line("")?;
        out.line(&format!("  and {} more documents", thousands(left)))?;
    }
    Ok(())
}

fn lines(document: &FeedDocumentRow, out: &mut Output) -> std::io::Result<()> {
    let name = if document.name.is_empty() { &document.url } else { &document.name };
    out.line("")?;
    out.line(&format!("  {}  {}", printable(name), records(document.records)))?;
    if let Some(at) = document.as_of {
        out.line(&format!("    data of {}", at.strftime("%Y-%m-%d %H:%M UTC")))?;
    }
    if let Some(sha256) = &document.sha256 {
        out.line(&format!("    SHA-256 {sha256}"))?;
    }
    out.line(&format!("    {}", printable(&signature(document))))
}

/// Who signed a document, in words.
fn signature(document: &FeedDocumentRow) -> String {
    let key = document.signed_by.as_deref().unwrap_or_default();
    match document.signature.as_str() {
        "verified" => match document.signed_at {
            Some(at) => format!("signed by {key} on {}, checked", at.strftime("%Y-%m-%d")),
            None => format!("signed by {key}, checked"),
        },
        "unknown_key" => format!("signed by {key}, which is not in the keyring: not checked"),
        "not_signed" => "not signed by the vendor".to_owned(),
        _ if document.url.starts_with("file:") => "signature not checked: the file was brought without it".to_owned(),
        _ => "signature not checked: no keyring is set for the feed, or signatures are off".to_owned(),
    }
}

/// What there is to say of a feed's signatures in a list; nothing where the vendor publishes none.
pub(super) fn signatures(feed: &FeedRow) -> Option<String> {
    let of = |word: &str| feed.signatures.iter().find(|of| of.value == word).map_or(0, |of| of.count);
    let (verified, unsigned) = (of("verified"), of("not_signed"));
    match feed.document_count {
        count if count == unsigned => None,
        count if count == verified => Some("signature checked".to_owned()),
        _ if verified > 0 => Some(format!(
            "signatures of {} of {} documents checked",
            thousands(verified),
            thousands(feed.document_count)
        )),
        count if count == of("unknown_key") => Some("signed by a key that is not in the keyring".to_owned()),
        _ => Some("signature not checked".to_owned()),
    }
}
