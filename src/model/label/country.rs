//! What is said of a country by an adjective or by its name: "Canadian work experience" is "Work experience in Canada".
//! Only of what somebody has done or got there: a Canadian employer or citizen is not one in Canada.

/// What somebody has done or got in a country.
const DONE: [&str; 19] = [
    "work",
    "experience",
    "education",
    "educational",
    "post",
    "postsecondary",
    "secondary",
    "degree",
    "diploma",
    "credential",
    "study",
    "studies",
    "training",
    "skilled",
    "travail",
    "etudes",
    "diplome",
    "formation",
    "emploi",
];

/// The most words between the adjective and what it is said of.
const NEAR: usize = 3;

/// The words of a label with the name of the country for its adjective.
pub(super) fn named(mut words: Vec<String>) -> Vec<String> {
    let is_done = |word: &String| DONE.contains(&word.as_str());
    let english = words.iter().position(|word| word == "canadian");
    if let Some(at) = english.filter(|at| words.get(at + 1).is_some_and(is_done)) {
        words.remove(at);
        words.extend(["in".to_owned(), "canada".to_owned()]);
    }
    let is_french =
        |word: &String| matches!(&**word, "canadien" | "canadienne" | "canadiens" | "canadiennes");
    if let Some(at) = words.iter().position(is_french)
        && words[at.saturating_sub(NEAR)..at].iter().any(is_done)
    {
        words.splice(at..=at, ["au".to_owned(), "canada".to_owned()]);
    }
    words
}

/// The other ways to say the country in a text: "With Canadian work experience" is "With work experience in Canada",
/// and the reverse.
#[must_use]
pub fn turned(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = |at: usize| {
        let word = words.get(at).copied().unwrap_or_default();
        word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
    };
    let is_done = |at: usize| plain(at).split('-').any(|part| DONE.contains(&part));
    let mut all = Vec::new();
    for at in 0..words.len() {
        let (before, after) = words.split_at(at);
        let near = |from: usize, n: usize| {
            (from..from + n).all(|at| at < words.len()) && (from..from + n).any(is_done)
        };
        for n in 1..=NEAR {
            if plain(at) == "canadian" && near(at + 1, n) {
                let (done, rest) = after[1..].split_at(n);
                all.push([before, done, &["in", "Canada"], rest].concat().join(" "));
            }
            if plain(at) == "in" && plain(at + 1) == "canada" && at >= n && near(at - n, n) {
                let (before, done) = before.split_at(at - n);
                all.push([before, &["Canadian"], done, &after[2..]].concat().join(" "));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_said_either_way() {
        let has = |text: &str, other: &str| turned(text).iter().any(|turned| turned == other);
        assert!(has("Canadian work experience", "work experience in Canada"));
        assert!(has(
            "With Work experience in Canada and a degree",
            "With Canadian Work experience and a degree"
        ));
        assert!(has("2 years of Canadian work experience", "2 years of work experience in Canada"));
        assert!(turned("Canadian employer").is_empty());
        assert!(turned("Relatives in Canada").is_empty());
        assert!(turned("Canadian Language Benchmark 7").is_empty());
    }
}
