//! A network of IP addresses, as an operator writes it, and the names that mean this machine.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

/// A text that is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkFault {
    /// It has no address, or a prefix that is too long.
    #[error("`{text}` is not a network such as 10.0.0.0/8 or 127.0.0.1")]
    NotANetwork {
        /// The text.
        text: String,
    },
    /// Its address has bits outside the network, usually by mistake.
    #[error("`{text}` has bits beyond its /{prefix}: write {network}")]
    BitsBeyond {
        /// The text.
        text: String,
        /// How many bits the network has.
        prefix: u8,
        /// The network its address is in.
        network: IpNet,
    },
}

/// A network as an operator writes it: `127.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    /// Reads a network; an address alone is a network of one.
    ///
    /// # Errors
    /// When it is not one, or when its address has bits outside it.
    pub fn parse(text: &str) -> Result<Self, NetworkFault> {
        let text = text.trim();
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        let network = network.map_err(|_| NetworkFault::NotANetwork { text: text.to_owned() })?;
        if network.trunc() != network {
            let (prefix, network) = (network.prefix_len(), network.trunc());
            return Err(NetworkFault::BitsBeyond { text: text.to_owned(), prefix, network });
        }
        Ok(Self(network))
    }

    /// Returns whether an address is in the network. An IPv4-mapped IPv6 address counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns whether a host's name or address means this machine, judged by the text alone: names are not
/// resolved. An IPv6 address may be in the brackets that URLs put around it.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    // RFC 6761: `localhost` always means this machine.
    host.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_own() {
        let holds = |network: &str, address: &str| {
            Network::parse(network).unwrap().contains(address.parse().unwrap())
        };
        assert!(holds("10.0.0.0/8", "10.255.0.1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("127.0.0.1", "::ffff:127.0.0.1"));
        assert!(!holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("0.0.0.0/0", "192.0.2.1"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("::/0", "2001:db8::1"));
        assert!(holds("fd00::/8", "fdab::1"));
        assert!(holds(" 10.0.0.7 ", "10.0.0.7"));
        assert!(!holds(" 10.0.0.7 ", "10.0.0.8"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        let bad = ["", "10.0.0.0/33", "10.0.0/8", "localhost", "::1/129", "10.0.0.0/", "1/2/3"];
        for bad in bad {
            let fault = Network::parse(bad).unwrap_err();
            assert!(matches!(fault, NetworkFault::NotANetwork { .. }), "{bad}");
            assert!(fault.to_string().contains("10.0.0.0/8"), "{fault}");
        }
        assert_eq!(
            Network::parse("10.0.0.1/8").unwrap_err().to_string(),
            "`10.0.0.1/8` has bits beyond its /8: write 10.0.0.0/8"
        );
    }

    #[test]
    fn this_machine_has_a_few_names() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
            assert!(is_this_machine(host), "{host}");
        }
        assert!(is_this_machine("[::ffff:127.0.0.1]"));
        for host in ["", "localhost.example.org", "10.0.0.1", "::2", "mail.example.org"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
