//! Which updates apt keeps back for the sake of dependencies, and why.
//!
//! The question that is answered is that of `apt upgrade`: every package with a candidate moves to
//! it, new packages come where something needs them, nothing is removed. apt goes about it by
//! trying, and so does this: all updates move at first, and one after the other stays whose
//! candidate can't be installed in the world that results, until nothing changes. An update that
//! stays may make others stay, never the reverse, so that it ends; those that have to move together
//! move together or stay together.
//!
//! Of the packages that are not installed only those are read that something asks for, by going
//! through the lists again: most hosts need none, and 63,000 packages in memory would be 40 MB.
//! Where the answer differs from apt's: `docs/collecting.md`.

mod explain;
mod settle;
mod world;

use super::lists;
use super::policy::{self, Decision};
use super::settings::Settings;
use super::sources::SourceFile;
use super::table::Table;
use crate::Root;
use formats::preferences::Pin;
use model::wire::sections::Skipped;
use std::collections::BTreeSet;
use world::World;

/// Most times that the lists are gone through. A chain of new packages needs one for each link; the
/// longest seen in a Debian release's upgrade are of 5.
const MOST_PASSES: usize = 24;
/// Most names that are looked for.
const MOST_NAMES: usize = 20_000;

/// What the computation needs of the host.
pub(super) struct Host<'a> {
    pub(super) root: &'a Root,
    pub(super) settings: &'a Settings,
    pub(super) sources: &'a [SourceFile],
    pub(super) pins: &'a [Pin],
}

/// For each group of the table why its candidate is kept back, if it is.
pub(super) fn kept_back(host: &Host<'_>, table: &Table, decisions: &[Decision]) -> (Vec<Option<String>>, Vec<Skipped>) {
    let respects_holds = !host.settings.is_on("APT::Ignore-Hold", false);
    let mut asked = BTreeSet::new();
    let (mut new, mut chosen) = (Table::of_names(&table.native, &asked), Vec::new());
    let mut skipped = Vec::new();
    let mut pass = 0;
    loop {
        let mut world = World::new(table, decisions, &new, &chosen, respects_holds);
        if !world.moves() {
            return (vec![None; table.groups.len()], skipped);
        }
        let mut wanted = settle::settle(&mut world);
        // A provider has to be known with all its versions, as the candidate may not provide.
        wanted.extend(new.groups.iter().map(|group| group.name.clone()));
        wanted.retain(|name| !asked.contains(name));
        let is_enough = pass >= MOST_PASSES || asked.len() + wanted.len() > MOST_NAMES;
        if is_enough && !wanted.is_empty() {
            let why = format!("new packages that updates need were followed over {MOST_PASSES} links and no further");
            skipped.push(Skipped { record: "dependencies".to_owned(), why });
        }
        if is_enough || wanted.is_empty() {
            return (world.into_reasons(), skipped);
        }
        asked.extend(wanted);
        pass += 1;
        drop(world);
        new = Table::of_names(&table.native, &asked);
        // Its faults were noted when the lists were read for the installed packages.
        lists::read(host.root, host.settings, host.sources, &mut new, &mut Vec::new());
        new.add_status();
        chosen = policy::decide(host.settings, host.pins, &new).0;
    }
}
