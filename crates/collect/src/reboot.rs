//! Whether the host says that it must be rebooted.
//!
//! Packages that need it (kernels, libc, dbus) call `notify-reboot-required` of update-notifier or
//! unattended-upgrades, which writes the two files. Debian's `/var/run` is a link to `/run`; images
//! of old systems have a directory there.

use crate::Root;
use crate::text::identifier;

/// The word, absent where it can't be told, and the reasons, sorted.
pub(crate) fn read(root: &Root) -> (Option<bool>, Vec<String>) {
    const FLAGS: &[&str] = &["/run/reboot-required", "/var/run/reboot-required"];
    let flagged = FLAGS.iter().any(|flag| root.exists(flag));
    let mut reasons: Vec<String> = FLAGS
        .iter()
        .filter_map(|flag| root.text(&format!("{flag}.pkgs"), 1 << 20).ok())
        .flat_map(|text| text.lines().map(identifier).collect::<Vec<_>>())
        .filter(|reason| !reason.is_empty())
        .collect();
    reasons.sort();
    reasons.dedup();
    reasons.truncate(1000);
    // /run is empty in a root that does not run, which says nothing.
    let required = if flagged { Some(true) } else { root.is_live().then_some(false) };
    (required, if flagged { reasons } else { Vec::new() })
}
