//! Words for which a rule may have others without meaning anything else to an applicant: "a minimum of" and
//! "at least", "must" and "need to".
//!
//! The lists are short on purpose. What narrows a rule or turns it round is in none of them: "at most" is not
//! "at least", "may" is not "must", and what is not has its "not" on both sides.

/// The words, with the ones that stand for them. Of several that fit, the longest is meant.
const SYNONYMS: [(&[&str], &[&str]); 23] = [
    (
        &["at", "least"],
        &[
            "a minimum of",
            "no less than",
            "not less than",
            "no fewer than",
            "not fewer than",
            "au moins",
            "au minimum",
            "un minimum de",
            "un minimum d",
            "1 minimum de",
            "1 minimum d",
        ],
    ),
    (
        &["at", "most"],
        &[
            "a maximum of",
            "no more than",
            "not more than",
            "up to",
            "au plus",
            "au maximum",
            "un maximum de",
            "1 maximum de",
            "jusqu a",
        ],
    ),
    (&["more", "than"], &["over", "greater than", "in excess of", "plus de", "au dela de"]),
    (&["less", "than"], &["under", "fewer than", "below", "lower than", "moins de"]),
    (
        &["or", "more"],
        &[
            "or above",
            "or higher",
            "or better",
            "or greater",
            "or over",
            "and more",
            "and above",
            "and higher",
            "and over",
            "and up",
            "ou plus",
            "ou mieux",
            "et plus",
        ],
    ),
    (
        &["or", "less"],
        &[
            "or below",
            "or lower",
            "or fewer",
            "or under",
            "and less",
            "and below",
            "ou moins",
            "et moins",
        ],
    ),
    (
        &["must"],
        &[
            "need to",
            "needs to",
            "have to",
            "has to",
            "are required to",
            "is required to",
            "shall",
            "devez",
            "doit",
            "doivent",
            "devra",
            "devront",
            "etes tenu de",
            "etes tenu d",
        ],
    ),
    (&["vous", "must"], &["il vous faut"]),
    (
        &["per", "person"],
        &[
            "per individual",
            "for 1 person",
            "for each person",
            "for 1 individual",
            "for an individual",
            "for each individual",
            "par personne",
            "pour chaque personne",
            "pour 1 personne",
        ],
    ),
    (&["is", "required"], &["is needed"]),
    (&["are", "required"], &["are needed"]),
    (
        &["can"],
        &["may", "is able to", "are able to", "is allowed to", "are allowed to", "peut", "peuvent"],
    ),
    (&["vous", "can"], &["vous pouvez", "il vous est possible de", "il vous est possible d"]),
    (&["get"], &["receive", "obtain"]),
    (&["gets"], &["receives", "obtains"]),
    (&["includes"], &["covers"]),
    (&["include"], &["cover"]),
    (&["provide"], &["give"]),
    (&["apply", "for"], &["ask for"]),
    (&["before"], &["prior to", "prior to when"]),
    (&["but"], &["however"]),
    (&["brother", "or", "sister"], &["sibling", "sister or brother"]),
    (&[], &["please note that", "please note", "note that", "notez que", "a noter"]),
];

/// The words, with one for all that mean the same.
#[must_use]
pub fn usual(words: &[String]) -> Vec<String> {
    let mut said: Vec<String> = Vec::with_capacity(words.len());
    let mut left = words;
    while let Some((word, others)) = left.split_first() {
        if let Some((usual, length)) = begins(left, left.len() == words.len()) {
            said.extend(usual.iter().map(|word| (*word).to_owned()));
            left = &left[length..];
        } else {
            said.push(word.clone());
            left = others;
        }
    }
    said
}

/// The usual words for what a text begins with, and how many words they stand for.
fn begins(words: &[String], is_first: bool) -> Option<(&'static [&'static str], usize)> {
    let length = |phrase: &str| {
        let mut left = words.iter();
        let is_it = phrase.split(' ').all(|word| left.next().is_some_and(|next| next == word));
        let length = words.len() - left.len();
        let is_next = |is: fn(&str) -> bool| words.get(length).is_some_and(|next| is(next));
        let is_apt = match phrase {
            // "Over the telephone" is where, "45 and over" how much. A label may begin with its bound: "Under
            // secondary school".
            "under" | "below" if is_first => true,
            "over" | "under" | "below" => is_next(is_figure),
            // "None or under 5" is none, or less than 5.
            phrase if ["or ", "ou ", "and ", "et "].iter().any(|or| phrase.starts_with(or)) => {
                !is_next(|next| is_figure(next) || matches!(next, "than" | "que" | "de"))
            }
            // What may not be so, can be so.
            "may" => !is_next(|next| next == "not"),
            _ => true,
        };
        (is_it && is_apt).then_some(length)
    };
    let longest = |(usual, phrases): &(&'static [&'static str], &[&str])| {
        Some((*usual, phrases.iter().filter_map(|phrase| length(phrase)).max()?))
    };
    SYNONYMS.iter().filter_map(longest).max_by_key(|(_, length)| *length)
}

/// Whether a word is a figure, or may be one: "a year".
fn is_figure(word: &str) -> bool {
    let is_one = matches!(word, "a" | "an" | "un" | "une");
    is_one || word.starts_with(|c: char| c.is_ascii_digit() || c == '$')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::words::words;

    fn said(text: &str) -> Vec<String> {
        usual(&words(text))
    }

    #[track_caller]
    fn same(a: &str, b: &str) {
        assert_eq!(said(a), said(b));
    }

    #[track_caller]
    fn other(a: &str, b: &str) {
        assert_ne!(said(a), said(b));
    }

    #[test]
    fn a_rule_in_words_for_its_words_is_the_rule() {
        same("You must have at least 3 years", "You need to have a minimum of 3 years");
        same("All workers are required to pay more than $5", "All workers have to pay over $5");
        same("NCLC 7 or higher", "NCLC 7 or better");
        same("5 years or more", "5 years and more");
        same("Biometrics, per individual", "Biometrics for one person");
        same("NCLC 9 ou plus", "NCLC 9 et plus");
        same("17 years or less", "17 years and below");
        same("Less than secondary school", "Under secondary school");
        same("You have up to 180 days", "You have a maximum of 180 days");
        same("includes the City of Toronto", "covers the City of Toronto");
        same("you may apply", "you're able to apply");
        same("Please note: get a job before you come", "Obtain a job prior to when you come");
        same("et au moins l'un d'entre eux", "et un minimum de l'un d'entre eux");
        same("None or less than a year", "None or under a year");
        same("au moins une année", "un minimum d'une année");
        same("Vous devez avoir plus de 3 ans", "Il vous faut avoir au-delà de 3 ans");
        same("Brother or sister in Canada", "Sibling in Canada");
        same("vous pouvez travailler", "il vous est possible de travailler");
    }

    #[test]
    fn another_rule_is_another_in_any_words() {
        other("at least 3 years", "at most 3 years");
        other("a minimum of 3 years", "a maximum of 3 years");
        other("up to 3 years", "more than 3 years");
        other("CLB 7 or higher", "CLB 7 or lower");
        other("You may pay", "You must pay");
        other("You must not pay", "You do not have to pay");
        other("You can't apply", "You can apply");
        other("A brother in Canada", "A sibling in Canada");
        other("They may not be eligible", "They cannot be eligible");
        other("a degree or a job", "a degree and a job");
        other("CLB 7 and more than 2 years", "CLB 7 or more than 2 years");
        other("None or under review", "None or less than review");
        other("includes Toronto", "excludes Toronto");
        other("vous devez payer", "vous pouvez payer");
    }
}
