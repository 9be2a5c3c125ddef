use super::*;

fn matches(pattern: &str, text: &str) -> bool {
    Pattern::new(pattern).unwrap().matches(text)
}

/// Expected values by fnmatch(3) with FNM_CASEFOLD of glibc 2.36 (through `ctypes`).
#[test]
fn globs_match_as_a_whole() {
    for (pattern, text, expected) in [
        ("*", "", true),
        ("lib*", "libc6", true),
        ("LIB*", "libc6", true),
        ("lib", "libc6", false),
        ("*c*6", "libc6", true),
        ("*c*7", "libc6", false),
        ("a*b*c", "axxbyybzzc", true),
        ("linux-image-[0-9]*", "linux-image-6.1", true),
        ("linux-image-[!0-9]*", "linux-image-6.1", false),
        ("[[:digit:]]x", "5x", true),
        ("[]a]", "]", true),
        ("[a-c-]", "-", true),
        ("[", "[", true),
        ("a[b", "a[b", true),
        ("\\*", "*", true),
        ("\\*", "a", false),
        ("?", "ab", false),
        ("g++*", "g++-12", true),
        ("", "", true),
        ("", "a", false),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
    }
}

/// Expected values by regcomp(3) with REG_EXTENDED | REG_ICASE of glibc 2.36, through `grep -Ei`.
#[test]
fn expressions_match_anywhere() {
    for (pattern, text, expected) in [
        ("/^linux-(image|headers)-[0-9.]+/", "linux-image-6.1.0", true),
        ("/^linux-(image|headers)-[0-9.]+/", "linux-kbuild-6.1", false),
        ("/IMAGE/", "linux-image", true),
        ("/^$/", "", true),
        ("/a{2,3}b/", "caab", true),
        ("/^a{2,3}$/", "aaaa", false),
        ("/^(ab|c)*d$/", "abcabd", true),
        ("/^(ab|c)*d$/", "abcad", false),
        ("/^(a|b|c|d)$/", "c", true),
        ("/^(|x)y$/", "y", true),
        ("/^a?b+$/", "bbb", true),
        ("/x|^y/", "ay", false),
        ("/\\./", "1.0", true),
        ("/^[^a-z]+$/", "1.0", true),
        ("/[[:space:]]/", "a b", true),
        ("/^a{0}b$/", "b", true),
        ("/^(a{1,2}){2}$/", "aaa", true),
        ("/^(a{1,2}){2}$/", "a", false),
        ("//", "anything", true),
        ("/a**/", "b", true),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
    }
}

#[test]
fn refuses_what_is_no_expression() {
    let why = |pattern: &str| Pattern::new(pattern).unwrap_err();
    assert_eq!(why("/(a/"), "'(' without ')'");
    assert_eq!(why("/a)/"), "')' without '('");
    assert_eq!(why("/[a/"), "'[' without ']'");
    assert_eq!(why("/*a/"), "nothing before '*'");
    assert_eq!(why("/a{2,1}/"), "bounds in the wrong order: '2,1'");
    assert_eq!(why("/a{300}/"), "no bound up to 255: '300'");
    assert_eq!(why("/(a)\\1/"), "'\\1' is no extended regular expression");
    assert_eq!(why("/((a{200}){200}){200}/"), "too large once its bounds are unrolled");
    assert_eq!(why(&format!("/{}/", "(".repeat(200))), "groups nested deeper than 100");
    assert_eq!(why(&"a".repeat(5000)), "a pattern of more than 4096 bytes");
}

#[test]
fn patterns_that_ruin_a_backtracking_matcher_are_answered() {
    let text = "a".repeat(2000);
    assert!(!matches("/^(a+)+(a|aa)*$b/", &text));
    assert!(!matches(&format!("{}b", "*a".repeat(50)), &text));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(256))]
    #[test]
    fn never_panics(pattern in "/?[ab*+?.(){}|^$\\[\\]\\\\,0-3:-]{0,24}/?", text in "[ab0-]{0,12}") {
        if let Ok(pattern) = Pattern::new(&pattern) {
            let _ = pattern.matches(&text);
        }
    }
}
