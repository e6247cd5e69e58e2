//! Whether the names of an installation's hosts can be resolved from here, and whether the mail server
//! accepts our letters.

use std::{collections::BTreeSet, time::Duration};

use tokio::{net::lookup_host, task::JoinSet, time::timeout};

use super::Finding;
use crate::doors;
use crate::model::in_full;
use crate::settings::{Settings, Transport};

/// How long resolving a name may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Resolves every host of the catalogue and the mail server, and asks the mail server whether it would
/// accept a letter to the operator. Nothing is sent.
pub async fn live(settings: &Settings) -> Vec<Finding> {
    let mut found = names(settings).await;
    found.extend(letter(settings).await);
    found
}

async fn names(settings: &Settings) -> Vec<Finding> {
    let mut hosts: BTreeSet<(String, u16)> = BTreeSet::new();
    if let Ok(catalog) = doors::catalog(settings) {
        let urls = catalog.sources().map(|source| &source.url);
        hosts.extend(urls.filter_map(|url| {
            Some((url.host_str()?.to_owned(), url.port_or_known_default().unwrap_or(443)))
        }));
    }
    if let Transport::Smtp(server) = &settings.mail.transport {
        hosts.insert((server.host.clone(), server.port));
    }
    let n = hosts.len();
    let mut asked: JoinSet<Option<Finding>> = hosts.into_iter().map(find).collect();
    let mut found = Vec::new();
    while let Some(answer) = asked.join_next().await {
        found.extend(answer.ok().flatten());
    }
    found.sort_by(|a, b| a.says.cmp(&b.says));
    if found.is_empty() {
        found.push(Finding::well("names", format!("all {n} hosts have an address")));
    }
    found
}

/// Whether the mail server would accept a letter to the operator, up to the point where its text follows.
async fn letter(settings: &Settings) -> Option<Finding> {
    let Transport::Smtp(server) = &settings.mail.transport else { return None };
    let from = &settings.mail.from;
    let to = settings.operator.address.as_ref().unwrap_or(from);
    let about = "mail server";
    let post = match doors::post(settings) {
        Ok(post) => post,
        Err(error) => {
            return Some(Finding::fault(about, in_full(&error), "mend what is named under [mail]"));
        }
    };
    Some(match post.rehearse(from, to).await {
        Ok(()) => {
            Finding::well(about, format!("{} takes letters from {}", server.host, from.as_str()))
        }
        Err(failure) => Finding::fault(
            about,
            in_full(&failure),
            "see [mail]: host, port, tls, user, password_file, from; then `rulewatch outbox retry --all`",
        ),
    })
}

/// What is wrong with a host's name, if anything.
async fn find((host, port): (String, u16)) -> Option<Finding> {
    let why = match timeout(PATIENCE, lookup_host((host.as_str(), port))).await {
        Ok(Ok(mut addresses)) => match addresses.next() {
            Some(_) => return None,
            None => "it has no address".to_owned(),
        },
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    let todo = "see whether this machine has a network, and /etc/resolv.conf a name server";
    Some(Finding::fault("names", format!("{host} cannot be found: {why}"), todo))
}
