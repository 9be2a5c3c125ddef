//! What a header says of its package, as far as it is asked for.

use super::dependency::{self, Dependency, Kind};
use super::{Header, openpgp, tag};

/// An installed package.
#[derive(Debug, Clone)]
pub struct Package<'a> {
    /// The number under which the database keeps it.
    pub number: u64,
    /// Name.
    pub name: &'a str,
    /// Epoch; none and 0 are the same to rpm's order.
    pub epoch: Option<u32>,
    /// Version.
    pub version: &'a str,
    /// Release.
    pub release: &'a str,
    /// Architecture; empty for keys, which have none.
    pub arch: &'a str,
    /// File name of the source package; empty where there is none.
    pub source_rpm: &'a str,
    /// Who distributes it.
    pub vendor: Option<&'a [u8]>,
    /// Who packaged it.
    pub packager: Option<&'a [u8]>,
    /// Module label `name:stream:version:context`; empty where it belongs to no module.
    pub module: &'a str,
    /// When it was installed, in seconds since 1970.
    pub install_time: Option<u32>,
    /// When it was built, in seconds since 1970.
    pub build_time: Option<u32>,
    /// Key id of the signature that it came with. rpm verified it on installation, or was told not to.
    pub key_id: Option<[u8; 8]>,
    /// The whole header.
    pub header: Header<'a>,
}

impl<'a> Package<'a> {
    /// Reads the fields.
    ///
    /// # Errors
    /// What is wrong, as a sentence about the header: name, version or release missing, or an
    /// identifying field that is no plain text.
    pub fn of(header: Header<'a>, number: u64) -> Result<Self, String> {
        let plain = |tag: u32, what: &str| {
            let text = header.text(tag).unwrap_or_default();
            let plain = std::str::from_utf8(text).ok().filter(|text| !text.contains(|c: char| c.is_control()));
            plain.ok_or_else(|| format!("{what} is no plain text: {}", crate::shown(text)))
        };
        let package = Self {
            number,
            name: plain(tag::NAME, "its name")?,
            epoch: header.number(tag::EPOCH),
            version: plain(tag::VERSION, "its version")?,
            release: plain(tag::RELEASE, "its release")?,
            arch: plain(tag::ARCH, "its architecture")?,
            source_rpm: plain(tag::SOURCE_RPM, "the name of its source")?,
            vendor: header.text(tag::VENDOR),
            packager: header.text(tag::PACKAGER),
            module: plain(tag::MODULARITY_LABEL, "its module label")?,
            install_time: header.number(tag::INSTALL_TIME),
            build_time: header.number(tag::BUILD_TIME),
            key_id: key_id(&header),
            header,
        };
        if package.name.is_empty() {
            return Err("a package without a name".to_owned());
        }
        if package.version.is_empty() || package.release.is_empty() {
            return Err(format!("{} has no version or no release", crate::shown(package.name.as_bytes())));
        }
        Ok(package)
    }

    /// Whether it is no package but a key that rpm trusts, which it keeps among them under the name
    /// `gpg-pubkey`.
    #[must_use]
    pub fn is_key(&self) -> bool {
        self.name == "gpg-pubkey"
    }

    /// `version-release`, with the epoch and a colon before it where it is not 0.
    #[must_use]
    pub fn full_version(&self) -> String {
        match self.epoch {
            None | Some(0) => format!("{}-{}", self.version, self.release),
            Some(epoch) => format!("{epoch}:{}-{}", self.version, self.release),
        }
    }

    /// Name and `version-release` of the source package, taken from its file name
    /// (`bash-5.1.8-9.el9.src.rpm`), which says no epoch.
    #[must_use]
    pub fn source(&self) -> Option<(&'a str, &'a str)> {
        let file = self.source_rpm.strip_suffix(".rpm")?;
        let (evr, _) = file.rsplit_once('.').filter(|(_, arch)| matches!(*arch, "src" | "nosrc"))?;
        let (dash, _) = evr.rmatch_indices('-').nth(1)?;
        let (name, version) = (evr.get(..dash)?, evr.get(dash + 1..)?);
        (!name.is_empty() && !version.starts_with('-') && !version.ends_with('-')).then_some((name, version))
    }

    /// Its dependencies of a kind, in the header's order.
    pub fn dependencies(&self, kind: Kind) -> impl Iterator<Item = Dependency<'a>> + use<'a> {
        dependency::of(&self.header, kind)
    }
}

/// Key id of the first signature that names one, header's signatures first, as rpm does.
fn key_id(header: &Header<'_>) -> Option<[u8; 8]> {
    let packets = [tag::RSA_HEADER, tag::DSA_HEADER, tag::SIG_PGP, tag::SIG_GPG];
    let packet = packets.into_iter().find_map(|tag| openpgp::issuer(header.bytes(tag)?));
    packet.or_else(|| header.texts(tag::OPENPGP).find_map(|text| openpgp::issuer(&openpgp::base64(text)?)))
}
