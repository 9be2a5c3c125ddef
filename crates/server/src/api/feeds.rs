//! Vendors' security data: what is in force, how old it is, and getting it.

use super::error::{ApiError, ApiResult, Problem};
use super::feed_documents::{self, FeedDocumentRow};
use super::json::{Body as JsonBody, Path, Query};
use super::types::Count;
use crate::app::App;
use crate::auth::principal::Principal;
use crate::jobs::feed_import;
use crate::jobs::feed_sync::{self, Outcome};
use axum::Json;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest document that can be imported, as it comes.
const MOST_IMPORT_BYTES: u64 = 1 << 30;

/// A feed of the catalogue and its state.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FeedRow {
    /// Its id: `debian-tracker`.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Where it is fetched from.
    pub url: String,
    /// Distributions it speaks for.
    pub platforms: Vec<String>,
    /// Platforms of the fleet whose packages it has a say about.
    #[serde(default)]
    pub speaks_for: Vec<String>,
    /// Whether some platform of the fleet needs it: it decides there, or names advisories. Others say the same in
    /// another format, or speak for other systems. Feeds of CVE records are needed by no platform.
    #[serde(default)]
    pub needed: bool,
    /// `in_force`, `too_old` (it still says what is affected, no longer what is not) or `never`.
    pub state: String,
    /// Date of the data in force: the vendor's, else that of the fetch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<jiff::Timestamp>,
    /// When the vendor was last asked, or a file was last brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fetched_at: Option<jiff::Timestamp>,
    /// Advisories, or records of CVEs, in force.
    pub records: u64,
    /// Records that could not be read.
    pub skipped: u64,
    /// Of them, those that would have had something to say: what they name is not assessed.
    #[serde(default)]
    pub lost: u64,
    /// SHA-256 of the document in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Why the last fetch failed; what was in force before it stays. Files that were refused are told to
    /// who brought them, and not noted here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How many documents are in force; as the two fields behind it in the list of feeds only.
    #[serde(default, skip_serializing_if = "is_none")]
    pub document_count: u64,
    /// How many of them have which signature, the most first; the words are those of a document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Count>,
    /// The documents by name, the first 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<FeedDocumentRow>,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// The feeds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Feeds {
    /// One row a feed.
    pub items: Vec<FeedRow>,
    /// How many.
    pub total: u64,
}

/// Which feeds to fetch.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct SyncAsked {
    /// Their ids; none is all that a platform of the fleet needs and all in force, or all about packages when there
    /// are no hosts.
    #[serde(default)]
    pub ids: Vec<String>,
    /// Take documents that shrank beyond measure or went back in time.
    #[serde(default)]
    pub force: bool,
}

/// What came of fetching or importing a feed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SyncResult {
    /// The feed.
    pub id: String,
    /// `updated`, `unchanged` or `failed`.
    pub outcome: String,
    /// What the feed is now, as in the list of feeds: `in_force`, `too_old` or `never`.
    pub state: String,
    /// Advisories in force.
    pub records: u64,
    /// New ones.
    pub added: u64,
    /// Those that say something else now.
    pub changed: u64,
    /// Those that are gone.
    pub removed: u64,
    /// Records that could not be read.
    pub skipped: u64,
    /// The first of them, with the reason.
    pub skipped_first: Vec<SkippedRow>,
    /// The date of the data, where a new edition is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub as_of: Option<jiff::Timestamp>,
    /// Who says so: `given`, `server`, `inside` (the document), `members` (the newest file in the archive), `file` (its
    /// modification time), or nobody: `fetched`, the time at which it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<String>,
    /// What else there is to know: who signed, which mirror failed, what was refused or is left for the next fetch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A record that could not be read.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SkippedRow {
    /// Which one.
    pub record: String,
    /// Why.
    pub why: String,
}

/// What an imported document is called.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportAsked {
    /// Name of the file. Of a feed with several documents (one a release) it takes the place of the one of this
    /// name, which may be as long as the vendor's path (`v3.20/main.json`), and the others stay.
    #[param(max_length = 1024)]
    pub name: Option<String>,
    /// It takes the place of all documents of the feed.
    pub replace: Option<bool>,
    /// Take it although it shrank beyond measure or went back in time.
    pub force: Option<bool>,
    /// The date of its data, whatever it says itself: a day (its beginning, UTC) or a moment.
    #[param(value_type = Option<String>, example = "2026-11-20")]
    #[serde(default, deserialize_with = "day_or_moment")]
    pub date: Option<jiff::Timestamp>,
    /// The file's modification time: the date of its data where the document has none; an archive's is no newer than
    /// this. One in the future is none.
    #[param(value_type = Option<String>, format = DateTime)]
    pub modified: Option<jiff::Timestamp>,
}

