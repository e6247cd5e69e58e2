//! Finds values by JSONPath (RFC 9535), and writes where they are.

use jsonpath_rust::JsonPath;

use super::{DataFile, DataNode};

/// One step down into a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataStep {
    /// Into a named value.
    Key(String),
    /// Into a place of a list, from 0.
    Index(usize),
}

/// A value that was found, and the way to it.
#[derive(Debug, Clone)]
pub struct Selected<'a> {
    /// The way.
    pub steps: Vec<DataStep>,
    /// The value.
    pub node: &'a DataNode,
}

impl Selected<'_> {
    /// The same way, a step further.
    #[must_use]
    pub fn below(&self, step: DataStep) -> Vec<DataStep> {
        let mut steps = self.steps.clone();
        steps.push(step);
        steps
    }
}

/// A way as RFC 9535 writes it: `$['codes'][3]`.
#[must_use]
pub fn written(steps: &[DataStep]) -> String {
    let mut text = String::from("$");
    for step in steps {
        match step {
            DataStep::Key(key) => {
                text.push_str("['");
                text.push_str(&key.replace('\\', "\\\\").replace('\'', "\\'"));
                text.push_str("']");
            }
            DataStep::Index(at) => text.push_str(&format!("[{at}]")),
        }
    }
    text
}

/// A way as RFC 6901 writes it: `/codes/3`.
#[must_use]
pub fn pointer(steps: &[DataStep]) -> String {
    let step = |step: &DataStep| match step {
        DataStep::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        DataStep::Index(at) => format!("/{at}"),
    };
    steps.iter().map(step).collect()
}

/// Reads a normalised path back.
fn steps(path: &str) -> Option<Vec<DataStep>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        rest = rest.strip_prefix('[')?;
        if let Some(quoted) = rest.strip_prefix('\'') {
            let mut key = String::new();
            let mut chars = quoted.char_indices();
            let end = loop {
                match chars.next()? {
                    (_, '\\') => key.push(chars.next()?.1),
                    (at, '\'') if quoted[at..].starts_with("']") => break at,
                    (_, c) => key.push(c),
                }
            };
            steps.push(DataStep::Key(key));
            rest = &quoted[end + 2..];
        } else {
            let (digits, after) = rest.split_once(']')?;
            steps.push(DataStep::Index(digits.parse().ok()?));
            rest = after;
        }
    }
    Some(steps)
}

/// The most values that a path may lead to.
const MOST: usize = 200_000;

/// How often a path may go to any depth, and how often it may begin at the top: each goes through the file again for
/// every value that the others lead to.
const AGAIN: usize = 2;

/// Whether a path goes through the file too often to be followed. What stands between quotation marks is a name.
fn is_endless(path: &str) -> bool {
    let mut quote = None;
    let (mut deep, mut top, mut before) = (0, 0, ' ');
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => drop(chars.next()),
            (Some(mark), c) if c == mark => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '.') => deep += usize::from(before == '.'),
            (None, '$') => top += 1,
            _ => {}
        }
        before = c;
    }
    deep > AGAIN || top > AGAIN
}

impl DataFile {
    /// Every value that a JSONPath selects, in the order of the file.
    ///
    /// # Errors
    /// When it is no JSONPath, leads to too many values, or a key of the file cannot be written in one.
    pub fn select(&self, path: &str) -> Result<Vec<Selected<'_>>, String> {
        if path == "$" {
            return Ok(vec![Selected { steps: Vec::new(), node: &self.root }]);
        }
        if is_endless(path) {
            return Err(format!("`{path}` has more than {AGAIN} `..` or `$`: name the way"));
        }
        let found = self
            .json()
            .query_with_path(path)
            .map_err(|error| format!("`{path}` is no JSONPath (RFC 9535): {error}"))?;
        if found.len() > MOST {
            return Err(format!("`{path}` leads to more than {MOST} values"));
        }
        let selected = found.into_iter().map(|found| {
            let at = found.path();
            let steps = steps(&at)?;
            let node = self.node(&steps)?;
            Some(Selected { steps, node })
        });
        let all: Option<Vec<_>> = selected.collect();
        all.ok_or_else(|| format!("`{path}` leads to a key that cannot be written as a path"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_goes_through_the_file_again_and_again_is_not_followed() {
        for path in ["$..*..*..*", "$[?@..*[?@..*[?@..*]]]", "$[*][?$[*][?$[*]]]"] {
            assert!(is_endless(path), "{path}");
        }
        for path in
            ["$..noc", "$.a..b[?@.c=='$..$..$..$']", "$['..']['it\\'s $$$'].x", "$[?@.a==$.b]"]
        {
            assert!(!is_endless(path), "{path}");
        }
    }

    #[test]
    fn a_way_is_read_back_as_written() {
        let way = vec![
            DataStep::Key("it's [a]".to_owned()),
            DataStep::Index(3),
            DataStep::Key("b".to_owned()),
        ];
        assert_eq!(written(&way), "$['it\\'s [a]'][3]['b']");
        assert_eq!(steps(&written(&way)), Some(way.clone()));
        assert_eq!(pointer(&way), "/it's [a]/3/b");
    }
}
