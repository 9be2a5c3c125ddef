//! Answers whose cost grows with the data, beside the workers that serve everything else.
//!
//! The workers of the runtime are as many as the processors: a handler that computes on one of them
//! keeps others waiting, `/api/health` among them. So whatever counts, sorts or judges runs on a
//! thread of its own, and only so many of these at once that their memory is bounded.

use crate::api::error::{ApiError, ApiResult};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a request waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Answers of any length that are under way at once; they end at the pace of their readers.
const STREAMS: usize = 4;

/// The turns of answers.
#[derive(Debug, Clone)]
pub struct Answering {
    turns: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

impl Default for Answering {
    /// One answer at once for each processor, since they do nothing but compute.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self::with_turns(processors.max(2))
    }
}

impl Answering {
    fn with_turns(turns: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(turns)), streams: Arc::new(Semaphore::new(STREAMS)) }
    }

    /// Computes an answer on a thread of its own when its turn has come. Work that began ends even
    /// when the caller has gone, and keeps its turn until then.
    ///
    /// # Errors
    /// 503 when no turn comes within half a minute, 500 when the work panics.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        let turn = turn(&self.turns).await?;
        let done = tokio::task::spawn_blocking(move || {
            let answer = work();
            drop(turn);
            answer
        });
        Ok(done.await.map_err(anyhow::Error::from)?)
    }

    /// A turn for an answer that is sent while it is computed, for as long as it is held.
    ///
    /// # Errors
    /// 503 when none comes within half a minute.
    pub async fn stream_turn(&self) -> ApiResult<OwnedSemaphorePermit> {
        turn(&self.streams).await
    }
}

async fn turn(turns: &Arc<Semaphore>) -> ApiResult<OwnedSemaphorePermit> {
    let turn = tokio::time::timeout(LONGEST_WAIT, Arc::clone(turns).acquire_owned()).await;
    turn.ok().and_then(Result::ok).ok_or_else(|| ApiError::busy("The server is busy with other answers.", 10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// The runtime of the test has one worker: work that held it would wait forever for what the test
    /// does afterwards.
    #[tokio::test]
    async fn the_worker_is_free_while_an_answer_is_computed() {
        let answering = Answering::with_turns(1);
        let (say, hear) = mpsc::channel();
        let answer = tokio::spawn({
            let answering = answering.clone();
            async move { answering.run(move || hear.recv()).await }
        });
        tokio::task::yield_now().await;
        say.send(7).unwrap();
        assert_eq!(answer.await.unwrap().unwrap(), Ok(7));
    }

    #[tokio::test]
    async fn a_turn_is_kept_until_the_work_ends() {
        let answering = Answering::with_turns(1);
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (end, ended) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let answering = answering.clone();
            async move {
                let work = move || {
                    let _ = begun.send(());
                    ended.recv()
                };
                answering.run(work).await
            }
        });
        has_begun.await.unwrap();
        // The caller goes; the work does not.
        first.abort();
        assert_eq!(answering.turns.available_permits(), 0);
        end.send(()).unwrap();
        assert_eq!(answering.run(|| 1).await.unwrap(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_too_long_is_told_to_come_again() {
        let answering = Answering::with_turns(0);
        let refused = answering.run(|| 1).await.unwrap_err();
        assert_eq!(refused.code(), "busy");
    }

    #[tokio::test]
    async fn work_that_panics_gives_its_turn_back() {
        let answering = Answering::with_turns(1);
        assert_eq!(answering.run(|| panic!("on purpose")).await.map(|(): ()| ()).unwrap_err().code(), "internal");
        assert_eq!(answering.run(|| 2).await.unwrap(), 2);
    }
}
