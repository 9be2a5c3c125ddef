use super::*;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use tempfile::TempDir;

fn write(root: &TempDir, path: &str, text: &str) {
    let path = root.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn process(root: &TempDir, pid: u32, command: &str, cgroup: &str, files: &[&str]) {
    let maps: String =
        files.iter().map(|file| format!("7f00-7f01 r-xp 00000000 08:01 132 {file} (deleted)\n")).collect();
    write(root, &format!("proc/{pid}/maps"), &maps);
    write(root, &format!("proc/{pid}/comm"), &format!("{command}\n"));
    write(root, &format!("proc/{pid}/cgroup"), cgroup);
    write(root, &format!("proc/{pid}/stat"), &format!("{pid} ({command}) S 1 0"));
}

#[test]
fn processes_are_told_with_unit_and_package() {
    let root = TempDir::new().unwrap();
    let ssl = "/usr/lib/x86_64-linux-gnu/libssl.so.3";
    process(&root, 1, "systemd", "0::/init.scope\n", &[]);
    process(&root, 20, "sshd", "0::/system.slice/ssh.service\n", &["/usr/sbin/sshd", ssl]);
    process(&root, 21, "sshd", "0::/system.slice/ssh.service\n", &[ssl]);
    process(
        &root,
        22,
        "own",
        "3:cpu:/x.service\n1:name=systemd:/user.slice/user-1.slice/session-3.scope\n",
        &["/opt/own"],
    );
    write(&root, "var/lib/dpkg/info/openssh-server.list", "/.\n/usr/sbin\n/usr/sbin/sshd\n");
    // Debian's package of before the merger of /usr.
    write(&root, "var/lib/dpkg/info/libssl3:amd64.list", "/.\n/lib/x86_64-linux-gnu/libssl.so.3\n");
    let found = read(&Root::new(root.path()).unwrap(), Some(Manager::Dpkg)).unwrap();
    let lines: Vec<String> =
        found.restarts.iter().map(|of| format!("{} {} {} {}", of.unit, of.command, of.package, of.file)).collect();
    assert_eq!(
        lines,
        [
            "session-3.scope own  /opt/own",
            "ssh.service sshd libssl3 /usr/lib/x86_64-linux-gnu/libssl.so.3",
            "ssh.service sshd openssh-server /usr/sbin/sshd",
        ]
    );
    assert_eq!(found.unreadable, 0);
    for (manager, path, list) in [
        (
            Manager::Pacman,
            "var/lib/pacman/local/open-ssl-3.0-1/files",
            "%FILES%\nusr/\nusr/lib/x86_64-linux-gnu/libssl.so.3\n",
        ),
        (Manager::Apk, "lib/apk/db/installed", "P:open-ssl\nF:usr/lib/x86_64-linux-gnu\nR:libssl.so.3\n"),
    ] {
        write(&root, path, list);
        let found = read(&Root::new(root.path()).unwrap(), Some(manager)).unwrap();
        assert!(found.restarts.iter().any(|of| of.package == "open-ssl" && of.file == ssl), "{found:?}");
    }
}

#[test]
fn without_processes_nothing_is_known() {
    let root = TempDir::new().unwrap();
    assert!(read(&Root::new(root.path()).unwrap(), None).is_err());
    fs::create_dir(root.path().join("proc")).unwrap();
    assert_eq!(read(&Root::new(root.path()).unwrap(), None).unwrap_err(), "/proc shows no process");
}

/// One whose maps can't be read is counted; a directory in their place stands for that, since the superuser may read all.
#[test]
fn what_could_not_be_read_is_counted() {
    let root = TempDir::new().unwrap();
    process(&root, 2, "kthreadd", "", &[]);
    for (pid, parent) in [(30, 1), (31, 1), (40, 2)] {
        fs::create_dir_all(root.path().join(format!("proc/{pid}/maps"))).unwrap();
        write(&root, &format!("proc/{pid}/stat"), &format!("{pid} (a) b) S {parent} 0"));
    }
    // This one has gone meanwhile.
    fs::create_dir_all(root.path().join("proc/50")).unwrap();
    assert_eq!(read(&Root::new(root.path()).unwrap(), None).unwrap().unreadable, 2);
    assert_eq!([0, 9, 10, 19, 99, 123].map(rounded), [0, 9, 10, 10, 90, 100]);
}

/// A real process of this very test, whose program is deleted while it runs.
#[test]
fn a_real_process_of_a_deleted_program_is_found() {
    let folder = tempfile::Builder::new().prefix("mendwatch-test-").tempdir_in("/opt").unwrap();
    let program = folder.path().join("cat");
    fs::copy("/bin/cat", &program).unwrap();
    let mut command = Command::new(&program);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"x\n").unwrap();
    let mut line = String::new();
    // It answers, so that it runs.
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let root = Root::new("/").unwrap();
    let is_told = || {
        let found = read(&root, None).unwrap();
        found.restarts.iter().any(|of| of.file == program.display().to_string() && of.command == "cat")
    };
    assert!(!is_told());
    fs::remove_file(&program).unwrap();
    assert!(is_told());
    drop(input);
    child.wait().unwrap();
    assert!(!is_told());
}
