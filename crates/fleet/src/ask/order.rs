//! An order of rows: a column and its direction.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// What the rows of one listing can be ordered by.
pub trait Column: Copy + Eq + 'static {
    /// Every column, in the order in which messages name them.
    const COLUMNS: &'static [Self];
    /// What the rows are: `hosts`.
    const ROWS: &'static str;

    /// The word in `sort=`.
    fn as_str(self) -> &'static str;
}

/// An order: a column, and its direction. Rows of equal value stand in the order that the listing
/// has by default, whatever the direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order<C> {
    /// By what.
    pub column: C,
    /// Greatest first.
    pub descending: bool,
}

impl<C> Order<C> {
    /// Smallest first.
    #[must_use]
    pub const fn ascending(column: C) -> Self {
        Self { column, descending: false }
    }

    /// Greatest first.
    #[must_use]
    pub const fn descending(column: C) -> Self {
        Self { column, descending: true }
    }

    /// Turns what compares smallest first into this direction.
    pub(crate) const fn turn(&self, ascending: Ordering) -> Ordering {
        if self.descending { ascending.reverse() } else { ascending }
    }
}

impl<C: Column> fmt::Display for Order<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.descending {
            f.write_str("-")?;
        }
        f.write_str(self.column.as_str())
    }
}

impl<C: Column> FromStr for Order<C> {
    type Err = String;

    /// Reads `hostname` (ascending) or `-open_findings` (descending).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let column = C::COLUMNS.iter().copied().find(|column| column.as_str() == name).ok_or_else(|| {
            let names: Vec<&str> = C::COLUMNS.iter().map(|column| column.as_str()).collect();
            format!(
                "'{}' is not an order of {}: expected one of {}, with '-' before it for descending",
                text.escape_debug(),
                C::ROWS,
                names.join(", ")
            )
        })?;
        Ok(Self { column, descending })
    }
}
