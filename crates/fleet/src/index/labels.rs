//! The texts of hosts that queries compare: one set of hosts for each.

use super::Index;
use super::intern::ordinal;
use crate::HostFacts;
use crate::posting::Posting;
use crate::query::LabelKind;
use crate::tables::{Label, Ordinal};

impl Index {
    /// The labels of a host, sorted, made if they are new; new ones are to be given a host at once.
    pub(super) fn labels(&mut self, facts: &HostFacts) -> Vec<Ordinal> {
        let of = &facts.attributes;
        let mut labels = Vec::new();
        for (kind, text) in [
            (LabelKind::Site, &of.site),
            (LabelKind::Environment, &of.environment),
            (LabelKind::Kernel, &of.kernel),
            (LabelKind::Arch, &of.arch),
            (LabelKind::Manager, &of.package_manager),
            (LabelKind::Virtualization, &of.virtualization),
        ] {
            if !text.is_empty() {
                labels.push(self.label(kind, text));
            }
        }
        let name = full_name(facts);
        labels.extend(domains(&name).map(|domain| self.label(LabelKind::Domain, domain)));
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    fn label(&mut self, kind: LabelKind, text: &str) -> Ordinal {
        let text = self.names.string(text);
        if let Some(known) = self.names.labels.get(&(kind, text.clone())) {
            return *known;
        }
        let entry = Some(Label { kind, text: text.clone(), hosts: Posting::default() });
        let new = match self.names.free_labels.pop() {
            Some(free) => {
                if let Some(place) = self.tables.labels.get_mut(free) {
                    *place = entry;
                }
                free
            }
            None => {
                self.tables.labels.push(entry);
                ordinal(self.tables.labels.len() - 1)
            }
        };
        self.names.labels.insert((kind, text), new);
        new
    }

    pub(super) fn label_gains(&mut self, label: Ordinal, host: Ordinal) {
        if let Some(Some(label)) = self.tables.labels.get_mut(label) {
            label.hosts.insert(host);
        }
    }

    /// Takes a host out of a label; one without hosts is forgotten.
    pub(super) fn label_loses(&mut self, label: Ordinal, host: Ordinal) {
        let Some(Some(entry)) = self.tables.labels.get_mut(label) else { return };
        entry.hosts.remove(host);
        if entry.hosts.is_empty()
            && let Some(entry) = self.tables.labels.get_mut(label).and_then(Option::take)
        {
            self.names.labels.remove(&(entry.kind, entry.text));
            self.names.free_labels.push(label);
        }
    }
}

/// The name by which a host is found in the DNS, in lower case; empty where it has none.
fn full_name(facts: &HostFacts) -> String {
    let of = [&facts.attributes.fqdn, &facts.hostname];
    let name = of.into_iter().map(|name| name.trim_matches('.')).find(|name| name.contains('.'));
    name.unwrap_or_default().to_lowercase()
}

/// The domains that a name is in, from the one that holds it to the top-level domain. A name of two
/// labels is a domain itself as a rule (`example.org`), so it is in the domain of its name too.
fn domains(name: &str) -> impl Iterator<Item = &str> {
    let behind = |name: &str| name.find('.').map(|dot| dot + 1);
    let two = behind(name).filter(|dot| behind(&name[*dot..]).is_none()).map(|_| name);
    let above = std::iter::successors(behind(name).and_then(|dot| name.get(dot..)), move |domain| {
        behind(domain).and_then(|dot| domain.get(dot..))
    });
    two.into_iter().chain(above).filter(|domain| !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_every_domain_above_it() {
        let of = |name| domains(name).collect::<Vec<_>>();
        assert_eq!(of("web.dc1.example.org"), ["dc1.example.org", "example.org", "org"]);
        assert_eq!(of("example.org"), ["example.org", "org"]);
        assert_eq!(of("web"), [] as [&str; 0]);
        assert_eq!(of(""), [] as [&str; 0]);
        assert_eq!(of("a..org"), [".org", "org"], "what is no name is cut as it stands");
    }
}
