use super::*;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

fn root() -> (tempfile::TempDir, Root) {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir_all(directory.path().join("host/etc/apt")).unwrap();
    fs::write(directory.path().join("secret"), "outside").unwrap();
    fs::write(directory.path().join("host/etc/hostname"), "inside").unwrap();
    let root = Root::new(directory.path().join("host")).unwrap();
    (directory, root)
}

#[test]
fn links_stay_within_the_root() {
    let (directory, root) = root();
    let host = directory.path().join("host");
    symlink("/etc/hostname", host.join("absolute")).unwrap();
    symlink("../../../../../secret", host.join("etc/relative")).unwrap();
    symlink(directory.path().join("secret"), host.join("out")).unwrap();
    symlink("..", host.join("up")).unwrap();
    symlink("/etc", host.join("dir")).unwrap();
    assert_eq!(root.text("/absolute", 100).unwrap(), "inside");
    assert_eq!(root.text("dir/hostname", 100).unwrap(), "inside");
    assert_eq!(root.text("/dir/apt/../hostname", 100).unwrap(), "inside");
    for path in ["/etc/relative", "/out", "/up/secret", "/../secret", "/etc/../../secret"] {
        assert_eq!(root.text(path, 100).unwrap_err(), Unreadable::new(path, Why::Missing));
    }
    let names: Vec<_> = root.list("/").unwrap().into_iter().map(|entry| (entry.name, entry.is_file)).collect();
    let expected = [("absolute", true), ("dir", false), ("etc", false), ("up", false)];
    assert_eq!(names, expected.map(|(name, is_file)| (name.to_owned(), is_file)));
}

#[test]
fn circles_pipes_and_directories_are_refused() {
    let (directory, root) = root();
    let host = directory.path().join("host");
    symlink("b", host.join("a")).unwrap();
    symlink("a", host.join("b")).unwrap();
    symlink("self/x", host.join("self")).unwrap();
    assert_eq!(root.read("/a", 100).unwrap_err().why, Why::Loop);
    assert_eq!(root.read("/self", 100).unwrap_err().why, Why::Loop);
    rustix::fs::mknodat(rustix::fs::CWD, host.join("pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    assert_eq!(root.read("/pipe", 100).unwrap_err().to_string(), "/pipe is no regular file");
    assert_eq!(root.read("/etc", 100).unwrap_err().why, Why::WrongKind);
    assert_eq!(root.read("/etc/hostname/x", 100).unwrap_err().why, Why::Missing);
    assert_eq!(root.read("/etc\0/hostname", 100).unwrap_err().why, Why::Missing);
}

#[test]
fn every_read_has_a_ceiling() {
    let (_directory, root) = root();
    assert_eq!(root.read("/etc/hostname", 6).unwrap(), b"inside");
    assert_eq!(root.read("/etc/hostname", 5).unwrap_err().to_string(), "/etc/hostname is larger than 5 bytes");
}

#[test]
fn what_may_not_be_read_is_named() {
    if rustix::process::geteuid().is_root() {
        // The superuser may read anything: the system's answer is then made by hand.
        assert_eq!(Unreadable::errno("/x", Errno::ACCESS).to_string(), "/x permission denied");
        return;
    }
    let (directory, root) = root();
    let file = directory.path().join("host/etc/hostname");
    fs::set_permissions(file, fs::Permissions::from_mode(0o000)).unwrap();
    assert_eq!(root.read("/etc/hostname", 100).unwrap_err().to_string(), "/etc/hostname permission denied");
}

#[test]
fn the_running_systems_root_is_known() {
    assert!(Root::new("/").unwrap().is_live());
    assert!(Root::new("/proc/self/root").unwrap().is_live());
    let (_directory, root) = root();
    assert!(!root.is_live());
    assert!(root.exists("/etc/hostname") && root.is_file("/etc/hostname") && !root.is_file("/etc"));
    assert!(root.space("/").unwrap().size > 0);
}

#[test]
fn space_is_what_df_says() {
    let root = Root::new("/").unwrap();
    // Others write to the file system meanwhile, also between two looks that are alike: one moment in which both
    // say the same is enough.
    let mut last = None;
    for _ in 0..200 {
        let before = root.space("/").unwrap();
        let df = std::process::Command::new("df").args(["-B1", "--output=size,used,avail", "/"]).output().unwrap();
        if root.space("/").unwrap() != before {
            continue;
        }
        let text = String::from_utf8(df.stdout).unwrap();
        let said: Vec<u64> =
            text.lines().last().unwrap().split_whitespace().map(|word| word.parse().unwrap()).collect();
        if [before.size, before.used, before.available].as_slice() == said {
            return;
        }
        last = Some((before, said));
    }
    panic!("never the same as df, last {last:?}");
}
