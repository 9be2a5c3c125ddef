//! The query language: whatever is typed is a query that reads again as it is written, or an error within it;
//! and something or nothing may stand at any place of it.
#![no_main]

use fleet::{Index, Query, Snapshot};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};

static EMPTY: LazyLock<Arc<Snapshot>> = LazyLock::new(|| Index::new(jiff::Timestamp::UNIX_EPOCH).reader().snapshot());

fuzz_target!(|text: &str| {
    match Query::parse(text) {
        Ok(query) => {
            let written = query.to_string();
            assert_eq!(Query::parse(&written).as_ref(), Ok(&query), "{written}");
        }
        Err(error) => assert!(error.position + error.length <= text.chars().count(), "{error:?}"),
    }
    let length = text.chars().count();
    for at in [0, length / 2, length] {
        let found = EMPTY.complete(text, at, None);
        let at = at.min(fleet::query::MAX_LENGTH);
        assert!(found.start <= at && at <= found.end && found.end <= length, "{found:?}");
    }
});
