//! The same host with yum's settings and cache. Of yum itself there is no program to compare with: the metadata are
//! those that `createrepo_c` makes for it, and the answer is to be that of dnf.

use crate::lab::{Lab, made, made_with, updateinfo};
use crate::oracle::compare;
use std::fs;
use std::process::Command;

#[test]
fn the_database_that_yum_keeps_says_what_the_document_says() {
    let mut lab = Lab::new();
    let names: Vec<String> = (0..200).map(|at| format!("package-{at}")).collect();
    let all = |evr: &str| names.iter().map(|name| made(&format!("{name} {evr} x86_64"))).collect::<Vec<_>>();
    lab.install(&[all("1-1"), vec![made("nginx 1-1 x86_64"), made("bind 32:9-1 noarch")]].concat());
    let mut offered = all("1-2");
    offered.extend([
        made_with("nginx-core 2-1 x86_64", "Obsoletes: nginx < 2"),
        made_with("nginx-old 2-1 x86_64", "Obsoletes: nginx < 1"),
        made("bind 32:10-1 noarch"),
    ]);
    let info = updateinfo(&[("X-1", "security", &["bind 32:10-1 noarch"])]);
    lab.repository("base", &offered, &[("updateinfo", &info)], "");
    lab.fetch();
    let (_, of_dnf) = compare(&lab);
    assert_eq!((of_dnf.records.len(), of_dnf.replacements.len()), (201, 1));
    fs::remove_dir_all(lab.root().join("var/cache/dnf")).unwrap();
    fs::remove_dir_all(lab.root().join("etc/dnf")).unwrap();
    lab.write("root/etc/yum.conf", "[main]\ncachedir=/var/cache/yum/$basearch/$releasever\nplugins=1\n");
    let why = lab.collect().updates.unwrap_err();
    assert!(why.ends_with("run 'yum makecache'"), "{why}");
    let cache = lab.root().join("var/cache/yum/x86_64/9/base");
    fs::create_dir_all(cache.join("gen")).unwrap();
    for file in fs::read_dir(lab.path("repositories/base/repodata")).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap();
        if name == "repomd.xml" || name.contains("updateinfo") {
            fs::copy(&file, cache.join(name)).unwrap();
        } else if name.contains("primary.sqlite") {
            let unpacked =
                Command::new("sh").arg("-c").arg(format!("bzip2 -dc '{}'", file.display())).output().unwrap();
            fs::write(cache.join("gen/primary_db.sqlite"), unpacked.stdout).unwrap();
        }
    }
    let updates = lab.collect().updates.unwrap();
    assert_eq!(updates.records, of_dnf.records);
    assert_eq!((updates.replacements, updates.skipped), (of_dnf.replacements, vec![]));
    let database = fs::read(cache.join("gen/primary_db.sqlite")).unwrap();
    assert!(database.len() > 20_000, "{}", database.len());
    for length in [0, 50, database.len() / 2, database.len() - 1] {
        fs::write(cache.join("gen/primary_db.sqlite"), &database[..length]).unwrap();
        let why = lab.collect().updates.unwrap_err();
        assert!(why.starts_with("/var/cache/yum/x86_64/9/base/gen/primary_db.sqlite "), "{length}: {why}");
    }
}
