use super::*;

fn read(text: &str) -> (Config, Vec<String>) {
    let mut config = Config::new();
    let skipped = config.read(text.as_bytes());
    (config, skipped.iter().map(ToString::to_string).collect())
}

#[test]
fn reads_the_ways_to_say_a_thing() {
    let (config, skipped) = read(
        "APT::Default-Release \"stable\"; // comment\nAPT { Architecture \"amd64\"; Get { Assume-Yes \"true\" }; };\n\
         /* several\n lines */ Dir::State::status /* inner */ \"/s//t#a\"; # end\n\
         APT::Architectures { \"amd64\"; \"i386\"; };\nAPT::NeverAutoRemove:: \"a\";\nAPT::NeverAutoRemove:: \"b\";\n\
         A\n  B\n;\nUnattended-Upgrade::Mail unquoted;\n",
    );
    assert_eq!(skipped, Vec::<String>::new());
    assert_eq!(config.get("apt::default-release"), Some("stable"));
    assert_eq!(config.get("APT::Architecture"), Some("amd64"));
    assert_eq!(config.truth("APT::Get::Assume-Yes"), Some(true));
    assert_eq!(config.get("Dir::State::status"), Some("/s//t#a"));
    assert_eq!(config.list("APT::Architectures"), ["amd64", "i386"]);
    assert_eq!(config.list("APT::NeverAutoRemove"), ["a", "b"]);
    assert_eq!(config.get("A"), Some("B"));
    assert_eq!(config.get("Unattended-Upgrade::Mail"), Some("unquoted"));
    assert_eq!(config.get("Nothing"), None);
}

#[test]
fn clears_trees() {
    let (config, skipped) =
        read("A::B { \"1\"; \"2\"; };\n#clear A::B;\nA::B { \"3\"; };\n#clear Not::There;\nC \"x\";\n#clear C;");
    assert_eq!(skipped, Vec::<String>::new());
    assert_eq!(config.list("A::B"), ["3"]);
    assert_eq!(config.get("C"), None);
}

/// Expected values: `apt-config shell X Dir::Etc::parts/d` with the same settings.
#[test]
fn builds_paths_from_the_tree() {
    let (config, _) = read(
        "Dir \"/\"; Dir::Etc \"etc/apt\"; Dir::Etc::parts \"apt.conf.d\"; Dir::State \"/srv/state/\"; \
         Dir::State::lists \"lists/\"; Dir::State::status \"/var/lib/dpkg/status\"; Dir::Etc::preferences \"/dev/null\";",
    );
    assert_eq!(config.path("Dir::Etc::parts").as_deref(), Some("/etc/apt/apt.conf.d"));
    assert_eq!(config.path("Dir::State::lists").as_deref(), Some("/srv/state/lists/"));
    assert_eq!(config.path("Dir::State::status").as_deref(), Some("/var/lib/dpkg/status"));
    assert_eq!(config.path("Dir::Etc::preferences"), None);
    assert_eq!(config.path("Dir::Cache"), None);
}

#[test]
fn names_what_apt_refuses_and_goes_on() {
    let (config, skipped) = read(
        "{ x \"1\"; };\nA \"1\" \"2\";\n#include \"/etc/more\";\nB { #clear A; };\n#frobnicate x;\nC \"fine\";\nD \"open",
    );
    assert_eq!(
        skipped,
        [
            "line 1: a block without a name",
            "line 2: junk behind the value: A \\\"1\\\" \\\"2\\\"",
            "line 3: '#include /etc/more' is not followed",
            "line 4: '#clear' can't stand here",
            "line 7: the file ends within a statement: D \\\"open",
        ]
    );
    assert_eq!(config.get("C"), Some("fine"));
    assert_eq!(config.get("x"), Some("1"), "the block's content is kept outside of any scope");
}

#[test]
fn ceilings_hold() {
    let (_, skipped) = read(&"A:: \"x\";\n".repeat(30_000));
    assert!(skipped[0].ends_with("more than 20000 items"), "{}", skipped[0]);
    assert!(skipped.len() < 1100);
    let (_, skipped) = read(&format!("A \"{}\";", "x".repeat(300 << 10)));
    assert_eq!(skipped[0], "line 1: a statement of more than 262144 bytes");
    let (_, skipped) = read(&"a { ".repeat(200));
    assert_eq!(skipped[0], "line 1: blocks nested deeper than 100");
    let (_, skipped) = read(&format!("{}\"x\";", "a::".repeat(150)));
    assert_eq!(skipped, Vec::<String>::new(), "one word without a scope is no item");
    let (_, skipped) = read(&format!("{}b \"x\";", "a::".repeat(150)));
    assert_eq!(skipped, ["line 1: items nested deeper than 100"]);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(128))]
    #[test]
    fn never_panics(text in "[aA:{}; \"#/*\né%0]{0,80}") {
        let _ = read(&text);
        let _ = read(&text).0.path("a::A");
    }
}
