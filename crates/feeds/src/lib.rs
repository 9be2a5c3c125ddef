//! The vendors' security data: where it is, how it is fetched, and what it says.
//!
//! A [`Feed`] knows one vendor's documents; [`fetch`] alone speaks HTTP; [`keep`] stores the raw
//! document, so that a newer parser can read it again; [`acceptance`] refuses a document of which
//! nothing was understood, [`succession`] holds back one that went backwards. What a parser
//! understands goes record by record into a [`Sink`] together with what it [`Skipped`] and why: no
//! document is ever held in memory as a whole.
//!
//! **Invariant**: a bad record is skipped with its reason, never silently and never fatally; only a
//! document that is not what it claims to be is [`Unreadable`].

pub mod acceptance;
mod archive;
pub mod bring;
pub mod feed;
pub mod fetch;
mod foreign;
pub mod formats;
mod increments;
pub mod keep;
pub mod signature;
mod skipped;
pub mod source;
pub mod succession;
pub mod vendors;
mod version;

pub use acceptance::{NothingUnderstood, check_understood};
pub use bring::{Brought, BroughtDocument, Held, bring};
pub use feed::{Collected, Document, Feed, FeedConfig, Sink, Stop, Tally, Unreadable};
pub use fetch::{FetchError, FetchOptions, Fetched, Fetcher, Known};
pub use foreign::{expected, remark};
pub use increments::Increments;
pub use keep::{Fresh, ImportError, import, read, read_and_hash};
pub use signature::{SignaturePolicy, Signed};
pub use skipped::{Lost, Skipped};
pub use source::{Checksum, Source};
pub use succession::{AsOf, Dated, Dates, Edition, HeldBack, as_of, check_gone, check_lost_facts, check_succession};

/// Every feed of the catalogue, by id.
pub static FEEDS: &[&dyn Feed] = &[
    &vendors::almalinux_errata::AlmaLinuxErrata,
    &vendors::almalinux_osv::AlmaLinuxOsv,
    &vendors::almalinux_updateinfo::AlmaLinuxUpdateinfo,
    &vendors::alpine_secdb::AlpineSecdb,
    &vendors::arch_tracker::ArchTracker,
    &vendors::wolfi_secdb::CHAINGUARD,
    &vendors::debian_lists::DLA,
    &vendors::debian_lists::DSA,
    &vendors::debian_oval::DebianOval,
    &vendors::debian_tracker::DebianTracker,
    &vendors::fedora_updateinfo::EPEL,
    &vendors::fedora_bodhi::FedoraBodhi,
    &vendors::fedora_updateinfo::FEDORA,
    &vendors::redhat_csaf::ADVISORIES,
    &vendors::redhat_oval::RedhatOval,
    &vendors::redhat_csaf::VEX,
    &vendors::rocky_errata::RockyErrata,
    &vendors::rocky_osv::RockyOsv,
    &vendors::rocky_updateinfo::RockyUpdateinfo,
    &vendors::ubuntu_osv::UbuntuOsv,
    &vendors::ubuntu_oval::CVE,
    &vendors::ubuntu_usn::UbuntuUsn,
    &vendors::ubuntu_oval::USN,
    &vendors::wolfi_secdb::WOLFI,
];

/// Feeds that say what is known of CVEs themselves and nothing of packages, by id.
pub static CVE_FEEDS: &[&dyn Feed] = &[
    &vendors::cisa_kev::CisaKev,
    &vendors::cve_records::CveRecords,
    &vendors::first_epss::FirstEpss,
    &vendors::nvd::Nvd,
];

/// The feed of an id, about packages or about CVEs.
#[must_use]
pub fn feed(id: &str) -> Option<&'static dyn Feed> {
    FEEDS.iter().chain(CVE_FEEDS).copied().find(|feed| feed.id() == id)
}
