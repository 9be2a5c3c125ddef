//! Versions made of what decides in each scheme, dense enough that pairs often share a beginning.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::string::string_regex;
use versions::Scheme;

/// Texts of a pattern; parsed once, which a pattern as strategy is not.
fn text(pattern: &str) -> BoxedStrategy<String> {
    string_regex(pattern).unwrap().boxed()
}

fn concat(part: &str, count: std::ops::Range<usize>) -> BoxedStrategy<String> {
    vec(text(part), count).prop_map(|parts| parts.concat()).boxed()
}

/// Pieces of the version part, and of the release.
fn pieces(scheme: Scheme) -> (&'static str, &'static str) {
    match scheme {
        Scheme::Dpkg => (
            "[0-9]{1,3}|0{1,3}[0-9]|[a-z]{1,3}|[.+~]|~~|[.]0|rc|dfsg|deb12u[0-9]|[A-Z]",
            "[0-9]{1,3}|0{1,3}[0-9]|[a-z]{1,3}|[.+~]|~~|[.]0|rc|dfsg|deb12u[0-9]|[A-Z]",
        ),
        Scheme::Rpm => (
            "[0-9]{1,3}|0{1,3}[0-9]|[a-z]{1,2}|[.]|[.+_]{1,2}|~|~~|\\^|\\^\\^|~rc[0-9]|\\^git[0-9]|[A-Z]|[.]0",
            "[0-9]{1,2}|[.]el[0-9]|[.]fc4[0-9]|[.]|_[0-9]|~|\\^|[a-z]|[.]module_el8",
        ),
        Scheme::Pacman => (
            "[0-9]{1,3}|0{1,2}[0-9]|[a-z]{1,2}|[.]|[._+]{1,2}|rc[0-9]?|[.]r[0-9]{2}[.]g[0-9a-f]{3}|[A-Z]|[.]0",
            "[0-9]{1,2}|[.][0-9]|[.]|[a-z]",
        ),
        Scheme::Apk => (
            "[.][0-9]{1,2}|[.]0{1,2}[0-9]?|[.]|[a-z]|_(alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]{0,2}|_[a-z]{0,2}|~[0-9a-f]{0,3}|[0-9]|-r",
            "r[0-9]{1,2}|r0[0-9]|r|r[0-9]-r[0-9]|[0-9]",
        ),
    }
}

/// What a packager might write, and what nobody would but the scheme still orders.
pub(crate) fn version(scheme: Scheme) -> BoxedStrategy<String> {
    let (version, release) = pieces(scheme);
    let epoch = match scheme {
        Scheme::Apk => Just(String::new()).boxed(),
        _ => prop_oneof![4 => Just(String::new()), 1 => text("[0-9]{1,2}:")].boxed(),
    };
    // dpkg wants no empty revision.
    let release = prop_oneof![Just(String::new()), concat(release, 1..4).prop_map(|release| format!("-{release}"))];
    (epoch, text("[0-9]|1"), concat(version, 0..6), release)
        .prop_map(|(e, first, v, r)| format!("{e}{first}{v}{r}"))
        .boxed()
}

/// Anything at all: versions of packages are foreign text.
pub(crate) fn anything(scheme: Scheme) -> BoxedStrategy<String> {
    prop_oneof![6 => version(scheme), 1 => any::<String>(), 1 => text("[0-9:~^+.a-cr_-]{0,12}"), 1 => text("[01:~.a-]{0,5}")]
        .boxed()
}

/// Versions with a common beginning.
pub(crate) fn related<const N: usize>(
    scheme: Scheme,
    one: fn(Scheme) -> BoxedStrategy<String>,
) -> BoxedStrategy<[String; N]> {
    let tail = concat(pieces(scheme).0, 0..3);
    let tails = vec(prop_oneof![3 => tail, 1 => text("-[0-9]{1,2}"), 1 => Just(String::new())], N);
    let alike =
        (version(scheme), tails).prop_map(|(start, tails)| std::array::from_fn(|at| format!("{start}{}", tails[at])));
    let others = vec(one(scheme), N).prop_map(|all| std::array::from_fn(|at| all[at].clone()));
    prop_oneof![alike, others].boxed()
}
