//! Queries as the model reads and understands them: another reader, another way to tell hosts, no code of
//! the index. It reads what is a query; of what is none it panics.

use super::Host;
use fleet::{Availability, NotKnown};
use jiff::{SignedDuration, Timestamp};
use model::inventory::Entry;
use model::{Finding, Role, Severity};
use std::cmp::Ordering;
use std::net::IpAddr;

/// Characters, and whether each stood in quotes.
type Text = Vec<(char, bool)>;

/// A query, read.
#[derive(Debug, Clone)]
enum Tree {
    Everything,
    Not(Box<Tree>),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Condition { field: String, op: String, value: Text },
    Group { of: String, tree: Box<Tree> },
}

/// A query: its text, and what the model reads in it.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    text: String,
    tree: Tree,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Minus,
    Word(Text),
}

impl Ask {
    pub(crate) fn new(text: &str) -> Self {
        let tokens = tokens(text);
        let tree = if tokens.is_empty() {
            Tree::Everything
        } else {
            let mut rest = tokens.as_slice();
            let tree = any(&mut rest, false);
            assert!(rest.is_empty(), "{text}: {rest:?}");
            tree
        };
        Self { text: text.to_owned(), tree }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn keeps(&self, host: &Host) -> bool {
        self.tree.holds(&|field, op, value| on_host(host, field, op, value), &|of, tree| match of {
            "pkg" | "package" => {
                let roles = tree.mentions("role");
                let meant = host.entries.iter().filter(|entry| roles || entry.role == Role::Installed);
                meant.into_iter().any(|entry| tree.of_package(entry))
            }
            _ => host.findings.iter().any(|finding| tree.of_finding(host, finding)),
        })
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut characters: Text = Vec::new();
    let (mut quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                quoted = !quoted;
                // Where a quote begins something stands, even if nothing is in it.
                characters.push(('\0', true));
            }
            '\\' if quoted && matches!(chars.peek(), Some('"' | '\\')) => {
                characters.push((chars.next().unwrap(), true));
            }
            c => characters.push((c, quoted)),
        }
    }
    let mut tokens = Vec::new();
    let mut word: Text = Vec::new();
    let end = |word: &mut Text, tokens: &mut Vec<Token>| {
        if !word.is_empty() {
            tokens.push(Token::Word(std::mem::take(word)));
        }
    };
    for (c, quoted) in characters {
        match c {
            _ if quoted => word.push((c, quoted)),
            c if c.is_whitespace() => end(&mut word, &mut tokens),
            '(' | ')' => {
                end(&mut word, &mut tokens);
                tokens.push(if c == '(' { Token::Open } else { Token::Close });
            }
            '-' if word.is_empty() => tokens.push(Token::Minus),
            c => word.push((c, quoted)),
        }
    }
    end(&mut word, &mut tokens);
    comparisons(tokens)
}

/// Joins what stands about a comparison: `security`, `>`, `10`.
fn comparisons(tokens: Vec<Token>) -> Vec<Token> {
    let is_op = |text: &Text, at: usize| matches!(text.get(at), Some(('<' | '>' | '=', false)));
    let mut joined: Vec<Token> = Vec::new();
    for token in tokens {
        if let (Some(Token::Word(before)), Token::Word(word)) = (joined.last_mut(), &token)
            && (is_op(word, 0) || is_op(before, before.len() - 1))
        {
            before.extend(word);
            continue;
        }
        joined.push(token);
    }
    joined
}

fn plain(text: &Text) -> String {
    text.iter().map(|(c, _)| *c).filter(|c| *c != '\0').collect()
}

fn is_word(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(text)) if text.iter().all(|(_, quoted)| !quoted)
        && plain(text).eq_ignore_ascii_case(word))
}

fn any(rest: &mut &[Token], inside: bool) -> Tree {
    let mut parts = vec![all(rest, inside)];
    while is_word(rest.first(), "or") {
        *rest = &rest[1..];
        parts.push(all(rest, inside));
    }
    Tree::Any(parts)
}

fn all(rest: &mut &[Token], inside: bool) -> Tree {
    let mut parts = Vec::new();
    while !matches!(rest.first(), None | Some(Token::Close)) && !is_word(rest.first(), "or") {
        if is_word(rest.first(), "and") {
            *rest = &rest[1..];
        }
        parts.push(one(rest, inside));
    }
    assert!(!parts.is_empty(), "nothing is joined");
    Tree::All(parts)
}

