//! Mail that stays in memory: for a dry run, and for looking at what would go out.

use std::sync::{Arc, Mutex, PoisonError};

use super::Message;

/// Keeps what is sent. Clones share what they keep.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    sent: Arc<Mutex<Vec<Message>>>,
}

impl Memory {
    /// What was sent so far, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Message> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn keep(&self, message: &Message) {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
    }
}
