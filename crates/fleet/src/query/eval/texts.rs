//! Texts of findings, which the index does not keep: the rules say them again.

use crate::tables::{List, Ordinal, Tables};
use std::collections::HashMap;

/// Who said something, and under which label.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said<'a> {
    pub(super) feed: &'a str,
    pub(super) advisory: &'a str,
}

/// By CVE and context bit, what is said; the bit is empty in the last arm.
type OfList<'a> = HashMap<&'a str, Vec<(&'a str, Said<'a>)>>;

/// The texts of lists, asked for once each. Packages that share a list share its texts.
pub(super) struct Texts<'a> {
    tables: &'a Tables,
    lists: HashMap<Ordinal, OfList<'a>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(tables: &'a Tables) -> Self {
        Self { tables, lists: HashMap::new() }
    }

    /// What is said of a CVE on hosts with a context bit.
    pub(super) fn of(&mut self, ordinal: Ordinal, list: &'a List, cve: &str, bit: Option<Ordinal>) -> Said<'a> {
        let tables = self.tables;
        let of_list = self.lists.entry(ordinal).or_insert_with(|| texts(tables, list));
        let bit = bit.and_then(|bit| tables.bits.get(bit)).map_or("", |bit| &*bit.name);
        let said = of_list.get(cve).and_then(|arms| arms.iter().find(|(of, _)| *of == bit));
        said.map(|(_, said)| *said).unwrap_or_default()
    }
}

fn texts<'a>(tables: &'a Tables, list: &'a List) -> OfList<'a> {
    let mut said: OfList<'a> = HashMap::new();
    let carrier = list.carriers.first().and_then(|carrier| tables.carrier(*carrier));
    let judged = carrier.and_then(|carrier| {
        let entry = tables.packages.get(carrier.package)?;
        Some((carrier, entry, tables.platform(entry.platform)?))
    });
    if let Some((carrier, entry, platform)) = judged {
        let _ = platform.rules.each_open(&entry.package, carrier.role, &mut |verdict| {
            let arms = verdict.arms.iter().map(|arm| (arm.bit, Said { feed: arm.feed, advisory: arm.advisory }));
            said.insert(verdict.cve, arms.collect());
        });
    }
    said
}
