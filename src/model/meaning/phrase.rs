//! Phrases around figures in the words that most pages use for them.

/// What is said before a figure, and the usual words for it. Longer phrases first.
const USUAL: [(&str, &str); 16] = [
    ("a maximum of ", "maximum "),
    ("un maximum de ", "maximum "),
    ("no more than ", "maximum "),
    ("maximum of ", "maximum "),
    ("maximum de ", "maximum "),
    ("jusqu'à ", "maximum "),
    ("jusqu’à ", "maximum "),
    ("at most ", "maximum "),
    ("au plus ", "maximum "),
    ("up to ", "maximum "),
    ("max. ", "maximum "),
    ("max ", "maximum "),
    ("clb levels ", "CLB "),
    ("clb level ", "CLB "),
    ("nclc level ", "NCLC "),
    ("nclc niveau ", "NCLC "),
];

/// The text with the usual words before its figures: "up to 25 points" is "maximum 25 points", "CLB level 7" is
/// "CLB 7". `None` if it has them already.
pub(super) fn usual(text: &str) -> Option<String> {
    let mut out = String::new();
    let (mut rest, mut is_start, mut is_other) = (text, true, false);
    while let Some(c) = rest.chars().next() {
        let begins = |said: &str| {
            let (here, next) = (rest.get(..said.len()), rest.get(said.len()..));
            here.is_some_and(|here| here.eq_ignore_ascii_case(said))
                && next.is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()))
        };
        let found = USUAL.iter().find(|(said, _)| is_start && begins(said));
        if let Some((said, usual)) = found {
            out.push_str(usual);
            rest = &rest[said.len()..];
            (is_start, is_other) = (false, true);
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
        is_start = c.is_whitespace() || c == '(';
    }
    is_other.then_some(out)
}
