//! Hours of a week, however they are written: "Mon-Thu 9:00-17:00" is "Monday to Thursday, 9 am to 5 pm".

use std::sync::LazyLock;

use regex::Regex;

use super::text;

/// The days of the week in English and French.
const DAYS: [(&str, &str); 7] = [
    ("monday", "lundi"),
    ("tuesday", "mardi"),
    ("wednesday", "mercredi"),
    ("thursday", "jeudi"),
    ("friday", "vendredi"),
    ("saturday", "samedi"),
    ("sunday", "dimanche"),
];

/// Whether two texts say the same hours of the same days, and nothing else that differs.
#[must_use]
pub fn are_one_week(a: &str, b: &str) -> bool {
    hours(a).is_some_and(|hours_of_a| hours(b) == Some(hours_of_a))
}

/// The words of a text that gives hours, each time and day written in one way; `None` if it gives none, or one that
/// may be of the morning or of the evening.
fn hours(text: &str) -> Option<Vec<String>> {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        let time = r"(?x)^ (?P<hour>\d{1,2}) (?: (?::|\ ?h\ ?) (?P<minute>\d{2}) | \ ?h\b )?
            (?:\ ?(?P<half>[ap])\.?\ ?m\b\.?)?";
        Regex::new(time).expect("the pattern is a constant")
    });
    let text = text::fold(text);
    let (mut words, mut rest, mut times) = (Vec::new(), text.as_str(), 0);
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() {
            let found = TIME.captures(rest)?;
            let half = found.name("half").map(|half| half.as_str());
            let whole = found.get(0)?.as_str();
            let is_clock = found.name("minute").is_some() || whole.contains('h');
            let hour: u32 = found["hour"].parse().ok()?;
            let hour = match half {
                Some(_) if !(1..=12).contains(&hour) => return None,
                Some("a") => hour % 12,
                Some(_) => hour % 12 + 12,
                None if is_clock && hour <= 24 => hour,
                None => return None,
            };
            let minute = found.name("minute").map_or("00", |minute| minute.as_str());
            words.push(format!("{hour:02}:{minute}"));
            times += 1;
            rest = &rest[whole.len()..];
        } else if c.is_alphabetic() {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            words.push(plain(&rest[..end]).to_owned());
            rest = &rest[end..];
        } else {
            if matches!(c, '-' | '–' | '—') {
                words.push("to".to_owned());
            } else if !matches!(c, ' ' | ',' | '.' | ':' | ';' | '\n') {
                words.push(c.to_string());
            }
            rest = &rest[c.len_utf8()..];
        }
    }
    (times > 0).then_some(words)
}

/// A word as all write it: a day by its whole name, "to" for what stands between two.
fn plain(word: &str) -> &str {
    let is_day = |day: &str| word.len() >= 3 && day.starts_with(word);
    match word {
        "through" | "till" | "until" | "à" | "a" | "au" => "to",
        _ => {
            let day = DAYS.iter().find(|(en, fr)| is_day(en) || word == *fr);
            day.map_or(word, |(day, _)| day)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_the_same_however_they_are_written() {
        for (a, b) in [
            ("Daily, 8 am to 8 pm", "Daily, 8:00 a.m. to 8:00 p.m."),
            ("Daily: 8 a.m. – 8 p.m.", "daily 08:00-20:00"),
            ("Monday to Thursday, 9 am to 5 pm", "Mon-Thu 9:00-17:00"),
            ("Tues. to Thurs., 12 pm to 12:30 pm", "Tuesday through Thursday 12:00 to 12:30"),
            ("Du lundi au jeudi, de 9 h à 17 h 30", "Du lundi au jeudi de 9h00 à 17h30"),
        ] {
            assert!(are_one_week(a, b), "{a} / {b}: {:?} {:?}", hours(a), hours(b));
        }
    }

    #[test]
    fn other_hours_and_other_days_are_others() {
        for (a, b) in [
            ("Daily, 8 am to 8 pm", "Daily, 8 am to 9 pm"),
            ("Daily, 8 am to 8 pm", "Daily, 8 pm to 8 am"),
            ("Daily, 8 am to 8 pm", "Daily, 8 am to 8:30 pm"),
            ("Mon-Thu 9:00-17:00", "Monday to Friday, 9 am to 5 pm"),
            ("Monday to Thursday, 9 am to 5 pm", "Monday and Thursday, 9 am to 5 pm"),
            ("Daily, 8 am to 8 pm", "Daily except Sunday, 8 am to 8 pm"),
            ("Mon-Thu 9:00-17:00", "Mon-Thu 9 to 17"),
            ("12 am to 1 am", "12 pm to 1 am"),
            ("Daily", "daily"),
        ] {
            assert!(!are_one_week(a, b), "{a} / {b}: {:?} {:?}", hours(a), hours(b));
        }
    }
}
