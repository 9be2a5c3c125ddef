//! What ranks CVEs, from the record into the index: known exploitation, chance of it, base score.

use crate::api::events::Cause;
use crate::app::App;
use crate::words::minute;
use feeds::Feed;
use fleet::query::CveData;
use fleet::{Change, CveScores, CveScoresBuilder, Score};
use model::{CveRecord, Cvss};
use std::sync::Arc;
use store::Store;

/// What the feeds in force say, all of it.
///
/// # Errors
/// When the record can't be read.
pub async fn read(store: &Store) -> anyhow::Result<Arc<CveScores>> {
    let mut scores = CveScoresBuilder::default();
    store.cves_load(|stored| scores.add(&stored.record.id, score(&stored.record))).await?;
    Ok(Arc::new(scores.finish()))
}

/// Takes into the index what a feed says now, if it speaks of CVEs themselves.
///
/// # Errors
/// When the record can't be read.
pub async fn follow(app: &App, feed: &dyn Feed) -> anyhow::Result<()> {
    if feeds::CVE_FEEDS.iter().any(|of| of.id() == feed.id()) {
        let scores = read(app.store()).await?;
        let app = app.clone();
        tokio::task::spawn_blocking(move || app.apply(0, vec![Change::CveScores(scores)], Cause::Feed)).await?;
    }
    Ok(())
}

/// What is too old of what a query asks of CVEs themselves, a sentence each: what has become known since is missing from
/// the answer. Of several feeds of a kind the newest counts.
///
/// # Errors
/// When the record can't be read.
pub async fn stale(app: &App, asked: &[CveData]) -> anyhow::Result<Vec<String>> {
    let feeds = crate::platform_rules::feeds_in_force(app).await?;
    let say = |of: &CveData| {
        let (what, since, ids): (_, _, &[&str]) = match of {
            CveData::Exploited => ("The catalogue of exploited vulnerabilities is", "what was added", &["cisa-kev"]),
            CveData::Epss => ("The chances of exploitation are", "what has changed", &["first-epss"]),
            CveData::Cvss => ("The base scores are", "what was scored", &["nvd", "cve-records"]),
        };
        let of_kind = feeds.iter().filter(|feed| ids.contains(&feed.stamp.id.as_str()));
        let newest = of_kind.max_by_key(|feed| feed.confirmed_at).filter(|feed| feed.stamp.too_old)?;
        let (at, id) = (minute(newest.confirmed_at), &newest.stamp.id);
        Some(format!("{what} of {at}: {since} since then is not counted; `mendwatch feeds sync {id}`."))
    };
    Ok(asked.iter().filter_map(say).collect())
}

fn score(record: &CveRecord) -> Score {
    Score {
        exploited: record.exploited.is_some(),
        epss: record.epss.as_ref().map(|epss| whole(epss.score, 100_000.0)),
        cvss: base_score(&record.cvss).and_then(|score| u8::try_from(whole(score, 10.0)).ok()),
    }
}

/// The highest score of the newest version of the metric: later versions correct earlier ones.
fn base_score(scores: &[Cvss]) -> Option<f32> {
    let newest = scores.iter().map(|of| of.version.as_str()).max()?;
    scores.iter().filter(|of| of.version == newest).map(|of| of.score).max_by(f32::total_cmp)
}

/// A number as a whole number of its last decimal place.
fn whole(number: f32, places: f64) -> u32 {
    let scaled = (f64::from(number) * places).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "readers of feeds refuse what is below 0 or above 10"
    )]
    let whole = scaled.clamp(0.0, f64::from(u32::MAX)) as u32;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_metric_counts() {
        let of = |version: &str, score| Cvss {
            source: "nvd@nist.gov".into(),
            version: version.into(),
            vector: String::new(),
            score,
        };
        // CVE-2014-0160 as NVD has it: 5.0 by version 2.0, 7.5 by 3.1.
        let record = CveRecord { cvss: vec![of("3.1", 7.5), of("2.0", 5.0)], ..CveRecord::default() };
        assert_eq!(score(&record), Score { cvss: Some(75), ..Score::default() });
        assert_eq!(base_score(&[of("3.1", 7.5), of("3.1", 9.1), of("2.0", 10.0)]), Some(9.1));
        assert_eq!(whole(0.96817, 100_000.0), 96_817);
    }
}
