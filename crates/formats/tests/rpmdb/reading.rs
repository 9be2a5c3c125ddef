//! Our own reading, as lines that can be held against those of `rpm`.

use formats::rpmdb::{Error, Kind, Limits, Outcome, Package, read};
use std::fmt::Write as _;
use std::io::Cursor;

/// The query whose answer [`line`] gives. Lists end in `;`, each of its members in `|`.
pub(crate) const QUERY: &str = "%{NAME}\\t%{EPOCH}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t\
    %{VENDOR}\\t%{PACKAGER}\\t\
    %{MODULARITYLABEL}\\t%{INSTALLTIME}\\t%{BUILDTIME}\\t%{RSAHEADER:pgpsig}\\t\
    [%{REQUIRENAME} %{REQUIREFLAGS} %{REQUIREVERSION}|];[%{PROVIDENAME} %{PROVIDEFLAGS} %{PROVIDEVERSION}|];\
    [%{CONFLICTNAME} %{CONFLICTFLAGS} %{CONFLICTVERSION}|];[%{OBSOLETENAME} %{OBSOLETEFLAGS} %{OBSOLETEVERSION}|]\\n";

/// Column of [`QUERY`] in which rpm writes out the signature; ours has the key id alone.
pub(crate) const SIGNATURE: usize = 11;

/// Everything that is read of a package, as [`QUERY`] writes it.
pub(crate) fn line(package: &Package<'_>) -> String {
    let none = || "(none)".to_owned();
    let text = |text: &str| if text.is_empty() { none() } else { text.to_owned() };
    let bytes = |bytes: Option<&[u8]>| bytes.map_or_else(none, |bytes| String::from_utf8_lossy(bytes).into_owned());
    let number = |number: Option<u32>| number.map_or_else(none, |number| number.to_string());
    let key = package.key_id.map_or_else(none, |key| format!("{:016x}", u64::from_be_bytes(key)));
    let mut columns = vec![
        text(package.name),
        number(package.epoch),
        text(package.version),
        text(package.release),
        text(package.arch),
        text(package.source_rpm),
        bytes(package.vendor),
        bytes(package.packager),
        text(package.module),
        number(package.install_time),
        number(package.build_time),
        key,
    ];
    let mut lists = Vec::new();
    for kind in [Kind::Requires, Kind::Provides, Kind::Conflicts, Kind::Obsoletes] {
        let mut list = String::new();
        for dependency in package.dependencies(kind) {
            write!(list, "{} {} {}|", dependency.name, dependency.flags, dependency.version).unwrap();
        }
        lists.push(list);
    }
    columns.push(lists.join(";"));
    columns.join("\t")
}

/// A reading of files in memory: the lines of the packages, sorted, and the outcome.
pub(crate) fn lines_of(file: &[u8], log: Option<&[u8]>) -> Result<(Vec<String>, Outcome), Error> {
    let mut lines = Vec::new();
    let outcome =
        read(Cursor::new(file), log.map(Cursor::new), &Limits::default(), &mut |package| lines.push(line(package)))?;
    assert_eq!(lines.len(), outcome.packages);
    lines.sort();
    Ok((lines, outcome))
}

/// The lines of a database in which nothing is wrong.
pub(crate) fn sound(file: &[u8]) -> Vec<String> {
    let (lines, outcome) = lines_of(file, None).unwrap();
    assert_eq!((outcome.skipped, outcome.skipped_more), (vec![], 0));
    lines
}
