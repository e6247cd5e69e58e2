//! Conditions on values as people write them, in the types of the fields they name.

use super::misfit::Misfit;
use super::possible::are_possible;
use super::{nearest, sets};
use crate::catalog::Catalog;
use crate::extract::recipe::{FactRecipe, FieldRecipe, Reading, Vocabulary};
use crate::extract::value_of;
use crate::model::{Condition, FieldName, Glossary, Language, Phrase, Subscription, Value, text};

/// Reads conditions in the types of the fields they name, which are those of the fact sets that a
/// subscription names.
///
/// # Errors
/// When no fact set is named, none has such a field, the value is none of the field's type, or no value
/// meets all of them; each with what was probably meant.
pub fn conditions(
    catalog: &Catalog,
    of: &Subscription,
    phrases: &[Phrase],
) -> Result<Vec<Condition>, Misfit> {
    if phrases.is_empty() {
        return Ok(Vec::new());
    }
    if of.facts.is_empty() {
        return Err(Misfit::ConditionOnNothing);
    }
    let sets: Vec<&FactRecipe> = sets(catalog, of).map(|(_, fact)| fact).collect();
    let fields = sets.iter().flat_map(|fact| &fact.fields).filter(|field| !field.key_only);
    let fields: Vec<&FieldRecipe> = fields.collect();
    let read = phrases.iter().map(|phrase| condition(catalog.glossary(), &fields, phrase));
    let conditions = read.collect::<Result<Vec<_>, _>>()?;
    are_possible(&sets, &conditions)?;
    Ok(conditions)
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
        None => in_its_unit(field, written).map_err(|why| no_value(field, written, why)),
    }
}

/// A value with or without the sign of its unit: a person who asks for fees below 500 means dollars.
fn in_its_unit(field: &FieldRecipe, written: &str) -> Result<Value, String> {
    let signed = if matches!(field.reading, Reading::Percent) {
        format!("{written}%")
    } else {
        format!("${written}")
    };
    let has_sign = matches!(field.reading, Reading::Money(_) | Reading::Percent);
    let with_sign =
        |why: String| if has_sign { value_of(field, &signed).map_err(|_| why) } else { Err(why) };
    value_of(field, written).or_else(with_sign)
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
            [source.facts.expect]
            range = { crs_cutoff = [0, 1200] }
            [[source.facts.read]]
            table = { columns = { date = 'date', category = 'type', crs_cutoff = 'score', name = 'name' } }
            "#,
        )])
        .unwrap()
    }

    fn draws() -> Subscription {
        Subscription { facts: vec!["ee.draws".to_owned()], ..Subscription::default() }
    }

    fn said(text: &str) -> Result<String, String> {
        let phrases: Result<Vec<Phrase>, String> = text.split(" and ").map(Phrase::parse).collect();
        match conditions(&catalog(), &draws(), &phrases.unwrap()) {
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
        let without =
            conditions(&catalog(), &Subscription::default(), &[phrase]).unwrap_err().to_string();
        assert!(without.contains("--fact"), "{without}");
    }

    #[test]
    fn what_no_value_meets_is_refused_with_what_to_write_instead() {
        for (text, instead) in [
            (
                "cut-off at least 500 and cut-off at most 400",
                "write `crs_cutoff at least 400` and `crs_cutoff at most 500`",
            ),
            ("cut-off above 489 and cut-off below 490", "both above 489 and below 490"),
            ("cut-off is 480 and cut-off above 480", "both 480 and above 480"),
            ("category is cec and category is pnp", "a subscription for each"),
            ("category is cec and category is not cec", "both cec and not cec"),
            ("date at least 2026-06-01 and date below 2026-05-01", "both"),
            ("cut-off at least 1300", "from 0 to 1200"),
            ("cut-off is 0 and cut-off below 0", "from 0 to 1200"),
        ] {
            let refused = said(text).expect_err(text);
            assert!(refused.contains(instead), "{text}: {refused}");
        }
        for text in [
            "cut-off at least 400 and cut-off at most 500",
            "cut-off above 489 and cut-off below 491",
            "cut-off at least 480 and cut-off at most 480",
            "cut-off at least 1200",
            "cut-off at most 5000",
            "category is not cec and category is not pnp",
            "date at least 2026-06-01 and date at most 2026-06-01",
        ] {
            assert!(said(text).is_ok(), "{text}: {:?}", said(text));
        }
    }
}
