//! An rpm database of 1,000 packages in SQLite: the 129 headers of a real one (`mariner2` of the shared data set)
//! again and again, 19 MB; and the real ndb database of 35 packages.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use criterion::{Criterion, criterion_group, criterion_main};
use formats::rpmdb::{Kind, Limits, read};
use std::fs::{self, File};
use std::hint::black_box;
use std::process::Command;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/hosts/rpmdb");

const MANY: &str = "
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute('select blob from Packages order by hnum').fetchall()
to = sqlite3.connect(sys.argv[2])
to.execute('create table Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)')
for number in range(1000):
    to.execute('insert into Packages (blob) values (?)', rows[number % len(rows)])
to.commit()
";

fn rpmdb(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let (real, many, ndb) = (folder.path().join("real"), folder.path().join("many"), folder.path().join("ndb"));
    for (name, to) in [("mariner2.rpmdb.sqlite.zst", &real), ("sle15-bci.ndb.Packages.db.zst", &ndb)] {
        fs::write(to, zstd::decode_all(File::open(format!("{DATA}/{name}")).unwrap()).unwrap()).unwrap();
    }
    let made = Command::new("python3").args(["-c", MANY]).args([&real, &many]).status().unwrap();
    assert!(made.success());
    let mut group = criterion.benchmark_group("rpmdb");
    group.sample_size(10);
    for (name, file, count) in [("sqlite, 1,000 packages", &many, 1000), ("ndb, 35 packages", &ndb, 36)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut requires = 0;
                let outcome = read(File::open(file).unwrap(), None, &Limits::default(), &mut |package| {
                    requires += black_box(package).dependencies(Kind::Requires).count();
                });
                assert!(outcome.unwrap().packages <= count && requires > 0);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, rpmdb);
criterion_main!(benches);
