//! The documents say what is there: links lead somewhere, every page is linked, every command exists.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every page for people, by its path from the root.
fn pages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for dir in ["", "docs", "docs/decisions"] {
        for entry in std::fs::read_dir(root().join(dir)).unwrap() {
            let name = entry.unwrap().file_name();
            if Path::new(&name).extension().is_some_and(|extension| extension == "md") {
                found.push(Path::new(dir).join(name));
            }
        }
    }
    found.sort();
    assert!(found.contains(&PathBuf::from("README.md")));
    found
}

/// Addresses in `[text](address)`, `src="address"` and `srcset="address"`, outside of code.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for prose in text.split("```").step_by(2) {
        for (opening, closing) in [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"')] {
            found.extend(prose.split(opening).skip(1).filter_map(|rest| rest.split(closing).next()));
        }
    }
    found
}

/// Where a link of a page leads, from the root; `None` for one that leaves the repository.
fn target(page: &Path, link: &str) -> Option<PathBuf> {
    let link = link.split('#').next().unwrap();
    if link.is_empty() || link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let mut target = PathBuf::new();
    for part in page.parent().unwrap().join(link).components() {
        match part {
            Component::ParentDir => assert!(target.pop(), "{}: {link} leads out", page.display()),
            Component::Normal(name) => target.push(name),
            _ => {}
        }
    }
    Some(target)
}

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    for page in pages() {
        let text = read(&page);
        for link in links(&text) {
            if target(&page, link).is_some_and(|target| !root().join(target).exists()) {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

/// A page that nothing links is a page that nobody reads.
#[test]
fn every_page_is_linked() {
    let mut linked = BTreeSet::new();
    for from in ["README.md", "CONTRIBUTING.md", "docs/architecture.md"] {
        let from = Path::new(from);
        let text = read(from);
        linked.extend(links(&text).into_iter().filter_map(|link| target(from, link)));
    }
    // A folder that is linked as a whole (the decisions) needs no list of its pages.
    let is_linked = |page: &PathBuf| linked.contains(page) || page.parent().is_some_and(|dir| linked.contains(dir));
    let lost: Vec<_> = pages().into_iter().filter(|page| page != Path::new("README.md") && !is_linked(page)).collect();
    assert!(lost.is_empty(), "linked from neither README, CONTRIBUTING nor docs/architecture.md: {lost:?}");
}

/// Words after `program ` in code blocks and in backticks.
fn commands_named(program: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for page in pages() {
        let text = read(&page);
        let blocks = text.split("```").skip(1).step_by(2).flat_map(str::lines);
        let inline = text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2));
        for code in blocks.chain(inline) {
            let code = code.split(" #").next().unwrap().trim();
            let words: Vec<&str> = code.split_whitespace().collect();
            for pair in words.windows(2) {
                let named = pair[0] == program || pair[0].ends_with(&format!("/{program}"));
                if named && pair[1].starts_with(|c: char| c.is_ascii_lowercase()) {
                    found.insert(pair[1].trim_end_matches([',', '.', ';']).to_owned());
                }
            }
        }
    }
    assert!(!found.is_empty(), "the documents name commands of {program}");
    found
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_of_mendwatch_exists() {
    let help = output(Command::new(env!("CARGO_BIN_EXE_mendwatch")).arg("--help"));
    let known: BTreeSet<&str> =
        help.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
    for name in commands_named("mendwatch") {
        assert!(known.contains(name.as_str()), "the documents say `mendwatch {name}`; there are {known:?}");
    }
}

#[test]
fn every_command_of_dev_exists() {
    let help = output(Command::new(root().join("dev")).arg("help"));
    for name in commands_named("dev") {
        assert!(help.contains(&format!("  ./dev {name} ")), "the documents say `./dev {name}`:\n{help}");
    }
}

/// The README's first screen names the two commands before anything else is explained.
#[test]
fn readme_begins_with_the_two_commands() {
    let readme = read(Path::new("README.md"));
    let first = readme.split("\n## ").next().unwrap();
    assert!(first.lines().count() <= 24, "one screen");
    for wanted in
        ["./dev run", "./dev test", "docs/screenshots/overview-light.png", "docs/screenshots/overview-dark.png"]
    {
        assert!(first.contains(wanted), "the first screen lacks {wanted}");
    }
}
