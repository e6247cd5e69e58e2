//! A binding of a pattern of keys is one binding for each key it names.

use crate::binding::Binding;
use crate::model::{FactKey, Official};

/// The bindings that one stands for, with the fact set of each; `None` where the pattern names no known
/// key.
pub(super) fn each(binding: &Binding, official: &Official) -> Vec<(Option<FactKey>, Binding)> {
    let words = binding.fact.words();
    let Some(star) = words.iter().position(|word| word == "*") else {
        return vec![(FactKey::parse(&words.join(".")).ok(), binding.clone())];
    };
    let of = |key: &FactKey| {
        let word = key.as_str().split('.').nth(star)?.to_owned();
        let yours = binding.words.iter().find(|(_, theirs)| **theirs == word);
        let yours = yours.map_or(word.as_str(), |(yours, _)| yours.as_str());
        Some((Some(key.clone()), for_word(binding, yours, &word)))
    };
    let all: Vec<_> =
        official.sets.keys().filter(|key| binding.fact.covers(key)).filter_map(of).collect();
    if all.is_empty() { vec![(None, binding.clone())] } else { all }
}

fn for_word(binding: &Binding, yours: &str, word: &str) -> Binding {
    let put = |text: &String| text.replace("{1}", yours);
    let mut one = binding.clone();
    one.name = format!("{} ({word})", binding.name);
    one.file = put(&binding.file);
    one.at.path = binding.at.path.as_ref().map(put);
    one.at.query = binding.at.query.as_ref().map(put);
    one.at.quote = binding.at.quote.as_ref().map(put);
    one.stamp = binding.stamp.as_ref().map(put);
    one.at.filter =
        binding.at.filter.iter().map(|(key, value)| (key.clone(), put(value))).collect();
    one
}
