//! Reads YAML: one document, its aliases followed.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::Value as Json;

use super::{DEEPEST, Data, DataNode, NamedNode};

/// The most nodes that a file becomes, its aliases followed.
const MOST: usize = 2_000_000;

pub(super) fn read(text: &str) -> Result<DataNode, String> {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut reader =
        Reader { text, places, anchors: BTreeMap::new(), nodes: 0, events: Vec::new() };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            format!("line {}: it is not YAML: {}", error.marker().line(), error.info())
        })?;
        reader.events.push((event, span));
    }
    reader.events.reverse();
    let documents =
        reader.events.iter().filter(|(event, _)| matches!(event, Event::DocumentStart(_)));
    if documents.count() > 1 {
        return Err("it holds several documents; bind one file for each".to_owned());
    }
    while let Some((event, span)) = reader.events.pop() {
        if !matches!(event, Event::StreamStart | Event::DocumentStart(_) | Event::Nothing) {
            return reader.node(event, span, 0);
        }
    }
    Err("it is empty".to_owned())
}

struct Reader<'a> {
    text: &'a str,
    /// The byte of each character: the parser counts characters.
    places: Vec<usize>,
    anchors: BTreeMap<usize, DataNode>,
    nodes: usize,
    /// What is still to read, the next at the end.
    events: Vec<(Event<'a>, Span)>,
}

impl<'a> Reader<'a> {
    fn bytes(&self, span: Span) -> Range<usize> {
        let byte = |at: usize| self.places.get(at).copied().unwrap_or(self.text.len());
        byte(span.start.index())..byte(span.end.index())
    }

    fn count(&mut self, n: usize) -> Result<(), String> {
        self.nodes += n;
        if self.nodes > MOST { Err("its aliases make too much of it".to_owned()) } else { Ok(()) }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<DataNode, String> {
        if depth > DEEPEST {
            return Err(format!("line {}: it is nested too deeply", span.start.line()));
        }
        self.count(1)?;
        let bytes = self.bytes(span);
        let (node, anchor) = match event {
            Event::Scalar(value, style, anchor, _) => {
                (DataNode::scalar(self.bare(bytes), scalar(&value, style)), anchor)
            }
            Event::Alias(anchor) => {
                let Some(meant) = self.anchors.get(&anchor).cloned() else {
                    return Err(format!("line {}: an alias of nothing", span.start.line()));
                };
                self.count(size(&meant))?;
                // A single value can take the alias's place; the parts of a larger one are others' too.
                let is_scalar = matches!(meant.data, Data::Scalar(_));
                let node =
                    if is_scalar { DataNode { span: bytes, ..meant } } else { shared(meant) };
                return Ok(node);
            }
            Event::SequenceStart(anchor, _) => {
                let mut nodes = Vec::new();
                let end = loop {
                    match self.events.pop() {
                        Some((Event::SequenceEnd, end)) => break self.bytes(end).end,
                        Some((event, span)) => nodes.push(self.node(event, span, depth + 1)?),
                        None => return Err("it ends inside a list".to_owned()),
                    }
                };
                let span = bytes.start..end;
                (DataNode { span, data: Data::List(nodes), shared: false }, anchor)
            }
            Event::MappingStart(anchor, _) => {
                let (entries, end) = self.entries(depth)?;
                let span = bytes.start..end;
                (DataNode { span, data: Data::Map(entries), shared: false }, anchor)
            }
            _ => return Err(format!("line {}: nothing that can be bound", span.start.line())),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    /// The bytes of a value without the anchor and the tag before it, which stay when it is edited.
    fn bare(&self, bytes: Range<usize>) -> Range<usize> {
        let mut start = bytes.start;
        while let Some(rest) =
            self.text.get(start..bytes.end).filter(|rest| rest.starts_with(['&', '!']))
        {
            let Some(end) = rest.find(char::is_whitespace) else { break };
            start += end + rest[end..].len() - rest[end..].trim_start().len();
        }
        start..bytes.end
    }

    fn entries(&mut self, depth: usize) -> Result<(Vec<NamedNode>, usize), String> {
        let (mut entries, mut merged): (Vec<NamedNode>, Vec<NamedNode>) = (Vec::new(), Vec::new());
        loop {
            let (key, at) = match self.events.pop() {
                Some((Event::MappingEnd, end)) => {
                    let own: Vec<NamedNode> = merged
                        .into_iter()
                        .filter(|entry| entries.iter().all(|own| own.key != entry.key))
                        .collect();
                    entries.extend(own);
                    return Ok((entries, self.bytes(end).end));
                }
                Some((Event::Scalar(key, ..), span)) => (key.into_owned(), self.bytes(span)),
                Some((_, span)) => {
                    return Err(format!(
                        "line {}: a key that is no single value",
                        span.start.line()
                    ));
                }
                None => return Err("it ends inside a map".to_owned()),
            };
            let Some((event, span)) = self.events.pop() else {
                return Err("it ends after a key".to_owned());
            };
            let value = self.node(event, span, depth + 1)?;
            if key == "<<" {
                let maps = if let Data::List(maps) = value.data { maps } else { vec![value] };
                for map in maps {
                    if let Data::Map(more) = shared(map).data {
                        merged.extend(more);
                    }
                }
            } else {
                let whole = at.start..value.span.end.max(at.end);
                entries.push(NamedNode { key, whole, value });
            }
        }
    }
}

fn size(node: &DataNode) -> usize {
    1 + match &node.data {
        Data::Scalar(_) => 0,
        Data::Map(entries) => entries.iter().map(|entry| size(&entry.value)).sum(),
        Data::List(nodes) => nodes.iter().map(size).sum(),
    }
}

/// The same, marked as used elsewhere too.
fn shared(mut node: DataNode) -> DataNode {
    node.shared = true;
    node.data = match node.data {
        Data::List(nodes) => Data::List(nodes.into_iter().map(shared).collect()),
        Data::Map(entries) => Data::Map(
            entries.into_iter().map(|e| NamedNode { value: shared(e.value), ..e }).collect(),
        ),
        scalar @ Data::Scalar(_) => scalar,
    };
    node
}

/// A value as the core schema of YAML 1.2 reads it. A number that begins with a zero is a code.
fn scalar(text: &str, style: ScalarStyle) -> Json {
    if style != ScalarStyle::Plain {
        return Json::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Json::Null,
        "true" | "True" | "TRUE" => return Json::Bool(true),
        "false" | "False" | "FALSE" => return Json::Bool(false),
        _ => {}
    }
    match serde_json::from_str::<Json>(text) {
        Ok(number @ Json::Number(_)) => number,
        _ => Json::String(text.to_owned()),
    }
}
