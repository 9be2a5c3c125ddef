//! Where to report, as whom: from flags and the environment, in that order.

use crate::failure::{Failure, Kind};
use model::wire::without_credentials;
use std::fmt;
use std::io::Read as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use ureq::http::Uri;

/// The longest token and token file that are read.
const LONGEST_TOKEN: u64 = 4096;

/// A secret that no message shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Checks and keeps a token: visible ASCII, as a header field carries it (RFC 6750, 2.1).
    ///
    /// # Errors
    /// When it is empty, longer than 4096 bytes or holds other characters. The message does not
    /// show the token.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("is empty".to_owned());
        }
        if text.len() as u64 > LONGEST_TOKEN {
            return Err(format!("is longer than {LONGEST_TOKEN} bytes"));
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err("holds white space or characters that no token has".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    /// The token itself, for the request's header.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Labels that travel with each report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// Free label.
    pub tag: String,
    /// Site.
    pub site: String,
    /// Environment: development, staging, production.
    pub env: String,
}

/// What the command line says; `None` where it says nothing.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--server-url`
    pub server_url: Option<String>,
    /// `--token`
    pub token: Option<String>,
    /// `--token-file`
    pub token_file: Option<PathBuf>,
    /// `--ca`
    pub ca: Option<PathBuf>,
    /// `--allow-http`
    pub allow_http: bool,
    /// `--tag`
    pub tag: Option<String>,
    /// `--site`
    pub site: Option<String>,
    /// `--env`
    pub env: Option<String>,
}

/// Everything that a report to a server needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The server's address without trailing slash: `https://mendwatch.example.org`, may have a path.
    pub server_url: String,
    /// The credential.
    pub token: Token,
    /// PEM file of the authorities to trust instead of the built-in ones.
    pub ca: Option<PathBuf>,
    /// Labels of the reports.
    pub labels: Labels,
}

/// Looks up an environment variable; empty is absent.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

fn settings_error(message: impl AsRef<str>) -> Failure {
    Failure::new(Kind::Settings, message)
}

impl Settings {
    /// Joins flags and environment. A flag wins over `MENDWATCH_…`, that over the older
    /// `PATCHMONITOR_…`.
    ///
    /// # Errors
    /// [`Kind::Settings`], naming the setting, when one is missing or wrong.
    pub fn resolve(flags: Flags, environment: Environment<'_>) -> Result<Self, Failure> {
        let (url_name, url) =
            pick("--server-url", flags.server_url, &["MENDWATCH_SERVER_URL", "PATCHMONITOR_SERVER_URL"], environment)
                .ok_or_else(|| settings_error("no server: give --server-url or set MENDWATCH_SERVER_URL"))?;
        let allow_http = flags.allow_http || environment("MENDWATCH_ALLOW_HTTP").is_some_and(|v| v == "1");
        let server_url = server_url(&url, allow_http)
            .map_err(|why| settings_error(format!("{url_name}: '{}' {why}", without_credentials(&url))))?;
        let token = token(flags.token, flags.token_file, environment)?;
        let label = |flag: Option<String>, name: &str| flag.or_else(|| environment(name)).unwrap_or_default();
        Ok(Self {
            server_url,
            token,
            ca: flags.ca.or_else(|| environment("MENDWATCH_CA").map(PathBuf::from)),
            labels: Labels {
                tag: label(flags.tag, "MENDWATCH_TAG"),
                site: label(flags.site, "MENDWATCH_SITE"),
                env: label(flags.env, "MENDWATCH_ENV"),
            },
        })
    }
}

/// The first source that says something, with its name.
fn pick<'a>(
    flag: &'a str,
    value: Option<String>,
    names: &[&'a str],
    environment: Environment<'_>,
) -> Option<(&'a str, String)> {
    value
        .map(|value| (flag, value))
        .or_else(|| names.iter().find_map(|name| environment(name).map(|value| (*name, value))))
}

fn token(flag: Option<String>, file: Option<PathBuf>, environment: Environment<'_>) -> Result<Token, Failure> {
    // Flags before the environment: the kind of source does not matter, only where it was said.
    let file = match (&flag, file) {
        (Some(_), Some(_)) => return Err(settings_error("--token and --token-file exclude one another")),
        (Some(_), None) => None,
        (None, Some(file)) => Some(("--token-file", file)),
        (None, None) => environment("MENDWATCH_TOKEN_FILE").map(|file| ("MENDWATCH_TOKEN_FILE", PathBuf::from(file))),
    };
    if let Some((name, path)) = file {
        let text = read_small(&path).map_err(|why| settings_error(format!("{name}: {}: {why}", path.display())))?;
        return Token::new(&text)
            .map_err(|why| settings_error(format!("{name}: the token in {} {why}", path.display())));
    }
    let (name, text) =
        pick("--token", flag, &["MENDWATCH_TOKEN", "PATCHMONITOR_TOKEN"], environment).ok_or_else(|| {
            settings_error(
                "no token: give --token-file FILE, or set MENDWATCH_TOKEN; `mendwatch tokens create` on the server makes one",
            )
        })?;
    Token::new(&text).map_err(|why| settings_error(format!("{name}: the token {why}")))
}

fn read_small(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut text = String::new();
    // One byte more than a token may have, so that too long is seen as such.
    file.take(LONGEST_TOKEN + 2).read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text)
}

