//! The tokens with which agents report.

use super::error::{ApiError, ApiResult, Problem};
use super::json::{Path, Query};
use super::types::NoChange;
use crate::app::App;
use crate::auth::principal::Principal;
use crate::auth::secret;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A token to make.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    /// A name to know it by, 1 to 64 characters.
    pub name: String,
}

/// A token, this once in clear.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TokenCreated {
    /// Its number.
    pub id: i64,
    /// The token. It is stored as a hash only and can't be shown again.
    pub token: String,
}

/// A token as it is listed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TokenRow {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
    /// When it was ended, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<jiff::Timestamp>,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(token_list, token_create)).routes(routes!(token_revoke))
}

/// Lists agents' tokens, without their secrets.
#[utoipa::path(get, path = "/api/v1/agent-tokens", tag = "agents", params(NoChange), responses((status = 200, body = Vec<TokenRow>)))]
async fn token_list(
    State(app): State<App>,
    _user: Principal,
    _asked: Query<NoChange>,
) -> ApiResult<Json<Vec<TokenRow>>> {
    let tokens = app.store().token_list().await?;
    let row = |token: store::AgentToken| TokenRow {
        id: token.id,
        name: token.name,
        created_at: token.created_at,
        revoked_at: token.revoked_at,
    };
    Ok(Json(tokens.into_iter().map(row).collect()))
}

/// Makes a token.
#[utoipa::path(post, path = "/api/v1/agent-tokens", tag = "agents", request_body = NewToken, responses(
    (status = 201, body = TokenCreated),
    (status = 422, description = "`invalid_name`", body = Problem),
))]
async fn token_create(
    State(app): State<App>,
    _user: Principal,
    super::json::Body(new): super::json::Body<NewToken>,
) -> ApiResult<(StatusCode, Json<TokenCreated>)> {
    let name = new.name.trim();
    if name.is_empty() || name.len() > 64 || name.chars().any(model::wire::is_invisible) {
        return Err(ApiError::invalid("invalid_name", "name", "A name has 1 to 64 characters."));
    }
    let token = secret::generate("mwa_")?;
    let created = app.store().token_create(name, secret::hash(&token), app.now()).await?;
    Ok((StatusCode::CREATED, Json(TokenCreated { id: created.id, token })))
}

/// Ends a token: agents that use it are refused from now on.
#[utoipa::path(delete, path = "/api/v1/agent-tokens/{id}", tag = "agents", params(("id" = i64, Path,)), responses(
    (status = 204),
    (status = 404, description = "`not_found`", body = Problem),
))]
async fn token_revoke(State(app): State<App>, _user: Principal, Path(id): Path<i64>) -> ApiResult<StatusCode> {
    if !app.store().token_revoke(id, app.now()).await? {
        return Err(ApiError::not_found(format!("There is no token {id} in force.")));
    }
    Ok(StatusCode::NO_CONTENT)
}
