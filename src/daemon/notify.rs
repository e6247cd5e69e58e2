//! Tells the service manager how the daemon is (`sd_notify(3)`), and never waits for it: a manager that
//! reads nothing must not stop the checks.

use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use sd_notify::NotifyState;

use crate::settings;

/// Whether the service manager has taken the message, or there is none to tell.
pub(super) fn tell(states: &[NotifyState<'_>]) -> bool {
    settings::environment("NOTIFY_SOCKET").is_none_or(|socket| is_taken(&socket, states))
}

fn is_taken(socket: &OsStr, states: &[NotifyState<'_>]) -> bool {
    let message: String = states.iter().map(|state| format!("{state}\n")).collect();
    let sent = send(socket, message.as_bytes());
    if let Err(error) = &sent {
        tracing::debug!(%error, "telling systemd");
    }
    sent.is_ok()
}

fn send(socket: &OsStr, message: &[u8]) -> io::Result<()> {
    let address = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    let ours = UnixDatagram::unbound()?;
    ours.set_nonblocking(true)?;
    ours.send_to_addr(message, &address).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALIVE: &[NotifyState<'_>] = &[NotifyState::Watchdog];

    fn received(manager: &UnixDatagram) -> String {
        let mut buffer = [0; 64];
        let n = manager.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..n]).into_owned()
    }

    #[test]
    fn a_manager_that_reads_nothing_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let socket = path.as_os_str();
        // The kernel keeps some messages for it: net.unix.max_dgram_qlen.
        let n_taken = (0..100_000).take_while(|_| is_taken(socket, ALIVE)).count();
        assert!((1..100_000).contains(&n_taken), "{n_taken}");
        for _ in 0..n_taken {
            assert_eq!(received(&manager), "WATCHDOG=1\n");
        }
        assert!(is_taken(socket, &[NotifyState::Status("at work"), NotifyState::Ready]));
        assert_eq!(received(&manager), "STATUS=at work\nREADY=1\n");
    }

    #[test]
    fn a_socket_may_have_a_name_without_a_file() {
        let name = format!("rulewatch-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let manager = UnixDatagram::bind_addr(&address).unwrap();
        assert!(is_taken(OsStr::new(&format!("@{name}")), ALIVE));
        assert_eq!(received(&manager), "WATCHDOG=1\n");
        drop(manager);
        assert!(!is_taken(OsStr::new(&format!("@{name}")), ALIVE));
    }
}
