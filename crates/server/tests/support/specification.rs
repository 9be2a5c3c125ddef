//! Every answer that a test sees is held against `api/openapi.json`.

use super::Answer;
use serde_json::{Value, json};
use std::sync::LazyLock;
use ureq::http::Method;

static SPECIFICATION: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../api/openapi.json");
    let text = std::fs::read_to_string(path).expect("api/openapi.json is there; ./dev bless writes it");
    serde_json::from_str(&text).expect("api/openapi.json is JSON")
});

/// The description of a path: the one whose template it fits.
fn described<'a>(path: &str) -> Option<&'a Value> {
    let asked: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == asked.len()
            && parts.iter().zip(&asked).all(|(part, asked)| part.starts_with('{') || part == asked)
    };
    let paths = SPECIFICATION["paths"].as_object()?;
    // A literal path goes before a template that it fits as well (hosts/own before hosts/{id}).
    paths.get(asked.join("/").as_str()).or_else(|| paths.iter().find(|(name, _)| fits(name)).map(|(_, at)| at))
}

pub fn check(method: &Method, path: &str, answer: &Answer) {
    if !path.starts_with("/api/") || path == "/api/openapi.json" || answer.status == 404 && described(path).is_none() {
        return;
    }
    let operation = described(path).unwrap_or_else(|| panic!("{path} is not in the specification"));
    let operation = &operation[method.as_str().to_lowercase()];
    let status = answer.status.to_string();
    let kind = answer.header("content-type");
    let schema = match &operation["responses"][&status] {
        // Every operation may refuse: problems have one shape.
        Value::Null if kind == "application/problem+json" => json!({"$ref": "#/components/schemas/Problem"}),
        Value::Null => panic!("{method} {path} answered {status}, which is not in the specification"),
        response => {
            let Some(content) = response["content"].as_object() else {
                assert!(answer.body.is_empty(), "{method} {path} {status} has a body that is not described");
                return;
            };
            let Some(schema) = content.values().next().map(|content| content["schema"].clone()) else { return };
            schema
        }
    };
    // Of these the specification says no shape.
    if kind.starts_with("text/event-stream") || kind == "application/x-ndjson" {
        return;
    }
    let schema = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema], "components": SPECIFICATION["components"]});
    let validator = jsonschema::validator_for(&schema).expect("the specification's schemas are sound");
    let value = answer.json();
    let faults: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).take(5).collect();
    assert!(faults.is_empty(), "{method} {path} {status} is not as specified: {faults:#?}");
}
