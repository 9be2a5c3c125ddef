//! Who a request comes from, as an extractor: a handler that takes [`Principal`] can't forget to ask.

use crate::api::error::{ApiError, ApiResult};
use crate::app::App;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum_extra::extract::cookie::CookieJar;
use std::net::{IpAddr, SocketAddr};

/// Name of the session cookie.
pub const COOKIE: &str = "mendwatch_session";
/// A header that a form of another site can't send: with `SameSite=Strict` the guard against
/// requests that other pages make in a user's name.
pub const CSRF_HEADER: &str = "x-mendwatch-csrf";

/// The role that may do everything.
const ADMINISTRATOR: &str = "admin";

/// Marks requests that came over the unix socket, whose file mode 0600 is the credential.
#[derive(Debug, Clone, Copy)]
pub struct OverSocket;

/// A signed-in user, or the administrator of the machine.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The user's name; `root@socket` over the socket.
    pub name: String,
    /// `admin` until roles arrive.
    pub role: String,
}

impl Principal {
    /// Lets administrators pass.
    ///
    /// # Errors
    /// 403 for everybody else.
    pub fn administrator(&self) -> ApiResult<()> {
        if self.role == ADMINISTRATOR {
            return Ok(());
        }
        Err(ApiError::new(StatusCode::FORBIDDEN, "not_allowed", "Only an administrator may do this."))
    }
}

/// The address a request came from, where it came over TCP.
#[must_use]
pub fn peer(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<axum::extract::ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

/// The secret in `Authorization: Bearer`.
///
/// # Errors
/// 401 when there is none.
pub fn bearer(headers: &HeaderMap) -> ApiResult<&str> {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::trim)
        .filter(|token| !token.is_empty())
        .ok_or_else(|| {
            ApiError::new(
                StatusCode::UNAUTHORIZED,
                "unknown_token",
                "Send the agent's token as 'Authorization: Bearer TOKEN'; `mendwatch tokens create` makes one.",
            )
        })
}

async fn principal(parts: &Parts, app: &App) -> ApiResult<Option<Principal>> {
    if parts.extensions.get::<OverSocket>().is_some() {
        return Ok(Some(Principal { name: "root@socket".to_owned(), role: ADMINISTRATOR.to_owned() }));
    }
    let jar = CookieJar::from_headers(&parts.headers);
    let Some(cookie) = jar.get(COOKIE) else { return Ok(None) };
    let Some(user) = app.session_user(cookie.value()).await? else { return Ok(None) };
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    if !reads && parts.headers.get(CSRF_HEADER).is_none() {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "csrf_header_missing",
            format!("Requests that change something carry the header {CSRF_HEADER}."),
        ));
    }
    Ok(Some(user))
}

impl FromRequestParts<App> for Principal {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        principal(parts, app).await?.ok_or_else(ApiError::signed_out)
    }
}

impl OptionalFromRequestParts<App> for Principal {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Self::Rejection> {
        principal(parts, app).await
    }
}

/// The address a request came from, as an extractor; none over the socket.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(peer(parts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_administrators_pass() {
        let user = |role: &str| Principal { name: "ann".to_owned(), role: role.to_owned() };
        assert!(user("admin").administrator().is_ok());
        for role in ["viewer", "", "Admin"] {
            assert_eq!(user(role).administrator().unwrap_err().code(), "not_allowed");
        }
    }
}
