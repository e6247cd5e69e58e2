//! The section of hooks: which of them may be called, and where the key is that their secrets are made of.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{file, within};
use crate::config_text::Table;
use crate::model::{HookSettings, Network, Secret};
use crate::settings::secret;

/// What the section says of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::settings) enum WrittenKey {
    /// It was handed over by systemd.
    Given(Secret),
    /// In a named file.
    File(PathBuf),
    /// In the usual place, beside the database.
    Usual,
}

pub(super) fn read(
    table: Option<Table<'_>>,
    directory: Option<&Path>,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> (HookSettings, WrittenKey) {
    let default = HookSettings::default();
    let given = secret::handed("webhook-key", env);
    let Some(table) = table else {
        let key = given.ok().flatten().map_or(WrittenKey::Usual, WrittenKey::Given);
        return (default, key);
    };
    let networks = table.strings("allow_private");
    let settings = HookSettings {
        allow_private: networks.iter().filter_map(|n| table.accept(n, Network::parse)).collect(),
        deadline: within(&table, "deadline_seconds", 1..=60)
            .map_or(default.deadline, Duration::from_secs),
    };
    let named = file(&table, "key_file", directory);
    let key = match (given, named) {
        (Ok(Some(secret)), _) => WrittenKey::Given(secret),
        (Ok(None), Some(path)) => WrittenKey::File(path),
        (Ok(None), None) => WrittenKey::Usual,
        (Err(error), _) => {
            table.fault_at(&table.span(), error.to_string(), None);
            WrittenKey::Usual
        }
    };
    table.finish();
    (settings, key)
}
