//! Setting up, signing in and out.

use super::error::{ApiError, ApiResult, Problem};
use super::json::Query;
use super::types::NoChange;
use crate::app::App;
use crate::auth::principal::{COOKIE, Peer, Principal};
use crate::auth::{password, secret};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Whether somebody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// A session is in force.
    SignedIn,
    /// None is.
    SignedOut,
    /// There is no user yet: open the set-up link that the server printed.
    SetupNeeded,
}

/// A user as pages show them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    /// Sign-in name.
    pub name: String,
    /// `admin`.
    pub role: String,
}

/// The session of this browser.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Session {
    /// Whether somebody is signed in.
    pub state: SessionState,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// The organisation's title for this installation.
    pub title: String,
    /// Version of the server.
    pub version: String,
    /// Whether the server looks at its own host.
    pub own_host: bool,
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub struct Credentials {
    /// Sign-in name.
    pub name: String,
    /// Password.
    pub password: String,
}

/// The first administrator.
#[derive(Deserialize, ToSchema)]
pub struct Setup {
    /// The secret behind `#` in the set-up link.
    pub token: String,
    /// Sign-in name of the administrator.
    pub name: String,
    /// At least 12 characters.
    pub password: String,
}

/// The routes of this file.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(session_get, session_create, session_delete)).routes(routes!(setup))
}

fn session(app: &App, state: SessionState, user: Option<Principal>) -> Session {
    Session {
        state,
        user: user.map(|user| User { name: user.name, role: user.role }),
        title: "Mendwatch".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        own_host: app.config().own_host,
    }
}

/// Whether somebody is signed in, and who.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", params(NoChange), responses((status = 200, body = Session)))]
async fn session_get(
    State(app): State<App>,
    user: Option<Principal>,
    _asked: Query<NoChange>,
) -> ApiResult<Json<Session>> {
    Ok(Json(match user {
        Some(user) => session(&app, SessionState::SignedIn, Some(user)),
        None if app.needs_setup().await? => session(&app, SessionState::SetupNeeded, None),
        None => session(&app, SessionState::SignedOut, None),
    }))
}

/// Whether a user may be called so: 1 to 64 bytes, all of them to be seen.
fn may_be_a_name(name: &str) -> bool {
    let is_odd = |c: char| model::wire::is_invisible(c) || c.is_whitespace();
    !name.is_empty() && name.len() <= 64 && !name.chars().any(is_odd)
}

async fn sign_in(
    app: &App,
    jar: CookieJar,
    user: Principal,
    user_id: i64,
) -> ApiResult<(StatusCode, CookieJar, Json<Session>)> {
    let token = secret::generate("mws_")?;
    let now = app.now();
    app.store().session_create(user_id, secret::hash(&token), now, now + App::SESSION_LENGTH).await?;
    let cookie = Cookie::build((COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.is_secure())
        .build();
    Ok((StatusCode::CREATED, jar.add(cookie), Json(session(app, SessionState::SignedIn, Some(user)))))
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = Credentials, responses(
    (status = 201, body = Session),
    (status = 401, description = "`wrong_credentials`", body = Problem),
    (status = 429, description = "`too_many_attempts`, with Retry-After", body = Problem),
))]
async fn session_create(
    State(app): State<App>,
    Peer(peer): Peer,
    jar: CookieJar,
    super::json::Body(credentials): super::json::Body<Credentials>,
) -> ApiResult<(StatusCode, CookieJar, Json<Session>)> {
    let now = app.now();
    if let Some(seconds) = app.attempts().closed(&credentials.name, peer, now) {
        return Err(ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_attempts",
            format!("Too many failed sign-ins; try again in {seconds} s."),
        )
        .retry_after(seconds));
    }
    app.attempts().tried(&credentials.name, peer, now);
    // What no user can be called is not looked for: not every text can be told to a database.
    let user = match may_be_a_name(&credentials.name) {
        true => app.store().user_find(&credentials.name).await?.filter(|user| user.disabled_at.is_none()),
        false => None,
    };
    let stored = user.as_ref().map(|user| user.password.clone());
    // Over-long passwords never reach the hash, but cost a failure like any other.
    let fits = credentials.password.len() <= password::MAX_LENGTH;
    let right = fits && password::verify(credentials.password, stored).await?;
    let address = peer.map(tracing::field::display);
    match user {
        Some(user) if right => {
            app.attempts().succeeded(&user.name, peer);
            tracing::info!(user.name, user.address = address, "an administrator signed in");
            let principal = Principal { name: user.name, role: user.role };
            sign_in(&app, jar, principal, user.id).await
        }
        user => {
            // A name that nobody has may be a password in the wrong field.
            tracing::warn!(user.name = user.map(|user| user.name), user.address = address, "a sign-in was refused");
            Err(ApiError::new(StatusCode::UNAUTHORIZED, "wrong_credentials", "Name or password is wrong."))
        }
    }
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204)))]
async fn session_delete(
    State(app): State<App>,
    jar: CookieJar,
    _user: Principal,
) -> ApiResult<(StatusCode, CookieJar)> {
    if let Some(cookie) = jar.get(COOKIE) {
        app.store().session_delete(secret::hash(cookie.value())).await?;
    }
    Ok((StatusCode::NO_CONTENT, jar.remove(Cookie::build(COOKIE).path("/"))))
}

/// Uses the one-time set-up link: makes the first administrator and signs in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "session", request_body = Setup, responses(
    (status = 201, body = Session),
    (status = 410, description = "`setup_link_unknown` or `setup_link_used`", body = Problem),
    (status = 422, description = "`weak_password` or `invalid_name`", body = Problem),
    (status = 429, description = "`too_many_attempts`, with Retry-After", body = Problem),
))]
async fn setup(
    State(app): State<App>,
    jar: CookieJar,
    super::json::Body(setup): super::json::Body<Setup>,
) -> ApiResult<(StatusCode, CookieJar, Json<Session>)> {
    let name = setup.name.trim().to_owned();
    if !may_be_a_name(&name) {
        return Err(ApiError::invalid(
            "invalid_name",
            "name",
            "A name has 1 to 64 characters, none of them white space.",
        ));
    }
    if let Some(why) = password::fault(&setup.password, &name) {
        return Err(ApiError::invalid("weak_password", "password", why));
    }
    let hash = password::hash(setup.password).await?;
    let new = store::NewUser { name, password: hash, role: "admin".to_owned() };
    match app.store().setup_link_use(secret::hash(&setup.token), &new, app.now()).await? {
        store::SetupLink::Done(user) => {
            let principal = Principal { name: user.name, role: user.role };
            sign_in(&app, jar, principal, user.id).await
        }
        store::SetupLink::Used => Err(ApiError::new(
            StatusCode::GONE,
            "setup_link_used",
            "This set-up link has been used. Sign in with the account that it made.",
        )),
        store::SetupLink::Unknown | store::SetupLink::Expired => Err(ApiError::new(
            StatusCode::GONE,
            "setup_link_unknown",
            "This set-up link is not in force. The server prints a new one when it starts without any user.",
        )),
    }
}
