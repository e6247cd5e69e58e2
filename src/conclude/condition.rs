//! Conditions on values as people write them, in the types of the fields they name.

use super::hearing::{Misfit, nearest};
use crate::catalog::Catalog;
use crate::extract::recipe::{FactRecipe, FieldRecipe, Reading, Vocabulary};
use crate::extract::value_of;
use crate::model::{Condition, FieldName, Glossary, Language, Phrase, RuleTarget, Value, text};

/// Reads conditions in the types of the fields they name, which are those of the fact sets that `facts`
/// names.
///
/// # Errors
/// When no fact set is named, none has such a field, or the value is none of the field's type; each with
/// what was probably meant.
pub fn conditions(
    catalog: &Catalog,
    facts: &[String],
    phrases: &[Phrase],
) -> Result<Vec<Condition>, Misfit> {
    if phrases.is_empty() {
        return Ok(Vec::new());
    }
    if facts.is_empty() {
        return Err(Misfit::ConditionOnNothing);
    }
    let named = |fact: &&FactRecipe| {
        let key = fact.key.to_string();
        facts
            .iter()
            .any(|pattern| RuleTarget::parse(pattern).is_ok_and(|target| target.could_cover(&key)))
    };
    let sets = catalog.sources().flat_map(|source| &source.recipe.facts).filter(named);
    let fields: Vec<&FieldRecipe> =
        sets.flat_map(|fact| &fact.fields).filter(|field| !field.key_only).collect();
    phrases.iter().map(|phrase| condition(catalog.glossary(), &fields, phrase)).collect()
}

fn condition(
    glossary: &Glossary,
    fields: &[&FieldRecipe],
    phrase: &Phrase,
) -> Result<Condition, Misfit> {
    let field = field(glossary, fields, &phrase.field)?;
    let value = value(glossary, field, phrase)?;
    let has_order = value.number().is_some() || value.day().is_some();
    if phrase.relation.is_order() && !has_order {
        return Err(Misfit::NoOrder { field: field.name.to_string() });
    }
    Ok(Condition { field: field.name.clone(), relation: phrase.relation, value })
}

/// Letters and digits alone: `CRS cut-off` and `crs_cutoff` are the same name.
fn bare(name: &str) -> String {
    text::fold(name).chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The field that a person means: by its name, its label in either language, or how its name ends, if
/// only one ends so.
fn field<'a>(
    glossary: &Glossary,
    fields: &[&'a FieldRecipe],
    words: &str,
) -> Result<&'a FieldRecipe, Misfit> {
    let wanted = bare(words);
    let labels = |name: &FieldName| {
        [Language::En, Language::Fr].map(|language| glossary.field(name, language).map(bare))
    };
    let is_it = |field: &&&FieldRecipe| {
        bare(field.name.as_str()) == wanted || labels(&field.name).contains(&Some(wanted.clone()))
    };
    if let Some(field) = fields.iter().find(is_it) {
        return Ok(field);
    }
    let mut ending = fields.iter().filter(|f| bare(f.name.as_str()).ends_with(&wanted));
    if let Some(field) = ending.next().filter(|_| !wanted.is_empty())
        && ending.all(|other| other.name == field.name)
    {
        return Ok(field);
    }
    let mut names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    Err(Misfit::Unknown {
        what: "field",
        word: words.to_owned(),
        nearest: nearest(words, names.iter().copied()).map(str::to_owned),
        known: names.into_iter().map(str::to_owned).collect(),
    })
}

