//! Parameters that an address takes: those that the specification names, and no others.
//!
//! A parameter that is silently passed over (`sorted=` for `sort=`, `dry_run=` where nothing is tried out) is
//! answered with something else than what was asked. So are bytes that are no text, once they are replaced by
//! a sign that nobody sent.

use super::error::{ApiError, ApiResult};
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::{OpenApi, RefOr, Schema};

/// Names the change that an answer has to hold.
const MIN_SEQ: &str = "min_seq";

/// Characters of a value of which the specification says no length: numbers, times, words.
const MOST_USUAL: usize = 200;

/// Agents of other versions may come to say more in an address; like unknown fields of reports it is passed over.
const AGENTS: &str = "/api/agent/";

/// The parameters in the query of one address and method, each with the most characters of a value.
type Taken = BTreeMap<String, usize>;

/// The parameters in the query of every address that the specification names, by method.
#[derive(Debug, Clone)]
pub struct Parameters(Arc<HashMap<(String, Method), Taken>>);

impl Parameters {
    /// Those that a specification names.
    #[must_use]
    pub fn of(specification: &OpenApi) -> Self {
        let operations = specification.paths.paths.iter().flat_map(|(path, item)| {
            operations(item).map(|(method, operation)| ((path.clone(), method), taken(operation)))
        });
        Self(Arc::new(operations.filter(|((path, _), _)| !path.starts_with(AGENTS)).collect()))
    }

    /// Refuses what no specification names, and what is no value.
    ///
    /// # Errors
    /// 422 that names the first such parameter and where it stands: `unknown_parameter` with those that are taken,
    /// `invalid_query`, `too_long`.
    fn check(&self, path: &str, method: &Method, query: &str) -> ApiResult<()> {
        let method = if *method == Method::HEAD { Method::GET } else { method.clone() };
        let Some(taken) = self.0.get(&(path.to_owned(), method)) else { return Ok(()) };
        let mut position = 0;
        let mut seen = BTreeSet::new();
        for pair in query.split('&') {
            if !pair.is_empty() {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                let name = name(key, taken).map_err(|refused| refused.position(position))?;
                let at = position + pair.len() - value.len();
                check_value(&name, value, taken).map_err(|refused| refused.field(&name).position(at))?;
                if !seen.insert(name.clone()) {
                    let why = format!("{name} stands there twice; which one is meant can't be told.");
                    return Err(ApiError::invalid("invalid_query", name, why).position(position));
                }
            }
            position += pair.len() + 1;
        }
        Ok(())
    }
}

fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    let each = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    each.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn taken(operation: &Operation) -> Taken {
    let parameters = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let in_query = parameters.filter(|parameter| parameter.parameter_in == ParameterIn::Query);
    let most = |schema: Option<&RefOr<Schema>>| match schema {
        Some(RefOr::T(Schema::Object(object))) => object.max_length,
        _ => None,
    };
    in_query.map(|parameter| (parameter.name.clone(), most(parameter.schema.as_ref()).unwrap_or(MOST_USUAL))).collect()
}

/// The name of a parameter that is taken.
fn name(key: &str, taken: &Taken) -> ApiResult<String> {
    let name = decoded(key).map_err(|shown| {
        let why = format!("'{}' is no name of a parameter: it is not UTF-8.", shown.escape_debug());
        ApiError::invalid("invalid_query", shown, why)
    })?;
    if taken.contains_key(&name) {
        return Ok(name);
    }
    let shown = head(&name);
    let why = if taken.is_empty() {
        format!("'{}' is not a parameter here: none is taken.", shown.escape_debug())
    } else {
        let taken: Vec<&str> = taken.keys().map(String::as_str).collect();
        format!("'{}' is not a parameter here: expected {}.", shown.escape_debug(), taken.join(", "))
    };
    Err(ApiError::invalid("unknown_parameter", shown, why))
}

