//! Which addresses may be asked.
//!
//! The operator chooses the sources, but not where a page redirects to or what a name resolves to: a
//! public name may lead to this machine or its neighbours. So every address is checked against a table
//! of the networks that are not the public internet. Pure; it is used by the redirect loop (literal
//! addresses, at every hop) and the resolver (names).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use url::{Host, Url};

use crate::model::{Network, Refusal};

/// The IPv4 networks that are not the public internet (IANA special-purpose registry).
const PRIVATE_V4: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),       // this network
    v4([10, 0, 0, 0], 8),      // private
    v4([100, 64, 0, 0], 10),   // shared behind a carrier's NAT
    v4([127, 0, 0, 0], 8),     // loopback
    v4([169, 254, 0, 0], 16),  // link-local, and the metadata services of clouds
    v4([172, 16, 0, 0], 12),   // private
    v4([192, 0, 0, 0], 24),    // protocol assignments
    v4([192, 0, 2, 0], 24),    // documentation
    v4([192, 88, 99, 0], 24),  // 6to4 relays, deprecated
    v4([192, 168, 0, 0], 16),  // private
    v4([198, 18, 0, 0], 15),   // benchmarking
    v4([198, 51, 100, 0], 24), // documentation
    v4([203, 0, 113, 0], 24),  // documentation
    v4([224, 0, 0, 0], 4),     // multicast
    v4([240, 0, 0, 0], 4),     // reserved, and broadcast
];

/// All global unicast addresses of IPv6. Loopback, unspecified, IPv4-mapped, NAT64 (64:ff9b::/96),
/// unique local, link-local and multicast addresses all lie outside it.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// The networks within [`GLOBAL_V6`] that are not the public internet.
const PRIVATE_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0, 0], 23), // protocol assignments, Teredo among them: it embeds IPv4
    v6([0x2001, 0xdb8, 0], 32), // documentation
    v6([0x2002, 0, 0], 16), // 6to4: it embeds IPv4
    v6([0x3fff, 0, 0], 20), // documentation
];

const fn v4([a, b, c, d]: [u8; 4], bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6([a, b, c]: [u16; 3], bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), bits)
}

/// Returns whether an address is on the public internet. An IPv4-mapped one counts as what it maps to.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => !PRIVATE_V4.iter().any(|network| network.contains(&v4)),
        IpAddr::V6(v6) => {
            GLOBAL_V6.contains(&v6) && !PRIVATE_V6.iter().any(|network| network.contains(&v6))
        }
    }
}

/// How far this installation may reach.
#[derive(Debug)]
pub(super) struct Bounds {
    allowed: Vec<Network>,
    has_contact: bool,
}

impl Bounds {
    pub(super) fn new(allowed: &[Network], has_contact: bool) -> Self {
        Self { allowed: allowed.to_vec(), has_contact }
    }

    /// Returns whether we may connect to the address.
    pub(super) fn permits(&self, address: IpAddr) -> bool {
        is_public(address) || self.allows(address)
    }

