//! Columns: numbers, ages, what is not known.

use crate::Availability;
use crate::columns::Column;
use crate::not_known::NotKnown;
use crate::query::tree::{Age, Count, Op};
use crate::tables::Tables;
use jiff::SignedDuration;
use roaring::RoaringBitmap;

pub(super) fn count(count: Count, op: Op, number: u64, tables: &Tables, mut within: RoaringBitmap) -> RoaringBitmap {
    let column = match count {
        Count::Security => Column::Security,
        Count::Other => Column::Other,
        Count::Withheld => Column::Withheld,
        Count::Findings => Column::Open,
        Count::Packages => Column::Packages,
    };
    within.retain(|host| {
        let of_host = tables.columns.number(column, host);
        op.holds(u64::from(of_host).cmp(&number)) && (of_host > 0 || is_known(tables, count, host))
    });
    within
}

/// Whether a 0 was counted: of what nobody ever told, none is not known to be none.
fn is_known(tables: &Tables, count: Count, host: u32) -> bool {
    let Some(record) = tables.host(host) else { return false };
    match count {
        Count::Security => record.basis.updates.is_known() && record.basis.security_unknown == 0,
        Count::Other | Count::Withheld => record.basis.updates.is_known(),
        Count::Findings => tables.columns.row(host).assessed > 0,
        Count::Packages => record.basis.packages == Availability::Present,
    }
}

/// Of what has no date known, no comparison holds.
pub(super) fn age(age: Age, op: Op, seconds: u64, tables: &Tables, mut within: RoaringBitmap) -> RoaringBitmap {
    let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    within.retain(|host| {
        let since = match age {
            Age::Seen => Some(tables.columns.last_seen(host)),
            Age::Lists => tables.columns.lists_at(host),
            Age::Boot => tables.host(host).and_then(|record| record.booted_at),
        };
        since.is_some_and(|since| op.holds(tables.now.duration_since(since).cmp(&span)))
    });
    within
}

pub(super) fn not_known(code: Option<&'static str>, tables: &Tables, mut within: RoaringBitmap) -> RoaringBitmap {
    let asked = NotKnown::ALL.into_iter().filter(|one| code.is_none_or(|code| one.code() == code));
    let bits = asked.fold(0, |bits, one| bits | one.bit());
    within.retain(|host| tables.columns.not_known(host) & bits != 0);
    within
}
