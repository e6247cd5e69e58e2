//! Reads JSON, with the comments and the commas at the end that people keep in it.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value as Json;

use super::{Data, DataNode, NamedNode, line_of};

pub(super) fn read(text: &str) -> Result<DataNode, String> {
    let options = ParseOptions { allow_missing_commas: false, ..ParseOptions::default() };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| {
        format!("line {}: it is not JSON: {}", line_of(text, error.range().start), error.kind())
    })?;
    let value = parsed.value.ok_or("it is empty")?;
    node(text, &value)
}

fn node(text: &str, value: &Value<'_>) -> Result<DataNode, String> {
    let range = value.range();
    let span = range.start..range.end;
    let data = match value {
        Value::StringLit(string) => Data::Scalar(Json::String(string.value.to_string())),
        Value::NumberLit(number) => {
            let read = serde_json::from_str(number.value);
            let line = line_of(text, span.start);
            Data::Scalar(
                read.map_err(|_| format!("line {line}: `{}` is no number of JSON", number.value))?,
            )
        }
        Value::BooleanLit(flag) => Data::Scalar(Json::Bool(flag.value)),
        Value::NullKeyword(_) => Data::Scalar(Json::Null),
        Value::Array(array) => {
            let nodes = array.elements.iter().map(|element| node(text, element));
            Data::List(nodes.collect::<Result<_, _>>()?)
        }
        Value::Object(object) => {
            let entry = |property: &jsonc_parser::ast::ObjectProp<'_>| {
                let key = match &property.name {
                    ObjectPropName::String(name) => name.value.to_string(),
                    ObjectPropName::Word(name) => name.value.to_owned(),
                };
                let whole = property.range.start..property.range.end;
                Ok(NamedNode { key, whole, value: node(text, &property.value)? })
            };
            Data::Map(object.properties.iter().map(entry).collect::<Result<_, String>>()?)
        }
    };
    Ok(DataNode { span, data, shared: false })
}
