//! Roots made by the real `rpm`.

use crate::host::{Host, SPEC};
use crate::root::run;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

/// Truth: `rpm -qa --qf` on the same root.
#[test]
fn records_equal_what_rpm_says() {
    let host = Host::new();
    host.install(SPEC);
    let query = "%{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t\
        %{VENDOR}\\t%{INSTALLTIME}\\n";
    let text = run(host.root.rpm().args(["-qa", "--qf", query]), "rpm");
    let mut theirs: Vec<&str> = text.lines().collect();
    theirs.sort_unstable();
    let packages = host.packages();
    let ours: Vec<String> = packages
        .records
        .iter()
        .map(|record| {
            let at = record.installed_at.unwrap().as_second();
            let (name, arch, vendor) = (&record.name, &record.arch, &record.vendor);
            let source = format!("{}-2.0-1.el9.src.rpm", record.source_name());
            format!("{name}\t{}\t{arch}\t{source}\t{vendor}\t{at}", record.version)
        })
        .collect();
    assert_eq!(ours, theirs);
    assert_eq!((ours.len(), packages.skipped), (8, vec![]));
    let record = |name: &str| packages.records.iter().find(|record| record.name == name).unwrap();
    let bash = record("bash");
    assert_eq!((bash.source.as_str(), bash.source_version.as_str()), ("suite", "2.0-1.el9"));
    assert_eq!(bash.depends, "/bin/sh, libc.so.6(GLIBC_2.34)(64bit), suite >= 2", "each once, without rpmlib()");
    assert_eq!(record("nodejs").module, "nodejs:20");
    let suite = record("suite");
    assert_eq!((suite.source.as_str(), suite.source_version.as_str(), suite.module.as_str()), ("", "", ""));
    assert_eq!((suite.held, suite.auto, suite.origin.as_str()), (false, false, ""));
}

/// Another builds and removes, again and again: every collection is the state before or after, or says
/// that it could not tell.
#[test]
fn a_collection_beside_transactions_is_a_state_that_was() {
    let host = Host::new();
    host.install(SPEC);
    let with: BTreeSet<String> = host.packages().records.into_iter().map(|record| record.name).collect();
    let mut without = with.clone();
    without.remove("data");
    let done = AtomicBool::new(false);
    let mut met = [0; 3];
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..12 {
                run(host.root.rpm().args(["-e", "--justdb", "--nodeps", "--noscripts", "data"]), "rpm");
                run(host.root.install().arg(host.root.path("files/data.rpm")), "rpm");
            }
            done.store(true, Ordering::Release);
        });
        while !done.load(Ordering::Acquire) {
            match host.collect().packages {
                Ok(packages) => {
                    assert_eq!(packages.skipped, []);
                    let names: BTreeSet<String> = packages.records.into_iter().map(|record| record.name).collect();
                    assert!(names == with || names == without, "{names:?}");
                    met[usize::from(names == with)] += 1;
                }
                Err(why) => {
                    assert!(why.contains("was written to in each"), "{why}");
                    met[2] += 1;
                }
            }
        }
    });
    assert!(met[0] > 0 && met[1] > 0, "{met:?}");
}
