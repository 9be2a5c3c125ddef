//! What is known of what a host runs: its kernel, and whether that must give way to another.

use model::wire::sections::{Host, Runtime};

/// What is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unknowns {
    /// No package is known to hold the kernel that runs, and it is the host's own.
    pub kernel_unowned: bool,
    /// It runs, and does not say whether it must be rebooted.
    pub reboot_unknown: bool,
}

/// Looks for it. `runtime` is none where what the host runs is not known; `owned` tells whether the kernel that
/// runs is one of its packages, none where its packages are not known.
#[must_use]
pub fn look(host: Option<&Host>, runtime: Option<&Runtime>, owned: Option<bool>) -> Unknowns {
    let Some(runtime) = runtime else { return Unknowns { kernel_unowned: false, reboot_unknown: true } };
    // A root that does not run, such as an image, has neither.
    if runtime.running_kernel.is_empty() {
        return Unknowns::default();
    }
    let contained = host.is_some_and(Host::is_container);
    Unknowns { kernel_unowned: owned == Some(false) && !contained, reboot_unknown: runtime.reboot_required.is_none() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_of_no_package_is_not_known_but_in_a_container() {
        let on = |virtualization: &str| Host { virtualization: virtualization.into(), ..Host::default() };
        let runs = Runtime { running_kernel: "6.1.102".into(), reboot_required: Some(false), ..Runtime::default() };
        let unowned = |host: &Host, owned| look(Some(host), Some(&runs), owned).kernel_unowned;
        assert!(unowned(&on("kvm"), Some(false)));
        assert!(unowned(&on("none"), Some(false)));
        assert!(!unowned(&on("kvm"), Some(true)));
        assert!(!unowned(&on("kvm"), None), "packages are not known, which is said by itself");
        assert!(!unowned(&on("podman"), Some(false)));
        let image = Runtime { running_kernel: String::new(), reboot_required: None, ..runs.clone() };
        assert_eq!(look(Some(&on("")), Some(&image), Some(false)), Unknowns::default());
    }

    #[test]
    fn what_runs_has_to_say_whether_to_reboot() {
        let of = |reboot_required| Runtime { running_kernel: "6.1".into(), reboot_required, ..Runtime::default() };
        let unknown = |runtime: Option<&Runtime>| look(None, runtime, Some(true)).reboot_unknown;
        assert!(unknown(Some(&of(None))) && unknown(None));
        assert!(!unknown(Some(&of(Some(false)))) && !unknown(Some(&of(Some(true)))));
    }
}
