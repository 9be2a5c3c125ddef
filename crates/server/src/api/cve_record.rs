//! What is known of a CVE itself, whatever package it is in: each statement with the feed that makes it.
//!
//! These statements describe and rank. None of them decides whether a package is affected, and the severity of
//! a finding stays the vendor's own.

use super::cves::check_id;
use super::error::{ApiResult, Problem};
use super::json::{Path, Query};
use super::types::NoChange;
use crate::app::App;
use crate::auth::principal::Principal;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::StoredCve;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A text about a CVE.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CveText {
    /// The text, on one line.
    pub text: String,
    /// The feed that has it.
    pub feed: String,
}

/// A CVSS base score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CveScore {
    /// Version of the metric: `2.0`, `3.0`, `3.1`, `4.0`.
    pub version: String,
    /// The base score, 0.0 to 10.0.
    pub score: f64,
    /// The word for it: `none`, `low`, `medium`, `high`, `critical` (CVSS 3.0 and later), of version 2.0 `low`, `medium`, `high`
    /// as NVD rates it.
    pub rating: String,
    /// The vector that it was computed from.
    pub vector: String,
    /// Who scored it: `nvd@nist.gov`, `CISA-ADP`, a numbering authority's short name.
    pub source: String,
    /// The feed that has it.
    pub feed: String,
}

/// A kind of weakness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CveWeakness {
    /// Its number in the Common Weakness Enumeration: `CWE-787`.
    pub id: String,
    /// The feed that has it.
    pub feed: String,
}

/// An entry of a catalogue of known exploited vulnerabilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CveExploited {
    /// The day on which it was added.
    #[schema(format = Date)]
    pub added: String,
    /// The day by which United States federal agencies have to act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub due: Option<String>,
    /// Whether it is known to be used by ransomware.
    pub ransomware: bool,
    /// The feed that has it.
    pub feed: String,
}

/// An exploit prediction score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CveEpss {
    /// Chance of exploitation within 30 days, 0.0 to 1.0.
    pub score: f64,
    /// Share of all scored CVEs with the same or a lower score, 0.0 to 1.0.
    pub percentile: f64,
    /// The day of the scores.
    #[schema(format = Date)]
    pub date: String,
    /// The feed that has it.
    pub feed: String,
}

/// When a feed says that a CVE was published and changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CveDates {
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published: Option<jiff::Timestamp>,
    /// When it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated: Option<jiff::Timestamp>,
    /// The feed that says so.
    pub feed: String,
}

/// What is known of a CVE itself. Each statement names its feed; several feeds may say different things.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CveRecordRow {
    /// The CVE.
    pub id: String,
    /// The feeds in force that describe CVEs, whether or not they have this one; without any, nothing could be
    /// known.
    pub asked: Vec<String>,
    /// Feeds by which its numbering authority has rejected it: it names no vulnerability.
    pub rejected: Vec<String>,
    /// Titles.
    pub titles: Vec<CveText>,
    /// Descriptions, at most 2,000 characters each.
    pub descriptions: Vec<CveText>,
    /// CVSS base scores, newest metric first, then the highest.
    pub scores: Vec<CveScore>,
    /// Kinds of weakness.
    pub weaknesses: Vec<CveWeakness>,
    /// That it is known to be exploited; empty where no catalogue in force has it.
    pub exploited: Vec<CveExploited>,
    /// Exploit prediction scores.
    pub epss: Vec<CveEpss>,
    /// When it was published and changed.
    pub dates: Vec<CveDates>,
    /// Links, each once.
    pub references: Vec<String>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(cve_record))
}

/// What is known of a CVE itself, whatever package it is in: texts, scores, known exploitation. Each statement
/// names the feed that makes it; all are empty where no feed in force has it. Nothing of it decides whether a
/// package is affected.
#[utoipa::path(get, path = "/api/v1/cves/{id}/record", tag = "findings",
    params(("id" = String, Path, description = "A CVE, in any case"), NoChange),
    responses(
        (status = 200, body = CveRecordRow),
        (status = 422, description = "`invalid_cve`", body = Problem),
    ))]
