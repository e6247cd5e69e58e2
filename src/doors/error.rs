//! Why a door does not open.

use std::{io, path::PathBuf};

use crate::config_text::Diagnostics;
use crate::fetch::FetchSetupError;
use crate::mail::SmtpFault;
use crate::model::{Advice, SourceId};
use crate::settings::MissingSettings;
use crate::store::StoreError;

/// Why something the settings name cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The faults of the catalogue.
    #[error(transparent)]
    Catalogue(#[from] Diagnostics),
    /// A file of the catalogue cannot be read.
    #[error("cannot read the catalogue {}: {error}", path.display())]
    ReadCatalogue {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// A file of the catalogue is larger than allowed.
    #[error("the catalogue {} is larger than {limit} bytes", path.display())]
    LargeCatalogue {
        /// Which.
        path: PathBuf,
        /// The largest that is read.
        limit: u64,
    },
    /// A file of the catalogue includes more files than allowed.
    #[error("{} includes more than {limit} files", path.display())]
    ManyIncluded {
        /// Which.
        path: PathBuf,
        /// The most.
        limit: usize,
    },
    /// The configuration switches off a source that does not exist.
    #[error(
        "the configuration switches off `{0}`, which is no source; `rulewatch sources list` shows all"
    )]
    NoSuchSource(SourceId),
    /// There is nothing to ask yet.
    #[error("there is no database {} yet: `rulewatch check` makes it", path.display())]
    NoDatabase {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The HTTP client.
    #[error(transparent)]
    Fetch(#[from] FetchSetupError),
    /// The mail server.
    #[error(transparent)]
    Mail(#[from] SmtpFault),
    /// The operator has not given a contact.
    #[error(
        "{0}; write it in rulewatch.toml:\n\n    [operator]\n    contact = \"you@example.org\"\n"
    )]
    Contact(MissingSettings),
    /// The operator has not given the sender of letters.
    #[error("{0}")]
    Sender(MissingSettings),
}

impl OpenError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Catalogue(_)
            | Self::ReadCatalogue { .. }
            | Self::LargeCatalogue { .. }
            | Self::ManyIncluded { .. }
            | Self::NoSuchSource(_)
            | Self::NoDatabase { .. }
            | Self::Fetch(FetchSetupError::Contact { .. })
            | Self::Contact(_)
            | Self::Sender(_) => Advice::Correct,
            Self::Store(error) => error.advice(),
            Self::Fetch(_) | Self::Mail(_) => Advice::Stop,
        }
    }
}
