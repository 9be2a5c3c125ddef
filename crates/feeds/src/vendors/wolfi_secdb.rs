//! The security databases of Wolfi and of Chainguard's own repository.
//!
//! Addresses: <https://packages.wolfi.dev/os/security.json>,
//! <https://packages.cgr.dev/chainguard/security.json>. Format: [`crate::formats::secdb`]; described
//! in <https://edu.chainguard.dev/open-source/wolfi/>.
//!
//! What is odd: one document without a release, since both roll; issues stand under their CVE and
//! under a `GHSA-` name side by side, each as an entry of its own.
//!
//! Not affected: version `0`. Won't fix: not said.

use crate::feed::{Document, Feed, FeedConfig, Sink, Unreadable};
use crate::fetch::FetchError;
use crate::formats::secdb::{self, Head, Place};
use model::Platform;
use std::io::BufRead;

/// One of the two databases.
#[derive(Debug, Clone, Copy)]
pub struct RollingSecdb {
    id: &'static str,
    title: &'static str,
    url: &'static str,
    distribution: &'static str,
    /// The repository that the document must name.
    repository: &'static str,
}

/// Wolfi.
pub const WOLFI: RollingSecdb = RollingSecdb {
    id: "wolfi-secdb",
    title: "Wolfi security database",
    url: "https://packages.wolfi.dev/os/security.json",
    distribution: "wolfi",
    repository: "os",
};

/// Chainguard.
pub const CHAINGUARD: RollingSecdb = RollingSecdb {
    id: "chainguard-secdb",
    title: "Chainguard security database",
    url: "https://packages.cgr.dev/chainguard/security.json",
    distribution: "chainguard",
    repository: "chainguard",
};

impl Feed for RollingSecdb {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn parser_version(&self) -> u32 {
        3
    }

    fn usual_records(&self) -> u64 {
        // A part of the tens of thousands of issues that each had in 2026.
        2_000
    }

    fn platforms(&self) -> Vec<Platform> {
        Platform::new(self.distribution, "rolling").into_iter().collect()
    }

    fn discover(
        &self,
        config: &FeedConfig,
        _index: &mut dyn FnMut(&str) -> Result<Vec<u8>, FetchError>,
    ) -> Result<Vec<Document>, FetchError> {
        let url = config.url.clone().unwrap_or_else(|| self.url.to_owned());
        Ok(vec![Document { name: "security.json".to_owned(), url }])
    }

    fn parse(&self, _document: &Document, body: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Unreadable> {
        secdb::read(body, &|head| self.place(head), sink)
    }
}

impl RollingSecdb {
    fn place(&self, head: &Head) -> Result<Place, String> {
        if head.reponame != self.repository {
            return Err(format!(
                "it is the database of the repository '{}', not of '{}'",
                head.reponame.escape_debug(),
                self.repository
            ));
        }
        let platform = Platform::new(self.distribution, "rolling").map_err(|error| error.to_string())?;
        Ok(Place { platform, label: String::new() })
    }
}
