//! One hash of a whole fleet, by which two runs show themselves to have made the same.

use model::wire::Report;
use sha2::{Digest as _, Sha256};

/// Hashes reports in their order, byte by byte, but for the moment at which each was made.
#[derive(Debug, Clone, Default)]
pub struct FleetDigest(Sha256);

impl FleetDigest {
    /// Takes the next report.
    ///
    /// # Errors
    /// As serialisation.
    pub fn add(&mut self, report: &Report) -> serde_json::Result<()> {
        let sections = &report.sections;
        for section in [
            &sections.host,
            &sections.packages,
            &sections.updates,
            &sections.repositories,
            &sections.runtime,
            &sections.history,
        ] {
            self.part(section.data.as_ref().map_or("", |data| data.get()).as_bytes());
        }
        for text in [&report.machine_id, &report.boot_id, &report.hostname, &report.tag, &report.site, &report.env] {
            self.part(text.as_bytes());
        }
        self.part(&serde_json::to_vec(&report.heartbeat)?);
        Ok(())
    }

    /// The length keeps ("ab", "c") and ("a", "bc") apart.
    fn part(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// The hash, in hexadecimal digits.
    #[must_use]
    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}
