//! Sections `updates` and `repositories`.

use super::advisories::Advisories;
use super::cache::Cache;
use super::candidates::{Candidates, Step};
use super::settings::{Repository, Settings};
use crate::text::{clean, identifier};
use crate::tidy;
use jiff::Timestamp;
use model::wire::Limits;
use model::wire::sections::{ReplacementRecord, Repositories, RepositoryRecord, Skipped, UpdateRecord, Updates};

/// Longest reason, in bytes.
const MOST_REASON: usize = 500;

/// The section, without what was skipped.
pub(super) fn updates(
    settings: &Settings,
    caches: &[(usize, Cache)],
    candidates: &Candidates<'_>,
    advisories: &Advisories,
) -> Updates {
    let id = |at: usize| settings.repositories.get(at).map(|of| identifier(&of.id)).unwrap_or_default();
    let record = |step: Step<'_>| {
        let Step { candidate, installed, reason } = step;
        let (mut ids, security) =
            advisories.between(&candidate.name, &candidate.arch, &installed.version, &candidate.evr);
        ids.iter_mut().for_each(|id| *id = identifier(id));
        ids.truncate(Limits::default().list);
        UpdateRecord {
            advisories: ids,
            arch: candidate.arch.clone(),
            candidate: candidate.evr.clone(),
            installed: installed.version.clone(),
            name: candidate.name.clone(),
            repository: id(candidate.repository),
            security,
            security_unknown: !security && !advisories.tells(candidate.repository),
            size: candidate.size,
            withheld: reason.as_ref().map(|(word, _)| *word),
            withheld_reason: reason.map(|(_, why)| clean(&why, MOST_REASON)).unwrap_or_default(),
            ..UpdateRecord::default()
        }
    };
    let mut records: Vec<UpdateRecord> = candidates.steps().into_iter().map(record).collect();
    records.sort_by(|a, b| (&a.name, &a.arch, &a.installed).cmp(&(&b.name, &b.arch, &b.installed)));
    let mut replacements: Vec<ReplacementRecord> = candidates
        .replacements()
        .into_iter()
        .map(|(package, candidate)| {
            let security = advisories.bring(&candidate.name, &candidate.arch, &candidate.evr);
            ReplacementRecord {
                arch: package.arch.clone(),
                by: candidate.name.clone(),
                by_arch: candidate.arch.clone(),
                candidate: candidate.evr.clone(),
                installed: package.version.clone(),
                name: package.name.clone(),
                repository: id(candidate.repository),
                security,
                security_unknown: !security && !advisories.tells(candidate.repository),
            }
        })
        .collect();
    replacements.sort_by(|a, b| (&a.name, &a.arch, a).cmp(&(&b.name, &b.arch, b)));
    Updates { lists_at: age_of_answer(caches, advisories), records, replacements, skipped: Vec::new() }
}

/// From when the answer is: the oldest of the metadata with advisories on security, or, where none has any, of all.
/// dnf notes each time that it asked a repository, also where that had nothing new. That one was fetched says nothing of
/// another that stood still.
fn age_of_answer(caches: &[(usize, Cache)], advisories: &Advisories) -> Option<Timestamp> {
    let time = |seconds: Option<i64>| Timestamp::from_second(seconds?).ok();
    let security = caches.iter().filter(|(at, _)| advisories.with_security.contains(at));
    let oldest = security.filter_map(|(_, cache)| time(cache.fetched)).min();
    oldest.or_else(|| caches.iter().filter_map(|(_, cache)| time(cache.fetched)).min())
}

/// The section: every repository that is configured.
pub(super) fn repositories(settings: &Settings, caches: &[(usize, Cache)], mut skipped: Vec<Skipped>) -> Repositories {
    let mut records = Vec::new();
    for (at, repository) in settings.repositories.iter().enumerate() {
        if repository.uri.is_empty() {
            let why = format!("repository '{}' has no address", identifier(&repository.id));
            skipped.push(Skipped { record: repository.file.clone(), why });
            continue;
        }
        let cache = caches.iter().find(|(of, _)| *of == at).map(|(_, cache)| cache);
        records.push(record(repository, cache));
    }
    records.sort_by(|a, b| {
        (&a.kind, &a.uri, &a.suite, &a.component, a).cmp(&(&b.kind, &b.uri, &b.suite, &b.component, b))
    });
    records.dedup();
    records.truncate(Limits::default().repositories);
    Repositories { records, skipped: tidy(skipped) }
}

fn record(repository: &Repository, cache: Option<&Cache>) -> RepositoryRecord {
    let time = |seconds: Option<i64>| Timestamp::from_second(seconds?).ok();
    RepositoryRecord {
        enabled: repository.is_enabled,
        fetched_at: cache.and_then(|cache| time(cache.fetched)),
        kind: "rpm".to_owned(),
        name: identifier(&repository.name),
        published_at: cache.and_then(|cache| time(cache.published)),
        suite: identifier(&repository.id),
        uri: identifier(&repository.uri),
        ..RepositoryRecord::default()
    }
}
