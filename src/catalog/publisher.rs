//! Publishers: what is true of all pages of a department or a province, declared once.

use std::collections::BTreeMap;

use super::names::Names;
use super::recipe::page_words;
use super::words::bilingual;
use super::zone;
use crate::config_text::{Placed, Table};
use crate::extract::recipe::PageWords;
use crate::model::Bilingual;

/// The publisher of a page.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// Its id: `ircc`.
    pub id: String,
    /// Its name.
    pub name: Bilingual,
    /// The time zone of its schedules, unless a source gives another.
    pub zone: Option<String>,
    /// The jurisdiction of its sources, unless one gives another: `CA`, `BC`.
    pub jurisdiction: Option<String>,
    /// The terms under which its pages may be used.
    pub terms: Option<String>,
    /// The attribution it asks for.
    pub attribution: Option<Bilingual>,
    /// The hosts of its pages; empty if any host will do.
    pub hosts: Vec<String>,
    /// What its robots.txt says, in words, for readers of the catalogue.
    pub robots: Option<String>,
    /// Words of its pages that are not their content.
    pub page: PageWords,
}

/// Reads the publishers that a file declares.
pub(super) fn publishers(
    root: &Table<'_>,
    names: &Names,
    shipped: bool,
    known: &mut BTreeMap<String, Publisher>,
) {
    if root.is_string("publisher") {
        return;
    }
    let Some(table) = root.table("publisher") else { return };
    for key in table.keys() {
        let Some(inner) = table.table(&key.value) else { continue };
        if known.contains_key(&key.value) {
            inner.fault(format!("a publisher `{}` is declared already", key.value), None);
        }
        let publisher = publisher(&key.value, inner, names, shipped);
        known.insert(key.value, publisher);
    }
    table.finish();
}

/// The publisher of all sources of a file: the one it names, or the only one it declares.
pub(super) fn of_file(
    root: &Table<'_>,
    publishers: &BTreeMap<String, Publisher>,
) -> Option<String> {
    if root.is_string("publisher") {
        let name = root.string("publisher")?;
        return named_publisher(root, &name, publishers).map(|found| found.id.clone());
    }
    let mut declared = root.table("publisher")?.written_keys().into_iter();
    let only = declared.next()?.value;
    declared.next().is_none().then_some(only)
}

/// The publisher that a file or a source names.
pub(super) fn named_publisher<'a>(
    table: &Table<'_>,
    name: &Placed<String>,
    publishers: &'a BTreeMap<String, Publisher>,
) -> Option<&'a Publisher> {
    let found = publishers.get(&name.value);
    if found.is_none() {
        let known: Vec<&str> = publishers.keys().map(String::as_str).collect();
        let hint = format!("declared under [publisher]: {}", known.join(", "));
        table.fault_at(&name.span, format!("there is no publisher `{}`", name.value), Some(&hint));
    }
    found
}

fn publisher(id: &str, table: Table<'_>, names: &Names, shipped: bool) -> Publisher {
    let text = |key| table.string(key).map(|text| text.value);
    let name = bilingual(&table, "name", shipped);
    if name.is_none() && !table.has("name") {
        table.fault(format!("the publisher `{id}` has no `name`"), Some("name = \"…\""));
    }
    let publisher = Publisher {
        id: id.to_owned(),
        name: name.unwrap_or_else(|| Bilingual::same(id)),
        zone: table.parsed("zone", zone),
        jurisdiction: text("jurisdiction"),
        terms: text("terms"),
        attribution: bilingual(&table, "attribution", shipped),
        hosts: table.strings("hosts").into_iter().map(|host| host.value).collect(),
        robots: text("robots"),
        page: page_words(&table, names, &PageWords::default()),
    };
    table.finish();
    publisher
}
