//! The host on which the tests run.

use crate::lab::run;
use crate::oracle::compare;
use collect::Root;
use std::process::Command;

/// Every installed package's candidate, and what an upgrade would do, against apt on this host.
#[test]
fn this_host_is_read_as_apt_reads_it() {
    let native = String::from_utf8(run(Command::new("dpkg").arg("--print-architecture")).stdout).unwrap();
    let compared = compare(&Root::new("/").unwrap(), native.trim(), |program| Command::new(program));
    let installed = run(Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}\n"])).stdout;
    let installed = String::from_utf8(installed).unwrap().lines().filter(|state| *state != "config-files").count();
    assert_eq!(compared.candidates.len(), installed);
}
