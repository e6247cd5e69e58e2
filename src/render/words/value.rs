//! A value in words, with the figures of each language.

use rust_decimal::Decimal;

use crate::model::words::shown;
use crate::model::{
    Between, Currency, Days, Duration, DurationUnit, FieldName, Fields, Language, Per, Range, Side,
    Value,
};

use super::{Voice, called, closed, day, field, month, of_page, say};
use crate::render::inert;

/// The longest value shown in a line: PRODUCT section 7 wants short extracts.
const LONGEST: usize = 300;

/// A value in words: `$14,690`, `14 690 $`; inert and on one line.
#[must_use]
pub fn value(value: &Value, voice: Voice<'_>) -> String {
    let Voice { language, glossary } = voice;
    let words = match value {
        Value::Text(text) => match glossary.word(text, language) {
            Some(known) => known.to_owned(),
            None => called(&inert(text, LONGEST), voice),
        },
        Value::Masked(text) => of_page(&inert(text, LONGEST), language),
        Value::Integer(n) => figures(&n.to_string(), language),
        Value::Decimal(d) => figures(&d.normalize().to_string(), language),
        Value::Percent(d) => percent(*d, language),
        Value::Money { amount, currency: Currency::Cad, per } => money(*amount, *per, language),
        Value::Date(date) => day(*date, language),
        Value::Time(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Value::Days(stretch) => days(*stretch, language),
        Value::Duration(length) => duration(*length, language),
        Value::Range(numbers) => range(*numbers, language),
        Value::Noc(noc) => noc.to_string(),
        Value::Cip(cip) => cip.to_string(),
        Value::Flag(true) => say(language, "yes", "oui").to_owned(),
        Value::Flag(false) => say(language, "no", "non").to_owned(),
        Value::List(values) => {
            values.iter().map(|inner| self::value(inner, voice)).collect::<Vec<_>>().join("; ")
        }
        Value::Clauses(clauses) => of_page(&inert(&shown(&clauses.join(" / ")), LONGEST), language),
        Value::Between(b) => between(b, voice),
        Value::Sum(parts) => {
            parts.iter().map(|inner| self::value(inner, voice)).collect::<Vec<_>>().join(" + ")
        }
        Value::Announced(a) => {
            let (now, then) = (self::value(&a.now, voice), self::value(&a.then, voice));
            let from = say(language, "from", "à compter du");
            format!("{now} ({then} {from} {})", day(a.from, language))
        }
    };
    closed(inert(&words, LONGEST))
}

/// The value of a field in words. A year, or an edition named after one, is not a number to group:
/// `2021`, not `2,021`.
#[must_use]
pub fn value_of(field: &FieldName, inner: &Value, voice: Voice<'_>) -> String {
    let is_year = |part: &str| matches!(part, "year" | "edition");
    if let Value::Integer(n) = inner
        && field.as_str().split('_').any(is_year)
    {
        return n.to_string();
    }
    value(inner, voice)
}

/// One side of a change of a field in words; of a whole record if there is no field.
#[must_use]
pub fn side_of(field: Option<&FieldName>, of: Option<&Side>, voice: Voice<'_>) -> String {
    match (field, of) {
        (Some(field), Some(Side::Value(inner))) => value_of(field, inner, voice),
        (_, of) => side(of, voice),
    }
}

/// One side of a change in words; `None` reads "not listed".
#[must_use]
pub fn side(side: Option<&Side>, voice: Voice<'_>) -> String {
    let language = voice.language;
    match side {
        None => say(language, "not listed", "absent de la liste").to_owned(),
        Some(Side::Value(inner)) => value(inner, voice),
        Some(Side::Record(fields)) if fields.is_empty() => {
            say(language, "listed", "dans la liste").to_owned()
        }
        Some(Side::Record(fields)) => closed(inert(&record_fields(fields, voice), LONGEST)),
    }
}

/// The fields of a record with their names: `title: Data scientists; TEER: 1`.
#[must_use]
pub fn record_fields(fields: &Fields, voice: Voice<'_>) -> String {
    let colon = say(voice.language, ": ", "\u{a0}: ");
    let one =
        |(name, inner)| format!("{}{colon}{}", field(name, voice), value_of(name, inner, voice));
    fields.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn percent(share: Decimal, language: Language) -> String {
    let figures = figures(&share.normalize().to_string(), language);
    match language {
        Language::En => format!("{figures}%"),
        Language::Fr => format!("{figures}\u{a0}%"),
    }
}

fn money(amount: Decimal, per: Option<Per>, language: Language) -> String {
    let places = if amount.fract().is_zero() { 0 } else { 2 };
    // An amount printed with fractions of a cent is shown in full: rounding would hide a change.
    let places = places.max(amount.normalize().scale() as usize);
    let figures = figures(&format!("{amount:.places$}"), language);
    let per = match per {
        None => "",
        Some(Per::Hour) => say(language, " per hour", " l'heure"),
        Some(Per::Year) => say(language, " per year", " par an"),
    };
    match (language, figures.strip_prefix('-')) {
        (Language::En, Some(positive)) => format!("-${positive}{per}"),
        (Language::En, None) => format!("${figures}{per}"),
        (Language::Fr, _) => format!("{figures}\u{a0}${per}"),
    }
}

/// A stretch of days: `28 April 2026 to 1 May 2026`, `du 28 avril 2026 au 1er mai 2026`.
fn days(stretch: Days, language: Language) -> String {
    let Days { from, to } = stretch;
    if from == to {
        return day(from, language);
    }
    if stretch.is_month() {
        return month(from, language);
    }
    match language {
        Language::En => format!("{} to {}", day(from, language), day(to, language)),
        Language::Fr => format!("du {} au {}", day(from, language), day(to, language)),
    }
}

fn range(numbers: Range, language: Language) -> String {
    let from = figures(&numbers.from.to_string(), language);
    match numbers.to {
        None => format!("{from} {}", say(language, "or more", "ou plus")),
        Some(to) if to == numbers.from => from,
        Some(to) => {
            format!("{from} {} {}", say(language, "to", "à"), figures(&to.to_string(), language))
        }
    }
}

/// `5 to 12 weeks`, `5 à 12 semaines`.
fn between(between: &Between, voice: Voice<'_>) -> String {
    let (from, to) = (value(&between.from, voice), value(&between.to, voice));
    let is_same_unit = matches!(
        (&between.from, &between.to),
        (Value::Duration(from), Value::Duration(to)) if from.unit == to.unit
    );
    let from = match from.split_once([' ', '\u{a0}']) {
        Some((count, _)) if is_same_unit => count,
        _ => &from,
    };
    format!("{from} {} {to}", say(voice.language, "to", "à"))
}

fn duration(length: Duration, language: Language) -> String {
    if language == Language::En {
        return length.to_string();
    }
    let (one, several) = match length.unit {
        DurationUnit::Hours => ("heure", "heures"),
        DurationUnit::Days => ("jour", "jours"),
        DurationUnit::BusinessDays => ("jour ouvrable", "jours ouvrables"),
        DurationUnit::Weeks => ("semaine", "semaines"),
        DurationUnit::Months => ("mois", "mois"),
        DurationUnit::Years => ("an", "ans"),
    };
    format!("{} {}", length.count, if length.count.abs() < 2 { one } else { several })
}

/// Groups digits by thousands and writes the fraction as the language does: `1,234.5`, `1 234,5`.
fn figures(number: &str, language: Language) -> String {
    let (group, point) = match language {
        Language::En => (",", "."),
        Language::Fr => ("\u{a0}", ","),
    };
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut text = String::from(sign);
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            text.push_str(group);
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push_str(point);
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Glossary;
    use crate::render::sample::glossary;

    fn check(given: &Value, en: &str, fr: &str) {
        let glossary = glossary();
        let said = |language| value(given, Voice { language, glossary: &glossary });
        assert_eq!(said(Language::En), en);
        assert_eq!(said(Language::Fr).replace('\u{a0}', "_"), fr);
    }

    fn plain(language: Language) -> Voice<'static> {
        Voice { language, glossary: Glossary::NONE }
    }

    fn cad(amount: &str, per: Option<Per>) -> Value {
        Value::Money { amount: amount.parse().unwrap(), currency: Currency::Cad, per }
    }

    #[test]
    fn figures_are_those_of_the_language() {
        check(&cad("14690", None), "$14,690", "14_690_$");
        check(&cad("41.03", Some(Per::Hour)), "$41.03 per hour", "41,03_$ l'heure");
        check(&cad("-85.5", None), "-$85.50", "-85,50_$");
        check(&cad("1.125", None), "$1.125", "1,125_$");
        check(&Value::Percent("7.50".parse().unwrap()), "7.5%", "7,5_%");
        check(&Value::Integer(1_234_567), "1,234,567", "1_234_567");
        check(&Value::Date("2025-02-01".parse().unwrap()), "1 February 2025", "1er février 2025");
        let length = Duration { count: 10, unit: DurationUnit::BusinessDays };
        check(&Value::Duration(length), "10 business days", "10 jours ouvrables");
        check(&Value::Masked("<5".into()), "<5", "<5");
        let range = |from, to| Value::Range(Range { from, to });
        check(&range(601, Some(1200)), "601 to 1,200", "601 à 1_200");
        check(&range(57, None), "57 or more", "57 ou plus");
        check(&range(490, Some(490)), "490", "490");
        let weeks = |count| Value::Duration(Duration { count, unit: DurationUnit::Weeks });
        let between = |from, to| Value::Between(Box::new(Between { from, to }));
        check(&between(weeks(5), weeks(12)), "5 to 12 weeks", "5 à 12 semaines");
        check(&between(cad("60", None), cad("85", None)), "$60 to $85", "60_$ à 85_$");
        let sum = Value::Sum(vec![cad("1050", None), cad("100", None)]);
        check(&sum, "$1,050 + $100", "1_050_$ + 100_$");
        let days = |from: &str, to: &str| {
            Value::Days(Days { from: from.parse().unwrap(), to: to.parse().unwrap() })
        };
        check(
            &days("2026-04-28", "2026-05-01"),
            "28 April 2026 to 1 May 2026",
            "du 28 avril 2026 au 1er mai 2026",
        );
        check(&days("2026-02-01", "2026-02-28"), "February 2026", "février 2026");
        check(&days("2026-02-01", "2026-02-01"), "1 February 2026", "1er février 2026");
        check(&Value::Text("intake_closed".into()), "intake closed", "réception close");
    }

    #[test]
    fn a_year_is_no_number_to_group() {
        let said = |name: &str| {
            let field = FieldName::parse(name).unwrap();
            value_of(&field, &Value::Integer(2021), plain(Language::En))
        };
        assert_eq!(said("edition"), "2021");
        assert_eq!(said("noc_edition"), "2021");
        assert_eq!(said("year_of_results"), "2021");
        assert_eq!(said("invitations"), "2,021");
        assert_eq!(said("years"), "2,021");
        let fields: Fields =
            [(FieldName::parse("year").unwrap(), Value::Integer(2021))].into_iter().collect();
        assert_eq!(record_fields(&fields, plain(Language::En)), "year: 2021");
    }

    #[test]
    fn a_value_from_a_page_is_inert() {
        let hostile = Value::Text("open\r\nFrom: $0\u{1b}[31m\u{202e}".into());
        assert_eq!(value(&hostile, plain(Language::En)), "open From: $0[31m");
        let clauses = Value::Clauses(vec!["(a) one".into(), "(b) two".into()]);
        assert_eq!(value(&clauses, plain(Language::En)), "(a) one / (b) two");
    }

    #[test]
    fn a_side_that_is_not_there_is_said_in_words() {
        assert_eq!(side(None, plain(Language::Fr)), "absent de la liste");
        assert_eq!(side(Some(&Side::Record(Fields::new())), plain(Language::En)), "listed");
    }
}
