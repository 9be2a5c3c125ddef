//! `/proc/PID/maps`: what a process has mapped (proc(5)).

use std::collections::BTreeSet;

/// Where packages put what is run. Elsewhere (`/tmp`, `/dev/shm`, `/memfd:`) programs make files and delete them while
/// they use them.
const FOLDERS: &[&str] = &["/bin/", "/lib", "/opt/", "/sbin/", "/usr/"];
/// What the kernel writes behind the path of a file that is gone.
const GONE: &str = " (deleted)";
/// Most files of one process.
const MOST_FILES: usize = 1000;

/// The files of executable mappings that are gone.
pub(super) fn replaced(maps: &[u8]) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for line in maps.split(|byte| *byte == b'\n') {
        // Most lines are refused by their end.
        if !line.ends_with(GONE.as_bytes()) || files.len() >= MOST_FILES {
            continue;
        }
        let text = String::from_utf8_lossy(line);
        let Some(rest) = text.strip_suffix(GONE) else { continue };
        // `address perms offset dev inode path`, where a path may hold blanks.
        let Some(path) = rest.find(" /").and_then(|at| rest.get(at + 1..)) else { continue };
        let is_run = rest.split_whitespace().nth(1).is_some_and(|permissions| permissions.contains('x'));
        if is_run && FOLDERS.iter().any(|folder| path.starts_with(folder)) {
            files.insert(unescaped(path));
        }
    }
    files
}

/// The kernel writes line feeds of paths as `\012`.
fn unescaped(path: &str) -> String {
    path.replace("\\012", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines as a kernel 6.1 writes them.
    #[test]
    fn what_is_run_and_gone_is_found() {
        let maps = b"55d0e8a00000-55d0e8a02000 r-xp 00002000 08:01 131 /usr/sbin/sshd (deleted)
7f1e34000000-7f1e34022000 r--p 00000000 08:01 132 /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)
7f1e34022000-7f1e34080000 r-xp 00022000 08:01 132 /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)
7f1e34080000-7f1e34090000 r-xp 00000000 08:01 133 /usr/lib/x86_64-linux-gnu/libc.so.6
7f1e34090000-7f1e340a0000 r-xp 00000000 08:01 134 /opt/a b/lib.so (deleted)
7f1e340a0000-7f1e340b0000 rwxp 00000000 00:01 135 /memfd:jit (deleted)
7f1e340b0000-7f1e340c0000 r-xp 00000000 08:01 136 /tmp/x.so (deleted)
7f1e340c0000-7f1e340d0000 rw-p 00000000 00:00 0 [heap]
junk (deleted)\n";
        let found: Vec<String> = replaced(maps).into_iter().collect();
        assert_eq!(found, ["/opt/a b/lib.so", "/usr/lib/x86_64-linux-gnu/libssl.so.3", "/usr/sbin/sshd"]);
        assert!(replaced(b"").is_empty() && replaced(b" (deleted)").is_empty());
    }
}
