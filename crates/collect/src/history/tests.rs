use super::*;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use tempfile::TempDir;

fn write(root: &TempDir, path: &str, text: impl AsRef<[u8]>) {
    let path = root.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// What gzip makes of a text.
fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    gzip.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    gzip.wait_with_output().unwrap().stdout
}

fn lines(root: &TempDir, manager: Manager) -> Vec<String> {
    let history = section(&Root::new(root.path()).unwrap(), Some(manager), &[]).unwrap();
    let line = |of: &HistoryRecord| {
        let action = format!("{:?}", of.action).to_lowercase();
        format!("{} {action} {} {} {} > {} by {}", of.at, of.name, of.arch, of.from, of.to, of.by)
    };
    history.records.iter().map(line).collect()
}

/// Lines as dpkg 1.21 and apt 2.6 write them, on a host in Berlin's summer time.
#[test]
fn dpkgs_log_tells_what_and_apts_tells_who() {
    let root = TempDir::new().unwrap();
    write(&root, "etc/localtime", fs::read("/usr/share/zoneinfo/Europe/Berlin").unwrap());
    write(
        &root,
        "var/log/dpkg.log",
        "2026-07-02 06:15:01 startup archives unpack\n\
         2026-07-02 06:15:02 upgrade libssl3:amd64 3.0.16-1~deb12u1 3.0.17-1~deb12u2\n\
         2026-07-02 06:15:02 status half-configured libssl3:amd64 3.0.16-1~deb12u1\n\
         2026-07-02 07:00:00 install jq:amd64 <none> 1.6-2.1\n\
         2026-07-02 07:00:01 upgrade jq:amd64 1.6-2.1 1.6-2.1\n\
         2026-07-02 07:10:00 upgrade vim:amd64 2:9.1-1 2:9.0-1\n\
         2026-07-02 08:00:00 remove jq:amd64 1.6-2.1 <none>\n\
         2026-07-02 08:00:01 purge jq:amd64 1.6-2.1 <none>\n\
         2026-07-02 08:0",
    );
    write(&root, "var/log/dpkg.log.1", "2026-06-01 12:00:00 upgrade tzdata:all 2025a-1 2025b-1\n");
    write(&root, "var/log/dpkg.log.2.gz", gzip("2026-05-01 12:00:00 install base-files:amd64 <none> 12.4\n"));
    write(
        &root,
        "var/log/apt/history.log",
        "\nStart-Date: 2026-07-02  06:15:00\nCommandline: /usr/bin/unattended-upgrade\n\
         Upgrade: libssl3:amd64 (3.0.16-1~deb12u1, 3.0.17-1~deb12u2)\nEnd-Date: 2026-07-02  06:15:03\n\n\
         Start-Date: 2026-07-02  07:00:00\nCommandline: apt install jq\nRequested-By: anna (1000)\n\
         Install: jq:amd64 (1.6-2.1), libjq1:amd64 (1.6-2.1, automatic)\nEnd-Date: 2026-07-02  07:00:02\n",
    );
    let wanted = [
        "2026-07-02T06:00:00Z remove jq amd64 1.6-2.1 >  by ",
        "2026-07-02T05:10:00Z downgrade vim amd64 2:9.1-1 > 2:9.0-1 by ",
        "2026-07-02T05:00:00Z install jq amd64  > 1.6-2.1 by apt install (anna)",
        "2026-07-02T04:15:02Z upgrade libssl3 amd64 3.0.16-1~deb12u1 > 3.0.17-1~deb12u2 by unattended-upgrades",
        "2026-06-01T10:00:00Z upgrade tzdata all 2025a-1 > 2025b-1 by ",
        "2026-05-01T10:00:00Z install base-files amd64  > 12.4 by ",
    ];
    assert_eq!(lines(&root, Manager::Dpkg), wanted);
    for log in ["dpkg.log", "dpkg.log.1", "dpkg.log.2.gz"] {
        fs::remove_file(root.path().join("var/log").join(log)).unwrap();
    }
    // apt's own log alone: one time for all of a run.
    assert_eq!(
        lines(&root, Manager::Dpkg),
        [
            "2026-07-02T05:00:00Z install jq amd64  > 1.6-2.1 by apt install (anna)",
            "2026-07-02T05:00:00Z install libjq1 amd64  > 1.6-2.1 by apt install (anna)",
            "2026-07-02T04:15:00Z upgrade libssl3 amd64 3.0.16-1~deb12u1 > 3.0.17-1~deb12u2 by unattended-upgrades",
        ]
    );
    fs::remove_file(root.path().join("var/log/apt/history.log")).unwrap();
    let why = section(&Root::new(root.path()).unwrap(), Some(Manager::Dpkg), &[]).unwrap_err();
    assert_eq!(why, "neither /var/log/dpkg.log nor apt's log is there");
}

