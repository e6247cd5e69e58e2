//! Which records of a set are meant, and what of their keys the data holds: `{key}`, `*/{key}`,
//! `age/{key}/single`.

use std::fmt;

/// A pattern of record keys. `{key}` is the data's key, `*` any one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTemplate {
    parts: Vec<String>,
}

/// The place of the data's key.
const KEY: &str = "{key}";

impl Default for KeyTemplate {
    fn default() -> Self {
        Self { parts: vec![KEY.to_owned()] }
    }
}

impl KeyTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// When it names the key twice, or has an empty part.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<String> = text.split('/').map(str::to_owned).collect();
        if text.matches(KEY).count() > 1 {
            return Err(format!("`{text}` names {{key}} more than once"));
        }
        if parts.iter().any(String::is_empty) {
            return Err(format!("`{text}` has an empty part: write `*/{{key}}` or `age/{{key}}`"));
        }
        Ok(Self { parts })
    }

    /// Whether it leaves the key to the data.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.parts.iter().any(|part| part.contains(KEY))
    }

    /// What the data calls a record, if it is meant; a template without `{key}` gives the whole key.
    #[must_use]
    pub fn key<'a>(&self, record: &'a str) -> Option<&'a str> {
        if let [only] = self.parts.as_slice()
            && only == KEY
        {
            return Some(record);
        }
        let mut key = None;
        let mut found = record.split('/');
        for part in &self.parts {
            let have = found.next()?;
            match part.split_once(KEY) {
                Some((before, behind)) => {
                    key = Some(have.strip_prefix(before)?.strip_suffix(behind)?);
                }
                None if part == "*" || part == have => {}
                None => return None,
            }
        }
        found.next().is_none().then(|| key.unwrap_or(record))
    }
}

impl fmt::Display for KeyTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, record: &str, key: Option<&str>) {
        assert_eq!(KeyTemplate::parse(template).unwrap().key(record), key);
    }

    #[test]
    fn a_template_finds_the_key_in_a_record() {
        check("{key}", "a/b", Some("a/b"));
        check("*/{key}", "software-engineers/21231", Some("21231"));
        check("*/{key}", "21231", None);
        check("age/{key}/single", "age/18/single", Some("18"));
        check("age/{key}/single", "age/18/couple", None);
        check("clb-{key}", "clb-9", Some("9"));
        check("lmia", "lmia", Some("lmia"));
        check("*", "lmia", Some("lmia"));
    }
}
