//! Words that narrow a rule or turn it round: "in Canada", "full-time", "not", "only".

/// The words, with the class in which they are one another's synonyms. Longer phrases first.
const QUALIFIERS: [(&str, &[&str]); 28] = [
    ("abroad", &["outside", "of", "canada"]),
    ("abroad", &["outside", "canada"]),
    ("abroad", &["hors", "du", "canada"]),
    ("here or abroad", &["in", "canada", "or", "abroad"]),
    ("here", &["inside", "canada"]),
    ("here", &["in", "canada"]),
    ("here", &["au", "canada"]),
    ("full-time", &["full", "time"]),
    ("full-time", &["temps", "plein"]),
    ("part-time", &["part", "time"]),
    ("part-time", &["temps", "partiel"]),
    ("continuous", &["continuous"]),
    ("continuous", &["continue"]),
    ("permanent", &["permanent"]),
    ("permanent", &["indeterminate"]),
    ("without end", &["no", "end", "date"]),
    ("paid", &["paid"]),
    ("unpaid", &["unpaid"]),
    ("not", &["not"]),
    ("not", &["non"]),
    ("only", &["only"]),
    ("only", &["seulement"]),
    ("only", &["uniquement"]),
    ("only", &["exclusivement"]),
    ("eligible", &["eligible"]),
    ("ineligible", &["ineligible"]),
    ("eligible", &["admissible"]),
    ("ineligible", &["inadmissible"]),
];

/// Separates the qualifiers among words from the other words, each in their order.
#[must_use]
pub fn qualified(words: &[String]) -> (Vec<&'static str>, Vec<String>) {
    let (mut qualifiers, mut rest) = (Vec::new(), Vec::new());
    let mut left = words;
    while let Some((word, others)) = left.split_first() {
        let found = QUALIFIERS.iter().find(|(_, phrase)| {
            left.len() >= phrase.len() && phrase.iter().zip(left).all(|(a, b)| a == b)
        });
        match found {
            Some((class, phrase)) => {
                qualifiers.push(*class);
                left = &left[phrase.len()..];
            }
            None => {
                rest.push(word.clone());
                left = others;
            }
        }
    }
    (qualifiers, rest)
}