/// `inside` a group the names of packages are plain conditions.
fn one(rest: &mut &[Token], inside: bool) -> Tree {
    let negated = is_word(rest.first(), "not");
    let (first, behind) = rest.split_first().unwrap();
    *rest = behind;
    match first {
        Token::Minus => Tree::Not(Box::new(one(rest, inside))),
        Token::Word(_) if negated => Tree::Not(Box::new(one(rest, inside))),
        Token::Open => bracketed(rest, inside),
        Token::Close => panic!("closes nothing"),
        Token::Word(text) => {
            let name = plain(text).to_lowercase();
            if rest.first() == Some(&Token::Open) && matches!(name.as_str(), "pkg:" | "package:" | "finding:") {
                *rest = &rest[1..];
                return Tree::Group { of: name.trim_end_matches(':').into(), tree: Box::new(bracketed(rest, true)) };
            }
            condition(text, inside)
        }
    }
}

fn bracketed(rest: &mut &[Token], inside: bool) -> Tree {
    let tree = any(rest, inside);
    assert_eq!(rest.first(), Some(&Token::Close));
    *rest = &rest[1..];
    tree
}

fn condition(text: &Text, inside: bool) -> Tree {
    let is_op = |(c, quoted): &(char, bool)| !quoted && matches!(c, ':' | '<' | '>' | '=');
    let Some(at) = text.iter().position(is_op) else {
        return Tree::Condition { field: "host".into(), op: ":".into(), value: text.clone() };
    };
    let field = plain(&text[..at].to_vec()).to_lowercase();
    let length = if matches!(text[at].0, '<' | '>') && matches!(text.get(at + 1), Some(('=', false))) { 2 } else { 1 };
    let op = plain(&text[at..at + length].to_vec());
    let values: Vec<Text> = text[at + length..].split(|of| *of == (',', false)).map(<[_]>::to_vec).collect();
    let one = |value: Text| {
        let at = value.iter().position(|(c, quoted)| !quoted && matches!(c, '<' | '>' | '='));
        match (field.as_str(), at) {
            // `pkg:openssl<3.0.7` is `pkg:(name:openssl version<3.0.7)`.
            ("pkg" | "package", at) if !inside => {
                let mut of = format!("name:{}", source(&value[..at.unwrap_or(value.len())]));
                if let Some(at) = at {
                    of = format!("{of} version{}", source(&value[at..]));
                }
                let tokens = tokens(&of);
                Tree::Group { of: "pkg".into(), tree: Box::new(any(&mut tokens.as_slice(), true)) }
            }
            _ => Tree::Condition { field: field.clone(), op: op.clone(), value },
        }
    };
    Tree::Any(values.into_iter().map(one).collect())
}

/// A piece of a query as it was written.
fn source(text: &[(char, bool)]) -> String {
    let mut written = String::new();
    let mut quoted = false;
    for (c, of) in text.iter().filter(|(c, _)| *c != '\0') {
        if *of != quoted {
            written.push('"');
            quoted = *of;
        }
        if *of && matches!(c, '"' | '\\') {
            written.push('\\');
        }
        written.push(*c);
    }
    if quoted { written + "\"" } else { written }
}

type OnTerm<'a> = &'a dyn Fn(&str, &str, &Text) -> bool;

impl Tree {
    fn holds(&self, term: OnTerm<'_>, group: &dyn Fn(&str, &Self) -> bool) -> bool {
        match self {
            Self::Everything => true,
            Self::Not(tree) => !tree.holds(term, group),
            Self::All(trees) => trees.iter().all(|tree| tree.holds(term, group)),
            Self::Any(trees) => trees.iter().any(|tree| tree.holds(term, group)),
            Self::Condition { field, op, value } => term(field, op, value),
            Self::Group { of, tree } => group(of, tree),
        }
    }

    fn mentions(&self, name: &str) -> bool {
        match self {
            Self::Everything | Self::Group { .. } => false,
            Self::Not(tree) => tree.mentions(name),
            Self::All(trees) | Self::Any(trees) => trees.iter().any(|tree| tree.mentions(name)),
            Self::Condition { field, .. } => field == name,
        }
    }

    fn of_package(&self, entry: &Entry) -> bool {
        self.holds(&|field, op, value| on_package(entry, field, op, value), &|of, _| panic!("{of} inside a group"))
    }