fn check_value(name: &str, value: &str, taken: &Taken) -> ApiResult<()> {
    let refused = |code, why: String| Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, code, why));
    let value = match decoded(value) {
        Ok(value) => value,
        Err(shown) => {
            return refused("invalid_query", format!("{name} is '{}': that is not UTF-8.", shown.escape_debug()));
        }
    };
    let most = taken.get(name).copied().unwrap_or(MOST_USUAL);
    let length = value.chars().count();
    if length > most {
        return refused("too_long", format!("{name} has {length} characters; at most {most} are taken."));
    }
    if name == MIN_SEQ && value.parse::<i64>().is_ok_and(|seq| seq < 0) {
        return refused(
            "invalid_query",
            format!("{name} is '{value}': expected the number of a change, as `Mendwatch-Seq` gives it."),
        );
    }
    Ok(())
}

/// A name or value as it was meant (`application/x-www-form-urlencoded`), or as much as can be shown of bytes
/// that are no text.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let encoded = after.first_chunk::<2>().filter(|_| *first == b'%').and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            // A sign is no digit, but a number may begin with it.
            u8::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        });
        match encoded {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_err(|error| head(&String::from_utf8_lossy(error.as_bytes())))
}

/// As much of a text as is shown.
fn head(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Refuses requests with a parameter that their address does not take.
///
/// # Errors
/// As [`Parameters::check`].
pub async fn only_known(parameters: Parameters, request: Request, next: Next) -> ApiResult<Response> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    if let Some(query) = request.uri().query() {
        parameters.check(path, request.method(), query)?;
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters() -> Parameters {
        let known: Taken =
            [("q", 8), ("sort", 5), (MIN_SEQ, MOST_USUAL)].map(|(name, most)| (name.into(), most)).into();
        let paths = [("/api/v1/hosts".to_owned(), known), ("/api/v1/session".to_owned(), Taken::new())];
        Parameters(Arc::new(paths.into_iter().map(|(path, taken)| ((path, Method::GET), taken)).collect()))
    }

    #[test]
    fn what_is_not_taken_is_named() {
        let refused = |path, query| parameters().check(path, &Method::GET, query).unwrap_err().detail().to_owned();
        assert_eq!(
            refused("/api/v1/hosts", "q=a&s%6Frted=1"),
            "'sorted' is not a parameter here: expected min_seq, q, sort."
        );
        assert_eq!(refused("/api/v1/session", "q=a"), "'q' is not a parameter here: none is taken.");
        assert_eq!(refused("/api/v1/hosts", "q=a%ffb"), "q is 'a\u{fffd}b': that is not UTF-8.");
        assert_eq!(refused("/api/v1/hosts", "%ff"), "'\u{fffd}' is no name of a parameter: it is not UTF-8.");
        assert_eq!(refused("/api/v1/hosts", "q=a&q=a"), "q stands there twice; which one is meant can't be told.");
        // Six characters, twelve bytes.
        assert_eq!(refused("/api/v1/hosts", "sort=éééééé"), "sort has 6 characters; at most 5 are taken.");
        assert_eq!(
            refused("/api/v1/hosts", "min_seq=-1"),
            "min_seq is '-1': expected the number of a change, as `Mendwatch-Seq` gives it."
        );
        for (path, query) in [
            ("/api/v1/hosts", "s%6Frt=1&q=x%26y=z&min_seq=3"),
            ("/api/v1/hosts", "q=%ef%bf%bd+%2b%zz%"),
            ("/api/v1/hosts", ""),
            ("/api/v1/hosts", "&q=a&"),
            ("/api/v1/session", ""),
            ("/nothing/of/ours", "q=a"),
        ] {
            assert!(parameters().check(path, &Method::GET, query).is_ok(), "{path}?{query}");
        }
    }

    #[test]
    fn a_value_is_read_as_forms_write_it() {
        // What the URL standard's parser of forms makes of each (which never fails: it replaces).
        for text in ["a+b%20c", "%41%c3%A9", "%zz%", "%+1", "%2", "é", ""] {
            let theirs = form_urlencoded::parse(format!("={text}").as_bytes()).next().unwrap().1.into_owned();
            assert_eq!(decoded(text), Ok(theirs), "{text}");
        }
        for text in ["%ff", "a%c3", "%ED%A0%80"] {
            assert!(decoded(text).is_err(), "{text}");
        }
    }
}
