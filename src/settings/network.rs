//! A network of IP addresses, as an operator allows it.

use std::fmt;
use std::net::IpAddr;

/// A network: `10.0.0.0/8`, `::1`, `127.0.0.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// Its first address.
    pub address: IpAddr,
    /// How many bits of it are the network's.
    pub prefix: u8,
}

impl Network {
    /// Reads a network; an address alone is a network of one.
    ///
    /// # Errors
    /// When it is none, or when its address has bits outside of it, which mostly is a slip.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no network such as 10.0.0.0/8 or 127.0.0.1");
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(prefix) => prefix.parse().ok().filter(|n| *n <= bits).ok_or_else(wrong)?,
        };
        let network = Self { address, prefix };
        if network.masked(address) != value(address) {
            return Err(format!("`{text}` has bits beyond its /{prefix}"));
        }
        Ok(network)
    }

    /// Returns whether an address is in the network. An IPv4 address in IPv6 clothes counts as
    /// IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && self.masked(address) == value(self.address)
    }

    /// The address with only the network's bits left.
    fn masked(&self, address: IpAddr) -> u128 {
        let bits: u32 = if address.is_ipv4() { 32 } else { 128 };
        let host = bits - u32::from(self.prefix);
        // A shift by the whole width is not allowed, and nothing would be left of it.
        value(address).checked_shr(host).and_then(|kept| kept.checked_shl(host)).unwrap_or(0)
    }
}

fn value(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(four) => u128::from(u32::from(four)),
        IpAddr::V6(six) => u128::from(six),
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
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
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in ["", "10.0.0.0/33", "10.0.0.1/8", "localhost", "::1/129", "10.0.0.0/", "1/2/3"] {
            assert!(Network::parse(bad).is_err(), "{bad}");
        }
    }
}