    /// Returns whether the host is on an allowed private network, as far as its name shows.
    pub(super) fn is_local(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => self.allows(address.into()),
            Some(Host::Ipv6(address)) => self.allows(address.into()),
            // RFC 6761: it always means this machine.
            Some(Host::Domain("localhost")) => self.allows(Ipv4Addr::LOCALHOST.into()),
            Some(Host::Domain(_)) | None => false,
        }
    }

    /// Says why an address may not be asked, as far as the address itself shows. What a name resolves to
    /// is checked when it is resolved.
    pub(super) fn check(&self, url: &Url) -> Result<(), Refusal> {
        let refused = |why: String| Err(Refusal::Address { why });
        if !matches!(url.scheme(), "http" | "https") {
            return refused(format!("{}: is neither http nor https", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            // The address is not quoted: it contains a secret.
            return refused("the address has a user name or password in it".to_owned());
        }
        // The host as parsed, never as written: `0x7f.1` and `2130706433` are 127.0.0.1.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::from(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::from(address)),
            Some(Host::Domain(_)) => None,
            None => return refused("the address has no host in it".to_owned()),
        };
        if let Some(address) = literal.filter(|address| !self.permits(*address)) {
            return Err(Refusal::PrivateAddress { address: address.to_string() });
        }
        if !self.has_contact && !self.is_local(url) {
            return refused(
                "no [operator] contact is set, and without one no other machine is asked: \
                 set `[operator] contact` in rulewatch.toml"
                    .to_owned(),
            );
        }
        Ok(())
    }

    fn allows(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(allowed: &[&str]) -> Bounds {
        let allowed: Vec<_> = allowed.iter().map(|text| Network::parse(text).unwrap()).collect();
        Bounds::new(&allowed, true)
    }

    fn check(bounds: &Bounds, url: &str) -> Result<(), Refusal> {
        bounds.check(&Url::parse(url).unwrap())
    }

    #[test]
    fn the_public_internet_is_public() {
        for address in [
            "23.3.96.171",
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2600:1401::1",
            "2001:4860:4860::8888",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        let private = "0.0.0.0 10.1.2.3 100.64.0.1 100.127.255.255 127.0.0.1 127.9.9.9 \
            169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 \
            198.18.0.1 198.51.100.1 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 \
            :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 \
            2001::1 2001:db8::1 2002:7f00:1::1 3fff::1 5f00::1 fc00::1 fd12::1 fe80::1 fec0::1 \
            ff02::1";
        for address in private.split_whitespace() {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn a_private_address_is_refused_however_it_is_written() {
        let none = bounds(&[]);
        for (host, address) in [
            ("127.0.0.1", "127.0.0.1"),
            ("0x7f.1", "127.0.0.1"),
            ("2130706433", "127.0.0.1"),
            ("0177.0.0.1", "127.0.0.1"),
            ("127.0.0.1.", "127.0.0.1"),
            ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
            ("[::1]", "::1"),
            ("169.254.169.254", "169.254.169.254"),
        ] {
            let refusal = Refusal::PrivateAddress { address: address.to_owned() };
            assert_eq!(check(&none, &format!("http://{host}/")), Err(refusal), "{host}");
        }
        assert_eq!(check(&none, "https://www.canada.ca/"), Ok(()));
    }

    #[test]
    fn an_allowed_network_is_let_through_and_no_other() {
        let loopback = bounds(&["127.0.0.0/8"]);
        assert_eq!(check(&loopback, "http://127.0.0.1:8080/"), Ok(()));
        assert_eq!(check(&loopback, "http://[::ffff:127.0.0.1]/"), Ok(()));
        assert!(check(&loopback, "http://[::1]/").is_err());
        assert!(check(&loopback, "http://10.0.0.1/").is_err());
    }

    #[test]
    fn only_web_addresses_without_secrets_are_asked() {
        let none = bounds(&[]);
        let why = |url| check(&none, url).unwrap_err().to_string();
        assert_eq!(why("ftp://www.canada.ca/"), "ftp: is neither http nor https");
        assert_eq!(why("file:///etc/passwd"), "file: is neither http nor https");
        let secret = why("https://user:secret@www.canada.ca/");
        assert_eq!(secret, "the address has a user name or password in it");
    }

    #[test]
    fn other_machines_are_asked_only_with_a_contact() {
        let allowed = [Network::parse("127.0.0.0/8").unwrap()];
        let bounds = Bounds::new(&allowed, false);
        assert_eq!(check(&bounds, "http://127.0.0.1/"), Ok(()));
        assert_eq!(check(&bounds, "http://localhost/"), Ok(()));
        let why = check(&bounds, "https://www.canada.ca/").unwrap_err().to_string();
        assert!(why.starts_with("no [operator] contact is set"), "{why}");
        assert!(check(&bounds, "http://localhost.example/").is_err());
    }
}