/// Lines as pacman 6 and, the first, pacman 5.1 write them.
#[test]
fn pacmans_log_is_read() {
    let root = TempDir::new().unwrap();
    write(
        &root,
        "var/log/pacman.log",
        "[2026-01-01 10:00] [ALPM] installed a (1-1)\n\
         [2026-03-01T10:00:00+0100] [PACMAN] Running 'pacman -Syu'\n\
         [2026-03-01T10:00:05+0100] [ALPM] transaction started\n\
         [2026-03-01T10:00:06+0100] [ALPM] upgraded a (1-1 -> 1:2-1)\n\
         [2026-03-01T10:00:06+0100] [ALPM] downgraded b (2-1 -> 1-1)\n\
         [2026-03-01T10:00:07+0100] [ALPM] removed c (3-1)\n\
         [2026-03-01T10:00:07+0100] [ALPM] warning: /etc/x installed as /etc/x.pacnew\n\
         [2026-03-01T10:00:07+0100] [ALPM-SCRIPTLET] upgraded (x -> y)\n",
    );
    assert_eq!(
        lines(&root, Manager::Pacman),
        [
            "2026-03-01T09:00:07Z remove c  3-1 >  by pacman -Syu",
            "2026-03-01T09:00:06Z upgrade a  1-1 > 1:2-1 by pacman -Syu",
            "2026-03-01T09:00:06Z downgrade b  2-1 > 1-1 by pacman -Syu",
            "2026-01-01T10:00:00Z install a   > 1-1 by ",
        ]
    );
}

/// Lines as libzypp 17 writes them.
#[test]
fn zyppers_log_is_read() {
    let root = TempDir::new().unwrap();
    write(&root, "var/log/zypp/history-20260201.gz", gzip("2026-01-05 10:00:00|install|a|1-1|x86_64||pool|ab|\n"));
    write(
        &root,
        "var/log/zypp/history",
        "# 2026-03-01 10:00:00 a-2-1.x86_64.rpm installed ok\n\
         2026-03-01 10:00:00|command|root@h|'zypper' 'up'|\n\
         2026-03-01 10:00:01|install|a|2-1|x86_64|root@h|updates|cd|\n\
         2026-03-01 10:00:02|remove |b|1-1|noarch|root@h|\n\
         2026-03-01 10:00:03|radd   |updates|https://e.org|\n",
    );
    write(&root, "var/lib/rpm/rpmdb.sqlite", "");
    assert_eq!(
        lines(&root, Manager::Rpm),
        [
            "2026-03-01T10:00:02Z remove b noarch 1-1 >  by zypper up",
            "2026-03-01T10:00:01Z upgrade a x86_64 1-1 > 2-1 by zypper up",
            "2026-01-05T10:00:00Z install a x86_64  > 1-1 by ",
        ]
    );
}

/// Of a command only what it was to do is told.
#[test]
fn commands_keep_their_secrets() {
    for (command, wanted) in [
        ("apt-get -o Acquire::http::Proxy=http://me:secret@e.org install jq", "apt-get install"),
        ("/usr/bin/dnf -y install https://me:secret@e.org/x.rpm", "dnf install"),
        ("pacman -Syu --config /root/secret", "pacman -Syu"),
        ("http://me:secret@e.org/x secret", "x"),
        ("https://me:secret@e.org secret", ""),
        ("secret", "secret"),
        ("zypper --root /secret up", "zypper up"),
        ("", ""),
    ] {
        assert_eq!(said(command), wanted, "{command}");
    }
}

#[test]
fn logs_without_end_are_bounded() {
    let root = TempDir::new().unwrap();
    let many: String = (0..5000)
        .map(|n| format!("2026-07-02 06:{:02}:{:02} install p{n}:amd64 <none> 1\n", n / 60 % 60, n % 60))
        .collect();
    write(&root, "var/log/dpkg.log", format!("2020-01-01 00:00:00 install old:amd64 <none> 1\n{many}"));
    let history = section(&Root::new(root.path()).unwrap(), Some(Manager::Dpkg), &[]).unwrap();
    assert_eq!(history.records.len(), MOST_EVENTS);
    assert!(history.records.is_sorted_by(|a, b| a.at >= b.at));
    write(
        &root,
        "var/log/dpkg.log",
        "2020-01-01 00:00:00 install old:amd64 <none> 1\n2026-01-01 00:00:00 install a <none> 1\n",
    );
    assert_eq!(lines(&root, Manager::Dpkg).len(), 1, "years before the newest are left out");
    write(&root, "var/log/dpkg.log", vec![b'x'; 3 << 20]);
    assert_eq!(lines(&root, Manager::Dpkg).len(), 0);
}

/// Without a log, what is installed was installed once.
#[test]
fn times_of_installation_stand_in() {
    let root = TempDir::new().unwrap();
    let package = |name: &str, seconds: Option<i64>| PackageRecord {
        name: name.to_owned(),
        version: "1-1".to_owned(),
        installed_at: seconds.map(|seconds| Timestamp::from_second(seconds).unwrap()),
        ..PackageRecord::default()
    };
    let packages = [package("a", Some(1_700_000_000)), package("b", None)];
    let root = Root::new(root.path()).unwrap();
    let history = section(&root, Some(Manager::Rpm), &packages).unwrap();
    let [record] = history.records.as_slice() else { panic!("{history:?}") };
    assert_eq!((record.name.as_str(), record.action, record.to.as_str()), ("a", HistoryAction::Install, "1-1"));
    assert!(section(&root, Some(Manager::Rpm), &[]).is_err() && section(&root, Some(Manager::Apk), &[]).is_err());
}
