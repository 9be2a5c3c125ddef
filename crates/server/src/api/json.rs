//! Bodies and queries of requests, with errors that name the field.

use super::error::ApiError;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
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
        serde_path_to_error::deserialize(&mut json).map(Body).map_err(|error| {
            let field = error.path().to_string();
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", error.into_inner().to_string())
                .field(if field == "." { String::new() } else { field })
        })
    }
}

/// A part of the path. One that can't be read names nothing that is there.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|error| ApiError::not_found(format!("There is nothing at this address: {}.", error.body_text())))
    }
}

/// The query of an address.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|query| Self(query.0))
            .map_err(|error| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_query", error.body_text()))
    }
}
