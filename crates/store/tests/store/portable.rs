//! Nothing in our SQL holds for one engine only, but what says so.

use std::path::Path;

/// Places where the engines truly differ. Raise it only with a reason in the code's comment.
const FORKS: usize = 5;

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["src", "migrations"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(found.len() > 20, "the sources are where they were: {}", found.len());
    found
}

/// The code of a file without comments and without its unit tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_statement_is_for_one_engine_only() {
    // What one engine lacks, or understands differently.
    let foreign = [
        "$1",
        "ILIKE",
        "now()",
        "NOW()",
        "CURRENT_TIMESTAMP",
        "datetime(",
        "DISTINCT ON",
        "AUTOINCREMENT",
        "SERIAL",
        "json_each",
        "UNNEST",
        "unnest(",
        "ANY(",
        "INSERT OR",
        "REPLACE INTO",
        "GLOB",
        "::bigint",
        "::text",
        "SKIP LOCKED",
        "STRICT",
        "WITHOUT ROWID",
        "GREATEST",
        "LEAST",
        "ORDER BY name",
        "rowid",
    ];
    for (path, text) in sources() {
        for word in foreign {
            // The stopwatch of a slice is no time of day.
            let code = code(&text).replace("Instant::now()", "");
            let found = code
                .match_indices(word)
                .find(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
            assert_eq!(found, None, "{path} has {word}");
        }
    }
}

#[test]
fn forks_are_few_and_say_so() {
    let sources = sources();
    let said: usize = sources.iter().map(|(_, text)| text.matches("// fork:").count()).sum();
    assert_eq!(said, FORKS);
    // Only these know which engine it is.
    for (path, text) in sources {
        let knows = code(&text).contains("EngineKind::") || code(&text).contains("Engine::");
        let may = ["open.rs", "migrate.rs", "db.rs"].iter().any(|name| path.ends_with(name));
        assert!(!knows || may, "{path} asks for the engine");
    }
}

#[test]
fn the_time_is_never_asked_of_the_system() {
    for (path, text) in sources() {
        // The time of a file's last change is a fact about the file.
        for word in ["Timestamp::now", "SystemTime::now", "Clock"] {
            assert!(!code(&text).contains(word), "{path} has {word}");
        }
    }
}

/// Statements that no test runs are statements that no engine has checked.
#[test]
fn every_function_of_the_store_is_called_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store");
    let tests: String =
        std::fs::read_dir(root).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    let mut functions = 0;
    for (path, text) in sources() {
        for line in code(&text).lines() {
            if let Some(rest) = line.strip_prefix("    pub async fn ") {
                let name = rest.split(['(', '<']).next().unwrap();
                functions += 1;
                assert!(tests.contains(&format!("{name}(")) || tests.contains(&format!("{name}::<")), "{path}: {name}");
            }
        }
    }
    assert!(functions > 50, "{functions}");
}
