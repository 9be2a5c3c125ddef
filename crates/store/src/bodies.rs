//! Bodies of sections, kept once by the hash of their content.

use crate::db::{Tx, Value, args};
use crate::error::{Result, StoreError};
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io;
use zstd::bulk::{Compressor, Decompressor};

/// Most bytes that a stored body may unfold to: twice the ceiling of a whole report.
const CEILING: usize = 64 << 20;
const LEVEL: i32 = 3;

/// A body that may have to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Body {
    pub hash: [u8; 32],
    pub kind: &'static str,
    pub content: Vec<u8>,
}

impl Body {
    pub(crate) fn json(content: Vec<u8>) -> Self {
        Self { hash: Sha256::digest(&content).into(), kind: "json", content }
    }

    pub(crate) fn set(content: Vec<u8>) -> Self {
        Self { hash: Sha256::digest(&content).into(), kind: "set", content }
    }
}

/// The contexts of zstd, kept: making one for each body costs more than most bodies do.
struct Contexts {
    compressor: Compressor<'static>,
    decompressor: Decompressor<'static>,
}

thread_local! {
    static CONTEXTS: RefCell<Option<Contexts>> = const { RefCell::new(None) };
}

/// Works with the contexts of this thread.
fn with_contexts<T>(work: impl FnOnce(&mut Contexts) -> io::Result<T>) -> io::Result<T> {
    CONTEXTS.with_borrow_mut(|kept| {
        let contexts = match kept {
            Some(contexts) => contexts,
            None => kept.insert(Contexts { compressor: Compressor::new(LEVEL)?, decompressor: Decompressor::new()? }),
        };
        work(contexts)
    })
}

pub(crate) fn compress(content: &[u8]) -> Result<Vec<u8>> {
    with_contexts(|contexts| contexts.compressor.compress(content))
        .map_err(|error| StoreError::damaged("a body to be compressed", error))
}

pub(crate) fn decompress(packed: &[u8]) -> Result<Vec<u8>> {
    // What was written here states its size; damage may state any.
    let size = Decompressor::upper_bound(packed).unwrap_or(CEILING);
    if size > CEILING {
        return Err(StoreError::damaged("a compressed body", format!("it unfolds to more than {CEILING} bytes")));
    }
    with_contexts(|contexts| contexts.decompressor.decompress(packed, size))
        .map_err(|error| StoreError::damaged("a compressed body", error))
}

/// Reads a body of JSON.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(content: &[u8]) -> Result<T> {
    serde_json::from_slice(content).map_err(|error| StoreError::damaged("a stored section", error))
}

/// The ids of those of the bodies that are stored.
pub(crate) async fn known(tx: &mut Tx, hashes: &[[u8; 32]]) -> Result<HashMap<[u8; 32], i64>> {
    const SQL: &str = "SELECT hash, id FROM section_bodies WHERE hash IN ({})";
    let keys: Vec<Value> = hashes.iter().map(|hash| Value::from(*hash)).collect();
    tx.rows_in(SQL, &[], &keys).await?.iter().map(|row| Ok((row.array(0)?, row.int(1)?))).collect()
}

/// Stores bodies, in the order of their hashes, so that two servers never wait for one another in a
/// circle. The ids of all of them.
pub(crate) async fn store(tx: &mut Tx, bodies: &BTreeMap<[u8; 32], &Body>) -> Result<HashMap<[u8; 32], i64>> {
    let first = tx.take("section_bodies", bodies.len()).await?;
    let mut rows = Vec::with_capacity(bodies.len());
    for (id, body) in (first..).zip(bodies.values()) {
        rows.push(args![id, body.hash, body.kind, compress(&body.content)?]);
    }
    let head = "INSERT INTO section_bodies (id, hash, kind, content)";
    tx.insert_many(head, "ON CONFLICT (hash) DO NOTHING", rows).await?;
    known(tx, &bodies.keys().copied().collect::<Vec<_>>()).await
}

/// The uncompressed contents of bodies.
pub(crate) async fn load(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Vec<u8>>> {
    let mut keys = ids.to_vec();
    keys.sort_unstable();
    keys.dedup();
    let keys: Vec<Value> = keys.into_iter().map(Value::from).collect();
    let rows = tx.rows_in("SELECT id, content FROM section_bodies WHERE id IN ({})", &[], &keys).await?;
    rows.iter().map(|row| Ok((row.int(0)?, decompress(&row.bytes(1)?)?))).collect()
}
