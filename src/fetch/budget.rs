//! The time one fetch may spend on the network.
//!
//! A sum rather than a point in time, because waiting for a host's turn is our politeness and not
//! the server's slowness: sixty pages of one host queue for minutes and none of them is late.

use std::time::Duration;

use tokio::time::{Instant, timeout};

/// What is left of a fetch's deadline.
#[derive(Debug)]
pub(super) struct Budget {
    left: Duration,
}

impl Budget {
    pub(super) fn new(deadline: Duration) -> Self {
        Self { left: deadline }
    }

    /// Does some work, and abandons it when the time is spent.
    pub(super) async fn spend<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let start = Instant::now();
        let done = timeout(self.left, work).await.ok();
        self.left = self.left.saturating_sub(start.elapsed());
        done
    }

    /// Returns whether no time is left.
    pub(super) fn is_spent(&self) -> bool {
        self.left.is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn several_pieces_of_work_share_it() {
        let mut budget = Budget::new(Duration::from_millis(200));
        let nap = tokio::time::sleep(Duration::from_millis(20));
        assert!(budget.spend(nap).await.is_some());
        assert!(budget.left <= Duration::from_millis(180));
        assert!(budget.spend(std::future::pending::<()>()).await.is_none());
        assert!(budget.is_spent());
    }
}
