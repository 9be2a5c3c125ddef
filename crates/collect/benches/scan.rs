//! A collection of a Debian 12 host of 907 packages with 52 MB of lists (the archive's, plain and as
//! lz4, which apt keeps in containers), and of the same host without lists.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use collect::{Options, Root, collect};
use criterion::{Criterion, criterion_group, criterion_main};
use std::fs;
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::path::Path;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

fn host(lists: Option<bool>) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    for path in ["etc/apt", "var/lib/dpkg", "var/lib/apt/lists"] {
        fs::create_dir_all(root.join(path)).unwrap();
    }
    let sources = "deb http://deb.debian.org/debian bookworm main\n\
        deb http://deb.debian.org/debian bookworm-updates main\n\
        deb http://deb.debian.org/debian-security bookworm-security main\n";
    fs::write(root.join("etc/apt/sources.list"), if lists.is_some() { sources } else { "" }).unwrap();
    for (from, to) in [("os-release", "etc/os-release"), ("dpkg-status", "var/lib/dpkg/status")] {
        let file = fs::File::open(format!("{DATA}/hosts/{from}.zst")).unwrap();
        fs::write(root.join(to), zstd::decode_all(file).unwrap()).unwrap();
    }
    if let Some(compressed) = lists {
        for entry in fs::read_dir(Path::new(DATA).join("feeds/debian/apt-lists")).unwrap() {
            write_list(&entry.unwrap().path(), &root.join("var/lib/apt/lists"), compressed);
        }
    }
    directory
}

fn write_list(from: &Path, lists: &Path, compressed: bool) {
    let name = from.file_stem().unwrap().to_str().unwrap();
    let mut content = Vec::new();
    liblzma::read::XzDecoder::new(fs::File::open(from).unwrap()).read_to_end(&mut content).unwrap();
    if compressed && name.ends_with("_Packages") {
        let file = fs::File::create(lists.join(format!("deb.debian.org_{name}.lz4"))).unwrap();
        let mut encoder = lz4_flex::frame::FrameEncoder::new(file);
        encoder.write_all(&content).unwrap();
        encoder.finish().unwrap();
    } else {
        fs::write(lists.join(format!("deb.debian.org_{name}")), content).unwrap();
    }
}

fn scan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scan");
    group.sample_size(10);
    for (name, lists) in [("plain lists", Some(false)), ("lz4 lists", Some(true)), ("no lists", None)] {
        let directory = host(lists);
        let root = Root::new(directory.path()).unwrap();
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(collect(&root, &Options::default())));
        });
    }
    group.finish();
}

criterion_group!(benches, scan);
criterion_main!(benches);
