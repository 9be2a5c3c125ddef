//! What lies in a root before and after it was looked at.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Every path below a folder with its content and time of change, in order.
pub(crate) fn snapshot(folder: &Path) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let metadata = path.symlink_metadata().unwrap();
        if metadata.is_dir() {
            found.extend(snapshot(&path));
        }
        let content = if metadata.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        found.push((path, content, metadata.modified().unwrap()));
    }
    found.sort();
    found
}
