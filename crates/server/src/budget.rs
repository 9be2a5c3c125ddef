//! Memory that strangers may make the server hold: a number of bytes, lent out and given back.

use crate::api::error::{ApiError, ApiResult};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a request waits for its share before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(10);

/// A number of bytes to be lent out, in KiB.
#[derive(Debug, Clone)]
pub struct Budget {
    left: Arc<Semaphore>,
    total: u32,
}

impl Budget {
    /// A budget of so many MiB.
    #[must_use]
    pub fn mebibytes(total: u32) -> Self {
        let total = total.saturating_mul(1024);
        Self { left: Arc::new(Semaphore::new(total as usize)), total }
    }

    /// Borrows `bytes`, all of the budget at most, until the permit is dropped.
    ///
    /// # Errors
    /// 503 when they are not to be had in time.
    pub async fn take(&self, bytes: u64) -> ApiResult<OwnedSemaphorePermit> {
        let kibibytes = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX).clamp(1, self.total);
        match tokio::time::timeout(PATIENCE, Arc::clone(&self.left).acquire_many_owned(kibibytes)).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(ApiError::busy("The server is busy reading other reports.", 30)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_lent_out_has_to_come_back_first() {
        let budget = Budget::mebibytes(1);
        let first = budget.take(900 << 10).await.unwrap();
        assert!(budget.take(200 << 10).await.is_err(), "only 124 KiB are left");
        drop(first);
        let all = budget.take(u64::MAX).await.unwrap();
        assert!(budget.take(1).await.is_err(), "a request for more than there is gets all of it");
        drop(all);
    }
}
