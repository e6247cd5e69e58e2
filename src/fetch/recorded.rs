//! Replies supplied in advance: for replays, for pages saved by hand, and for tests.
//!
//! Each address has a queue, and each request takes the next reply from it. An address without one
//! gives a failure that names it; nothing is made up, and the network is never asked.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use url::Url;

use super::{Reply, Request, without_fragment};
use crate::model::{FetchFailure, Page};

/// Replies by address, in the order to give them.
#[derive(Debug, Default)]
pub struct Recorded(Mutex<BTreeMap<Url, VecDeque<Reply>>>);

impl Recorded {
    /// Adds a page to the queue of the address that was requested.
    pub fn push_page(&self, page: Page) {
        self.push(page.asked().clone(), Reply::Page(page));
    }

    /// Adds a reply to an address's queue.
    pub fn push(&self, url: Url, reply: Reply) {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queues.entry(without_fragment(url)).or_default().push_back(reply);
    }

    /// The addresses that still have unused replies, with how many.
    #[must_use]
    pub fn unread(&self) -> Vec<(Url, usize)> {
        let queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = queues.iter().filter(|(_, queue)| !queue.is_empty());
        left.map(|(url, queue)| (url.clone(), queue.len())).collect()
    }

    /// Takes the next reply for the request's address.
    pub(super) fn fetch(&self, request: &Request) -> Reply {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let what = match queues.get_mut(&without_fragment(request.url.clone())) {
            None => format!("no page is recorded for {}", request.url),
            Some(queue) => match queue.pop_front() {
                Some(reply) => return reply,
                None => format!("no recorded page is left for {}", request.url),
            },
        };
        Reply::Failed(FetchFailure { what, retry: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_pages_in_order_and_names_an_unknown_address() {
        let url = Url::parse("https://www.canada.ca/rounds.html").unwrap();
        let page = |body: &str| {
            Page::from_file(url.clone(), body.as_bytes().to_vec(), jiff::Timestamp::UNIX_EPOCH)
        };
        let recorded = Recorded::default();
        recorded.push_page(page("one"));
        recorded.push_page(page("two"));
        let request = Request::new(url.clone());
        assert_eq!(recorded.fetch(&request), Reply::Page(page("one")));
        assert_eq!(recorded.unread(), [(url.clone(), 1)]);
        assert_eq!(recorded.fetch(&request), Reply::Page(page("two")));
        assert_eq!(recorded.unread(), []);
        let failed =
            |what: &str| Reply::Failed(FetchFailure { what: what.to_owned(), retry: false });
        let none_left = "no recorded page is left for https://www.canada.ca/rounds.html";
        assert_eq!(recorded.fetch(&request), failed(none_left));
        let unknown = Request::new(Url::parse("https://www.canada.ca/other.html").unwrap());
        let none = "no page is recorded for https://www.canada.ca/other.html";
        assert_eq!(recorded.fetch(&unknown), failed(none));
    }
}
