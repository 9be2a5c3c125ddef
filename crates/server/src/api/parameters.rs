//! Parameters that an address takes: those that the specification names, and no others.
//!
//! A parameter that is silently passed over (`sorted=` for `sort=`, `as_of=` where nothing of the past
//! is told) is answered with something else than what was asked.

use super::error::{ApiError, ApiResult};
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{OpenApi, RefOr};

/// Taken by everything that is read, so that who has seen a change need not tell addresses apart;
/// what no change touches does not wait for it.
const ALWAYS: &str = "min_seq";

/// The parameters in the query of every address that can be read.
#[derive(Debug, Clone)]
pub struct Parameters(Arc<HashMap<String, BTreeSet<String>>>);

impl Parameters {
    /// Those that a specification names.
    #[must_use]
    pub fn of(specification: &OpenApi) -> Self {
        let paths = specification.paths.paths.iter().filter_map(|(path, item)| {
            let read = item.get.as_ref()?;
            let parameters = read.parameters.iter().flatten().filter_map(|parameter| match parameter {
                RefOr::T(parameter) => Some(parameter),
                RefOr::Ref(_) => None,
            });
            let in_query = parameters.filter(|parameter| parameter.parameter_in == ParameterIn::Query);
            Some((path.clone(), in_query.map(|parameter| parameter.name.clone()).collect()))
        });
        Self(Arc::new(paths.collect()))
    }

    /// Refuses what no specification names.
    ///
    /// # Errors
    /// 422 that names the first such parameter, where it stands, and those that are taken.
    fn check(&self, path: &str, query: &str) -> ApiResult<()> {
        let Some(known) = self.0.get(path).filter(|_| path.starts_with("/api/v1/")) else { return Ok(()) };
        let mut position = 0;
        for pair in query.split('&') {
            let key = pair.split_once('=').map_or(pair, |(key, _)| key);
            let name = form_urlencoded::parse(key.as_bytes()).next().map(|(name, _)| name.into_owned());
            if let Some(name) = name.filter(|name| name != ALWAYS && !known.contains(name)) {
                let shown: String = name.chars().take(40).collect();
                let why = if known.is_empty() {
                    format!("'{}' is not a parameter here: none is taken.", shown.escape_debug())
                } else {
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    format!("'{}' is not a parameter here: expected {}.", shown.escape_debug(), known.join(", "))
                };
                return Err(ApiError::invalid("unknown_parameter", shown, why).position(position));
            }
            position += pair.len() + 1;
        }
        Ok(())
    }
}

/// Refuses requests with a parameter that their address does not take.
///
/// # Errors
/// As [`Parameters::check`].
pub async fn only_known(parameters: Parameters, request: Request, next: Next) -> ApiResult<Response> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    if request.method().is_safe() {
        parameters.check(path, request.uri().query().unwrap_or_default())?;
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters() -> Parameters {
        let known = ["q", "sort"].map(str::to_owned).into();
        let paths = [("/api/v1/hosts".to_owned(), known), ("/api/v1/session".to_owned(), BTreeSet::new())];
        Parameters(Arc::new(paths.into()))
    }

    #[test]
    fn what_is_not_taken_is_named() {
        let refused = |path, query| parameters().check(path, query).unwrap_err().detail().to_owned();
        assert_eq!(refused("/api/v1/hosts", "q=a&s%6Frted=1"), "'sorted' is not a parameter here: expected q, sort.");
        assert_eq!(refused("/api/v1/session", "q=a"), "'q' is not a parameter here: none is taken.");
        for (path, query) in [
            ("/api/v1/hosts", "s%6Frt=1&q=x%26y=z&min_seq=3"),
            ("/api/v1/hosts", ""),
            ("/api/v1/hosts", "&q=a&"),
            ("/api/v1/session", "min_seq=3"),
            ("/nothing/of/ours", "q=a"),
        ] {
            assert!(parameters().check(path, query).is_ok(), "{path}?{query}");
        }
    }
}
