//! Bodies and queries of requests, with errors that name the field.

use super::error::ApiError;
use axum::body::Bytes;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use model::wire::Objects;
use serde::de::DeserializeOwned;

/// A JSON body.
pub struct Body<T>(pub T);

/// Why a body could not be read, as the error that the caller sees.
pub fn body_error(rejection: &BytesRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is larger than this server takes.")
        }
        _ => ApiError::new(StatusCode::BAD_REQUEST, "unreadable_body", "The body broke off or could not be read."),
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| body_error(&rejection))?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let body = serde_path_to_error::deserialize(Objects(&mut json)).map_err(|error| {
            // `?` stands where the reader was between two fields.
            let field = error.path().to_string().trim_end_matches(['.', '?']).to_owned();
            invalid_body(&error.into_inner(), bytes.len()).field(field)
        })?;
        json.end().map_err(|error| invalid_body(&error, bytes.len()))?;
        Ok(Self(body))
    }
}

fn invalid_body(error: &serde_json::Error, length: usize) -> ApiError {
    let why = match length {
        0 => "The request has no body; a JSON object is expected.".to_owned(),
        length if error.is_eof() => {
            format!("The body ends in the middle, after {length} bytes: was it cut off? ({error})")
        }
        _ => error.to_string(),
    };
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", why)
}

/// A part of the path. One that can't be read names nothing that is there.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        axum::extract::Path::<T>::from_request_parts(parts, state).await.map(|path| Self(path.0)).map_err(|error| {
            match &error {
                PathRejection::FailedToDeserializePathParams(why) => match why.kind() {
                    ErrorKind::InvalidUtf8InPathParam { key } => {
                        let why = format!("{key}, a part of the address, is not UTF-8.");
                        ApiError::invalid("invalid_path", key.as_str(), why)
                    }
                    _ => nothing(&error),
                },
                _ => nothing(&error),
            }
        })
    }
}

fn nothing(error: &PathRejection) -> ApiError {
    // The text holds the part of the address, which may be of any length.
    let why: String = error.body_text().chars().take(200).collect();
    ApiError::not_found(format!("There is nothing at this address: {why}."))
}

/// The query of an address.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(pairs).map(Self).map_err(|error| {
            let field = error.path().to_string().trim_end_matches(['.', '?']).to_owned();
            let why = error.into_inner();
            let problem = |detail| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_query", detail);
            match place_of(&field, query) {
                Some((position, value)) => {
                    let shown: String = value.chars().take(40).collect();
                    problem(format!("{field} is '{}': {why}.", shown.escape_debug())).field(field).position(position)
                }
                None => problem(format!("{why}.")).field(field),
            }
        })
    }
}

/// Where the value of a parameter begins in a query, in bytes, and the value as it stands there.
fn place_of<'q>(name: &str, query: &'q str) -> Option<(usize, &'q str)> {
    let mut start = 0;
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if form_urlencoded::parse(key.as_bytes()).next().is_some_and(|(decoded, _)| decoded == name) {
            return Some((start + pair.len() - value.len(), value));
        }
        start += pair.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_parameter() {
        assert_eq!(place_of("limit", "q=limit&limit=many"), Some((14, "many")));
        assert_eq!(place_of("limit", "li%6Dit=many"), Some((8, "many")));
        assert_eq!(place_of("limit", "limit"), Some((5, "")));
        assert_eq!(place_of("limit", "q=a%26limit=3"), None);
    }
}