/// Checks the server's address and takes the trailing slash off.
fn server_url(text: &str, allow_http: bool) -> Result<String, String> {
    let uri: Uri = text.trim().parse().map_err(|_| "is no address: expected https://HOST[:PORT][/PATH]".to_owned())?;
    let scheme = uri.scheme_str().ok_or("has no scheme: expected https://HOST[:PORT][/PATH]")?;
    let authority = uri.authority().ok_or("has no host: expected https://HOST[:PORT][/PATH]")?;
    if authority.as_str().contains('@') {
        return Err("holds a user name; the token is the credential".to_owned());
    }
    // The parser of addresses takes any digits.
    let has_port = authority.as_str().len() > authority.host().len();
    if has_port && authority.port_u16().is_none_or(|port| port == 0) {
        return Err("has an impossible port: expected 1 to 65535".to_owned());
    }
    if uri.query().is_some() || text.contains('#') {
        return Err("holds a query or fragment; give the server's base address".to_owned());
    }
    match scheme {
        "https" => {}
        "http" if allow_http || is_loopback(authority.host()) => {}
        "http" => {
            return Err("would send the token unencrypted; use https, or --allow-http if the network is trusted".into());
        }
        _ => return Err("has a scheme that is neither https nor http".to_owned()),
    }
    Ok(format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/')))
}

/// Whether a host name or address literal stays on this machine.
fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Environment<'static> = &|_| None;

    fn flags(url: &str, token: &str) -> Flags {
        Flags { server_url: Some(url.into()), token: Some(token.into()), ..Flags::default() }
    }

    #[test]
    fn flags_win_over_our_environment_and_that_over_the_ancestors() {
        let environment = |name: &str| match name {
            "MENDWATCH_SERVER_URL" => Some("https://new.example.org/".to_owned()),
            "PATCHMONITOR_SERVER_URL" => Some("https://old.example.org".to_owned()),
            "PATCHMONITOR_TOKEN" => Some("old".to_owned()),
            "MENDWATCH_SITE" => Some("brno".to_owned()),
            _ => None,
        };
        let settings = Settings::resolve(Flags::default(), &environment).unwrap();
        assert_eq!(settings.server_url, "https://new.example.org");
        assert_eq!(settings.token.expose(), "old");
        assert_eq!(settings.labels.site, "brno");
        let settings = Settings::resolve(flags("https://flag.example.org/base/", "t"), &environment).unwrap();
        assert_eq!((settings.server_url.as_str(), settings.token.expose()), ("https://flag.example.org/base", "t"));
    }

    #[test]
    fn plain_http_is_for_loopback_unless_allowed() {
        for url in ["http://127.0.0.1:8001", "http://localhost:8001/", "http://[::1]:8001"] {
            assert!(Settings::resolve(flags(url, "t"), NOTHING).is_ok(), "{url}");
        }
        let failure = Settings::resolve(flags("http://mendwatch.example.org", "t"), NOTHING).unwrap_err();
        assert_eq!(failure.kind, Kind::Settings);
        assert!(failure.message.contains("unencrypted"), "{failure}");
        let allowed = Flags { allow_http: true, ..flags("http://mendwatch.example.org", "t") };
        assert_eq!(Settings::resolve(allowed, NOTHING).unwrap().server_url, "http://mendwatch.example.org");
    }

    #[test]
    fn wrong_settings_are_named() {
        for (url, part) in [
            ("mendwatch.example.org", "--server-url: 'mendwatch.example.org' has no scheme"),
            ("ftp://example.org", "neither https nor http"),
            ("https://user:secret@example.org", "holds a user name"),
            ("https://example.org/?a=b", "holds a query"),
            ("https://exa mple.org", "is no address"),
            ("https://example.org:99999", "'https://example.org:99999' has an impossible port: expected 1 to 65535"),
            ("https://example.org:65536/base", "impossible port"),
            ("https://example.org:0", "impossible port"),
            ("http://[::1]:70000", "impossible port"),
        ] {
            let failure = Settings::resolve(flags(url, "t"), NOTHING).unwrap_err();
            assert!(failure.message.contains(part), "{failure}");
            assert!(!failure.message.contains("secret"), "{failure}");
            assert_eq!(failure.kind, Kind::Settings, "{url}");
        }
        assert!(Settings::resolve(flags("https://example.org:65535", "t"), NOTHING).is_ok());
        let failure = Settings::resolve(flags("https://example.org", "se\ncret"), NOTHING).unwrap_err();
        assert!(!failure.message.contains("cret"), "a token stands in: {failure}");
        assert!(Settings::resolve(Flags::default(), NOTHING).unwrap_err().message.contains("--server-url"));
        let no_token = Flags { token: None, ..flags("https://example.org", "") };
        assert!(Settings::resolve(no_token, NOTHING).unwrap_err().message.contains("MENDWATCH_TOKEN"));
    }

    #[test]
    fn a_token_comes_from_a_file_too() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        std::fs::write(&path, "abc-123\n").unwrap();
        let of = |path: PathBuf| {
            Settings::resolve(
                Flags { token: None, token_file: Some(path), ..flags("https://example.org", "") },
                NOTHING,
            )
        };
        assert_eq!(of(path.clone()).unwrap().token.expose(), "abc-123");
        std::fs::write(&path, "x".repeat(5000)).unwrap();
        assert!(of(path).unwrap_err().message.contains("longer than 4096"));
        assert!(of(dir.path().join("none")).unwrap_err().message.contains("--token-file"));
        let both = Flags { token_file: Some("f".into()), ..flags("https://example.org", "t") };
        assert!(Settings::resolve(both, NOTHING).unwrap_err().message.contains("exclude"));
    }

    #[test]
    fn debug_output_hides_the_token() {
        let settings = Settings::resolve(flags("https://example.org", "s3cret"), NOTHING).unwrap();
        assert!(!format!("{settings:?}").contains("s3cret"));
    }
}
