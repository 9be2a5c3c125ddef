//! What the system is: os-release(5).

use crate::Root;
use crate::text::identifier;
use model::wire::sections::Os;

/// Where it stands, the first that is there.
pub(crate) const PATHS: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];

const MOST_BYTES: u64 = 1 << 20;

/// Reads `/etc/os-release`, else `/usr/lib/os-release`, as the manual says.
pub(crate) fn read(root: &Root) -> Result<Os, String> {
    let [etc, usr] = PATHS;
    let text = root
        .text(etc, MOST_BYTES)
        .or_else(|first| root.text(usr, MOST_BYTES).map_err(|second| if first.is_missing() { second } else { first }));
    text.map(|text| parse(&text)).map_err(|why| why.to_string())
}

/// The value of one name, empty where it does not stand there.
pub(crate) fn value(root: &Root, name: &str) -> String {
    let text = PATHS.into_iter().find_map(|path| root.text(path, MOST_BYTES).ok()).unwrap_or_default();
    let mut values = text.lines().filter_map(|line| line.trim().split_once('='));
    values.rfind(|(key, _)| *key == name).map(|(_, value)| identifier(&unquoted(value.trim()))).unwrap_or_default()
}

fn parse(text: &str) -> Os {
    let mut os = Os::default();
    for line in text.lines() {
        let Some((name, value)) = line.trim().split_once('=') else { continue };
        let value = identifier(&unquoted(value.trim()));
        match name {
            "ID" => os.id = value,
            "ID_LIKE" => os.id_like = value.split_ascii_whitespace().take(50).map(str::to_owned).collect(),
            "VERSION_ID" => os.version_id = value,
            "VERSION_CODENAME" => os.codename = value,
            "PRETTY_NAME" => os.pretty_name = value,
            _ => {}
        }
    }
    if os.id.is_empty() {
        "linux".clone_into(&mut os.id);
    }
    os
}

/// A value as a shell would read it: quotes taken off, backslashes within double quotes resolved.
fn unquoted(value: &str) -> String {
    if let Some(inner) = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')) {
        return inner.to_owned();
    }
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_shells_quoting() {
        // Debian 12's, and the quoting examples of os-release(5).
        let os = parse(
            "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n\
             # comment\nID_LIKE='a b'\nHOME_URL=x\n",
        );
        assert_eq!(os.pretty_name, "Debian GNU/Linux 12 (bookworm)");
        assert_eq!((os.id.as_str(), os.version_id.as_str(), os.codename.as_str()), ("debian", "12", "bookworm"));
        assert_eq!(os.id_like, ["a", "b"]);
        assert_eq!(parse("PRETTY_NAME=\"say \\\"x\\\" \\$y\"\n").pretty_name, "say \"x\" $y");
        assert_eq!(parse("").id, "linux");
        assert_eq!(parse("ID=\"a\u{1b}[1m\"").id, "a[1m");
    }
}
