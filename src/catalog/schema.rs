//! The JSON schema of the catalogue's language, for editors: they complete keys, show what each means,
//! and mark mistakes as they are typed. What the schema cannot express (a pattern that does not
//! compile, an undeclared name) is reported when the catalogue is loaded.

/// The schema: JSON Schema, draft 2020-12.
pub const SCHEMA: &str = include_str!("schema.json");

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::SCHEMA;
    use crate::catalog::{Catalog, File, shipped_files};
    use crate::config_text::Document;
    use crate::config_text::KnownKeys;

    /// The shipped files, and every example in the description of the language.
    fn files() -> Vec<Vec<File>> {
        let page = include_str!("RECIPES.md");
        let blocks = page.split("```toml\n").skip(1).filter_map(|b| b.split_once("```"));
        let examples = blocks.map(|(text, _)| vec![File::of_operator("example", text)]);
        std::iter::once(shipped_files()).chain(examples).collect()
    }

    /// The keys that the reader knows, for every table in the files.
    fn known() -> BTreeMap<String, KnownKeys> {
        let mut all: BTreeMap<String, KnownKeys> = BTreeMap::new();
        for files in files() {
            let documents: Vec<Document> = files
                .iter()
                .map(|file| Document::new(&file.name, &file.text).that_remembers())
                .collect();
            let _ = Catalog::read(&files, &documents);
            for (path, keys) in documents.iter().flat_map(Document::known_keys) {
                let known = all.entry(path).or_default();
                known.names.extend(keys.names);
                known.any |= keys.any;
            }
        }
        all
    }

    /// The schemas that may replace one: the one it refers to, and its alternatives.
    fn alternatives<'a>(schema: &'a Value, root: &'a Value) -> Vec<&'a Value> {
        if let Some(name) = schema["$ref"].as_str() {
            return alternatives(&root["$defs"][name.trim_start_matches("#/$defs/")], root);
        }
        if let Some(items) = schema.get("items") {
            return alternatives(items, root);
        }
        let any = schema["anyOf"].as_array().filter(|_| schema.get("properties").is_none());
        any.map_or_else(
            || vec![schema],
            |any| any.iter().flat_map(|s| alternatives(s, root)).collect(),
        )
    }

    /// The schema of the table at a path.
    fn table<'a>(path: &str, root: &'a Value) -> &'a Value {
        let mut at = vec![root];
        for step in path.split('.').filter(|step| !step.is_empty()) {
            let below = |schema: &'a Value| match step {
                "*" => schema.get("additionalProperties"),
                _ => schema["properties"].get(step),
            };
            at = at.into_iter().filter_map(below).flat_map(|s| alternatives(s, root)).collect();
        }
        at.retain(|schema| schema["type"] == "object");
        assert_eq!(at.len(), 1, "the schema has no one table at `{path}`");
        at[0]
    }

    #[test]
    fn the_schema_and_the_reader_know_the_same_keys() {
        let root: Value = serde_json::from_str(SCHEMA).unwrap();
        for (path, keys) in known() {
            let schema = table(&path, &root);
            let properties = schema["properties"].as_object();
            let named: BTreeSet<String> =
                properties.into_iter().flat_map(|p| p.keys().cloned()).collect();
            assert_eq!(schema["additionalProperties"].is_object(), keys.any, "`{path}`");
            if !keys.any {
                assert_eq!(named, keys.names, "the keys at `{path}`");
            }
        }
    }

    #[test]
    fn every_table_of_the_schema_is_in_a_file_or_an_example() {
        let root: Value = serde_json::from_str(SCHEMA).unwrap();
        let mut missing = Vec::new();
        let paths: BTreeSet<String> = known().into_keys().collect();
        for path in &paths {
            let schema = table(path, &root);
            let below = schema["properties"].as_object();
            for (key, value) in below.into_iter().flatten() {
                let is_table = |s: &&Value| s["type"] == "object";
                let child = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                if alternatives(value, &root).iter().any(is_table) && !paths.contains(&child) {
                    missing.push(child);
                }
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }
}
