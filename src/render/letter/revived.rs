//! The letter to the operator that the database was an older copy, which would have written to people who have left.

use jiff::{Timestamp, tz::TimeZone};

use crate::model::{Language, Letter};
use crate::render::words::{self, say};

use super::page::{Block, Field, letter};

/// The input of the letter.
#[derive(Debug, Clone, Copy)]
pub struct RevivedInput<'a> {
    /// How many readers it would have written to who have left.
    pub left: usize,
    /// About how many it held something who were forgotten.
    pub forgotten: usize,
    /// When that was seen.
    pub at: Timestamp,
    /// The operator's language.
    pub language: Language,
    /// The zone in which moments are shown.
    pub zone: &'a TimeZone,
}

/// Writes the letter.
#[must_use]
pub fn revived(input: &RevivedInput<'_>) -> Letter {
    let label = |en, fr| say(input.language, en, fr);
    let subject = label(
        "The database is older than the list of who has left",
        "La base de données est plus ancienne que la liste des départs",
    );
    let words = label(
        "It was put back from a copy, and did not know yet that some people had left. The file `suppressions` beside it \
         did: nothing is sent to them, and what the copy held about people who were forgotten is deleted again. There \
         is nothing to do. If you did not put a copy back, find out who did.",
        "Elle a été rétablie d'une copie, et ne savait pas encore que certaines personnes étaient parties. Le fichier \
         `suppressions` à côté d'elle le savait\u{a0}: rien ne leur est envoyé, et ce que la copie contenait sur les \
         personnes oubliées est de nouveau supprimé. Il n'y a rien à faire. Si vous n'avez pas rétabli de copie, \
         cherchez qui l'a fait.",
    );
    let blocks = vec![
        Block::Words(words.to_owned()),
        Block::Fields(vec![
            Field::new(label("Had left", "Étaient parties"), input.left.to_string()),
            Field::new(label("Were forgotten", "Étaient oubliées"), input.forgotten.to_string()),
            Field::new(
                label("Seen", "Constaté"),
                words::moment(input.at, input.zone, input.language),
            ),
        ]),
    ];
    letter(subject.to_owned(), subject, &blocks, input.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_happened_and_that_nothing_is_to_be_done() {
        for (language, name) in [(Language::En, "revived_en"), (Language::Fr, "revived_fr")] {
            let letter = revived(&RevivedInput {
                left: 2,
                forgotten: 1,
                at: "2026-11-28T18:05:00Z".parse().unwrap(),
                language,
                zone: &TimeZone::UTC,
            });
            insta::assert_snapshot!(name, format!("{}\n\n{}", letter.subject, letter.text));
        }
    }
}
