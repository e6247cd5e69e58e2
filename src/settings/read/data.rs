//! Reads the data files that are registered, and who is told what to edit in them.

use std::path::{Path, PathBuf};

use crate::config_text::Table;
use crate::model::{BoundData, EmailAddress, HookId};

/// Every entry of `[data]`.
pub(super) fn read(table: Option<Table<'_>>, directory: Option<&Path>) -> Vec<BoundData> {
    let Some(table) = table else { return Vec::new() };
    let mut all = Vec::new();
    for name in table.keys() {
        let Some(one) = table.table(&name.value) else { continue };
        let readers = one.strings("readers");
        let readers = readers.iter().filter_map(|to| one.accept(to, EmailAddress::parse));
        let readers: Vec<EmailAddress> = readers.collect();
        let hooks: Vec<HookId> = one.integers("hooks").into_iter().map(HookId).collect();
        let bindings = one.required("bindings").map(|path| PathBuf::from(path.value));
        if let Some(path) = bindings {
            let file = directory.map_or(path.clone(), |directory| directory.join(path));
            all.push(BoundData { name: name.value.clone(), file, readers, hooks });
        }
        one.finish();
    }
    table.finish();
    all
}
