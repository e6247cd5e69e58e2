//! What every host asks of its visitors, as far as it has said so.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use url::Url;

use crate::model::{HostManners, RobotsFile, Wait};

/// The manners of all hosts, by name, and which of them the caller has yet to store.
#[derive(Debug, Default)]
pub(super) struct Manners(Mutex<BTreeMap<String, Kept>>);

#[derive(Debug, Default)]
struct Kept {
    manners: HostManners,
    changed: bool,
}

impl Manners {
    /// Takes over what is stored of a host, unless something was learnt since that is not stored yet.
    pub(super) fn put_back(&self, host: &str, manners: HostManners) {
        let mut all = self.all();
        if all.get(host).is_none_or(|kept| !kept.changed) {
            all.insert(host.to_owned(), Kept { manners, changed: false });
        }
    }

    /// What was learnt since the last call, by host.
    pub(super) fn take_changed(&self) -> Vec<(String, HostManners)> {
        let mut all = self.all();
        let changed = all.iter_mut().filter(|(_, kept)| kept.changed);
        let take = |(host, kept): (&String, &mut Kept)| {
            kept.changed = false;
            (host.clone(), kept.manners.clone())
        };
        changed.map(take).collect()
    }

    /// Notes that what was taken could not be stored: it is returned again.
    pub(super) fn not_stored(&self, hosts: &[(String, HostManners)]) {
        let mut all = self.all();
        for (host, _) in hosts {
            if let Some(kept) = all.get_mut(host) {
                kept.changed = true;
            }
        }
    }

    /// Everything that is known, by host, as of now.
    pub(super) fn known(&self, now: Timestamp) -> Vec<(String, HostManners)> {
        let mut all = self.all();
        for kept in all.values_mut() {
            kept.manners.settle(now);
        }
        all.iter().map(|(host, kept)| (host.clone(), kept.manners.clone())).collect()
    }

    /// The wait that a host asked for, if it is not over.
    pub(super) fn waiting(&self, url: &Url, now: Timestamp) -> Option<Wait> {
        let mut all = self.all();
        let kept = all.get_mut(host(url))?;
        kept.manners.settle(now);
        kept.manners.wait.clone()
    }

    /// Notes that a host asks to be left alone.
    pub(super) fn wait(&self, url: &Url, wait: Wait) {
        self.change(url, |manners| manners.wait = Some(wait));
    }

    /// Notes what a site's robots.txt says.
    pub(super) fn robots(&self, url: &Url, origin: String, file: RobotsFile) {
        self.change(url, |manners| {
            manners.robots.insert(origin, file);
        });
    }

    /// Notes a visit, if the pause since the last one is over.
    ///
    /// # Errors
    /// When the pause ends, if it is not over.
    pub(super) fn visit(
        &self,
        url: &Url,
        pause: Duration,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let last = self.all().get_mut(host(url)).and_then(|kept| {
            kept.manners.settle(now);
            kept.manners.visited_at
        });
        let over = last.map(|at| at.checked_add(pause).unwrap_or(Timestamp::MAX));
        match over.filter(|over| now < *over) {
            Some(over) => Err(over),
            None => {
                self.change(url, |manners| manners.visited_at = Some(now));
                Ok(())
            }
        }
    }

    fn change(&self, url: &Url, change: impl FnOnce(&mut HostManners)) {
        let mut all = self.all();
        let kept = all.entry(host(url).to_owned()).or_default();
        change(&mut kept.manners);
        kept.changed = true;
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_has_changed_is_taken_once() {
        let manners = Manners::default();
        let url = Url::parse("https://a.example:8443/page").unwrap();
        let length = Duration::from_secs(7_200);
        manners.wait(
            &url,
            Wait { asked_at: at("2026-11-20T12:00Z"), length, status: 429, is_ours: false },
        );
        let taken = manners.take_changed();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].0, "a.example");
        assert_eq!(manners.take_changed(), []);
        let again = Manners::default();
        for (host, known) in taken {
            again.put_back(&host, known);
        }
        assert_eq!(again.take_changed(), [], "what was stored is not stored again");
        assert!(again.waiting(&url, at("2026-11-20T13:59Z")).is_some());
        assert_eq!(again.known(at("2026-11-20T14:00Z"))[0].1.wait, None, "it is over");
    }

    #[test]
    fn a_long_pause_is_counted_from_the_last_visit() {
        let manners = Manners::default();
        let url = Url::parse("https://a.example/").unwrap();
        let hour = Duration::from_secs(3_600);
        assert_eq!(manners.visit(&url, hour, at("2026-11-20T12:00Z")), Ok(()));
        let over = at("2026-11-20T13:00Z");
        assert_eq!(manners.visit(&url, hour, at("2026-11-20T12:30Z")), Err(over));
        assert_eq!(manners.visit(&url, hour, over), Ok(()));
        // The clock was ahead and has been set right: that costs one pause, and no more.
        let back = at("2026-11-19T00:00Z");
        let over = at("2026-11-19T01:00Z");
        assert_eq!(manners.visit(&url, hour, back), Err(over));
        assert_eq!(manners.visit(&url, hour, over), Ok(()));
    }
}
