//! A JSON document that borrows its words from the text it was read from.
//!
//! A `serde_json` value owns every word and hashes every name: for a page of thousands of short members,
//! that costs more than everything else. JSONPath (RFC 9535) comes from `jsonpath_rust`, which queries any
//! tree through [`Queryable`].

use std::borrow::Cow;
use std::fmt;

use jsonpath_rust::parser::model::JpQuery;
use jsonpath_rust::query::js_path_process;
use jsonpath_rust::query::queryable::Queryable;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Node<'a> {
    #[default]
    Null,
    Flag(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// A path that is longer than this, in bytes, grows no longer.
const LONGEST_PATH: usize = 300;

impl Node<'_> {
    /// Reads a document.
    ///
    /// # Errors
    /// When it is not JSON, or nests deeper than `serde_json` allows.
    pub(crate) fn parse(text: &str) -> serde_json::Result<Node<'_>> {
        serde_json::from_str(text)
    }

    /// The nodes that a path selects, in order.
    pub(crate) fn select(&self, path: &JpQuery) -> Vec<&Self> {
        // The only error is a path that gives a value instead of a place: it selects nothing.
        let found = js_path_process(path, self).unwrap_or_default();
        found.into_iter().map(|found| found.val).collect()
    }

    /// Calls `each` for every word, number and flag, with its path: `$.rounds[].size`. Of each list only the first
    /// `most` are looked at, and nothing is below `deepest`. A path that is very long grows no longer.
    pub(crate) fn walk(&self, (most, deepest): (usize, usize), each: &mut dyn FnMut(&str, &Self)) {
        self.walk_below("$", (most, deepest), each);
    }

    fn walk_below(
        &self,
        path: &str,
        (most, left): (usize, usize),
        each: &mut dyn FnMut(&str, &Self),
    ) {
        let below = |step: &str| [path, if path.len() > LONGEST_PATH { "" } else { step }].concat();
        match (self, left.checked_sub(1)) {
            (Self::List(items), Some(left)) => {
                let path = below("[]");
                items.iter().take(most).for_each(|item| item.walk_below(&path, (most, left), each));
            }
            (Self::Object(members), Some(left)) => {
                for (name, member) in members {
                    member.walk_below(&below(&format!(".{name}")), (most, left), each);
                }
            }
            (Self::List(_) | Self::Object(_), None) => {}
            (Self::Null | Self::Flag(_) | Self::Number(_) | Self::Text(_), _) => each(path, self),
        }
    }

    /// A member of an object; if several have one name, the last, as in JavaScript.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl<'a> From<&'a str> for Node<'_> {
    fn from(text: &'a str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Node<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Node<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Node<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

/// A number that JSON cannot express becomes null.
impl From<f64> for Node<'_> {
    fn from(number: f64) -> Self {
        Number::from_f64(number).map_or(Self::Null, Self::Number)
    }
}

impl From<Vec<Self>> for Node<'_> {
    fn from(list: Vec<Self>) -> Self {
        Self::List(list)
    }
}

impl Queryable for Node<'_> {
    fn get(&self, key: &str) -> Option<&Self> {
        self.member(key)
    }

    fn as_array(&self) -> Option<&Vec<Self>> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    fn as_object(&self) -> Option<Vec<(&str, &Self)>> {
        let Self::Object(members) = self else { return None };
        Some(members.iter().map(|(name, value)| (&**name, value)).collect())
    }

    fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn as_i64(&self) -> Option<i64> {
        if let Self::Number(number) = self { number.as_i64() } else { None }
    }

    fn as_f64(&self) -> Option<f64> {
        if let Self::Number(number) = self { number.as_f64() } else { None }
    }

    fn as_bool(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }

    fn null() -> Self {
        Self::Null
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node<'de>, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'de>, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'de>, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node<'de>, E> {
        Ok(number.into())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node<'de>, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(nodes.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Node<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some((Name(name), node)) = object.next_entry()? {
            members.push((name, node));
        }
        Ok(Node::Object(members))
    }
}

/// The name of a member.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(name.into()))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(name.to_owned().into()))
    }
}

#[cfg(test)]
mod tests {
    use jsonpath_rust::parser::parse_json_path;

    use super::*;

    #[track_caller]
    fn check(document: &str, path: &str, expected: &[&str]) {
        let document = Node::parse(document).unwrap();
        let found = document.select(&parse_json_path(path).unwrap());
        let found: Vec<String> = found.into_iter().map(|node| format!("{node:?}")).collect();
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn paths_select_places() {
        let rounds =
            r#"{"rounds": [{"n": "1", "crs": 510}, {"n": "2\u00e9", "crs": 475.5}], "n": null}"#;
        check(rounds, "$.rounds[*].n", &[r#"Text("1")"#, r#"Text("2é")"#]);
        check(rounds, "$.rounds[?@.crs > 500].n", &[r#"Text("1")"#]);
        check(rounds, "$.rounds[-1].crs", &["Number(Number(475.5))"]);
        check(rounds, "$['n']", &["Null"]);
        check(rounds, "$.none", &[]);
        check(rounds, "$..n", &["Null", r#"Text("1")"#, r#"Text("2é")"#]);
    }

    #[test]
    fn of_two_members_with_one_name_the_last_counts() {
        check(r#"{"a": 1, "a": [true]}"#, "$.a", &["List([Flag(true)])"]);
    }

    #[test]
    fn words_without_escapes_are_those_of_the_text() {
        let node = Node::parse(r#"{"a": "plain"}"#).unwrap();
        assert!(matches!(node.member("a"), Some(Node::Text(Cow::Borrowed("plain")))));
    }

    #[test]
    fn what_is_no_json_or_too_deep_is_refused() {
        assert!(Node::parse("{\"a\": ").is_err());
        assert!(Node::parse(&"[".repeat(10_000)).is_err());
    }
}