/// The value that a person means, in the type of the field.
fn value(glossary: &Glossary, field: &FieldRecipe, phrase: &Phrase) -> Result<Value, Misfit> {
    let written = phrase.value.trim_matches(['"', '\'']);
    let vocabulary = match &field.reading {
        Reading::Word(vocabulary) | Reading::WordOrSlug(vocabulary) => Some(vocabulary),
        Reading::Text
        | Reading::Lines
        | Reading::Slug
        | Reading::Integer
        | Reading::Decimal
        | Reading::Money(_)
        | Reading::Percent
        | Reading::Date
        | Reading::Days
        | Reading::MonthDayYear
        | Reading::Time
        | Reading::Duration
        | Reading::Range
        | Reading::Clb
        | Reading::Noc
        | Reading::OldNoc
        | Reading::Cip
        | Reading::Teer
        | Reading::Flag(..)
        | Reading::YesNo
        | Reading::Clauses => None,
    };
    match vocabulary.map(|vocabulary| (vocabulary, word(glossary, vocabulary, written))) {
        Some((_, Some(word))) => Ok(word),
        Some((vocabulary, None)) if matches!(field.reading, Reading::Word(_)) => {
            let known: Vec<&str> = vocabulary.entries().map(|(word, _)| word).collect();
            Err(Misfit::Unknown {
                what: "value",
                word: written.to_owned(),
                nearest: nearest(written, known.iter().copied()).map(str::to_owned),
                known: known.into_iter().map(str::to_owned).collect(),
            })
        }
        Some((_, None)) => Ok(Value::Text(text::slug(written))),
        None => value_of(field, written).map_err(|why| no_value(field, written, why)),
    }
}

fn no_value(field: &FieldRecipe, written: &str, why: String) -> Misfit {
    Misfit::NoValue { field: field.name.to_string(), value: written.to_owned(), why }
}

/// The stable word: by itself, by its meaning in either language, or by what pages print for it.
fn word(glossary: &Glossary, vocabulary: &Vocabulary, written: &str) -> Option<Value> {
    let wanted = bare(written);
    let means = |word: &str| {
        let label = |language| glossary.word(word, language).map(bare);
        bare(word) == wanted
            || [Language::En, Language::Fr].into_iter().any(|l| label(l) == Some(wanted.clone()))
    };
    let own = vocabulary.entries().map(|(word, _)| word).find(|word| means(word));
    own.or_else(|| vocabulary.word(written)).map(|word| Value::Text(word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog() -> Catalog {
        Catalog::parse(&[(
            "test",
            r#"
            [vocabulary.round]
            cec = 'canadian experience'
            pnp = 'provincial nominee'

            [[source]]
            id = "rounds"
            program = "express-entry"
            jurisdiction = "CA"
            url = "https://www.example.org/rounds"
            [[source.facts]]
            key = "ee.draws"
            type = "draws"
            record = "{date}"
            [source.facts.fields]
            date = { as = "date" }
            category = { as = "word", vocabulary = "round" }
            crs_cutoff = { as = "integer" }
            name = { note = true }
            [[source.facts.read]]
            table = { columns = { date = 'date', category = 'type', crs_cutoff = 'score', name = 'name' } }
            "#,
        )])
        .unwrap()
    }

    fn said(text: &str) -> Result<String, String> {
        let facts = ["ee.draws".to_owned()];
        let phrase = Phrase::parse(text).unwrap();
        match conditions(&catalog(), &facts, &[phrase]) {
            Ok(all) => Ok(all[0].to_string()),
            Err(misfit) => Err(misfit.to_string()),
        }
    }

    #[test]
    fn people_name_fields_and_values_as_they_know_them() {
        for text in ["category is CEC", "Category is Canadian Experience Class", "catégorie is cec"]
        {
            assert_eq!(said(text).unwrap(), "category is cec", "{text}");
        }
        for text in ["crs_cutoff <= 490", "CRS cut-off at most 490", "cut-off at most 490"] {
            assert_eq!(said(text).unwrap(), "crs_cutoff at most 490", "{text}");
        }
        assert_eq!(said("date at least 2026-01-01").unwrap(), "date at least 2026-01-01");
    }

    #[test]
    fn what_cannot_hold_is_refused_with_what_was_meant() {
        assert!(said("categorie_x is cec").unwrap_err().contains("did you mean `category`?"));
        assert!(said("category is cex").unwrap_err().contains("did you mean `cec`?"));
        assert!(said("crs_cutoff <= high").unwrap_err().contains("whole number"));
        assert!(said("category at most cec").unwrap_err().contains("no order"));
        let phrase = Phrase::parse("category is cec").unwrap();
        let without = conditions(&catalog(), &[], &[phrase]).unwrap_err().to_string();
        assert!(without.contains("--fact"), "{without}");
    }
}
