//! Examines the data that is bound to official facts: whether each binding file can be read.

use super::Finding;
use crate::model::{BoundData, in_full};
use crate::settings::Settings;
use crate::verifying::bindings;

/// Whether what `[data]` names can be looked at when a letter is written.
pub(super) fn data(settings: &Settings) -> Vec<Finding> {
    let look = |bound: &BoundData| {
        let (about, name) = ("data", &bound.name);
        match bindings(&bound.file) {
            Ok(read) => Finding::well(about, format!("{name}: {} bindings", read.bindings.len())),
            Err(error) => Finding::fault(
                about,
                format!("{name}: {}", in_full(&error)),
                "mend it: until then letters to its readers say only that it could not be looked at",
            ),
        }
    };
    settings.data.iter().map(look).collect()
}
