//! `--platform`, as people write it.

use feeds::vendors::{debian_releases, ubuntu_releases};
use model::Platform;

/// Distributions without releases. Their os-release has no `VERSION_ID`.
const ROLLING: &[&str] = &["arch", "wolfi", "chainguard"];

/// Reads a platform. A release that is named by its codename is none, since facts of vendors go by os-release's
/// `VERSION_ID`: nothing would ever be found for it.
///
/// # Errors
/// What is wrong, with what was probably meant.
pub(super) fn parse(text: &str) -> Result<Platform, String> {
    let meant = |platform: Platform| format!("'{text}' is not a platform: did you mean {platform}?");
    let platform: Platform = match text.parse() {
        Ok(platform) => platform,
        Err(error) => {
            let lower = text.to_ascii_lowercase();
            let rolling = ROLLING.iter().find(|known| **known == lower);
            let rolling = rolling.and_then(|distribution| Platform::new(distribution, "rolling").ok());
            let lowered = lower.parse().ok().filter(|_| lower != text);
            let codename = debian_releases::platform(&lower).or_else(|| ubuntu_releases::platform(&lower));
            return Err(rolling.or(lowered).or(codename).map_or_else(|| error.to_string(), meant));
        }
    };
    let by_number = match platform.distribution() {
        "debian" => debian_releases::platform(platform.release()),
        "ubuntu" => ubuntu_releases::platform(platform.release()),
        _ => None,
    };
    by_number.filter(|by_number| *by_number != platform).map_or(Ok(platform), |by_number| Err(meant(by_number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_said() {
        for (text, meant) in [
            ("arch", "arch:rolling"),
            ("Ubuntu:20.04", "ubuntu:20.04"),
            ("ubuntu:focal", "ubuntu:20.04"),
            ("debian:bookworm", "debian:12"),
            ("jammy", "ubuntu:22.04"),
        ] {
            assert_eq!(parse(text), Err(format!("'{text}' is not a platform: did you mean {meant}?")));
        }
        for text in ["debian:12", "debian:sid", "arch:rolling", "ubuntu:26.04", "rocky:9.4"] {
            assert_eq!(parse(text).map(|platform| platform.to_string()).as_deref(), Ok(text));
        }
        assert!(parse("what is this").unwrap_err().contains("DISTRIBUTION:RELEASE"));
    }
}
