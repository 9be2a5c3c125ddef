//! Pages of lists.

use super::error::{ApiError, ApiResult};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// How many rows there are in all.
    pub total: u64,
    /// Pass it as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// The change that the answer holds.
    pub seq: i64,
}

/// Most rows of a page.
pub const MOST: usize = 500;
const USUAL: usize = 50;

/// The number of rows asked for.
///
/// # Errors
/// 422 when it is not from 1 to [`MOST`].
pub fn limit(asked: Option<usize>) -> ApiResult<usize> {
    match asked {
        None => Ok(USUAL),
        Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
        Some(limit) => Err(ApiError::invalid("invalid_limit", "limit", format!("{limit} is not from 1 to {MOST}."))),
    }
}

/// The place of a cursor in a list that is ordered the same way each time.
///
/// # Errors
/// 422 when it is none of ours.
pub fn offset(cursor: Option<&str>) -> ApiResult<usize> {
    let Some(cursor) = cursor else { return Ok(0) };
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix("o1:")?.parse().ok())
        .ok_or_else(|| ApiError::invalid("invalid_cursor", "cursor", "This cursor is none that a list returned."))
}

/// The cursor of a place.
#[must_use]
pub fn cursor(offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("o1:{offset}"))
}

/// The page at a cursor of a list that is at hand whole.
///
/// # Errors
/// 422 for a bad limit or cursor.
pub fn slice<S, T>(
    all: &[S],
    asked: Option<usize>,
    at: Option<&str>,
    seq: i64,
    row: impl FnMut(&S) -> T,
) -> ApiResult<Page<T>> {
    let (limit, offset) = (limit(asked)?, offset(at)?);
    let items: Vec<T> = all.iter().skip(offset).take(limit).map(row).collect();
    let end = offset.saturating_add(items.len());
    Ok(Page {
        next_cursor: (end < all.len()).then(|| cursor(end)),
        total: u64::try_from(all.len()).unwrap_or(u64::MAX),
        items,
        seq,
    })
}

/// A cursor of the index as text.
#[must_use]
pub fn encode_cursor<C: Serialize>(cursor: Option<&C>) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(serde_json::to_vec(cursor?).ok()?))
}

/// A cursor of the index from text.
///
/// # Errors
/// 422 when it is none that this list returned.
pub fn decode_cursor<C: DeserializeOwned>(cursor: Option<&str>) -> ApiResult<Option<C>> {
    let Some(cursor) = cursor else { return Ok(None) };
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .map(Some)
        .ok_or_else(|| ApiError::invalid("invalid_cursor", "cursor", "This cursor is none that this list returned."))
}

impl<T> Page<T> {
    /// A page of the index, row by row turned into what the API shows.
    pub fn of<S, C: Serialize>(page: fleet::Page<S, C>, seq: i64, row: impl FnMut(S) -> T) -> Self {
        Self {
            total: page.total,
            next_cursor: encode_cursor(page.next.as_ref()),
            seq,
            items: page.items.into_iter().map(row).collect(),
        }
    }
}
