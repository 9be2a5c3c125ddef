//! What is read of documents of modules.

use super::*;

/// A stream in two builds and a default, in the layout of Enterprise Linux 8's own `modules.yaml`, as libmodulemd
/// writes it.
const DOCUMENTS: &str = r#"---
document: modulemd
version: 2
data:
  name: perl-DBD-MySQL
  stream: "4.046"
  version: 8010020191114030811
  context: 073fa5fe
  arch: x86_64
  summary: A MySQL interface for Perl
  description: >-
    An implementation of DBI for MySQL: it
    name: is no key here
  license:
    module:
    - MIT
    content:
    - GPL+ or Artistic
  xmd: {}
  dependencies:
  - buildrequires:
      perl: [5.24]
      platform: [el8.1.0]
    requires:
      perl: [5.24]
      perl-DBI: [1.641]
      platform: [el8]
  references:
    community: https://dbi.perl.org/
  profiles:
    common:
      rpms:
      - perl-DBD-MySQL
  api:
    rpms:
    - perl-DBD-MySQL
  artifacts:
    rpms:
    - perl-DBD-MySQL-0:4.046-3.module+el8.1.0+2938+301254e2.src
    - perl-DBD-MySQL-0:4.046-3.module+el8.1.0+2938+301254e2.x86_64
...
---
document: modulemd-defaults
version: 1
data:
  module: perl-DBD-MySQL
  stream: "4.046"
  profiles:
    4.046: [common]
...
---
document: modulemd-obsoletes
version: 1
data:
  module: nodejs
  stream: "10"
...
---
document: modulemd
version: 2
data:
  name: maven
  stream: 3.5
  version: 20180000
  context: 9edba152
  dependencies:
    - requires:
        platform: []
        javapackages-runtime:
          - 201801
          - -201700
  artifacts:
    rpms:
      - maven-1:3.5.4-5.module+el8.noarch
"#;

fn read_all(document: &str) -> (Vec<Build>, Vec<String>, Vec<String>, Vec<Skipped>) {
    let (mut builds, mut artifacts, mut defaults) = (Vec::new(), Vec::new(), Vec::new());
    let skipped = read(document.as_bytes(), &mut |item| match item {
        Item::Artifact(build, text) => artifacts.push(format!("{}:{} {text}", build.name, build.stream)),
        Item::Build(build) => builds.push(build.clone()),
        Item::Default { module, stream } => defaults.push(format!("{module}:{stream}")),
    });
    (builds, artifacts, defaults, skipped.unwrap())
}

#[test]
fn streams_come_with_what_they_need_and_hold() {
    let (builds, artifacts, defaults, skipped) = read_all(DOCUMENTS);
    assert_eq!((builds.len(), skipped), (2, vec![]));
    let need = |module: &str, streams: &[&str]| {
        (module.to_owned(), streams.iter().map(|stream| (*stream).to_owned()).collect::<Vec<_>>())
    };
    let mysql = &builds[0];
    assert_eq!((mysql.name.as_str(), mysql.stream.as_str()), ("perl-DBD-MySQL", "4.046"));
    assert_eq!(
        (mysql.version, mysql.context.as_str(), mysql.arch.as_str()),
        (8010020191114030811, "073fa5fe", "x86_64")
    );
    assert_eq!(mysql.requires, [[need("perl", &["5.24"]), need("perl-DBI", &["1.641"]), need("platform", &["el8"])]]);
    assert_eq!(builds[1].requires, [[need("platform", &[]), need("javapackages-runtime", &["201801", "-201700"])]]);
    assert_eq!(
        artifacts,
        [
            "perl-DBD-MySQL:4.046 perl-DBD-MySQL-0:4.046-3.module+el8.1.0+2938+301254e2.src",
            "perl-DBD-MySQL:4.046 perl-DBD-MySQL-0:4.046-3.module+el8.1.0+2938+301254e2.x86_64",
            "maven:3.5 maven-1:3.5.4-5.module+el8.noarch",
        ]
    );
    assert_eq!(defaults, ["perl-DBD-MySQL:4.046"]);
}

#[test]
fn what_is_written_otherwise_is_named_and_the_others_are_used() {
    let good = "---\ndocument: modulemd\ndata:\n  name: b\n  stream: 1\n...\n";
    for (inside, why) in [
        ("  stream: 1\n", "it names no module"),
        ("  name: a\n", "it names no stream"),
        ("  name: a\n  stream: 1\n  version: x\n", "a version that is no number"),
        (
            "  name: a\n  stream: 1\n  dependencies: [{requires: {platform: [el8]}}]\n",
            "dependencies that are written in an unknown way",
        ),
        (
            "  name: a\n  stream: 1\n  artifacts:\n    rpms: [a-0:1-1.noarch]\n",
            "packages that are written in an unknown way",
        ),
    ] {
        let (builds, _, _, skipped) = read_all(&format!("---\ndocument: modulemd\ndata:\n{inside}...\n{good}"));
        assert_eq!(builds.len(), 1, "{inside}");
        assert_eq!(skipped.len(), 1, "{inside}");
        assert!(skipped[0].why.ends_with(why), "{}", skipped[0].why);
    }
    let endless = "x".repeat(MAX_LINE_BYTES + 1);
    assert!(read(endless.as_bytes(), &mut |_| {}).unwrap_err().to_string().contains("longer than"));
}
