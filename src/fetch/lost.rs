//! The hosts that could not be reached since any host last answered. If another host cannot be reached
//! either, the fault is most likely here: an immediate retry costs time and helps nobody.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Hosts that could not be reached, by name.
#[derive(Debug, Default)]
pub(super) struct Lost(Mutex<BTreeSet<String>>);

impl Lost {
    /// Notes that a host answered, whatever it said.
    pub(super) fn answered(&self) {
        self.all().clear();
    }

    /// Notes that a host did not.
    pub(super) fn failed(&self, host: &str) {
        self.all().insert(host.to_owned());
    }

    /// Whether another host could not be reached either, and no host has answered since.
    pub(super) fn is_another(&self, host: &str) -> bool {
        self.all().iter().any(|other| other != host)
    }

    fn all(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_tried_again_unless_another_is_lost_too() {
        let lost = Lost::default();
        lost.failed("a.example");
        assert!(!lost.is_another("a.example"));
        assert!(lost.is_another("b.example"));
        lost.answered();
        assert!(!lost.is_another("b.example"));
    }
}
