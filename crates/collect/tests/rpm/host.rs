//! A root of rpm's, and what is collected of it.

use crate::root as rpm;
use collect::{Options, Root, collect};
use model::wire::Collected;
use model::wire::sections::Packages;
use std::fs;
use std::path::PathBuf;

pub(crate) struct Host {
    pub(crate) root: rpm::Root,
}

impl Host {
    /// An Enterprise Linux without packages.
    pub(crate) fn new() -> Self {
        let host = Self { root: rpm::Root::new() };
        host.write("etc/os-release", "ID=\"almalinux\"\nVERSION_ID=\"9.3\"\nPRETTY_NAME=\"AlmaLinux 9.3\"\n");
        host.write("etc/hostname", "el9\n");
        host
    }

    /// A path in the root.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path("root").join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn collect(&self) -> Collected {
        collect(&Root::new(self.path("")).unwrap(), &Options::default())
    }

    /// The section of packages, which must be there.
    pub(crate) fn packages(&self) -> Packages {
        self.collect().packages.unwrap()
    }

    /// Why there is none.
    pub(crate) fn reason(&self) -> String {
        self.collect().packages.unwrap_err()
    }

    /// Builds the packages of a spec file and installs them.
    pub(crate) fn install(&self, spec: &str) {
        self.root.build(spec);
        self.root.install_all();
    }
}

/// Eight packages with what differs between packages, and a kernel in parts as Enterprise Linux 9 has it.
pub(crate) const SPEC: &str = "Name: suite\nVersion: 2.0\nRelease: 1.el9\nSummary: x\nLicense: MIT\nVendor: AlmaLinux\n\
    Packager: packager@example.org\n%description\nx\n%install\n\
    mkdir -p %{buildroot}/lib/modules/5.14.0-362.8.1.el9_3.x86_64 %{buildroot}/boot\n\
    touch %{buildroot}/lib/modules/5.14.0-362.8.1.el9_3.x86_64/vmlinuz \
    %{buildroot}/boot/vmlinuz-5.14.0-70.el9.x86_64\n%files\n\
    %package -n bash\nSummary: x\nEpoch: 1\nVersion: 5.1.8\nRelease: 9.el9\n\
    Requires: libc.so.6(GLIBC_2.34)(64bit), suite >= 2\n\
    Requires(post): /bin/sh\nRequires(preun): /bin/sh\n%description -n bash\nx\n%files -n bash\n\
    %package -n data\nSummary: x\nBuildArch: noarch\n%description -n data\nx\n%files -n data\n\
    %package -n nodejs\nSummary: x\nModularityLabel: nodejs:20:9030020231012:rhel9\n\
    %description -n nodejs\nx\n%files -n nodejs\n\
    %package -n kernel\nSummary: x\nVersion: 5.14.0\nRelease: 362.8.1.el9_3\n%description -n kernel\nx\n%files -n kernel\n\
    %package -n kernel-core\nSummary: x\nVersion: 5.14.0\nRelease: 362.8.1.el9_3\n%description -n kernel-core\nx\n\
    %files -n kernel-core\n/lib/modules/5.14.0-362.8.1.el9_3.x86_64/vmlinuz\n\
    %package -n kernel-old\nSummary: x\nVersion: 5.14.0\nRelease: 70.el9\n%description -n kernel-old\nx\n\
    %files -n kernel-old\n/boot/vmlinuz-5.14.0-70.el9.x86_64\n\
    %package -n kernel-headers\nSummary: x\n%description -n kernel-headers\nx\n%files -n kernel-headers\n";