/// A day, whose beginning counts, since one that is not over has seen no more than that for certain; or a moment.
fn day_or_moment<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<jiff::Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let day = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == 10);
    let at = match day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok()) {
        Some(at) => Ok(at.timestamp()),
        None => {
            text.parse().map_err(|_| serde::de::Error::custom("expected a day (2026-11-20) or a moment (RFC 3339)"))
        }
    };
    at.map(Some)
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    let most = usize::try_from(MOST_IMPORT_BYTES).unwrap_or(usize::MAX);
    OpenApiRouter::new()
        .routes(routes!(feed_list))
        .routes(routes!(feed_sync))
        .merge(OpenApiRouter::new().routes(routes!(feed_import)).layer(DefaultBodyLimit::max(most)))
}

/// Every feed of the catalogue with its state, without its documents.
///
/// # Errors
/// When the record can't be read.
pub async fn rows(app: &App) -> ApiResult<Vec<FeedRow>> {
    let states = app.store().feed_list().await?;
    let in_force = crate::platform_rules::feeds_in_force(app).await?;
    let mut fleet = app.platform_rules().platforms();
    fleet.sort();
    Ok(feeds::FEEDS
        .iter()
        .chain(feeds::CVE_FEEDS)
        .map(|feed| {
            let state = states.iter().find(|state| state.id == feed.id());
            let stamp = in_force.iter().map(|feed| &feed.stamp).find(|stamp| stamp.id == feed.id());
            FeedRow {
                speaks_for: fleet
                    .iter()
                    .filter(|platform| matching::feeds_for(platform).contains(&feed.id()))
                    .map(ToString::to_string)
                    .collect(),
                needed: fleet.iter().any(|platform| matching::needed_for(platform).contains(&feed.id())),
                state: state_word(stamp).to_owned(),
                as_of: stamp.map(|stamp| stamp.as_of),
                fetched_at: state.and_then(|state| state.checked_at),
                records: state.map_or(0, |state| u64::try_from(state.records).unwrap_or(0)),
                skipped: state.map_or(0, |state| u64::try_from(state.skipped).unwrap_or(0)),
                lost: state.map_or(0, |state| u64::try_from(state.lost).unwrap_or(0)),
                sha256: stamp.map(|stamp| stamp.sha256.clone()).filter(|sha256| !sha256.is_empty()),
                error: state.and_then(|state| state.error.clone()),
                ..never_fetched(*feed)
            }
        })
        .collect())
}

/// Every feed of the catalogue as it is where nothing was ever fetched, and no host is known.
#[must_use]
pub fn catalogue() -> Feeds {
    let items: Vec<FeedRow> = feeds::FEEDS.iter().chain(feeds::CVE_FEEDS).map(|feed| never_fetched(*feed)).collect();
    Feeds { total: u64::try_from(items.len()).unwrap_or(0), items }
}

fn never_fetched(feed: &dyn feeds::Feed) -> FeedRow {
    FeedRow {
        id: feed.id().to_owned(),
        title: feed.title().to_owned(),
        url: feed_sync::address(feed),
        platforms: feed_sync::platforms(feed),
        speaks_for: Vec::new(),
        needed: false,
        state: state_word(None).to_owned(),
        as_of: None,
        fetched_at: None,
        records: 0,
        skipped: 0,
        lost: 0,
        sha256: None,
        error: None,
        document_count: 0,
        signatures: Vec::new(),
        documents: Vec::new(),
    }
}

fn state_word(stamp: Option<&matching::FeedStamp>) -> &'static str {
    match stamp {
        None => "never",
        Some(stamp) if stamp.too_old => "too_old",
        Some(_) => "in_force",
    }
}

/// Lists the feeds of the catalogue, each with the documents that are in force and who signed them.
#[utoipa::path(get, path = "/api/v1/feeds", tag = "feeds", params(super::host::HostAsked), responses((status = 200, body = Feeds)))]
async fn feed_list(
    State(app): State<App>,
    _user: Principal,
    Query(asked): Query<super::host::HostAsked>,
) -> ApiResult<Json<Feeds>> {
    // The list is told while the server starts, too: only who names a change waits for the fleet.
    if asked.min_seq.is_some() {
        app.snapshot(asked.min_seq).await?;
    }
    let mut items = rows(&app).await?;
    for row in items.iter_mut().filter(|row| row.state != "never") {
        let found = feed_documents::of(&app, &row.id).await?;
        (row.documents, row.document_count, row.signatures) = (found.rows, found.count, found.signatures);
    }
    Ok(Json(Feeds { total: u64::try_from(items.len()).unwrap_or(0), items }))
}

fn no_feed(id: &str) -> ApiError {
    let id: String = id.chars().take(80).collect();
    let known: Vec<&str> = feeds::FEEDS.iter().chain(feeds::CVE_FEEDS).map(|feed| feed.id()).collect();
    ApiError::not_found(format!("There is no feed '{}'; there are {}.", id.escape_debug(), known.join(", ")))
}

