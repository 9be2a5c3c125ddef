//! Archives of documents, tar and zip, compressed or not: any bytes are read member by member within their
//! ceilings or refused, and whatever a member's name is, only the one kept file is written.
#![no_main]

use feeds::{Collected, Document};
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

/// A folder of this process's own, in memory where there is such a place.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let shared = PathBuf::from("/dev/shm");
    let parent = if shared.is_dir() { shared } else { std::env::temp_dir() };
    let folder = parent.join(format!("mendwatch-fuzz-archive-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder of its own");
    folder
});

fuzz_target!(|body: &[u8]| {
    let (file, kept) = (FOLDER.join("file"), FOLDER.join("kept"));
    std::fs::write(&file, body).expect("a file of its own");
    let Ok(fetched_at) = "2026-01-01T00:00:00Z".parse() else { return };
    let Ok(fresh) = feeds::import(&file, &kept, 1 << 22, fetched_at) else { return };
    for id in ["almalinux-osv", "alpine-secdb", "redhat-vex"] {
        let feed = feeds::feed(id).expect("the catalogue has it");
        let document = Document { name: "archive".to_owned(), url: String::new() };
        let _ = feeds::read(feed, &document, &fresh.body, 1 << 22, &mut Collected::default());
    }
    let mut names: Vec<_> =
        std::fs::read_dir(&*FOLDER).expect("it is there").flatten().map(|one| one.file_name()).collect();
    names.sort();
    assert_eq!(names, ["file", "kept"], "nothing is written under a member's name");
});
