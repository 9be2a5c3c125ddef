//! What the host runs in, in the words of systemd-detect-virt(1), which looks at the same places.

use crate::Root;
use crate::host::MOST_BYTES;

/// `kvm`, `docker` ...; `none` on bare metal, empty where it can't be told.
pub(crate) fn detect(root: &Root) -> String {
    if !root.is_live() {
        return String::new();
    }
    let text = |path: &str| root.text(path, MOST_BYTES).unwrap_or_default();
    container(root, &text).or_else(|| machine(root, &text)).unwrap_or_default()
}

/// A container around us. It hides the machine around it.
fn container(root: &Root, text: &impl Fn(&str) -> String) -> Option<String> {
    // Written by systemd as process 1 of the container, readable by everybody.
    let told = text("/run/systemd/container");
    if let Some(word) = told.lines().map(str::trim).find(|word| !word.is_empty()) {
        return Some(known(word).to_owned());
    }
    let told = text("/proc/1/environ");
    if let Some(word) = told.split('\0').find_map(|variable| variable.strip_prefix("container=")) {
        return Some(known(word).to_owned());
    }
    for (path, word) in [("/run/.containerenv", "podman"), ("/.dockerenv", "docker")] {
        if root.exists(path) {
            return Some(word.to_owned());
        }
    }
    if root.exists("/proc/vz") && !root.exists("/proc/bc") {
        return Some("openvz".to_owned());
    }
    let release = text("/proc/sys/kernel/osrelease");
    if release.contains("Microsoft") || release.contains("WSL") {
        return Some("wsl".to_owned());
    }
    from_cgroup(&text("/proc/1/cgroup")).map(str::to_owned)
}

fn known(word: &str) -> &str {
    const WORDS: &[&str] =
        &["lxc", "lxc-libvirt", "systemd-nspawn", "docker", "podman", "rkt", "openvz", "wsl", "proot", "pouch"];
    if WORDS.contains(&word) { word } else { "container-other" }
}

fn from_cgroup(cgroup: &str) -> Option<&'static str> {
    [("kubepods", "container-other"), ("/docker", "docker"), ("/libpod", "podman"), ("/lxc", "lxc")]
        .into_iter()
        .find(|(mark, _)| cgroup.contains(mark))
        .map(|(_, word)| word)
}

/// What the firmware says: vendor or product, as systemd knows them.
const VENDORS: &[(&str, &str)] = &[
    ("KVM", "kvm"),
    ("OpenStack", "kvm"),
    ("KubeVirt", "kvm"),
    ("Amazon EC2", "amazon"),
    ("QEMU", "qemu"),
    ("VMware", "vmware"),
    ("VMW", "vmware"),
    ("innotek GmbH", "oracle"),
    ("VirtualBox", "oracle"),
    ("Oracle Corporation", "oracle"),
    ("Xen", "xen"),
    ("Bochs", "bochs"),
    ("Parallels", "parallels"),
    ("BHYVE", "bhyve"),
    ("Hyper-V", "microsoft"),
    ("Apple Virtualization", "apple"),
    ("Google Compute Engine", "google"),
];

/// A virtual machine, or none. The processor's `hypervisor` flag tells that there is one where the
/// firmware does not name it.
fn machine(root: &Root, text: &impl Fn(&str) -> String) -> Option<String> {
    const FIELDS: &[&str] = &["product_name", "sys_vendor", "board_vendor", "bios_vendor", "product_version"];
    let cpus = text("/proc/cpuinfo");
    let flags = cpus.lines().find(|line| line.starts_with("flags") || line.starts_with("Features"));
    let has_flag = flags.is_some_and(|flags| flags.split_ascii_whitespace().any(|flag| flag == "hypervisor"));
    let firmware = FIELDS.iter().map(|field| text(&format!("/sys/class/dmi/id/{field}"))).collect::<Vec<_>>();
    let named = from_firmware(&firmware);
    // Amazon, Oracle and Google sell bare metal with the same firmware.
    let is_x86 = flags.is_some_and(|flags| flags.starts_with("flags"));
    if let Some(word) = named.filter(|_| has_flag || !is_x86) {
        // The kernel drives /dev/kvm's guests as "KVM" through QEMU's firmware.
        let kvm = word == "qemu"
            && text("/sys/devices/system/clocksource/clocksource0/available_clocksource").contains("kvm-clock");
        return Some(if kvm { "kvm" } else { word }.to_owned());
    }
    if text("/sys/hypervisor/type").trim() == "xen" {
        return Some("xen".to_owned());
    }
    if text("/proc/device-tree/hypervisor/compatible").contains("linux,kvm") {
        return Some("kvm".to_owned());
    }
    if has_flag {
        let clocks = text("/sys/devices/system/clocksource/clocksource0/available_clocksource");
        return Some(if clocks.contains("kvm-clock") { "kvm" } else { "vm-other" }.to_owned());
    }
    (is_x86 || root.exists("/sys/class/dmi/id/sys_vendor")).then(|| "none".to_owned())
}

fn from_firmware(fields: &[String]) -> Option<&'static str> {
    fields.iter().find_map(|field| VENDORS.iter().find(|(vendor, _)| field.starts_with(vendor)).map(|(_, word)| *word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_firmware_and_control_groups() {
        let firmware = |fields: &[&str]| from_firmware(&fields.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>());
        assert_eq!(firmware(&["Standard PC (Q35 + ICH9, 2009)\n", "QEMU\n"]), Some("qemu"));
        assert_eq!(firmware(&["VMware Virtual Platform", "VMware, Inc."]), Some("vmware"));
        assert_eq!(firmware(&["PowerEdge R740", "Dell Inc."]), None);
        assert_eq!(from_cgroup("0::/docker/abc"), Some("docker"));
        assert_eq!(from_cgroup("0::/init.scope"), None);
        assert_eq!((known("lxc"), known("whatever")), ("lxc", "container-other"));
    }
}
