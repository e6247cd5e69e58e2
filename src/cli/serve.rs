//! `rulewatch serve`: the web pages alone.

use std::net::SocketAddr;
use std::time::Duration;

use super::args::Serve;
use super::exit::misuse;
use super::{Exit, runtime};
use crate::daemon;
use crate::doors::{self, Site};
use crate::settings::{self, Overrides, Settings};

pub(super) fn run(
    settings: &Settings,
    overrides: &Overrides,
    args: &Serve,
) -> anyhow::Result<Exit> {
    let site = site(settings.clone(), args.listen)?;
    let runtime = runtime()?;
    let reload = || reloaded(overrides, args.listen).map_err(|error| format!("{error:#}"));
    let ended = runtime.block_on(daemon::serve(site, &reload));
    runtime.shutdown_timeout(Duration::from_millis(500));
    ended?;
    Ok(Exit::Done)
}

fn site(mut settings: Settings, listen: Option<SocketAddr>) -> anyhow::Result<Site> {
    settings.http.listen = listen.or(settings.http.listen);
    if settings.http.listen.is_none() {
        return Err(misuse(
            "serve where? Give --listen 127.0.0.1:8080, or set `listen` under [http] in rulewatch.toml",
        ));
    }
    let catalog = doors::catalog(&settings)?;
    Ok(Site::alone(&settings, catalog)?)
}

fn reloaded(overrides: &Overrides, listen: Option<SocketAddr>) -> anyhow::Result<Site> {
    let settings = Settings::load(overrides.clone(), &settings::environment)?;
    for doubt in &settings.doubts {
        tracing::warn!("{doubt}");
    }
    site(settings, listen)
}
