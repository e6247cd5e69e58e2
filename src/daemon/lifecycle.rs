//! Start, reload, stop and the watchdog, as systemd wants them (`sd_notify(3)`).

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::DaemonError;
use super::notify::tell;

/// How much time to ask for while the daemon cannot start: far more than passes until it asks again.
const MORE_TIME: Duration = Duration::from_secs(120);

/// What a signal tells the daemon to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// To end.
    Stop,
    /// To read its configuration again.
    Reload,
}

/// The daemon's life as systemd sees it.
pub(super) struct Lifecycle {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
    watchdog: Option<Duration>,
    is_ready: bool,
    /// Whether it is ready and systemd has not taken that yet.
    is_untold: bool,
}

/// Makes this process outlive Ctrl-C, for as long as it runs: once an interrupt is listened for, it ends
/// nothing by itself.
pub fn outlive_interrupts() {
    outlive(&[SignalKind::interrupt()]);
}

/// Makes this process outlive every signal that ends or reloads the daemon: where the daemon acts on it, what it
/// started does not.
pub fn outlive_signals() {
    outlive(&[SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()]);
}

fn outlive(signals: &[SignalKind]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    if let Ok(runtime) = runtime {
        let _entered = runtime.enter();
        signals.iter().for_each(|kind| drop(signal(*kind)));
    }
}

/// Reports why the daemon cannot start yet, and asks for more time.
pub fn starts_late(why: &str) {
    let more = u32::try_from(MORE_TIME.as_micros()).unwrap_or(u32::MAX);
    tell(&[NotifyState::Status(why), NotifyState::ExtendTimeoutUsec(more)]);
}

impl Lifecycle {
    /// Listens for signals, before anything else begins.
    pub(super) fn begin() -> Result<Self, DaemonError> {
        let listen = |kind| signal(kind).map_err(DaemonError::Signals);
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hang_up: listen(SignalKind::hangup())?,
            // Half the time allowed, as sd_watchdog_enabled(3) advises.
            watchdog: sd_notify::watchdog_enabled().map(|limit| limit / 2),
            is_ready: false,
            is_untold: false,
        })
    }

    /// How long the daemon may go without a sign of life.
    pub(super) fn longest_silence(&self) -> Option<Duration> {
        self.watchdog
    }

    /// Reports what the daemon will do next and, the first time, that it is ready.
    pub(super) fn ready(&mut self, status: &str) {
        self.is_untold |= !self.is_ready;
        self.is_ready = true;
        self.tell_ready(NotifyState::Status(status));
    }

    /// Reports that the daemon is at work.
    pub(super) fn alive(&mut self) {
        self.tell_ready(NotifyState::Watchdog);
    }

    /// Reports something, and that the daemon is ready until systemd has taken that.
    fn tell_ready(&mut self, state: NotifyState<'_>) {
        if self.is_untold {
            self.is_untold = !tell(&[state, NotifyState::Ready]);
        } else {
            tell(&[state]);
        }
    }

    /// Reports that the configuration is being read again; [`Self::ready`] ends this.
    pub(super) fn reloading(&mut self) {
        tracing::info!("reading the configuration again");
        let mut states = vec![NotifyState::Reloading];
        states.extend(NotifyState::monotonic_usec_now().ok());
        tell(&states);
        (self.is_ready, self.is_untold) = (false, false);
    }

    /// Reports that the daemon is stopping, as soon as it is told to stop.
    pub(super) fn stopping(&self, under_way: usize) {
        tracing::info!(under_way, "stopping: what is under way is finished, nothing new begins");
        let status = format!("stopping, {under_way} checks under way");
        tell(&[NotifyState::Stopping, NotifyState::Status(&status)]);
    }

    /// Waits for a signal.
    pub(super) async fn told(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::Stop,
            _ = self.interrupt.recv() => Told::Stop,
            _ = self.hang_up.recv() => Told::Reload,
        }
    }
}