    fn of_finding(&self, host: &Host, finding: &Finding) -> bool {
        self.holds(&|field, op, value| on_finding(host, finding, field, op, value), &|of, _| {
            panic!("{of} inside a group")
        })
    }
}

/// `*` without quotes is any run of characters.
fn fits(pattern: &[(char, bool)], text: &[char]) -> bool {
    match (pattern.first(), text.first()) {
        (None, None) => true,
        (Some(('\0', true)), _) => fits(&pattern[1..], text),
        (Some(('*', false)), _) => fits(&pattern[1..], text) || (!text.is_empty() && fits(pattern, &text[1..])),
        (Some((a, _)), Some(b)) => a == b && fits(&pattern[1..], &text[1..]),
        _ => false,
    }
}

fn like(value: &Text, text: &str) -> bool {
    fits(value, &text.chars().collect::<Vec<_>>())
}

fn like_in_any_case(value: &Text, text: &str) -> bool {
    let upper = |c: &char| c.to_ascii_uppercase();
    let value: Text = value.iter().map(|(c, quoted)| (upper(c), *quoted)).collect();
    fits(&value, &text.chars().map(|c| upper(&c)).collect::<Vec<_>>())
}

fn compares(order: Ordering, op: &str) -> bool {
    match op {
        "<" => order == Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        ">=" => order != Ordering::Less,
        _ => order == Ordering::Equal,
    }
}

fn on_package(entry: &Entry, field: &str, op: &str, value: &Text) -> bool {
    let package = &entry.package;
    match field {
        "name" | "package" | "pkg" => like(value, &package.name),
        "source" => like(value, &package.source),
        "arch" => like(value, &package.arch),
        "role" => serde_json::to_value(entry.role).unwrap() == plain(value).to_lowercase(),
        "origin" => (plain(value) == "foreign") != package.origin.is_distribution(),
        "version" => {
            let literal = plain(value);
            let mut installed = package.version.as_str();
            // What the literal does not name of an installed version does not count.
            if let (false, Some((epoch, rest))) = (literal.contains(':'), installed.split_once(':'))
                && epoch.parse::<u32>().is_ok()
            {
                installed = rest;
            }
            if let (false, Some(at)) = (literal.contains('-'), installed.rfind('-')) {
                installed = &installed[..at];
            }
            let scheme = versions::Scheme::of_distribution(package.platform.distribution());
            scheme.is_some_and(|scheme| compares(scheme.compare(installed, &literal), op))
        }
        other => panic!("{other} is no field of packages"),
    }
}

