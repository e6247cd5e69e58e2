//! How pages are fetched: what the operator may set, and every default.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::Network;

/// The largest body that is read, in bytes; for a PDF, pictures included. A text may be a quarter of
/// it. The whole body is in memory while a page is read, and one check should stay within 64 MB.
pub const BODY_LIMIT: u64 = 16 << 20;

/// How pages are fetched. The defaults are safe; only the contact has no default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchSettings {
    /// How the owner of a site reaches the operator: an address or a URL. Part of the User-Agent.
    /// Without it only the allowed private networks are asked.
    pub contact: Option<String>,
    /// Private networks that may be asked anyway. None by default.
    pub allow_private: Vec<Network>,
    /// The pause between two requests to one host; none within an allowed private network. 5 s by
    /// default: what a careful visitor would leave between two pages.
    pub gap: Duration,
    /// The same for individual hosts, by name in lower case.
    pub gaps: BTreeMap<String, Duration>,
    /// The largest body in bytes, after decompression. [`BODY_LIMIT`] by default.
    pub max_body_bytes: u64,
    /// The longest time one fetch spends on the network, redirects, body and retries together.
    /// 90 s by default. Waiting for a host's turn and between retries does not count.
    pub deadline: Duration,
    /// The longest time a connection takes. 15 s by default.
    pub connect_timeout: Duration,
    /// The longest a server may be silent. 45 s by default: half the deadline, so that what is slow can be read, and
    /// a connection that has died leaves time for another.
    pub read_timeout: Duration,
    /// The most redirects that are followed. 5 by default.
    pub max_redirects: usize,
    /// How often a failed fetch is tried again. 2 by default.
    pub retries: u32,
    /// The pause before the first retry, from which the later ones follow. 1 s by default.
    pub retry_base: Duration,
    /// Whether robots.txt is honoured. It is by default.
    pub robots: bool,
    /// The zone for people, in which reasons say a time. UTC by default.
    pub zone: TimeZone,
    /// Settings for individual hosts, by name in lower case.
    pub hosts: BTreeMap<String, HostSettings>,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            contact: None,
            allow_private: Vec::new(),
            gap: Duration::from_secs(5),
            gaps: BTreeMap::new(),
            max_body_bytes: BODY_LIMIT,
            deadline: Duration::from_secs(90),
            connect_timeout: Duration::from_secs(15),
            read_timeout: Duration::from_secs(45),
            max_redirects: 5,
            retries: 2,
            retry_base: Duration::from_secs(1),
            robots: true,
            zone: TimeZone::UTC,
            hosts: BTreeMap::new(),
        }
    }
}

/// Settings for one host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostSettings {
    /// Whether its robots.txt is honoured. It is by default.
    pub robots: RobotsRule,
    /// Certificates, as PEM, that are trusted for this host besides the system's own: an authority, or
    /// an intermediate that the host forgets to send.
    pub ca_pem: Option<Vec<u8>>,
}

/// What is done with a robots.txt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RobotsRule {
    /// It is honoured.
    #[default]
    Honour,
    /// It is not fetched: the site has told the operator that the page may be read.
    Ignore,
}

/// The delays after which a held page is read again, unless the operator sets others (PRODUCT section
/// 3).
pub const RECHECK: [Duration; 2] = [Duration::from_secs(5 * 60), Duration::from_secs(20 * 60)];