/// Fetches feeds now; answers when that is done. A feed that fails does not keep others from coming,
/// and what was in force of it stays.
#[utoipa::path(post, path = "/api/v1/feeds/sync", tag = "feeds", request_body = SyncAsked, responses(
    (status = 200, body = Vec<SyncResult>),
    (status = 404, description = "`not_found`", body = Problem),
))]
async fn feed_sync(
    State(app): State<App>,
    _user: Principal,
    JsonBody(asked): JsonBody<SyncAsked>,
) -> ApiResult<Json<Vec<SyncResult>>> {
    let mut wanted = Vec::new();
    for id in &asked.ids {
        wanted.push(feed_sync::find(id).ok_or_else(|| no_feed(id))?);
    }
    if wanted.is_empty() {
        wanted = feed_sync::of_the_fleet(&app).await?;
    }
    let mut results = Vec::new();
    for feed in wanted {
        let outcome = feed_sync::sync(&app, feed, asked.force).await;
        results.push(result(&app, feed.id(), outcome).await?);
    }
    Ok(Json(results))
}

/// Takes a document that was fetched by other means (no network, a mirror): the body is the file as it is, compressed or not.
#[utoipa::path(post, path = "/api/v1/feeds/{id}/import", tag = "feeds", params(("id" = String, Path,), ImportAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = SyncResult),
        (status = 404, description = "`not_found`", body = Problem),
        (status = 413, description = "`too_large`", body = Problem),
        (status = 422, description = "`unreadable_document`, with what and where; `date_in_future`", body = Problem),
    ))]
async fn feed_import(
    State(app): State<App>,
    _user: Principal,
    Path(id): Path<String>,
    Query(asked): Query<ImportAsked>,
    body: Body,
) -> ApiResult<Json<SyncResult>> {
    let feed = feed_sync::find(&id).ok_or_else(|| no_feed(&id))?;
    if asked.date.is_some_and(|date| date > app.now()) {
        return Err(ApiError::invalid("date_in_future", "date", "The date of the data is in the future."));
    }
    let brought = feeds::Dates { given: asked.date, file: asked.modified, ..feeds::Dates::default() };
    let name: String =
        asked.name.as_deref().unwrap_or("import").chars().filter(|c| !c.is_control()).take(200).collect();
    let file = feed_sync::spool(&app, feed).map_err(ApiError::from)?;
    let mut writer = tokio::fs::File::create(file.file("document")).await.map_err(anyhow::Error::from)?;
    let mut chunks = body.into_data_stream();
    let mut size: u64 = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk =
            chunk.map_err(|_| ApiError::new(StatusCode::BAD_REQUEST, "unreadable_body", "The body broke off."))?;
        size += chunk.len() as u64;
        if size > MOST_IMPORT_BYTES {
            return Err(ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                format!("The document has more than {MOST_IMPORT_BYTES} bytes."),
            ));
        }
        writer.write_all(&chunk).await.map_err(anyhow::Error::from)?;
    }
    writer.flush().await.map_err(anyhow::Error::from)?;
    let (replace, force) = (asked.replace.unwrap_or(false), asked.force.unwrap_or(false));
    let outcome = feed_import::import(&app, feed, file, feed_import::Import { name, brought, replace, force }).await;
    let result = result(&app, feed.id(), outcome).await?;
    match &result.error {
        Some(error) => Err(ApiError::invalid("unreadable_document", "", error.clone())),
        None => Ok(Json(result)),
    }
}

async fn result(app: &App, id: &str, outcome: anyhow::Result<Outcome>) -> ApiResult<SyncResult> {
    let in_force = crate::platform_rules::feeds_in_force(app).await?;
    let stamp = in_force.iter().map(|feed| &feed.stamp).find(|stamp| stamp.id == id);
    let mut result = SyncResult {
        id: id.to_owned(),
        outcome: "failed".to_owned(),
        state: state_word(stamp).to_owned(),
        records: 0,
        added: 0,
        changed: 0,
        removed: 0,
        skipped: 0,
        skipped_first: Vec::new(),
        as_of: None,
        dated: None,
        notes: Vec::new(),
        error: None,
    };
    match outcome {
        Ok(Outcome::Unchanged { records, notes }) => {
            result.notes = notes;
            result.outcome = "unchanged".to_owned();
            result.records = records;
        }
        Ok(Outcome::Updated { generation, as_of, skipped, notes }) => {
            result.notes = notes;
            result.outcome = "updated".to_owned();
            result.records = generation.records;
            result.added = generation.added;
            result.changed = generation.changed;
            result.removed = generation.removed;
            result.skipped = generation.skipped;
            result.as_of = Some(as_of.at);
            result.dated = Some(as_of.dated.as_str().to_owned());
            result.skipped_first =
                skipped.into_iter().take(10).map(|s| SkippedRow { record: s.record, why: s.why }).collect();
        }
        Err(error) => result.error = Some(format!("{error:#}")),
    }
    Ok(result)
}
