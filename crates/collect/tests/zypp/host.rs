//! A root with zypper's repositories, and what zypper says of it.

use crate::lab::{Lab, Made};
use collect::{Options, Root, collect};
use model::wire::Collected;
use model::wire::sections::Updates;
use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

pub(crate) struct Host {
    pub(crate) lab: Lab,
}

/// A package of a vendor: `name evr arch`.
pub(crate) fn of(vendor: &str, text: &str) -> Made {
    Made { lines: vec![format!("Vendor: {vendor}")], ..crate::lab::made(text) }
}

/// The attributes of each element of a kind, as `name=value`.
fn elements(text: &str, start: &str) -> Vec<Vec<(String, String)>> {
    let heads = text.split(start).skip(1).map(|rest| rest.split('>').next().unwrap());
    let attribute = |part: &str| {
        let (name, value) = part.split_once("=\"")?;
        Some((name.trim().to_owned(), value.to_owned()))
    };
    heads.map(|head| head.split("\" ").filter_map(attribute).collect()).collect()
}

fn get<'a>(attributes: &'a [(String, String)], name: &str) -> &'a str {
    attributes
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.trim_end_matches(['"', '/']))
        .unwrap_or_default()
}

impl Host {
    /// A SUSE Linux Enterprise 15 without packages and repositories.
    pub(crate) fn new() -> Self {
        let lab = Lab::new();
        for path in ["root/etc/dnf", "plugins"] {
            fs::remove_dir_all(lab.path(path)).unwrap();
        }
        let os = "ID=\"sles\"\nVERSION_ID=\"15.3\"\nPRETTY_NAME=\"SUSE Linux Enterprise Server 15 SP3\"\n";
        lab.write("root/etc/os-release", os);
        fs::create_dir_all(lab.path("root/etc/zypp/repos.d")).unwrap();
        Self { lab }
    }

    /// Makes a repository, and puts its settings where zypper looks for them.
    pub(crate) fn repository(&mut self, id: &str, packages: &[Made], documents: &[(&str, &str)], settings: &str) {
        self.lab.repository(id, packages, documents, settings);
        let root = self.lab.root();
        let file = root.join(format!("etc/yum.repos.d/{id}.repo"));
        fs::rename(file, root.join(format!("etc/zypp/repos.d/{id}.repo"))).unwrap();
        fs::remove_dir_all(root.join("etc/yum.repos.d")).unwrap();
    }

    /// What zypper prints. 100 to 107 are ways to say that there is something.
    pub(crate) fn zypper(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("zypper");
        command.env("HOME", self.lab.path("home")).env("LC_ALL", "C.UTF-8").arg("--root").arg(self.lab.root());
        // Unlike everything else, the main settings are those outside of the root unless named.
        command.env("ZYPP_CONF", self.lab.root().join("etc/zypp/zypp.conf"));
        command.args(["--non-interactive", "--no-gpg-checks"]).args(arguments).stdin(Stdio::null());
        let output = command.output().expect("zypper: ./dev test puts Debian's package beside the others");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 100..=107)), "{command:?}: {complaint}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn fetch(&self) {
        self.zypper(&["refresh"]);
    }

    pub(crate) fn collect(&self) -> Collected {
        collect(&Root::new(self.lab.root()).unwrap(), &Options::default())
    }

    /// `name installed -> candidate arch repository`, without what is withheld.
    fn ours(updates: &Updates) -> BTreeSet<String> {
        let free = updates.records.iter().filter(|record| record.withheld.is_none());
        free.map(|r| format!("{} {} -> {} {} {}", r.name, r.installed, r.candidate, r.arch, r.repository)).collect()
    }

    /// Holds updates against `zypper -x list-updates`, and the advisories that are attached to them against the patches
    /// that `zypper -x list-patches` finds needed; gives how many there are.
    pub(crate) fn compare(&self) -> (usize, usize) {
        let updates = self.collect().updates.unwrap();
        assert_eq!(updates.skipped, []);
        let text = self.zypper(&["-x", "list-updates"]);
        let theirs: BTreeSet<String> = elements(&text, "<update kind=\"package\"")
            .iter()
            .zip(text.split("alias=\"").skip(1))
            .map(|(of, alias)| {
                format!(
                    "{} {} -> {} {} {}",
                    get(of, "name"),
                    get(of, "edition-old"),
                    get(of, "edition"),
                    get(of, "arch"),
                    alias.split('"').next().unwrap()
                )
            })
            .collect();
        let ours = Self::ours(&updates);
        let (only_ours, only_theirs): (Vec<_>, Vec<_>) =
            (ours.difference(&theirs).collect(), theirs.difference(&ours).collect());
        assert!(only_ours.is_empty() && only_theirs.is_empty(), "only ours {only_ours:?}; zypper's {only_theirs:?}");
        let free = || updates.records.iter().filter(|record| record.withheld.is_none());
        let ours: BTreeSet<String> = free().flat_map(|record| record.advisories.clone()).collect();
        let text = self.zypper(&["-x", "list-patches"]);
        let patches = elements(&text, "<update kind=\"patch\"");
        let theirs: BTreeSet<String> = patches.iter().map(|of| get(of, "name").to_owned()).collect();
        assert_eq!(ours, theirs, "patches");
        let is_security =
            |id: &&String| patches.iter().any(|of| get(of, "name") == id.as_str() && get(of, "category") == "security");
        for record in free() {
            let has = record.advisories.iter().any(|id| is_security(&id));
            assert_eq!(record.security, has, "{record:?}");
        }
        (Self::ours(&updates).len(), ours.len())
    }
}
