//! Serves the web pages alone, where something else checks and delivers: a timer, or another machine.

use super::lifecycle::{Lifecycle, Told};
use super::{DaemonError, LONGEST_SLEEP};
use crate::doors::Site;
use crate::model::in_full;
use crate::web::Face;

/// Serves until told to stop. At a reload the site is opened again; one that cannot be is refused, and the old
/// one stays.
///
/// # Errors
/// When the pages cannot be served, or there are no signal handlers.
pub async fn serve(
    site: Site,
    reload: &dyn Fn() -> Result<Site, String>,
) -> Result<(), DaemonError> {
    let mut life = Lifecycle::begin()?;
    let mut face = Face::begin(Some(site))?;
    life.ready("serving pages");
    loop {
        let beat = life.longest_silence().unwrap_or(LONGEST_SLEEP.unsigned_abs());
        let told = tokio::select! {
            told = life.told() => told,
            () = tokio::time::sleep(beat) => {
                life.alive();
                continue;
            }
        };
        if told == Told::Stop {
            break;
        }
        life.reloading();
        let read = reload();
        let renewed = read.and_then(|site| face.renew(Some(site)).map_err(|error| in_full(&error)));
        match renewed {
            Ok(()) => tracing::info!("the new configuration is in use"),
            Err(why) => {
                tracing::error!(why, "the new configuration is refused, the old one stays in use");
            }
        }
        life.ready("serving pages");
    }
    life.stopping(0);
    drop(tokio::time::timeout(super::stop::GRACE, face.stop()).await);
    Ok(())
}
