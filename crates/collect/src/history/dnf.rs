//! dnf's record, `/var/lib/dnf/history.sqlite` (libdnf's `swdb`): transactions, their items, and which packages those are.

use super::said;
use crate::Root;
use crate::text::identifier;
use formats::rpmdb::Tables;
use jiff::Timestamp;
use model::wire::sections::{HistoryAction, HistoryRecord};
use std::collections::HashMap;

pub(super) const RECORD: &str = "/var/lib/dnf/history.sqlite";
/// Largest record, in bytes.
const MOST_BYTES: u64 = 1 << 30;
/// Most items of all transactions.
const MOST_ITEMS: usize = 2_000_000;

/// What libdnf's `TransactionItemAction` says.
const INSTALL: &str = "1";
const DOWNGRADE: &str = "2";
const DOWNGRADED: &str = "3";
const OBSOLETED: &str = "5";
const UPGRADE: &str = "6";
const UPGRADED: &str = "7";
const REMOVE: &str = "8";

struct Package {
    name: String,
    arch: String,
    evr: String,
}

/// # Errors
/// Why it can't be read: that dnf is at work is among the reasons.
pub(super) fn read(root: &Root) -> Result<Vec<HistoryRecord>, String> {
    let journal = format!("{RECORD}-journal");
    if root.read(&journal, 0).is_err() && root.exists(&journal) {
        return Err(format!("dnf is at work, or was interrupted: {journal} is there"));
    }
    let file = root.open(RECORD).map_err(|why| why.to_string())?;
    let fault = |error: formats::rpmdb::Error| format!("{RECORD}: {error}");
    let mut tables = Tables::open(file, MOST_BYTES).map_err(fault)?;
    let mut transactions: HashMap<String, (Timestamp, String)> = HashMap::new();
    tables
        .rows("trans", &["dt_end", "dt_begin", "cmdline", "user_id"], &mut |id, row| {
            let [ended, begun, command, user] = row else { return };
            let seconds = ended.parse().or_else(|_| begun.parse()).ok();
            let Some(at) = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()) else { return };
            // 4294967295 is no user: a service, such as dnf-automatic.
            let user = if user.is_empty() || user == "4294967295" { String::new() } else { format!(" (uid {user})") };
            // The program's own name is not part of it.
            let by = format!("{}{user}", said(&format!("dnf {command}")));
            transactions.insert(id.to_string(), (at, identifier(&by)));
        })
        .map_err(fault)?;
    let mut packages: HashMap<String, Package> = HashMap::new();
    let columns = ["item_id", "name", "epoch", "version", "release", "arch"];
    tables
        .rows("rpm", &columns, &mut |id, row| {
            let [item, name, epoch, version, release, arch] = row else { return };
            // The key of the table may be its number, which then stands in no column.
            let item = if item.is_empty() { id.to_string() } else { item.clone() };
            let epoch = if matches!(epoch.as_str(), "" | "0") { String::new() } else { format!("{epoch}:") };
            let evr = identifier(&format!("{epoch}{version}-{release}"));
            if packages.len() < MOST_ITEMS {
                packages.insert(item, Package { name: identifier(name), arch: identifier(arch), evr });
            }
        })
        .map_err(fault)?;
    // What went in each transaction, by name and architecture: the version before an upgrade.
    let mut gone: HashMap<(String, String, String), String> = HashMap::new();
    let mut came: Vec<(String, String, HistoryAction)> = Vec::new();
    let mut removed: Vec<(String, String)> = Vec::new();
    tables
        .rows("trans_item", &["trans_id", "item_id", "action"], &mut |_, row| {
            let [transaction, item, action] = row else { return };
            if came.len() + removed.len() >= MOST_ITEMS {
                return;
            }
            let mut comes = |action| came.push((transaction.clone(), item.clone(), action));
            match action.as_str() {
                INSTALL => comes(HistoryAction::Install),
                UPGRADE => comes(HistoryAction::Upgrade),
                DOWNGRADE => comes(HistoryAction::Downgrade),
                REMOVE | OBSOLETED => removed.push((transaction.clone(), item.clone())),
                UPGRADED | DOWNGRADED => {
                    if let Some(of) = packages.get(item) {
                        gone.insert((transaction.clone(), of.name.clone(), of.arch.clone()), of.evr.clone());
                    }
                }
                _ => {}
            }
        })
        .map_err(fault)?;
    let record = |transaction: &str, item: &str, action: HistoryAction| {
        let ((at, by), of) = (transactions.get(transaction)?.clone(), packages.get(item)?);
        let key = (transaction.to_owned(), of.name.clone(), of.arch.clone());
        let (from, to) = match action {
            HistoryAction::Remove => (of.evr.clone(), String::new()),
            _ => (gone.get(&key).cloned().unwrap_or_default(), of.evr.clone()),
        };
        Some(HistoryRecord { action, arch: of.arch.clone(), at, by, from, name: of.name.clone(), to })
    };
    let came = came.iter().filter_map(|(transaction, item, action)| record(transaction, item, *action));
    let removed = removed.iter().filter_map(|(transaction, item)| record(transaction, item, HistoryAction::Remove));
    Ok(came.chain(removed).collect())
}
