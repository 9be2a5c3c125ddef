//! What a definition is evaluated against.

use std::collections::BTreeMap;
use versions::Scheme;

/// A host, as far as OVAL's tests look at one.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// Whose packages these are; tests of the other package managers are *not applicable*.
    pub scheme: Option<Scheme>,
    /// Installed packages. Several of a name are allowed.
    pub packages: Vec<HostPackage>,
    /// Release of the running kernel, as `uname -r` says it; empty where it is not known.
    pub running_kernel: String,
    /// Release of the kernel that boots next; empty where it is not known.
    pub next_kernel: String,
    /// Text files by path. A path that is not here is a file that does not exist.
    pub files: BTreeMap<String, String>,
    /// Which package owns a file: its place in [`Host::packages`].
    pub owners: BTreeMap<String, usize>,
}

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPackage {
    /// Its name.
    pub name: String,
    /// Its full version, with the epoch where there is one: `1:2.0-3.el9`.
    pub version: String,
    /// Its architecture, in the package manager's words.
    pub arch: String,
    /// Key id of the signature in its header, 16 hexadecimal digits; empty without one.
    pub key: String,
}

impl Host {
    /// Adds a package that owns a file, as release packages own `/etc/redhat-release`.
    pub fn add_owner(&mut self, path: &str, package: HostPackage) {
        self.owners.insert(path.to_owned(), self.packages.len());
        self.packages.push(package);
    }

    /// Enables a stream of a module, as dnf writes it to its file of the module.
    pub fn enable_module(&mut self, name: &str, stream: &str) {
        let text = format!("[{name}]\nname={name}\nstream={stream}\nprofiles=\nstate=enabled\n");
        self.files.insert(format!("/etc/dnf/modules.d/{name}.module"), text);
    }
}

impl HostPackage {
    /// Epoch, version and release; the epoch is `0` and the release empty where there is none.
    #[must_use]
    pub fn parts(&self) -> (&str, &str, &str) {
        let (epoch, rest) = self.version.split_once(':').unwrap_or(("0", &self.version));
        let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
        (epoch, version, release)
    }
}
