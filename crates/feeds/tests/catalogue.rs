//! What holds for every feed of the catalogue.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use feeds::{FEEDS, Feed, FeedConfig, FetchError, feed};

fn page(name: &str) -> String {
    let path = format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What a feed asks for before it knows anything: its documents, or the index that names them.
fn addresses(feed: &dyn Feed, config: &FeedConfig) -> Vec<String> {
    let mut asked = Vec::new();
    let documents = feed.discover(config, &mut |url| {
        asked.push(url.to_owned());
        Err(FetchError::Address { url: url.to_owned(), why: "not asked for here".to_owned() })
    });
    asked.extend(documents.into_iter().flatten().map(|document| document.url));
    asked
}

#[test]
fn feeds_are_sorted_and_found_by_id() {
    let ids: Vec<&str> = FEEDS.iter().map(|feed| feed.id()).collect();
    assert!(ids.is_sorted() && !ids.is_empty());
    for id in ids {
        assert_eq!(feed(id).unwrap().id(), id);
    }
    assert!(feed("no-such-feed").is_none());
}

#[test]
fn every_feed_is_documented_with_its_address() {
    let page = page("feeds.md");
    for feed in FEEDS {
        assert!(page.contains(&format!("| `{}` |", feed.id())), "docs/feeds.md has no row of {}", feed.id());
        for url in addresses(*feed, &FeedConfig::default()) {
            assert!(url.starts_with("https://"), "{url}");
            assert!(page.contains(&url), "docs/feeds.md does not name {url}");
        }
    }
}

#[test]
fn an_address_of_the_administrators_takes_the_place_of_the_vendors() {
    let config = FeedConfig { url: Some("https://mirror.example/x".into()), ..FeedConfig::default() };
    for feed in FEEDS {
        let addresses = addresses(*feed, &config);
        assert!(!addresses.is_empty());
        assert!(addresses.iter().all(|url| url.starts_with("https://mirror.example/x")), "{addresses:?}");
    }
}

#[test]
fn every_feed_that_can_speak_has_a_part_and_every_part_a_feed() {
    for platform in FEEDS.iter().flat_map(|feed| feed.platforms()) {
        for id in matching::speaks_for(&platform) {
            let feed = feed(id).unwrap_or_else(|| panic!("the table of parts names {id}, which is no feed"));
            assert!(feed.platforms().contains(&platform), "{id} does not know {platform}");
        }
    }
    for feed in FEEDS {
        let platform = feed.platforms().pop().unwrap();
        assert!(matching::speaks_for(&platform).contains(&feed.id()), "{} has no part on {platform}", feed.id());
    }
}
