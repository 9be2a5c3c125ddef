//! Package addresses of rpm packages (`purl`), as Red Hat writes them in CSAF documents.
//!
//! Format: <https://github.com/package-url/purl-spec>; `rpmmod` is Red Hat's own qualifier,
//! `name:stream:version:context`.

/// An rpm package or module as an address names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RpmPurl {
    /// The package's name.
    pub name: String,
    /// `version-release`, empty where the address names no version.
    pub version: String,
    /// The epoch, 0 where none is named.
    pub epoch: String,
    /// The architecture, `src` for a source package, empty where none is named.
    pub arch: String,
    /// `name:stream` of the module that it was built for, empty where none is named.
    pub module: String,
}

impl RpmPurl {
    /// Reads `pkg:rpm/NAMESPACE/NAME@VERSION-RELEASE?arch=..&epoch=..&rpmmod=..`; `None` where it is
    /// an address of something else (a container image, a Maven artefact, a module as a whole).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("pkg:rpm/")?;
        let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
        let (path, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let (path, version) = path.split_once('@').unwrap_or((path, ""));
        let mut purl = Self {
            name: decode(path.rsplit('/').next()?)?,
            version: decode(version)?,
            epoch: "0".to_owned(),
            ..Self::default()
        };
        for (key, value) in qualifiers.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decode(value)?;
            match key {
                "epoch" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => purl.epoch = value,
                "epoch" => return None,
                "arch" => purl.arch = value,
                "rpmmod" => purl.module = module(&value)?,
                _ => {}
            }
        }
        (!purl.name.is_empty()).then_some(purl)
    }

    /// `epoch:version-release`, without an epoch of 0.
    #[must_use]
    pub fn evr(&self) -> String {
        if self.epoch == "0" { self.version.clone() } else { format!("{}:{}", self.epoch, self.version) }
    }
}

/// `name:stream` of `name:stream[:version[:context[:arch]]]`; `None` where that is not what it is.
#[must_use]
pub fn module(text: &str) -> Option<String> {
    let mut parts = text.split(':');
    let (name, stream) = (parts.next()?, parts.next()?);
    (!name.is_empty() && !stream.is_empty()).then(|| format!("{name}:{stream}"))
}

/// Undoes percent encoding; `None` where it is broken or no text.
fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return (!text.chars().any(char::is_control)).then(|| text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let hex = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_red_hats_documents_are_read() {
        let of = |text: &str| RpmPurl::parse(text).unwrap();
        let openssl = of("pkg:rpm/redhat/openssl-devel@3.0.7-27.el9?arch=ppc64le&epoch=1");
        assert_eq!((openssl.name.as_str(), openssl.evr().as_str()), ("openssl-devel", "1:3.0.7-27.el9"));
        assert_eq!(openssl.arch, "ppc64le");
        let ruby = of(
            "pkg:rpm/redhat/ruby@2.5.9-111.module%2Bel8.9.0%2B19193%2B435404ae?arch=i686&rpmmod=ruby:2.5:8090020230627084142:b46abd14",
        );
        assert_eq!(
            (ruby.version.as_str(), ruby.module.as_str()),
            ("2.5.9-111.module+el8.9.0+19193+435404ae", "ruby:2.5")
        );
        let source = of("pkg:rpm/redhat/openssl?arch=src");
        assert_eq!((source.name.as_str(), source.version.as_str(), source.arch.as_str()), ("openssl", "", "src"));
    }

    #[test]
    fn what_is_no_rpm_has_none() {
        for text in [
            "",
            "pkg:oci/ubi9@sha256:1",
            "pkg:rpm/",
            "pkg:rpm/redhat/x@1%2",
            "pkg:rpm/redhat/x@1%ZZ",
            "pkg:rpm/redhat/x@1%ff",
            "pkg:rpm/redhat/x@1%0a",
            "pkg:rpm/redhat/x@1?epoch=one",
            // Genuine: a document of Red Hat's names a flatpak's platform as a module.
            "pkg:rpm/redhat/firefox-flatpak@128.0-1.el10?arch=src&rpmmod=rhel10",
        ] {
            assert_eq!(RpmPurl::parse(text), None, "{text}");
        }
    }
}
