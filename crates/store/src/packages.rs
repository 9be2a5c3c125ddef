//! Distinct packages, found by the hash of what makes them distinct.

use crate::db::{Row, Tx, Value, args, count};
use crate::error::{Result, StoreError};
use crate::{PackageId, Store};
use model::{Origin, Package};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Longer texts of a package, as the first host that has it reported them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageText {
    /// Dependencies in the manager's syntax, may be empty.
    pub depends: String,
    /// The packager, may be empty.
    pub vendor: String,
}

/// The key by which a package is found: 16 bytes of SHA-256. A second package with the same key is
/// not to be feared below 2^60 of them; whoever could make one could as well report the first.
pub(crate) type PackageHash = [u8; 16];

pub(crate) fn hash(package: &Package) -> PackageHash {
    let mut digest = Sha256::new();
    let (origin, origin_name) = origin_words(&package.origin);
    let platform = package.platform.to_string();
    for part in [
        platform.as_str(),
        &package.name,
        &package.version,
        &package.arch,
        &package.source,
        &package.source_version,
        &package.module,
        origin,
        origin_name,
    ] {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest.finalize()[..16]);
    hash
}

fn origin_words(origin: &Origin) -> (&'static str, &str) {
    match origin {
        Origin::Distribution => ("distribution", ""),
        Origin::DistributionInferred => ("distribution_inferred", ""),
        Origin::Foreign(name) => ("foreign", name),
    }
}

const COLUMNS: &str = "id, platform, name, version, arch, source, source_version, module, origin, origin_name";

fn package(row: &Row) -> Result<(PackageId, Package)> {
    let origin = match row.text(8)?.as_str() {
        "distribution" => Origin::Distribution,
        "distribution_inferred" => Origin::DistributionInferred,
        "foreign" => Origin::Foreign(row.text(9)?),
        other => return Err(StoreError::damaged("a package", format!("unknown origin '{other}'"))),
    };
    let platform = row.text(1)?.parse().map_err(|error| StoreError::damaged("a package", error))?;
    let package = Package {
        platform,
        name: row.text(2)?,
        version: row.text(3)?,
        arch: row.text(4)?,
        source: row.text(5)?,
        source_version: row.text(6)?,
        module: row.text(7)?,
        origin,
    };
    Ok((row.int(0)?, package))
}

/// Most packages whose ids are kept in memory, some 40 bytes each.
const KEPT: usize = 1 << 20;

/// Ids of packages that were met: a report names hundreds, nearly all of them met before. A package's id never changes
/// and is never another's, so that nothing kept can be wrong.
#[derive(Debug, Default)]
pub(crate) struct Met(Mutex<HashMap<PackageHash, PackageId>>);

impl Met {
    fn ids(&self) -> MutexGuard<'_, HashMap<PackageHash, PackageId>> {
        // Each is written at once: a panic elsewhere leaves none half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ids of those that were met, and the packages that were not.
    pub(crate) fn find(
        &self,
        hashes: impl Iterator<Item = PackageHash>,
    ) -> (HashMap<PackageHash, PackageId>, Vec<PackageHash>) {
        let ids = self.ids();
        let (mut found, mut unmet) = (HashMap::new(), Vec::new());
        for hash in hashes {
            match ids.get(&hash) {
                Some(id) => _ = found.insert(hash, *id),
                None => unmet.push(hash),
            }
        }
        (found, unmet)
    }

    /// Notes packages that are on record, durably.
    pub(crate) fn note(&self, found: &HashMap<PackageHash, PackageId>) {
        let mut ids = self.ids();
        if ids.len() + found.len() > KEPT {
            // Those in use come back with the next reports.
            ids.clear();
        }
        ids.extend(found);
    }
}

