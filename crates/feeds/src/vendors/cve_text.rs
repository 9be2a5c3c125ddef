//! What the feeds about CVEs themselves share: ids, kinds of weakness, times, links.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Most links that are kept of a CVE.
const MAX_LINKS: usize = 100;

/// Whether a text is a CVE's id: `CVE-` year `-` four digits or more.
pub(super) fn cve_id(text: &str) -> Result<(), String> {
    let digits = |part: &str, least: usize| {
        part.len() >= least && part.len() <= 19 && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let fits = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    if fits.is_some_and(|(year, number)| year.len() == 4 && digits(year, 4) && digits(number, 4)) {
        Ok(())
    } else {
        Err(format!("'{}' is no CVE's id", text.chars().take(40).collect::<String>().escape_debug()))
    }
}

/// The kinds of weakness among these texts (`CWE-787`), sorted, without duplicates.
pub(super) fn weaknesses<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let kind = |text: &&str| {
        let number = text.strip_prefix("CWE-").unwrap_or_default();
        !number.is_empty() && number.len() <= 6 && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut kinds: Vec<String> = texts.filter(kind).map(ToOwned::to_owned).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// A time that is UTC whether it says so or not; `None` where it is none.
pub(super) fn utc(text: &str) -> Option<Timestamp> {
    let zoneless = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    text.parse().ok().or_else(zoneless)
}

/// Web addresses, without duplicates, in their order.
pub(super) fn links(addresses: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for address in addresses {
        let web = address.starts_with("https://") || address.starts_with("http://");
        if web && address.len() <= 2048 && !address.chars().any(char::is_control) && !links.contains(&address) {
            links.push(address);
        }
        if links.len() == MAX_LINKS {
            break;
        }
    }
    links
}

/// The first line of a text, at most 200 characters.
pub(super) fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Longest description that is kept, in characters; the longest real ones have 4,000.
const MAX_DESCRIPTION: usize = 2000;

/// A description as one paragraph: white space becomes single spaces, what is too long ends in `…`.
pub(super) fn paragraph(text: &str) -> String {
    let mut words = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
        if words.len() > MAX_DESCRIPTION * 4 {
            break;
        }
    }
    if words.chars().nth(MAX_DESCRIPTION).is_some() {
        words = words.chars().take(MAX_DESCRIPTION - 1).collect();
        words.push('…');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_one_paragraph_of_bounded_length() {
        assert_eq!(paragraph(" a\n\n b\tc\u{1}d "), "a b c d");
        for text in ["x".repeat(100_000), "x ".repeat(100_000)] {
            let cut = paragraph(&text);
            assert_eq!((cut.chars().count(), cut.ends_with('…')), (MAX_DESCRIPTION, true));
        }
    }

    #[test]
    fn ids_weaknesses_and_times() {
        assert!(cve_id("CVE-2024-3094").is_ok() && cve_id("CVE-1999-0001").is_ok());
        for text in
            ["", "CVE-2024-1", "cve-2024-3094", "CVE-24-30940", "CVE-2024-3094x", "CVE-2024-99999999999999999999"]
        {
            assert!(cve_id(text).is_err(), "{text}");
        }
        let of = ["CWE-79", "NVD-CWE-noinfo", "CWE-22", "CWE-79", "CWE-", "CWE-1 "];
        assert_eq!(weaknesses(of.into_iter()), ["CWE-22", "CWE-79"]);
        let wanted: Timestamp = "2023-10-12T19:15:11.747Z".parse().unwrap();
        assert_eq!(utc("2023-10-12T19:15:11.747"), Some(wanted));
        assert_eq!(utc("2023-10-12T19:15:11.747Z"), Some(wanted));
        assert_eq!(utc("yesterday"), None);
    }
}
