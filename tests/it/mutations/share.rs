//! How much of a kit is run, and on how many threads.

use std::sync::Mutex;
use std::thread;

/// Whether every edit is run: `RULEWATCH_KITS=all`, as `tests/long.sh` has it. Else a seeded share.
pub(crate) fn everything() -> bool {
    std::env::var_os("RULEWATCH_KITS").is_some_and(|which| which == "all")
}

/// Every fourth of many where not all is run: to lay a page out costs more than to read some edits of it.
pub(crate) fn some<T>(all: Vec<T>) -> Vec<T> {
    let step = if everything() { 1 } else { 4 };
    all.into_iter().step_by(step).collect()
}

/// A seed of its own for each name, the same on every machine and day (FNV-1a).
pub(crate) fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Does the same with each of many, as many at a time as there are processors.
pub(super) fn side_by_side<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (Mutex::new(0), Mutex::new(Vec::new()));
    let threads = thread::available_parallelism().map_or(1, Into::into);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let mut at = next.lock().unwrap();
                    let n = *at;
                    *at += 1;
                    drop(at);
                    let Some(one) = all.get(n) else { break };
                    let result = work(one);
                    done.lock().unwrap().push((n, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(n, _)| *n);
    done.into_iter().map(|(_, result)| result).collect()
}
