//! Pages of lists.

use super::error::{ApiError, ApiResult};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fleet::{Column, Order};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
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

/// The order asked for; the list's own where none is.
///
/// # Errors
/// 422 that names the columns.
pub fn sort<C: Column>(asked: Option<&str>) -> ApiResult<Order<C>>
where
    Order<C>: Default,
{
    sort_or(asked, Order::default())
}

/// The order asked for, or another where none is.
///
/// # Errors
/// 422 that names the columns.
pub fn sort_or<C: Column>(asked: Option<&str>, usual: Order<C>) -> ApiResult<Order<C>> {
    match asked {
        None | Some("") => Ok(usual),
        Some(sort) => sort.parse().map_err(|why| ApiError::invalid("invalid_sort", "sort", format!("{why}."))),
    }
}

/// Bytes of the mark that stands before a cursor's place.
const MARK: usize = 8;

/// A list as it was asked for: its address, and whatever decides which rows it has in which order.
/// A cursor carries its mark, since a place in one order is none in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing([u8; MARK]);

impl Listing {
    /// The list at `path` with its filters and order, always told in the same sequence; what is absent
    /// is empty.
    #[must_use]
    pub fn of(path: &str, asked: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in std::iter::once(&path).chain(asked) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut mark = [0; MARK];
        mark.iter_mut().zip(hash.finalize()).for_each(|(byte, of)| *byte = of);
        Self(mark)
    }

    /// A place in this list, as text.
    #[must_use]
    pub fn encode<C: Serialize>(&self, place: Option<&C>) -> Option<String> {
        let mut bytes = self.0.to_vec();
        serde_json::to_writer(&mut bytes, place?).ok()?;
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The place that a cursor names.
    ///
    /// # Errors
    /// 422 when it is none that this list returned, or was returned for another filter or order.
    pub fn decode<C: DeserializeOwned>(&self, cursor: Option<&str>) -> ApiResult<Option<C>> {
        let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
        let refused = |why: &str| ApiError::invalid("invalid_cursor", "cursor", why);
        let unknown = || refused("This cursor is none that this list returned.");
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| unknown())?;
        let (mark, place) = bytes.split_at_checked(MARK).ok_or_else(unknown)?;
        if mark != self.0 {
            // Any cursor of ours has an object behind its mark.
            let ours = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(place).is_ok();
            return Err(if ours {
                refused(
                    "This cursor belongs to another list, filter or order: `q`, `sort` and the other filters must be those of the page that returned it.",
                )
            } else {
                unknown()
            });
        }
        serde_json::from_slice(place).map(Some).map_err(|_| unknown())
    }

    /// A page of the index, row by row turned into what the API shows.
    pub fn page<S, C: Serialize, T>(&self, page: fleet::Page<S, C>, row: impl FnMut(S) -> T) -> Page<T> {
        Page {
            total: page.total,
            next_cursor: self.encode(page.next.as_ref()),
            seq: i64::try_from(page.seq).unwrap_or(i64::MAX),
            items: page.items.into_iter().map(row).collect(),
        }
    }
}

/// The words of a filter, empty where it is absent.
#[must_use]
pub fn asked(filter: Option<&str>) -> &str {
    filter.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_of_the_list_filter_and_order_that_returned_it() {
        let place = serde_json::json!({"name": "bash"});
        let listing = Listing::of("packages", &["q", "-hosts"]);
        let cursor = listing.encode(Some(&place)).unwrap();
        assert_eq!(listing.decode::<serde_json::Value>(Some(&cursor)).unwrap(), Some(place));
        assert_eq!(listing.decode::<serde_json::Value>(Some("")).unwrap(), None);
        for other in [
            Listing::of("updates", &["q", "-hosts"]),
            Listing::of("packages", &["q", "hosts"]),
            Listing::of("packages", &["q-", "hosts"]),
            Listing::of("packages", &["q"]),
        ] {
            let refused = other.decode::<serde_json::Value>(Some(&cursor)).unwrap_err();
            assert_eq!(refused.code(), "invalid_cursor");
            assert!(refused.detail().contains("another list, filter or order"), "{}", refused.detail());
        }
        for nonsense in ["nonsense", "!", "AAAA", "b3BhcXVlLi4uLi4"] {
            let refused = listing.decode::<serde_json::Value>(Some(nonsense)).unwrap_err();
            assert!(refused.detail().contains("none that this list returned"), "{nonsense}: {}", refused.detail());
        }
    }
}