async fn cve_record(
    State(app): State<App>,
    _user: Principal,
    Path(id): Path<String>,
    _asked: Query<NoChange>,
) -> ApiResult<Json<CveRecordRow>> {
    check_id("id", &id)?;
    let id = id.to_ascii_uppercase();
    let found = app.store().cve_records(&id).await?;
    let states = app.store().feed_list().await?;
    let in_force = |id: &str| states.iter().any(|state| state.id == id && state.generation > 0);
    let asked = feeds::CVE_FEEDS.iter().map(|feed| feed.id()).filter(|id| in_force(id)).map(str::to_owned).collect();
    Ok(Json(CveRecordRow { asked, ..CveRecordRow::of(id, found) }))
}

impl CveRecordRow {
    fn of(id: String, found: Vec<StoredCve>) -> Self {
        let mut row = Self { id, ..Self::default() };
        for StoredCve { feed, record } in found {
            if record.rejected {
                row.rejected.push(feed.clone());
            }
            let text = |text: String| (!text.is_empty()).then(|| CveText { text, feed: feed.clone() });
            row.titles.extend(text(record.title));
            row.descriptions.extend(text(record.description));
            row.scores.extend(record.cvss.into_iter().map(|cvss| CveScore {
                rating: rating(&cvss.version, decimal(cvss.score)).to_owned(),
                score: decimal(cvss.score),
                version: cvss.version,
                vector: cvss.vector,
                source: cvss.source,
                feed: feed.clone(),
            }));
            row.weaknesses.extend(record.weaknesses.into_iter().map(|id| CveWeakness { id, feed: feed.clone() }));
            row.exploited.extend(record.exploited.map(|exploited| CveExploited {
                added: exploited.added.to_string(),
                due: exploited.due.map(|due| due.to_string()),
                ransomware: exploited.ransomware,
                feed: feed.clone(),
            }));
            row.epss.extend(record.epss.map(|epss| CveEpss {
                score: decimal(epss.score),
                percentile: decimal(epss.percentile),
                date: epss.date.to_string(),
                feed: feed.clone(),
            }));
            if record.published.is_some() || record.updated.is_some() {
                row.dates.push(CveDates { published: record.published, updated: record.updated, feed: feed.clone() });
            }
            for link in record.references {
                if !row.references.contains(&link) {
                    row.references.push(link);
                }
            }
        }
        row.scores.sort_by(|a, b| b.version.cmp(&a.version).then(b.score.total_cmp(&a.score)));
        row
    }
}

/// A number as it was written: `0.96817`, which widening alone would make `0.9681699872016907`.
fn decimal(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_default()
}

/// The word for a base score: CVSS 3.1, table 14, as 4.0 has it too; of 2.0 as NVD rates it.
fn rating(version: &str, score: f64) -> &'static str {
    match score {
        score if version.starts_with('2') && score < 4.0 => "low",
        score if version.starts_with('2') && score < 7.0 => "medium",
        _ if version.starts_with('2') => "high",
        score if score < 0.1 => "none",
        score if score < 4.0 => "low",
        score if score < 7.0 => "medium",
        score if score < 9.0 => "high",
        _ => "critical",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_have_the_words_of_their_standard() {
        // <https://www.first.org/cvss/v3.1/specification-document>, table 14, and
        // <https://nvd.nist.gov/vuln-metrics/cvss>.
        for (version, score, word) in [
            ("3.1", 0.0, "none"),
            ("3.1", 0.1, "low"),
            ("3.0", 3.9, "low"),
            ("3.1", 4.0, "medium"),
            ("4.0", 6.9, "medium"),
            ("3.1", 7.0, "high"),
            ("3.1", 8.9, "high"),
            ("4.0", 9.0, "critical"),
            ("3.1", 10.0, "critical"),
            ("2.0", 0.0, "low"),
            ("2.0", 3.9, "low"),
            ("2.0", 4.0, "medium"),
            ("2.0", 7.0, "high"),
            ("2.0", 10.0, "high"),
        ] {
            assert_eq!(rating(version, score), word, "{version} {score}");
        }
        assert_eq!(decimal(0.96817), 0.96817);
    }
}
