//! Queries: which hosts they keep, what they were read as, and what may be typed next.

use super::error::{ApiResult, Problem};
use super::hosts::{HostPage, bad_query, page};
use super::json::Query;
use super::page::asked;
use super::types::ListQuery;
use crate::app::App;
use crate::auth::principal::Principal;
use axum::Json;
use axum::extract::State;
use fleet::query::{Completion, Plan, Suggestion};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(query)).routes(routes!(query_complete))
}

/// What a query is asked with.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct QueryAsked {
    /// The query; see `docs/query-language.md`. Empty or absent: all hosts.
    #[param(max_length = 4096)]
    q: Option<String>,
    /// Whether `plan` is wanted: each part is then evaluated by itself.
    explain: Option<bool>,
    /// Order of the hosts, as `hosts` takes it.
    #[param(max_length = 64)]
    sort: Option<String>,
    /// Rows of a page, 1 to 500, 50 by default.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[param(max_length = 16384)]
    cursor: Option<String>,
    /// Answer only from a state that holds this change (`Mendwatch-Seq` of an earlier answer).
    #[param(minimum = 0)]
    min_seq: Option<i64>,
}

/// The answer to a query.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueryAnswer {
    /// The query as it was read, in its plain form.
    pub q: String,
    /// What it rests on at most: 0 reported facts and tags, 1 groups, 2 verdicts, 3 exceptions and counts of
    /// findings, 4 alerts and policies.
    pub level: u8,
    /// With `explain`: the query as a tree. Absent for the empty query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<QueryPlan>,
    /// A page of the hosts that it keeps.
    #[serde(flatten)]
    pub hosts: HostPage,
}

/// A part of a query.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct QueryPlan {
    /// Its plain form.
    pub text: String,
    /// How its parts are joined: `all`, `any`, `not`; `term` has none.
    pub join: String,
    /// The highest level of its fields; see the answer's `level`.
    pub level: u8,
    /// What is dearest in it, the cheapest first: `set` and `union` of sets kept ready, a `column` of numbers or
    /// `names` of each host that is left, texts that the `rules` have to say again.
    pub cost: String,
    /// How many hosts it keeps by itself.
    pub hosts: u64,
    /// Its parts, in the order in which they are looked at.
    #[schema(no_recursion)]
    pub parts: Vec<Self>,
}

impl From<Plan> for QueryPlan {
    fn from(plan: Plan) -> Self {
        Self {
            text: plan.text,
            join: plan.join.as_str().to_owned(),
            level: plan.level.number(),
            cost: plan.cost.as_str().to_owned(),
            hosts: plan.hosts,
            parts: plan.parts.into_iter().map(Self::from).collect(),
        }
    }
}

/// Says which hosts a query keeps; with `explain=true` also what it was read as, and what each part keeps and
/// costs. The hosts and their pages are those of `/api/v1/hosts?q=`.
#[utoipa::path(get, path = "/api/v1/query", tag = "hosts", params(QueryAsked), responses(
    (status = 200, body = QueryAnswer),
    (status = 422, description = "`bad_query` with position, length and suggestion, `invalid_sort`, `invalid_limit`, `invalid_cursor`", body = Problem),
))]
async fn query(
    State(app): State<App>,
    _user: Principal,
    Query(asked_of): Query<QueryAsked>,
) -> ApiResult<Json<QueryAnswer>> {
    let QueryAsked { q, explain, sort, limit, cursor, min_seq } = asked_of;
    let list = ListQuery { q, sort, limit, cursor, min_seq };
    let query: fleet::Query = asked(list.q.as_deref()).parse().map_err(|error| bad_query(&error))?;
    let (snapshot, seq) = app.snapshot(list.min_seq).await?;
    let hosts = page(&app, "query", &list, query.clone(), (Arc::clone(&snapshot), seq)).await?;
    let (text, level) = (query.to_string(), query.level().number());
    let plan = if explain == Some(true) { app.answer(move || snapshot.plan(&query, None)).await? } else { None };
    Ok(Json(QueryAnswer { q: text, level, plan: plan.map(QueryPlan::from), hosts }))
}

/// What is being typed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CompletionAsked {
    /// The text so far; it need be no query.
    #[param(max_length = 4096)]
    q: Option<String>,
    /// Where the cursor stands, in characters (Unicode code points) from 0; at the end unless given.
    at: Option<usize>,
    /// Answer only from a state that holds this change (`Mendwatch-Seq` of an earlier answer).
    #[param(minimum = 0)]
    min_seq: Option<i64>,
}

/// What may stand at a place of a query.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueryCompletion {
    /// The first character that a suggestion takes the place of.
    pub start: usize,
    /// The character behind the last one.
    pub end: usize,
    /// At most 20: fields, then words that join, then values, the most frequent first.
    pub suggestions: Vec<QuerySuggestion>,
}

/// One thing that may stand there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuerySuggestion {
    /// What to put in place of the characters.
    pub text: String,
    /// `field`, `value` or `keyword`.
    pub kind: String,
    /// How many hosts have the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts: Option<u64>,
    /// One line on what it is; absent for values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl From<Completion> for QueryCompletion {
    fn from(found: Completion) -> Self {
        let suggestion = |one: Suggestion| QuerySuggestion {
            text: one.text,
            kind: one.kind.as_str().to_owned(),
            hosts: one.hosts,
            note: (!one.note.is_empty()).then(|| one.note.to_owned()),
        };
        Self {
            start: found.start,
            end: found.end,
            suggestions: found.suggestions.into_iter().map(suggestion).collect(),
        }
    }
}

/// Says what may stand at a place of a query that is being typed: fields, and values that hosts have.
#[utoipa::path(get, path = "/api/v1/query/complete", tag = "hosts", params(CompletionAsked), responses(
    (status = 200, body = QueryCompletion),
))]
async fn query_complete(
    State(app): State<App>,
    _user: Principal,
    Query(typed): Query<CompletionAsked>,
) -> ApiResult<Json<QueryCompletion>> {
    let (snapshot, _) = app.snapshot(typed.min_seq).await?;
    let text = typed.q.unwrap_or_default();
    let at = typed.at.unwrap_or(usize::MAX);
    let found = app.answer(move || snapshot.complete(&text, at, None)).await?;
    Ok(Json(found.into()))
}
