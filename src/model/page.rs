//! A page: the answer to a request for a source's address.

use jiff::Timestamp;
use url::Url;

/// One step on the way to a page: an address and the status it answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The address asked.
    pub url: Url,
    /// The HTTP status it answered with; 200 for a page that came from a file.
    pub status: u16,
}

/// Where a page has moved permanently, judged by its redirects: the address at the end of the permanent
/// redirects (301, 308) that start the chain.
#[must_use]
pub fn moved_to(chain: &[Hop]) -> Option<&Url> {
    let for_good = chain.iter().take_while(|hop| matches!(hop.status, 301 | 308)).count();
    if for_good == 0 { None } else { chain.get(for_good).map(|hop| &hop.url) }
}

/// What makes the next request conditional (RFC 9110, sections 8.8.2 and 8.8.3). Valid only for the
/// address that gave it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// The `ETag`, as given.
    pub etag: Option<String>,
    /// The `Last-Modified`, as given.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Returns whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// The headers that are kept with a snapshot, by lower-case name, in their original order.
pub type PageHeaders = Vec<(String, String)>;

/// A page as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Every address on the way, from the one asked to the one that answered. Never empty.
    pub chain: Vec<Hop>,
    /// The headers of the last answer.
    pub headers: PageHeaders,
    /// The body after content decoding; the bytes that are hashed and kept.
    pub body: Vec<u8>,
    /// When the last byte came.
    pub fetched_at: Timestamp,
}

impl Page {
    /// Makes a page from a file, as if `url` had answered with it.
    #[must_use]
    pub fn from_file(url: Url, body: Vec<u8>, fetched_at: Timestamp) -> Self {
        Self { chain: vec![Hop { url, status: 200 }], headers: Vec::new(), body, fetched_at }
    }

    /// The address that was asked.
    #[must_use]
    pub fn asked(&self) -> &Url {
        &self.chain.first().expect("a page has at least one hop").url
    }

    /// The address that answered.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.chain.last().expect("a page has at least one hop").url
    }

    /// A header of the last answer, by lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_moved_as_far_as_its_redirects_are_permanent() {
        let hops = |statuses: &[u16]| -> Vec<Hop> {
            let url = |n| Url::parse(&format!("https://a.example/{n}")).unwrap();
            statuses.iter().enumerate().map(|(n, s)| Hop { url: url(n), status: *s }).collect()
        };
        let moved = |statuses: &[u16]| moved_to(&hops(statuses)).map(|url| url.path().to_owned());
        assert_eq!(moved(&[200]), None);
        assert_eq!(moved(&[301, 200]).unwrap(), "/1");
        assert_eq!(moved(&[301, 308, 304]).unwrap(), "/2");
        assert_eq!(moved(&[308, 302, 200]).unwrap(), "/1", "from there on it is for now");
        assert_eq!(moved(&[302, 301, 200]), None, "the asked address itself is not given up");
        assert_eq!(moved(&[301]), None, "nobody knows where to");
    }
}
