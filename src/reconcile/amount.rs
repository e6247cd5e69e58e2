//! Numbers in the words of somebody's data: `$1,000.00`, `1 000 $`, `239,75`, `34.07/h`. Read as they are meant, and
//! another written in their place as they are written.

use std::ops::Range;

use rust_decimal::Decimal;

/// What may stand between the digits of a number.
const BETWEEN: [char; 6] = [',', '.', '_', ' ', '\u{a0}', '\u{202f}'];

/// The first number of a text, and where it stands.
pub(super) fn figure(text: &str) -> Option<(Range<usize>, Decimal)> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let mut end = start;
    loop {
        let rest = &text[end..];
        let digits = digits(rest);
        if digits > 0 {
            end += digits;
            continue;
        }
        let Some(between) = rest.chars().next().filter(|c| BETWEEN.contains(c)) else { break };
        let behind = self::digits(&rest[between.len_utf8()..]);
        // A space is in a number before three digits alone: `20 29` is two numbers.
        if behind == 0 || (between.is_whitespace() && behind != 3) {
            break;
        }
        end += between.len_utf8();
    }
    let point = point(&text[start..end]).map(|at| start + at);
    let start = if text[..start].ends_with('-') { start - 1 } else { start };
    let plain: String = text[start..end]
        .char_indices()
        .filter_map(|(at, c)| match c {
            _ if Some(start + at) == point => Some('.'),
            c if BETWEEN.contains(&c) => None,
            c => Some(c),
        })
        .collect();
    Some((start..end, plain.parse().ok()?))
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Where the fraction of a number begins: at a point; at a comma that is not before three digits, as in French.
fn point(number: &str) -> Option<usize> {
    let at = number.rfind([',', '.'])?;
    let is_group = number[at..].starts_with(',') && digits(&number[at + 1..]) > 2;
    (!is_group).then_some(at)
}

/// A number in the place of the one in a text, grouped and with the places after the point as there.
pub(super) fn in_text(text: &str, number: Decimal) -> String {
    let number = number.normalize();
    let Some((at, _)) = figure(text) else { return number.to_string() };
    let was = &text[at.clone()];
    let point = point(was);
    let places = point.map_or(0, |at| was.len() - at - 1);
    let places = places.max(number.scale() as usize);
    let (whole, sign) = was.split_at(point.unwrap_or(was.len()));
    let group = whole.chars().find(|c| BETWEEN.contains(c));
    // In French before the sign, in English behind it.
    let of_sign = || (text.starts_with('$') && whole.len() <= 3).then_some(',');
    let is_french =
        sign.starts_with(',') || (point.is_none() && group.is_some_and(char::is_whitespace));
    let plain = format!("{number:.places$}");
    let (digits, fraction) = plain.split_once('.').map_or((plain.as_str(), ""), |parts| parts);
    let mut written = match group.or_else(of_sign) {
        Some(group) => grouped(digits, group),
        None => digits.to_owned(),
    };
    if !fraction.is_empty() {
        written.push(if is_french { ',' } else { '.' });
        written.push_str(fraction);
    }
    format!("{}{written}{}", &text[..at.start], &text[at.end..])
}

fn grouped(digits: &str, group: char) -> String {
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) && !text.ends_with('-') {
            text.push(group);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_meant() {
        let read = |text: &str| figure(text).map(|(_, number)| number.to_string());
        for (text, is) in [
            ("$1,000", "1000"),
            ("1000.00 CAD", "1000.00"),
            ("1\u{a0}525,00\u{a0}$", "1525.00"),
            ("1\u{202f}000 $", "1000"),
            ("239,75", "239.75"),
            ("14 690", "14690"),
            ("1,234,567.8", "1234567.8"),
            ("20 29", "20"),
            ("-5,5 %", "-5.5"),
        ] {
            assert_eq!(read(text).as_deref(), Some(is), "{text}");
        }
    }

    #[test]
    fn a_number_is_written_as_it_was() {
        let write = |text: &str, number: &str| in_text(text, number.parse().unwrap());
        assert_eq!(write("$1,000", "1500"), "$1,500");
        assert_eq!(write("1000.00 CAD", "1500"), "1500.00 CAD");
        assert_eq!(write("$850", "1050"), "$1,050");
        assert_eq!(write("34.07/h", "36"), "36.00/h");
        assert_eq!(write("239,75", "246.25"), "246,25");
        assert_eq!(write("1\u{a0}525,00 $", "1590"), "1\u{a0}590,00 $");
        assert_eq!(write("1 000 $", "1000.5"), "1 000,5 $");
    }
}
