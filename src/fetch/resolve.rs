//! Resolves names, and hides private addresses from the client.
//!
//! The client connects only to what this returns. Literal addresses never come here, because the client
//! uses them as they are: the redirect loop checks those.

use std::{net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::Bounds;

/// A name that resolves to private addresses only. Carried inside the client's own error.
#[derive(Debug, thiserror::Error)]
#[error("{name} ({address})")]
pub(super) struct PrivateAnswer {
    name: String,
    address: String,
}

/// The system's resolver, without the addresses that we may not connect to.
#[derive(Debug)]
pub(super) struct GuardedResolver(pub(super) Arc<Bounds>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let bounds = Arc::clone(&self.0);
        Box::pin(async move {
            // The client sets the port; 0 leaves it to the client.
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let (permitted, private): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|answer| bounds.permits(answer.ip()));
            match private.first() {
                Some(answer) if permitted.is_empty() => Err(PrivateAnswer {
                    name: name.as_str().to_owned(),
                    address: answer.ip().to_string(),
                }
                .into()),
                _ => Ok(Box::new(permitted.into_iter()) as Addrs),
            }
        })
    }
}
