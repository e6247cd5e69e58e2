//! What a checker may take: a page that takes more, whatever it is made of, ends the process that reads it.
//!
//! A page is bounded by counts first (its bytes, nodes, attributes, places in tables, records), which keep a check
//! under `CHECK` and say which of them was passed. This bound is the system's, and for what no count foresees.

use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The most that one check may take, in MB.
pub(super) const CHECK: u64 = 64;

/// What the process takes beside its checks: the catalogue, patterns, and the stacks of its threads, of which the
/// whole counts here, however little of it is used.
const BESIDE: u64 = 64;

/// The same where many checks are under way.
const BESIDE_MANY: u64 = 256;

/// For a checker that makes many checks, of which four read their pages at a time.
pub(super) const MANY: u64 = BESIDE_MANY + 4 * CHECK;

/// For a checker that makes one.
pub(super) const ONE: u64 = BESIDE + CHECK;

/// Bounds the data of this process, in MB. Where the system sets no bound, the counts have to do.
pub fn bound(megabytes: u64) {
    Bound::new().set(megabytes << 20);
}

/// A bound that moves: what a process keeps of one check is no part of the next one.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    /// The one that this process was started with, which is never passed.
    known: Rlimit,
}

impl Bound {
    pub(super) fn new() -> Self {
        Self { known: getrlimit(Resource::Data) }
    }

    /// Allows what one check may take, beside all that this process has by now.
    pub(super) fn allow_a_check(&self) {
        match data() {
            Some(data) => self.set(data + (CHECK << 20)),
            None => tracing::debug!("the memory of this process is not known, and not bounded"),
        }
    }

    fn set(&self, bytes: u64) {
        let current = self.known.current.map_or(bytes, |before| before.min(bytes));
        let limit = Rlimit { current: Some(current), maximum: self.known.maximum };
        if let Err(error) = setrlimit(Resource::Data, limit) {
            tracing::debug!(%error, "the memory of this process is not bounded");
        }
    }
}

/// The data of this process in bytes, as the bound counts it (`proc(5)`).
fn data() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmData:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}
