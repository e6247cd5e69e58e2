//! Reads TOML.

use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Data, DataNode, NamedNode, line_of};

pub(super) fn read(text: &str) -> Result<DataNode, String> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        format!("line {line}: it is not TOML: {}", error.message())
    })?;
    Ok(DataNode { span: 0..text.len(), data: entries(table.get_ref()), shared: false })
}

fn entries(table: &DeTable<'_>) -> Data {
    let entry = |(key, value): (&Spanned<toml::de::DeString<'_>>, &Spanned<DeValue<'_>>)| {
        let value = node(value.span(), value.get_ref());
        let whole = key.span().start..value.span.end.max(key.span().end);
        NamedNode { key: key.get_ref().to_string(), whole, value }
    };
    Data::Map(table.iter().map(entry).collect())
}

fn node(span: Range<usize>, value: &DeValue<'_>) -> DataNode {
    let data = match value {
        DeValue::String(text) => Data::Scalar(Json::String(text.to_string())),
        DeValue::Integer(number) => {
            let read = i64::from_str_radix(number.as_str(), number.radix());
            Data::Scalar(read.map_or_else(|_| number.as_str().into(), Json::from))
        }
        DeValue::Float(number) => {
            let read = serde_json::from_str(number.as_str());
            Data::Scalar(read.unwrap_or_else(|_| number.as_str().into()))
        }
        DeValue::Boolean(flag) => Data::Scalar(Json::Bool(*flag)),
        DeValue::Datetime(at) => Data::Scalar(Json::String(at.to_string())),
        DeValue::Array(values) => {
            Data::List(values.iter().map(|value| node(value.span(), value.get_ref())).collect())
        }
        DeValue::Table(table) => entries(table),
    };
    DataNode { span, data, shared: false }
}
