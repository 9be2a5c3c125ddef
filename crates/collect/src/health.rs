//! The heartbeat: load, memory, file systems, uptime. Of a root that does not run, nothing.

use crate::host::{MOST_BYTES, kibibytes};
use crate::text::clean;
use crate::{Root, Space};
use model::wire::{DiskHealth, Heartbeat};

/// Reads it.
pub(crate) fn heartbeat(root: &Root) -> Heartbeat {
    if !root.is_live() {
        return Heartbeat::default();
    }
    let text = |path: &str| root.text(path, MOST_BYTES).unwrap_or_default();
    let memory = text("/proc/meminfo");
    let swap = kibibytes(&memory, "SwapTotal").zip(kibibytes(&memory, "SwapFree"));
    Heartbeat {
        load: load(&text("/proc/loadavg")),
        memory_available_bytes: kibibytes(&memory, "MemAvailable"),
        swap_used_bytes: swap.map(|(total, free)| total.saturating_sub(free)),
        disks: disks(root, &text("/proc/mounts")),
        uptime_seconds: text("/proc/uptime").split(['.', ' ']).next().and_then(|seconds| seconds.parse().ok()),
    }
}

fn load(text: &str) -> Option<[f32; 3]> {
    let mut averages = text.split_ascii_whitespace().map_while(|average| average.parse::<f32>().ok());
    let load = [averages.next()?, averages.next()?, averages.next()?];
    load.iter().all(|average| average.is_finite() && *average >= 0.0).then_some(load)
}

/// File systems that keep data on local disks. Asking a network file system could take for ever.
const LOCAL: &[&str] = &[
    "apfs", "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "jfs", "msdos", "nilfs2", "ntfs", "ntfs3",
    "reiserfs", "ufs", "vfat", "xfs", "zfs",
];
/// Most file systems in a heartbeat.
const MOST_DISKS: usize = 200;

fn disks(root: &Root, mounts: &str) -> Vec<DiskHealth> {
    let mut disks: Vec<DiskHealth> = local_mounts(mounts)
        .into_iter()
        .take(MOST_DISKS)
        .filter_map(|mount| {
            let Space { size, used, available } = root.space(&mount).ok()?;
            (size > 0).then(|| DiskHealth {
                mount: clean(&mount, 512),
                size_bytes: size,
                available_bytes: available,
                used_bytes: Some(used),
            })
        })
        .collect();
    disks.sort_by(|a, b| a.mount.cmp(&b.mount));
    disks
}

/// The first mount of each local device, and `/` whatever it is (in a container an overlay).
fn local_mounts(mounts: &str) -> Vec<String> {
    let mut seen: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for line in mounts.lines() {
        let mut words = line.split_ascii_whitespace();
        let (Some(device), Some(mount), Some(kind)) = (words.next(), words.next(), words.next()) else { continue };
        let is_local = LOCAL.contains(&kind) || mount == "/" && kind != "rootfs";
        // Loop devices hold images, which are always full.
        if !is_local || seen.contains(&device) || device.starts_with("/dev/loop") {
            continue;
        }
        seen.push(device);
        found.push(unescaped(mount));
    }
    found
}

/// fstab(5) writes white space and backslashes as three octal digits.
fn unescaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *byte == b'\\').and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 4;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_local_file_systems_once() {
        let mounts = "proc /proc proc rw 0 0\n/dev/vda1 / ext4 rw 0 0\n/dev/vda1 /srv/bind ext4 rw 0 0\n\
             /dev/vdb /mnt/my\\040disk xfs rw 0 0\nnas:/x /nas nfs4 rw 0 0\n/dev/loop0 /snap/x squashfs ro 0 0\n\
             tmpfs /run tmpfs rw 0 0\n/dev/loop1 /img ext4 ro 0 0\n";
        assert_eq!(local_mounts(mounts), ["/", "/mnt/my disk"]);
        assert_eq!(local_mounts("overlay / overlay rw 0 0\n"), ["/"]);
    }

    #[test]
    fn reads_loads() {
        assert_eq!(load("0.52 1.00 2.25 3/456 789\n"), Some([0.52, 1.0, 2.25]));
        assert_eq!(load("0.52 x"), None);
        assert_eq!(load("NaN 1 2"), None);
    }
}
