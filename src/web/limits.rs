//! How much one reader may ask of us: sign-ups, and tries at keys.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;

/// How long is counted.
const WINDOW: Duration = Duration::from_secs(3600);

/// How many readers are counted at a time. More than that in an hour are no readers: all are then counted anew.
const MOST: usize = 20_000;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Act {
    /// Sign-ups.
    SignUp,
    /// Keys that nobody has.
    WrongKey,
}

impl Act {
    fn most(self) -> u32 {
        match self {
            Self::SignUp => 10,
            Self::WrongKey => 60,
        }
    }
}

/// What each reader did in the last hour.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<(IpAddr, Act), (Instant, u32)>>);

impl Limits {
    /// Counts an act; `false` if that was too many.
    pub(super) fn admits(&self, who: IpAddr, act: Act) -> bool {
        self.count(who, act, Instant::now()) <= act.most()
    }

    /// Whether there were too many already. Nothing is counted.
    pub(super) fn is_over(&self, who: IpAddr, act: Act) -> bool {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.get(&(who, act));
        known.is_some_and(|(since, n)| since.elapsed() < WINDOW && *n >= act.most())
    }

    fn count(&self, who: IpAddr, act: Act, now: Instant) -> u32 {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST {
            seen.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        if seen.len() >= MOST {
            seen.clear();
        }
        let (since, n) = seen.entry((who, act)).or_insert((now, 0));
        if now.duration_since(*since) >= WINDOW {
            (*since, *n) = (now, 0);
        }
        *n += 1;
        *n
    }
}

/// Who asks: the other end, or whom our own web server names as its other end. A network of IPv6 is one
/// reader.
pub(super) fn who(peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    let named = headers.get_all("x-forwarded-for").iter().next_back();
    let named =
        named.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    let ip = match named {
        Some(named) if peer.ip().is_loopback() => named,
        _ => peer.ip(),
    };
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_is_counted_for_an_hour() {
        let (limits, now) = (Limits::default(), Instant::now());
        let (ana, ben) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for n in 1..=11 {
            assert_eq!(limits.count(ana, Act::SignUp, now), n);
        }
        assert!(limits.is_over(ana, Act::SignUp) && !limits.is_over(ana, Act::WrongKey));
        assert!(!limits.is_over(ben, Act::SignUp));
        assert_eq!(limits.count(ana, Act::SignUp, now + WINDOW), 1);
    }

    #[test]
    fn only_our_own_web_server_is_believed_about_others() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "10.0.0.1, 192.0.2.7".parse().unwrap());
        let peer = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert_eq!(who(peer("127.0.0.1:1"), &headers), IpAddr::from([192, 0, 2, 7]));
        assert_eq!(who(peer("192.0.2.9:1"), &headers), IpAddr::from([192, 0, 2, 9]));
        headers.append("x-forwarded-for", "2001:db8:1:2:3:4:5:6".parse().unwrap());
        assert_eq!(who(peer("[::1]:1"), &headers).to_string(), "2001:db8:1:2::");
        headers.append("x-forwarded-for", "<script>".parse().unwrap());
        assert_eq!(who(peer("127.0.0.1:1"), &headers), IpAddr::from([127, 0, 0, 1]));
    }
}
