//! The documents that a feed has in force, and who signed them.

use super::error::ApiResult;
use super::types::Count;
use crate::app::App;
use serde::{Deserialize, Serialize};
use store::FeedDocument;
use utoipa::ToSchema;

/// Most documents of a feed that are told; how many there are stands beside them.
const MOST: usize = 100;

/// A document of a feed that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedDocumentRow {
    /// Its name within the feed: `list`, `9/AppStream`; of an imported file the file's.
    pub name: String,
    /// Where it comes from; `file:NAME` for an imported one.
    pub url: String,
    /// The vendor's date of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<jiff::Timestamp>,
    /// When this copy was fetched or brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fetched_at: Option<jiff::Timestamp>,
    /// When the vendor was last asked for it, or the file was last brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub checked_at: Option<jiff::Timestamp>,
    /// SHA-256 of it, decompressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Its size, decompressed, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Records understood.
    pub records: u64,
    /// Records that could not be read.
    pub skipped: u64,
    /// Who signed it, as far as that was checked when it was taken: `verified` (by `signed_by`, a key of the keyring),
    /// `unknown_key` (by one that was not at hand), `not_signed` (the vendor publishes no signature of it),
    /// `not_checked` (no keyring, not asked for, or a file that was brought without its signature). What had a bad
    /// signature was refused, and is not here.
    pub signature: String,
    /// Fingerprint of the primary key; of an unknown key its fingerprint or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// Of a `verified` one: when it was made, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub signed_at: Option<jiff::Timestamp>,
}

/// The documents of a feed in short.
#[derive(Debug, Default)]
pub struct Documents {
    /// By name, the first ones.
    pub rows: Vec<FeedDocumentRow>,
    /// How many there are.
    pub count: u64,
    /// How many have which signature, the most first.
    pub signatures: Vec<Count>,
}

impl From<FeedDocument> for FeedDocumentRow {
    fn from(document: FeedDocument) -> Self {
        Self {
            signature: document.signature.as_str().to_owned(),
            signed_by: document.signature.key().map(str::to_owned),
            signed_at: document.signature.signed_at(),
            name: document.name,
            url: document.url,
            as_of: document.as_of,
            fetched_at: document.fetched_at,
            checked_at: document.checked_at,
            sha256: document.sha256.map(hex::encode),
            bytes: document.bytes,
            records: document.records,
            skipped: document.skipped,
        }
    }
}

/// What a feed has in force.
///
/// # Errors
/// When the record can't be read.
pub async fn of(app: &App, feed: &str) -> ApiResult<Documents> {
    let mut documents = app.store().feed_documents(feed).await?;
    documents.retain(|document| document.sha256.is_some());
    documents.sort_by(|a, b| (&a.name, &a.url).cmp(&(&b.name, &b.url)));
    let mut signatures: Vec<Count> = Vec::new();
    for document in &documents {
        let word = document.signature.as_str();
        match signatures.iter_mut().find(|of| of.value == word) {
            Some(of) => of.count += 1,
            None => signatures.push(Count { value: word.to_owned(), count: 1 }),
        }
    }
    signatures.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    let count = documents.len() as u64;
    Ok(Documents { rows: documents.into_iter().take(MOST).map(FeedDocumentRow::from).collect(), count, signatures })
}
