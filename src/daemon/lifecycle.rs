//! Start, stop and the watchdog, as systemd wants them (`sd_notify(3)`).

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use super::DaemonError;

/// Why the daemon woke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wake {
    /// Something may be due.
    Tick,
    /// It is told to stop.
    Stop,
}

/// The daemon's life as systemd sees it.
pub(super) struct Lifecycle {
    terminate: Signal,
    interrupt: Signal,
    watchdog: Option<Duration>,
    is_ready: bool,
    is_stopped: bool,
}

impl Lifecycle {
    /// Listens for the signals that stop it, before anything else is begun.
    pub(super) fn begin() -> Result<Self, DaemonError> {
        let listen = |kind| signal(kind).map_err(DaemonError::Signals);
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            // Half the time allowed, as sd_watchdog_enabled(3) advises.
            watchdog: sd_notify::watchdog_enabled().map(|limit| limit / 2),
            is_ready: false,
            is_stopped: false,
        })
    }

    /// Says what the daemon is about to do, and the first time that it is ready.
    pub(super) fn ready(&mut self, status: &str) {
        let mut states = vec![NotifyState::Status(status), NotifyState::Watchdog];
        if !self.is_ready {
            states.push(NotifyState::Ready);
            self.is_ready = true;
        }
        tell(&states);
    }

    /// Says that the daemon is at work: a round over many slow pages may outlast the watchdog.
    pub(super) fn alive(&self) {
        tell(&[NotifyState::Watchdog]);
    }

    /// Says that the daemon is about to end.
    pub(super) fn stopping(&self) {
        tracing::info!("stopping");
        tell(&[NotifyState::Stopping]);
    }

    /// Waits for a signal, at most so long, and no longer than the watchdog allows.
    pub(super) async fn wait(&mut self, at_most: Duration) -> Wake {
        let at_most = self.watchdog.map_or(at_most, |limit| at_most.min(limit));
        let _ = timeout(at_most, self.told_to_stop()).await;
        if self.is_stopped { Wake::Stop } else { Wake::Tick }
    }

    /// Waits for a signal, and keeps in mind that it came.
    pub(super) async fn told_to_stop(&mut self) {
        if !self.is_stopped {
            tokio::select! {
                _ = self.terminate.recv() => {}
                _ = self.interrupt.recv() => {}
            }
            self.is_stopped = true;
        }
    }
}

/// Without systemd there is nobody to tell; with it, a lost word is not worth stopping for.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "telling systemd");
    }
}
