//! Whether the record can be written: what the last write said, and a probe where none is fresh.
//!
//! A server that can't write answers every report with 503. Whoever watches `GET /api/health` is to
//! see that before the first host goes late.

use crate::app::App;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::StoreError;

/// What a write said holds for so long; then the next question writes a probe.
const FRESH: Duration = Duration::from_secs(5);
/// How long a question waits for a probe. A load balancer's patience is a second or two.
const PATIENCE: Duration = Duration::from_millis(500);
/// A probe that takes longer than this says that the record does not answer.
const STUCK: Duration = Duration::from_secs(10);
/// A probe is small: where a report found no room, one that fits says little. This is how long the
/// report's sender was told to wait, after which it tries again and says more.
const DISTRUST: Duration = Duration::from_secs(60);

/// What is known of the record's ability to be written.
#[derive(Debug, Default)]
pub struct Writable(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// When a write last told something.
    told_at: Option<Instant>,
    failure: Option<Failure>,
    /// When the probe that is under way began.
    probing_since: Option<Instant>,
}

#[derive(Debug)]
struct Failure {
    why: &'static str,
    at: Instant,
    /// It was a report or check-in that could not be written, not a probe.
    of_host: bool,
}

impl Writable {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what became of a write that hosts wait for. Faults that pass by themselves only:
    /// others are of what was written, not of the record.
    pub fn note<T>(&self, written: &store::Result<T>) {
        let failure = match written {
            Ok(_) => None,
            Err(error) if error.is_temporary() => {
                Some(Failure { why: reason(error), at: Instant::now(), of_host: true })
            }
            Err(_) => return,
        };
        let mut state = self.state();
        state.told_at = Some(Instant::now());
        state.failure = failure;
    }

    /// Why the record can't be written, `None` where it can, as far as is known. Asks the record at
    /// most once in a few seconds and never waits long for its answer.
    pub async fn check(&self, app: &App) -> Option<String> {
        if self.begin() {
            let probing = app.clone();
            let probe = tokio::spawn(async move {
                let written = probing.store().probe_write(probing.now()).await;
                probing.writable().probed(&written);
            });
            // Whether it ended in time shows in the state; if not, it goes on by itself.
            let _ = tokio::time::timeout(PATIENCE, probe).await;
        }
        self.reason()
    }

    /// Whether a probe is due. Notes that it begins.
    fn begin(&self) -> bool {
        let mut state = self.state();
        let is_fresh = state.told_at.is_some_and(|at| at.elapsed() < FRESH);
        if is_fresh || state.probing_since.is_some() {
            return false;
        }
        state.probing_since = Some(Instant::now());
        true
    }

    fn probed(&self, written: &store::Result<()>) {
        let mut state = self.state();
        state.probing_since = None;
        state.told_at = Some(Instant::now());
        match written {
            Err(error) => {
                tracing::error!(%error, "the record can't be written");
                // What a host met says more, and for how long it is believed.
                if state.failure.as_ref().is_none_or(|failure| !failure.of_host) {
                    state.failure = Some(Failure { why: reason(error), at: Instant::now(), of_host: false });
                }
            }
            Ok(()) => {
                state.failure =
                    state.failure.take().filter(|failure| failure.of_host && failure.at.elapsed() < DISTRUST);
            }
        }
    }

    fn reason(&self) -> Option<String> {
        let state = self.state();
        if state.probing_since.is_some_and(|since| since.elapsed() > STUCK) {
            return Some("The record does not answer.".to_owned());
        }
        state.failure.as_ref().map(|failure| failure.why.to_owned())
    }
}

/// In words for everybody: the log has the engine's own, which may name hosts and paths.
fn reason(error: &StoreError) -> &'static str {
    if error.is_full() {
        "The disk of the record is full: reports are refused until there is room."
    } else {
        "The record can't be written: reports are refused until it can. The server's log says why."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> store::Result<()> {
        Err(StoreError::Engine(sqlx_io()))
    }

    /// An error of the engine that passes by itself.
    fn sqlx_io() -> store::EngineError {
        std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into()
    }

    #[test]
    fn the_last_write_is_believed() {
        let writable = Writable::default();
        assert_eq!(writable.reason(), None, "nothing is known yet");
        writable.note(&refused());
        assert!(writable.reason().unwrap().contains("can't be written"));
        assert!(!writable.begin(), "a write just told");
        // A small probe that fits does not outweigh a report that did not.
        writable.probed(&Ok(()));
        assert!(writable.reason().is_some());
        writable.note(&Ok(()));
        assert_eq!(writable.reason(), None);
        // A fault of what was written is none of the record.
        writable.note::<()>(&Err(StoreError::Missing("host".to_owned())));
        assert_eq!(writable.reason(), None);
    }

    #[test]
    fn one_probe_at_a_time_and_its_word_counts_alone() {
        let writable = Writable::default();
        assert!(writable.begin() && !writable.begin());
        writable.probed(&refused());
        assert!(writable.reason().is_some());
        assert!(!writable.begin(), "it just told");
        writable.probed(&Ok(()));
        assert_eq!(writable.reason(), None);
    }
}
