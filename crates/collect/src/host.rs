//! Section `host`: what the machine is, and its names.

use crate::manager::Manager;
use crate::text::identifier;
use crate::{Root, network, os_release, virtualization};
use jiff::Timestamp;
use model::wire::is_common_machine_id;
use model::wire::sections::Host;

/// Ceiling on each file of /proc and /etc read here, in bytes. /proc/cpuinfo of a machine with 1,000
/// processors has 1.5 MB.
pub(crate) const MOST_BYTES: u64 = 8 << 20;

/// The section. Facts of the running kernel are told of `/` only.
pub(crate) fn section(root: &Root, native: &str, manager: Option<Manager>) -> Result<Host, String> {
    let os = os_release::read(root)?;
    let hostname = hostname(root);
    let live =
        |path: &str| if root.is_live() { root.text(path, MOST_BYTES).unwrap_or_default() } else { String::new() };
    let cpus = live("/proc/cpuinfo");
    let machine = || {
        if root.is_live() { identifier(&rustix::system::uname().machine().to_string_lossy()) } else { String::new() }
    };
    Ok(Host {
        arch: if native.is_empty() { machine() } else { identifier(native) },
        boot_time: boot_time(&live("/proc/stat")),
        cpu_count: cpu_count(&cpus),
        cpu_model: cpu_model(&cpus),
        fqdn: fqdn(&root.text("/etc/hosts", MOST_BYTES).unwrap_or_default(), &hostname),
        hostname,
        ip_addresses: if root.is_live() { network::addresses(root) } else { Vec::new() },
        memory_bytes: kibibytes(&live("/proc/meminfo"), "MemTotal"),
        os,
        package_manager: manager.map(Manager::as_str).unwrap_or_default().to_owned(),
        virtualization: virtualization::detect(root),
    })
}

/// What tells this machine from others: its [stated id](stated_machine_id), unless every copy of an image has that.
pub(crate) fn machine_id(root: &Root) -> String {
    Some(stated_machine_id(root)).filter(|id| !is_common_machine_id(id)).unwrap_or_default()
}

/// systemd's machine id, else D-Bus's, empty where there is none: 32 hexadecimal digits. apt draws its turn in
/// phased updates by it, whether other machines have the same or not.
pub(crate) fn stated_machine_id(root: &Root) -> String {
    let ids = ["/etc/machine-id", "/var/lib/dbus/machine-id"].into_iter().filter_map(|path| root.text(path, 4096).ok());
    let mut ids = ids.map(|id| id.trim().to_ascii_lowercase());
    ids.find(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())).unwrap_or_default()
}

/// The kernel's boot id.
pub(crate) fn boot_id(root: &Root) -> String {
    if !root.is_live() {
        return String::new();
    }
    identifier(&root.text("/proc/sys/kernel/random/boot_id", 4096).unwrap_or_default())
}

/// The kernel's node name; of a root that does not run, what it is set to.
pub(crate) fn hostname(root: &Root) -> String {
    if root.is_live() {
        return identifier(&rustix::system::uname().nodename().to_string_lossy());
    }
    let text = root.text("/etc/hostname", MOST_BYTES).unwrap_or_default();
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    identifier(line.unwrap_or_default())
}

/// The full name of a host in `/etc/hosts`: the first name with a dot on a line that has the host's.
fn fqdn(hosts: &str, hostname: &str) -> String {
    if hostname.contains('.') {
        return hostname.to_owned();
    }
    for line in hosts.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let names: Vec<&str> = line.split_ascii_whitespace().skip(1).collect();
        let is_ours = |name: &&&str| name.split('.').next() == Some(hostname) && name.contains('.');
        if names.contains(&hostname)
            && let Some(name) = names.iter().find(is_ours)
        {
            return identifier(name);
        }
    }
    String::new()
}

/// `btime` of /proc/stat.
fn boot_time(stat: &str) -> Option<Timestamp> {
    let seconds = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
    Timestamp::from_second(seconds.trim().parse().ok()?).ok()
}

fn cpu_count(cpus: &str) -> Option<u32> {
    let count = cpus.lines().filter(|line| line.starts_with("processor")).count();
    u32::try_from(count).ok().filter(|count| *count > 0)
}

/// x86 says `model name`, POWER `cpu`, s390 and ARM boards `Model` or `Hardware`.
fn cpu_model(cpus: &str) -> String {
    let field = |name: &str| {
        let line = cpus.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'));
        line.map(identifier).filter(|value| !value.is_empty())
    };
    ["model name", "cpu model", "cpu", "Model", "Hardware"].into_iter().find_map(field).unwrap_or_default()
}

/// A field of /proc/meminfo, in bytes.
pub(crate) fn kibibytes(meminfo: &str, name: &str) -> Option<u64> {
    let value = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_kernels_files() {
        // Cut from a virtual machine with two processors and from a Raspberry Pi.
        let x86 =
            "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Processor @ 2.60GHz\n\nprocessor\t: 1\nmodel name\t: x\n";
        assert_eq!((cpu_count(x86), cpu_model(x86).as_str()), (Some(2), "Intel(R) Xeon(R) Processor @ 2.60GHz"));
        let pi =
            "processor\t: 0\nBogoMIPS\t: 108.00\n\nHardware\t: BCM2835\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n";
        assert_eq!(cpu_model(pi), "Raspberry Pi 4 Model B Rev 1.4");
        assert_eq!((cpu_count(""), cpu_model("")), (None, String::new()));
        let meminfo = "MemTotal:       24684092 kB\nMemAvailable:   20000000 kB\nHugePages_Total:       0\n";
        assert_eq!(kibibytes(meminfo, "MemTotal"), Some(24_684_092 * 1024));
        assert_eq!(kibibytes(meminfo, "HugePages_Total"), None);
        let boot = boot_time("cpu  1 2\nbtime 1795328400\nprocesses 5\n").unwrap();
        assert_eq!(boot.to_string(), "2026-11-22T06:20:00Z");
        assert_eq!(boot_time("btime x"), None);
    }

    #[test]
    fn finds_the_full_name() {
        let hosts = "127.0.0.1 localhost\n127.0.1.1 web1.example.org web1 # us\n10.0.0.2 db1.example.org db1\n";
        assert_eq!(fqdn(hosts, "web1"), "web1.example.org");
        assert_eq!(fqdn(hosts, "db1"), "db1.example.org");
        assert_eq!(fqdn(hosts, "other"), "");
        assert_eq!(fqdn(hosts, "mail.example.org"), "mail.example.org");
        assert_eq!(fqdn("10.0.0.3 cluster.example.org web1\n", "web1"), "", "an alias of something else");
    }
}
