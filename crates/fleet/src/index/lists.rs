//! Lists of what is open: one for all carriers of which the same is said.

use super::Index;
use super::intern::ordinal;
use crate::tables::{List, Opinion, Ordinal};
use matching::Class;
use std::collections::HashMap;
use std::sync::Arc;

/// The list of carriers for which nothing is open.
pub(super) const NOTHING: Ordinal = 0;

/// What decides the list of a carrier by the rules of one platform: its class, and the classes of what
/// would replace it after a restart (none where no fact speaks of one).
pub(super) type Key = (Class, Box<[Option<Class>]>);

/// What the applier knows of lists.
#[derive(Debug, Default)]
pub(super) struct Lists {
    by_content: HashMap<Arc<[Opinion]>, Ordinal>,
    free: Vec<Ordinal>,
    /// By platform, the lists of what was judged by its present rules.
    by_class: Vec<HashMap<Key, Ordinal>>,
    /// By list, the classes that lead to it.
    classes: Vec<Vec<(Ordinal, Key)>>,
}

impl Lists {
    /// The list of a class by a platform's present rules, if one of it was judged before.
    pub(super) fn of_class(&self, platform: Ordinal, key: &Key) -> Option<Ordinal> {
        self.by_class.get(platform as usize)?.get(key).copied()
    }

    pub(super) fn set_class(&mut self, platform: Ordinal, key: Key, list: Ordinal) {
        let (platform_at, list_at) = (platform as usize, list as usize);
        if self.by_class.len() <= platform_at {
            self.by_class.resize_with(platform_at + 1, HashMap::new);
        }
        if self.classes.len() <= list_at {
            self.classes.resize_with(list_at + 1, Vec::new);
        }
        if let Some(classes) = self.by_class.get_mut(platform_at) {
            classes.insert(key.clone(), list);
        }
        // The empty list is never forgotten, so that nobody asks what leads to it.
        if list != NOTHING
            && let Some(classes) = self.classes.get_mut(list_at)
        {
            classes.push((platform, key));
        }
    }

    /// Forgets what a platform's rules said, since it has others now.
    pub(super) fn forget_classes(&mut self, platform: Ordinal) {
        let Some(classes) = self.by_class.get_mut(platform as usize).map(std::mem::take) else { return };
        for list in classes.into_values() {
            if let Some(classes) = self.classes.get_mut(list as usize) {
                classes.retain(|(of, _)| *of != platform);
            }
        }
    }

    /// Forgets a list that nobody has any more.
    fn forget(&mut self, list: Ordinal, opinions: &Arc<[Opinion]>) {
        for (platform, key) in self.classes.get_mut(list as usize).map(std::mem::take).unwrap_or_default() {
            if let Some(classes) = self.by_class.get_mut(platform as usize) {
                classes.remove(&key);
            }
        }
        self.by_content.remove(opinions);
        self.free.push(list);
    }
}

impl Index {
    /// The list that says this, sorted by CVE; made if there is none. A new one is to be given to a carrier
    /// at once.
    pub(super) fn list_of(&mut self, opinions: Vec<Opinion>) -> Ordinal {
        if opinions.is_empty() {
            return NOTHING;
        }
        let opinions: Arc<[Opinion]> = opinions.into();
        match self.names.lists.by_content.get(&opinions) {
            Some(known) => *known,
            None => self.add_list(opinions),
        }
    }

    fn add_list(&mut self, opinions: Arc<[Opinion]>) -> Ordinal {
        let entry = Some(List { opinions: Arc::clone(&opinions), carriers: Vec::new() });
        let list = match self.names.lists.free.pop() {
            Some(free) => {
                if let Some(place) = self.tables.lists.get_mut(free) {
                    *place = entry;
                }
                free
            }
            None => {
                self.tables.lists.push(entry);
                ordinal(self.tables.lists.len() - 1)
            }
        };
        for opinion in opinions.iter() {
            if let Some(cve) = self.tables.cves.get_mut(opinion.cve)
                && let Err(at) = cve.lists.binary_search(&list)
            {
                cve.lists.insert(at, list);
            }
        }
        self.names.lists.by_content.insert(opinions, list);
        list
    }

    /// Gives a carrier a list; gives back the one that it had, of which it is to be taken by
    /// [`Index::detach`].
    pub(super) fn attach(&mut self, carrier: Ordinal, list: Ordinal) -> Ordinal {
        if list != NOTHING
            && let Some(Some(entry)) = self.tables.lists.get_mut(list)
            && let Err(at) = entry.carriers.binary_search(&carrier)
        {
            entry.carriers.insert(at, carrier);
        }
        match self.tables.carriers.get_mut(carrier) {
            Some(Some(entry)) => std::mem::replace(&mut entry.list, list),
            _ => NOTHING,
        }
    }

    /// Takes a carrier from a list that is no longer its own; a list without carriers is forgotten.
    pub(super) fn detach(&mut self, carrier: Ordinal, list: Ordinal) {
        if list == NOTHING {
            return;
        }
        let Some(Some(entry)) = self.tables.lists.get_mut(list) else { return };
        if let Ok(at) = entry.carriers.binary_search(&carrier) {
            entry.carriers.remove(at);
        }
        if !entry.carriers.is_empty() {
            return;
        }
        let Some(entry) = self.tables.lists.get_mut(list).and_then(Option::take) else { return };
        for opinion in entry.opinions.iter() {
            if let Some(cve) = self.tables.cves.get_mut(opinion.cve)
                && let Ok(at) = cve.lists.binary_search(&list)
            {
                cve.lists.remove(at);
            }
        }
        self.names.lists.forget(list, &entry.opinions);
    }
}
