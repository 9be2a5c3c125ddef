//! The orders against the tools of this machine (`./dev test` installs them): every vector and pairs
//! generated from a fixed seed, so that a failure can be repeated.

use crate::generate::{related, version};
use crate::vectors::vectors;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::{Command, Output};
use versions::Scheme;

/// Pairs of the vectors and `count` generated ones, each both ways.
fn pairs(scheme: Scheme, count: usize) -> Vec<(String, String)> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = related::<2>(scheme, version);
    let generated = (0..count).map(|_| {
        let [a, b] = strategy.new_tree(&mut runner).unwrap().current();
        (a, b)
    });
    let all: BTreeSet<(String, String)> =
        vectors(scheme).into_iter().map(|vector| (vector.a, vector.b)).chain(generated).collect();
    all.into_iter().collect()
}

fn run(tool: &str, arguments: &[&str]) -> Output {
    Command::new(tool).args(arguments).output().unwrap_or_else(|error| panic!("{tool} is needed here: {error}"))
}

/// The pairs for which the tool's sign is another than ours.
fn wrong(scheme: Scheme, pairs: &[(String, String)], says: &[Ordering]) -> Vec<String> {
    assert_eq!(pairs.len(), says.len(), "{scheme}");
    let ours = pairs.iter().map(|(a, b)| scheme.compare_as_tool(a, b));
    let all = pairs.iter().zip(says).zip(ours);
    all.filter(|((_, says), ours)| *says != ours)
        .map(|(((a, b), says), ours)| format!("{a} {b}: {scheme} says {says:?}, ours is {ours:?}"))
        .collect()
}

fn sign(text: &str) -> Ordering {
    text.trim().parse::<i8>().unwrap_or_else(|error| panic!("'{text}': {error}")).cmp(&0)
}

/// rpm compares any number of pairs in one process, by its own Lua.
#[test]
fn pairs_order_as_this_machines_rpm_says() {
    let pairs = pairs(Scheme::Rpm, 10_000);
    let folder = env!("CARGO_TARGET_TMPDIR");
    let (list, script) = (format!("{folder}/rpm-pairs.tsv"), format!("{folder}/rpm-pairs.lua"));
    let lines = pairs.iter().fold(String::new(), |mut lines, (a, b)| {
        writeln!(lines, "{a}\t{b}\n{b}\t{a}").unwrap();
        lines
    });
    std::fs::write(&list, lines).unwrap();
    let lua = r#"for line in io.lines("LIST") do
        local a, b = line:match("^(.-)\t(.*)$")
        print(rpm.vercmp(a, b) .. "\n")
    end"#;
    std::fs::write(&script, lua.replace("LIST", &list)).unwrap();
    let output = run("rpm", &["--eval", &format!("%{{lua: dofile(\"{script}\")}}")]);
    let says: Vec<Ordering> =
        String::from_utf8(output.stdout).unwrap().lines().filter(|l| !l.is_empty()).map(sign).collect();
    let both = pairs.into_iter().flat_map(|(a, b)| [(a.clone(), b.clone()), (b, a)]).collect::<Vec<_>>();
    assert_eq!(wrong(Scheme::Rpm, &both, &says), [] as [String; 0]);
}

/// One process a pair, as vercmp takes two versions.
#[test]
fn pairs_order_as_this_machines_vercmp_says() {
    let pairs = pairs(Scheme::Pacman, 2_500);
    let says: Vec<Ordering> =
        pairs.iter().map(|(a, b)| sign(&String::from_utf8(run("vercmp", &[a, b]).stdout).unwrap())).collect();
    assert_eq!(wrong(Scheme::Pacman, &pairs, &says), [] as [String; 0]);
}

/// Why pacman has an order beside the tool's verdict: vercmp's runs in circles, and its equality is
/// none.
#[test]
fn vercmp_computes_no_order() {
    let vercmp = |a, b| sign(&String::from_utf8(run("vercmp", &[a, b]).stdout).unwrap());
    for circle in [["1.", "1.1", "1..a"], ["1a.", "1a1", "1a.b"]] {
        for at in 0..3 {
            let (a, b) = (circle[at], circle[(at + 1) % 3]);
            assert_eq!(vercmp(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(Scheme::Pacman.compare_as_tool(a, b), Ordering::Less, "{a} {b}");
        }
    }
    assert_eq!(
        [vercmp("1-1", "1"), vercmp("1", "1-2"), vercmp("1-1", "1-2")],
        [Ordering::Equal, Ordering::Equal, Ordering::Less]
    );
    let order = |a, b| Scheme::Pacman.compare(a, b);
    assert_eq!([order("1", "1-1"), order("1-1", "1-2")], [Ordering::Less; 2]);
    assert_eq!(
        [order("1..", "1."), order("1.a", "1."), order("1.", "1.1")],
        [Ordering::Equal, Ordering::Less, Ordering::Less]
    );
}

/// One process a pair, which is asked whether our verdict holds (`lt-nl`: a missing version is later).
#[test]
fn pairs_order_as_this_machines_dpkg_says() {
    for (a, b) in pairs(Scheme::Dpkg, 2_500) {
        let relation = match Scheme::Dpkg.compare(&a, &b) {
            Ordering::Less => "lt-nl",
            Ordering::Equal => "eq",
            Ordering::Greater => "gt-nl",
        };
        let output = run("dpkg", &["--compare-versions", &a, relation, &b]);
        assert!(output.status.success(), "dpkg --compare-versions {a} {relation} {b} is false");
    }
}
