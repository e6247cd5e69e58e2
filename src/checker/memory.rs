//! What a checker may take: a page that takes more, whatever it is made of, ends the process that reads it.
//!
//! A page is bounded by counts first (its bytes, nodes, attributes, places in tables, records), which keep a check
//! under `CHECK` and say which of them was passed. This bound is the system's, and for what no count foresees.

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
    let bytes = megabytes << 20;
    let known = getrlimit(Resource::Data);
    let current = known.current.map_or(bytes, |before| before.min(bytes));
    if let Err(error) = setrlimit(Resource::Data, Rlimit { current: Some(current), ..known }) {
        tracing::debug!(%error, "the memory of this process is not bounded");
    }
}
