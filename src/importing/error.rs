//! Why an import ended early.

use url::Url;

use super::own_addresses;
use crate::catalog::Source;
use crate::checking::CheckError;
use crate::model::Advice;
use crate::replaying::{CaptureFault, ReplayError};
use crate::store::StoreError;
use crate::warc::WarcFault;

/// Why an import ended early. What was recorded before stays.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The folder.
    #[error(transparent)]
    Captures(#[from] CaptureFault),
    /// The scratch database.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A check.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The history.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file that cannot be used.
    #[error("cannot read {path}")]
    File {
        /// Which.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A web archive that cannot be read on.
    #[error("reading the web archive {path}")]
    Archive {
        /// Which.
        path: String,
        /// Why not.
        #[source]
        source: WarcFault,
    },
    /// The file of the web archive cannot be unpacked.
    #[error("unpacking a page of the web archive {path}")]
    Unpack {
        /// Which.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// An archive without a page of the source.
    #[error("{what} has no page of `{of}`: its addresses are {addresses}")]
    Nothing {
        /// Which archive.
        what: String,
        /// The source.
        of: String,
        /// The addresses that were looked for.
        addresses: String,
    },
    /// The history of a file.
    #[error("reading the history of {file} in git: {why}")]
    Git {
        /// Which.
        file: String,
        /// Why not.
        why: String,
    },
    /// The Wayback Machine asks to be left alone, or cannot be reached.
    #[error("{what}: {why}; what was imported stays, and the same command goes on from there")]
    Interrupted {
        /// What was asked for.
        what: String,
        /// Why there is no answer.
        why: String,
    },
    /// The Wayback Machine does not answer as documented.
    #[error("what {address} answers is not a list of captures: {why}")]
    List {
        /// Its address.
        address: String,
        /// What is wrong with it.
        why: String,
    },
}

impl ImportError {
    /// The error for an archive without a page of a source.
    pub(super) fn nothing(what: String, source: &Source) -> Self {
        let addresses: Vec<&str> = own_addresses(source).map(Url::as_str).collect();
        Self::Nothing { what, of: source.id.to_string(), addresses: addresses.join(", ") }
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Captures(_)
            | Self::File { .. }
            | Self::Archive { .. }
            | Self::Nothing { .. }
            | Self::Git { .. }
            | Self::List { .. } => Advice::Correct,
            Self::Interrupted { .. } => Advice::Retry,
            Self::Unpack { .. } => Advice::Stop,
            Self::Replay(error) => error.advice(),
            Self::Check(error) => error.advice(),
            Self::Store(error) => error.advice(),
        }
    }
}
