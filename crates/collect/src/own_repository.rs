//! Whether the distribution's own repository is among those whose lists are at hand.
//!
//! A host of which only additions (EPEL, a vendor's repository) are switched on gets no updates of the distribution, and
//! their lists say nothing of them. Names and addresses of repositories don't tell: mirrors have any. What the
//! distribution alone offers does: packages that every one of its systems has, which no addition brings.

/// The base of rpm's and pacman's distributions, and of Alpine.
const BASE: &[&str] = &["alpine-baselayout", "bash", "busybox", "filesystem", "glibc", "musl", "setup"];

/// Whether a package is one of the base.
pub(crate) fn is_base(name: &str) -> bool {
    BASE.contains(&name)
}

/// What to note where no list at hand offers anything of the base that is installed. Not told of systems without one.
pub(crate) fn fault(is_installed: impl Fn(&str) -> bool, is_offered: impl Fn(&str) -> bool) -> Option<String> {
    let installed: Vec<&str> = BASE.iter().copied().filter(|name| is_installed(name)).collect();
    let first = installed.first()?;
    (!installed.iter().any(|name| is_offered(name))).then(|| {
        format!(
            "none offers any version of {first}: the distribution's own repository is not among those that are switched \
             on and were fetched, so that its updates are not known"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_that_nobody_offers_is_told() {
        let why = fault(|name| name == "glibc" || name == "bash", |_| false).unwrap();
        assert!(why.starts_with("none offers any version of bash: "), "{why}");
        assert_eq!(fault(|name| name == "glibc" || name == "bash", |name| name == "glibc"), None);
        assert_eq!(fault(|_| false, |_| false), None, "an image without a base");
    }
}