fn on_finding(host: &Host, finding: &Finding, field: &str, op: &str, value: &Text) -> bool {
    let text = plain(value).to_lowercase();
    let yes = matches!(text.as_str(), "yes" | "true");
    let score = host.scores.of(&finding.cve);
    match field {
        "cve" => like_in_any_case(value, &finding.cve),
        "state" => finding.state.as_str() == text,
        "severity" => {
            let order = [Severity::Negligible, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
            let place = |word: &str| order.iter().position(|severity| severity.as_str() == word);
            if matches!(op, ":" | "=") {
                return finding.severity.as_str() == text;
            }
            let places = place(finding.severity.as_str()).zip(place(&text));
            places.is_some_and(|(a, b)| compares(a.cmp(&b), op))
        }
        "fixed" => finding.fixed_version.is_empty() != yes,
        "kev" => score.exploited == yes,
        "epss" => {
            score.epss.is_some_and(|epss| compares(f64::from(epss).total_cmp(&(number(&text) * 1e5).round()), op))
        }
        "cvss" => {
            score.cvss.is_some_and(|cvss| compares(f64::from(cvss).total_cmp(&(number(&text) * 10.0).round()), op))
        }
        "feed" => like(value, &finding.feed),
        "advisory" => like_in_any_case(value, &finding.advisory),
        _ => {
            let key = (&finding.package, &finding.version, &finding.arch, finding.role);
            let entry = host.entries.iter().find(|entry| {
                let Entry { package, role, .. } = entry;
                (&package.name, &package.version, &package.arch, *role) == key && package.origin.is_distribution()
            });
            on_package(entry.unwrap(), field, op, value)
        }
    }
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

fn on_host(host: &Host, field: &str, op: &str, value: &Text) -> bool {
    let (row, attributes) = (&host.row, &host.facts.attributes);
    let text = plain(value).to_lowercase();
    let count = |count: u32, known: bool| {
        // None is a number only where somebody looked.
        (known || count > 0) && compares(u64::from(count).cmp(&text.parse().unwrap()), op)
    };
    let older = |since: Option<Timestamp>| {
        since.is_some_and(|since| compares(host.now.duration_since(since).cmp(&span(&text)), op))
    };
    let labelled = |label: &str| !label.is_empty() && like(value, label);
    match field {
        "host" => {
            let name: Vec<char> = row.hostname.to_lowercase().chars().collect();
            let lower: Text = value.iter().flat_map(|(c, q)| c.to_lowercase().map(|c| (c, *q))).collect();
            let wild = value.contains(&('*', false));
            if wild { fits(&lower, &name) } else { row.hostname.to_lowercase().contains(&text) }
        }
        "os" => row.platform.to_string() == text || row.platform.distribution() == text,
        "freshness" => serde_json::to_value(row.freshness).unwrap() == text,
        "colour" | "color" => serde_json::to_value(row.colour).unwrap() == text.replace("gray", "grey"),
        "reboot" => matches!(
            (row.reboot_required, text.as_str()),
            (Some(true), "true" | "yes") | (Some(false), "false" | "no") | (None, "unknown")
        ),
        "tag" => row.tags.iter().any(|tag| like(value, tag)),
        "env" | "environment" => labelled(&attributes.environment),
        "site" => labelled(&attributes.site),
        "kernel" => labelled(&attributes.kernel),
        "arch" => labelled(&attributes.arch),
        "manager" => attributes.package_manager == text,
        "virtualization" => labelled(&attributes.virtualization),
        "domain" | "tld" => {
            let names = [&attributes.fqdn, &host.facts.hostname];
            let name =
                names.into_iter().map(|name| name.trim_matches('.').to_lowercase()).find(|name| name.contains('.'));
            name.is_some_and(|name| {
                name.ends_with(&format!(".{text}")) || (name == text && name.matches('.').count() == 1)
            })
        }
        "ip" => attributes.addresses.iter().any(|address| is_in(*address, &text)),
        "not_known" => row.not_known.iter().any(|one: &NotKnown| text == "any" || one.code() == text),
        "security" | "security_updates" => {
            count(row.security_updates, row.updates_known && host.facts.security_unknown == 0)
        }
        "other" | "other_updates" => count(row.other_updates, row.updates_known),
        "withheld" | "withheld_updates" => count(row.withheld_updates, row.updates_known),
        "findings" | "open_findings" => count(row.open_findings, row.assessed),
        "packages" => count(row.packages, host.facts.packages == Availability::Present),
        "seen" | "stale" | "last_seen" => older(Some(row.last_seen_at)),
        "lists" => older(row.lists_at),
        "boot" | "uptime" => older(attributes.booted_at),
        "update" => {
            let from_source =
                |name: &str| host.packages.iter().any(|of| of.package.name == name && like(value, &of.package.source));
            host.facts.updates.iter().any(|update| like(value, &update.name) || from_source(&update.name))
        }
        // Without a group, `kev:no` is of hosts that have none at all.
        "kev" if matches!(text.as_str(), "no" | "false") => {
            !host.findings.iter().any(|finding| host.scores.of(&finding.cve).exploited)
        }
        _ => host.findings.iter().any(|finding| on_finding(host, finding, field, op, value)),
    }
}

fn span(text: &str) -> SignedDuration {
    let (number, unit) = text.split_at(text.len() - 1);
    let hours = match unit {
        "s" => return SignedDuration::from_secs(number.parse().unwrap()),
        "m" => return SignedDuration::from_mins(number.parse().unwrap()),
        "h" => 1,
        "d" => 24,
        "w" => 7 * 24,
        other => panic!("{other} is no unit"),
    };
    SignedDuration::from_hours(number.parse::<i64>().unwrap() * hours)
}

/// Bit by bit.
fn is_in(address: IpAddr, network: &str) -> bool {
    let bits = |address: IpAddr| -> Vec<u8> {
        let bytes = match address {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect()
    };
    let (of, prefix) = network.split_once('/').map_or((network, None), |(of, prefix)| (of, Some(prefix)));
    let (of, bits) = (bits(of.parse().unwrap()), bits(address));
    let prefix = prefix.map_or(of.len(), |prefix| prefix.parse().unwrap());
    of.len() == bits.len() && of[..prefix] == bits[..prefix]
}