/// The ids of those of the packages that are stored.
pub(crate) async fn known(tx: &mut Tx, hashes: &[PackageHash]) -> Result<HashMap<PackageHash, PackageId>> {
    let keys: Vec<Value> = hashes.iter().map(|hash| Value::from(*hash)).collect();
    let rows = tx.rows_in("SELECT hash, id FROM packages WHERE hash IN ({})", &[], &keys).await?;
    rows.iter().map(|row| Ok((row.array(0)?, row.int(1)?))).collect()
}

/// Stores packages with their texts, in the order of their hashes, so that two servers never wait
/// for one another in a circle. The ids of all of them.
pub(crate) async fn store(
    tx: &mut Tx,
    packages: &BTreeMap<PackageHash, (&Package, PackageText)>,
) -> Result<HashMap<PackageHash, PackageId>> {
    let first = tx.take("packages", packages.len()).await?;
    let rows = (first..)
        .zip(packages)
        .map(|(id, (hash, (p, _)))| {
            let (origin, origin_name) = origin_words(&p.origin);
            let platform = p.platform.to_string();
            args![
                id,
                *hash,
                platform,
                &p.name,
                &p.version,
                &p.arch,
                &p.source,
                &p.source_version,
                &p.module,
                origin,
                origin_name
            ]
        })
        .collect();
    let head = "INSERT INTO packages (id, hash, platform, name, version, arch, source, source_version, module, origin,
        origin_name)";
    tx.insert_many(head, "ON CONFLICT (hash) DO NOTHING", rows).await?;
    let ids = known(tx, &packages.keys().copied().collect::<Vec<_>>()).await?;
    let texts = packages
        .iter()
        .filter(|(_, (_, text))| *text != PackageText::default())
        .filter_map(|(hash, (_, text))| Some(args![*ids.get(hash)?, &text.depends, &text.vendor]))
        .collect();
    let head = "INSERT INTO package_texts (package_id, depends, vendor)";
    tx.insert_many(head, "ON CONFLICT (package_id) DO NOTHING", texts).await?;
    Ok(ids)
}

pub(crate) async fn get(tx: &mut Tx, ids: &[PackageId]) -> Result<Vec<(PackageId, Package)>> {
    let keys: Vec<Value> = ids.iter().map(|id| Value::from(*id)).collect();
    let sql = format!("SELECT {COLUMNS} FROM packages WHERE id IN ({{}})");
    tx.rows_in(&sql, &[], &keys).await?.iter().map(package).collect()
}

const PART: usize = 4096;

impl Store {
    /// Hands every package with an id above `after` to `each`, in the order of ids; 0 is all. The
    /// highest id handed over, or `after`. `each` must not call the store.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn packages_load(
        &self,
        after: PackageId,
        mut each: impl FnMut(PackageId, Package) + Send,
    ) -> Result<PackageId> {
        let sql = format!("SELECT {COLUMNS} FROM packages WHERE id > ? ORDER BY id LIMIT ?");
        let mut last = after;
        loop {
            let mut tx = self.read().await?;
            let rows = tx.rows_built(sql.clone(), args![last, count(PART)]).await?;
            drop(tx);
            for row in &rows {
                let (id, package) = package(row)?;
                last = id;
                each(id, package);
            }
            if rows.len() < PART {
                return Ok(last);
            }
        }
    }

    /// The packages with these ids; those that do not exist are left out.
    ///
    /// # Errors
    /// [`StoreError::Engine`], [`StoreError::Damaged`].
    pub async fn package_get(&self, ids: &[PackageId]) -> Result<Vec<(PackageId, Package)>> {
        let mut tx = self.read().await?;
        get(&mut tx, ids).await
    }

    /// Dependencies and packager of a package; empty where none were reported.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn package_text(&self, id: PackageId) -> Result<PackageText> {
        let mut tx = self.read().await?;
        let row = tx.first("SELECT depends, vendor FROM package_texts WHERE package_id = ?", args![id]).await?;
        row.map_or(Ok(PackageText::default()), |row| Ok(PackageText { depends: row.text(0)?, vendor: row.text(1)? }))
    }
}
