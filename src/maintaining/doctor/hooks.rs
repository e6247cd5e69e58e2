//! Examines the hooks: which of them are paused or fail, and whether their secrets can be made.

use std::fs::File;

use super::Finding;
use crate::model::HookId;
use crate::settings::{HookKeyPlace, Settings};
use crate::store::Store;

/// What is not well with the hooks; nothing where there are none.
pub(super) fn hooks(settings: &Settings, store: &Store) -> Vec<Finding> {
    let about = "hooks";
    let Ok(all) = store.hooks() else { return Vec::new() };
    let mut found = Vec::new();
    for data in &settings.data {
        let is_gone = |hook: &&HookId| all.iter().all(|one| one.id != **hook);
        found.extend(data.hooks.iter().filter(is_gone).map(|hook| {
            let says =
                format!("`[data]` \"{}\" names hook {}, and there is none", data.name, hook.0);
            Finding::doubt(about, says, "`rulewatch hooks` shows the numbers")
        }));
    }
    if all.is_empty() {
        return found;
    }
    for hook in &all {
        let (id, to) = (hook.id.0, hook.masked());
        let why = hook.last_error.as_deref().unwrap_or("it is not said why");
        let resume = format!("mend it, then `rulewatch hooks resume {id}`");
        if let Some(at) = hook.paused_at {
            let says = format!("{id} ({to}) is paused since {at}: {why}");
            found.push(Finding::fault(about, says, resume));
        } else if let Some(at) = hook.failing_since {
            found.push(Finding::doubt(
                about,
                format!("{id} ({to}) fails since {at}: {why}"),
                resume,
            ));
        }
    }
    if let HookKeyPlace::File(path) = &settings.hook_key
        && let Err(error) = File::open(path)
    {
        let says = format!("no call can be signed: {}: {error}", path.display());
        let todo = "put the key back from a copy; without one, remove each hook and add it again";
        found.push(Finding::fault(about, says, todo));
    }
    if found.is_empty() {
        found.push(Finding::well(about, format!("{} work", all.len())));
    }
    found
}
