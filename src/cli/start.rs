//! Sets up what a command works with, from the settings.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::SignedDuration;

use super::exit::misuse;
use crate::catalog::{Catalog, SHIPPED};
use crate::clock::SystemClock;
use crate::convert::Converter;
use crate::engine::{Confirmation, Correspondence, Engine, Parts};
use crate::fetch::Fetcher;
use crate::mail::{Directory, Post, Smtp};
use crate::model::{SourceId, is_this_machine};
use crate::render::letter::Sender;
use crate::settings::{Review, Settings, Transport};
use crate::store::Store;

/// The catalogue: the shipped one or the one that is named, and what stands in `sources.d`.
pub(super) fn catalog(settings: &Settings) -> anyhow::Result<Catalog> {
    let mut files = match &settings.sources {
        Some(path) => vec![(path.display().to_string(), read(path)?)],
        None => vec![("sources.toml".to_owned(), SHIPPED.to_owned())],
    };
    if let Some(folder) = settings.sources_dir.as_ref().filter(|folder| folder.is_dir()) {
        let entries =
            std::fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
        let mut additions: Vec<_> = entries
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|p| is_toml(p))
            .collect();
        additions.sort();
        for path in additions {
            files.push((path.display().to_string(), read(&path)?));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    Ok(Catalog::parse(&files)?)
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| misuse(format!("cannot read the catalogue {}: {error}", path.display())))
}

/// The database, to be written.
pub(super) fn store(settings: &Settings) -> anyhow::Result<Store> {
    Ok(Store::open(&settings.database())?)
}

/// The database, to be asked only. Without one there is nothing to ask yet.
pub(super) fn store_to_ask(settings: &Settings) -> anyhow::Result<Store> {
    let path = settings.database();
    if !path.exists() {
        let path = path.display();
        return Err(misuse(format!("there is no database {path} yet: `rulewatch check` makes it")));
    }
    Ok(Store::open_read_only(&path)?)
}

/// An engine that fetches, remembers and writes.
pub(super) fn engine(settings: &Settings, catalog: Catalog) -> anyhow::Result<Engine> {
    Ok(Engine::new(Parts {
        store: store(settings)?,
        fetcher: Fetcher::http(&settings.fetch)?,
        converter: Converter::default(),
        post: post(settings)?,
        clock: Arc::new(SystemClock),
        confirmation: Confirmation(settings.recheck.iter().map(|d| signed(*d)).collect()),
        correspondence: correspondence(settings),
        mirror: None,
        trust: match settings.review {
            Review::Structure => crate::engine::Trust::Tried,
            Review::All => crate::engine::Trust::Nothing,
        },
        catalog,
    }))
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

fn post(settings: &Settings) -> anyhow::Result<Post> {
    Ok(match &settings.mail.transport {
        Transport::File => Post::Directory(Directory::new(settings.outbox())),
        Transport::Smtp(server) => Post::Smtp(Smtp::new(server.clone())?),
    })
}

fn correspondence(settings: &Settings) -> Correspondence {
    let details = settings.check_for_subscriber_letters().ok();
    Correspondence {
        from: settings.mail.from.clone(),
        from_name: settings.mail.from_name.clone(),
        sender: details.map(|details| Sender {
            legal_name: details.legal_name.to_owned(),
            postal_address: details.postal_address.to_owned(),
            contact: details.contact.to_owned(),
        }),
        leave: details.map(|details| details.leave.clone()),
        operator: settings.operator.address.clone(),
        language: settings.operator.language,
        zone: settings.zone.clone(),
    }
}

/// Refuses to touch other machines before the operator has said who asks.
pub(super) fn check_contact(
    settings: &Settings,
    catalog: &Catalog,
    sources: &[SourceId],
) -> anyhow::Result<()> {
    let is_elsewhere = |id: &SourceId| {
        let url = catalog.source(id).map(|source| &source.url);
        url.is_some_and(|url| !url.host_str().is_some_and(is_this_machine))
    };
    if sources.iter().any(is_elsewhere) {
        settings.check_for_requests().map_err(|missing| {
            misuse(format!("{missing}; write it in rulewatch.toml:\n\n    [operator]\n    contact = \"you@example.org\"\n"))
        })?;
    }
    Ok(())
}

/// Refuses to send subscribers letters that do not name their sender. Letters to files are seen by
/// the operator alone.
pub(super) fn check_sender(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    let by_mail = matches!(settings.mail.transport, Transport::Smtp(_));
    if by_mail && !store.subscribers()?.is_empty() {
        settings.check_for_subscriber_letters().map_err(|missing| misuse(missing.to_string()))?;
    }
    Ok(())
}
