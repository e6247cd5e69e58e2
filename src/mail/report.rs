//! Reports of letters that could not be delivered (RFC 3464), as mail servers send them back.
//!
//! Which letter a report is about is told by the Message-ID of what it returns: it is made from the delivery,
//! so nobody can have an address paused who has not seen a letter to it.

use mail_parser::{MessageParser, MimeHeaders as _, PartType};

use crate::model::DeliveryId;

/// How deep parts of a report may be inside one another, and how many are looked at.
const PARTS: usize = 64;

/// The longest diagnosis that is kept, in characters.
const WHY: usize = 200;

/// What a report says of one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The letter, if it is one of ours.
    pub letter: Option<DeliveryId>,
    /// The status: `5.1.1`.
    pub status: String,
    /// The diagnosis of the server that refused it, without the address.
    pub why: String,
}

impl DeliveryReport {
    /// Whether the letter will never be delivered.
    #[must_use]
    pub fn is_hard(&self) -> bool {
        self.status.starts_with("5.")
    }
}

/// Reads a message; `None` if it reports no failure of delivery.
#[must_use]
pub fn report(message: &[u8]) -> Option<DeliveryReport> {
    let parsed = MessageParser::default().parse(message)?;
    let (mut fields, mut letter) = (None, None);
    for part in parsed.parts.iter().take(PARTS) {
        let kind = part.content_type();
        let subtype = kind.and_then(|kind| kind.subtype()).unwrap_or_default();
        let bytes = match &part.body {
            PartType::Text(text) | PartType::Html(text) => text.as_bytes(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes,
            PartType::Message(inner) => {
                letter = letter.or_else(|| inner.message_id().and_then(ours));
                continue;
            }
            PartType::Multipart(_) => continue,
        };
        match subtype.to_ascii_lowercase().as_str() {
            "delivery-status" | "global-delivery-status" => fields = Some(bytes.to_vec()),
            "rfc822-headers" | "global-headers" => {
                let head = MessageParser::default().parse(bytes);
                letter = letter.or_else(|| head.as_ref()?.message_id().and_then(ours));
            }
            _ => {}
        }
    }
    let fields = String::from_utf8_lossy(&fields?).into_owned();
    let action = field(&fields, "Action")?.to_ascii_lowercase();
    let status = field(&fields, "Status")?;
    let status = status.split_whitespace().next().unwrap_or_default().to_owned();
    if action != "failed" && action != "delayed" {
        return None;
    }
    // A delay is no failure yet, whatever its status.
    let status = if action == "delayed" { status.replacen("5.", "4.", 1) } else { status };
    let why = field(&fields, "Diagnostic-Code").unwrap_or_default();
    Some(DeliveryReport { letter, status, why: without_addresses(&why) })
}

/// The delivery that a Message-ID was made from.
fn ours(message_id: &str) -> Option<DeliveryId> {
    let (id, _) = message_id.trim_matches(['<', '>']).split_once('@')?;
    let is_id = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
    DeliveryId::parse(id).ok().filter(|_| is_id)
}

/// A field of the groups of a report, its folded lines joined.
fn field(fields: &str, name: &str) -> Option<String> {
    let mut lines = fields.lines().skip_while(|line| {
        !line.split_once(':').is_some_and(|(label, _)| label.trim().eq_ignore_ascii_case(name))
    });
    let (_, first) = lines.next()?.split_once(':')?;
    let mut words = first.trim().to_owned();
    for more in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        words.push(' ');
        words.push_str(more.trim());
    }
    Some(words)
}

/// What a server said, without the addresses it names, on one line.
fn without_addresses(words: &str) -> String {
    let plain = |word: &str| if word.contains('@') { "…".to_owned() } else { word.to_owned() };
    let words: Vec<String> = words.split_whitespace().map(plain).collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(WHY).collect()
}

/// The messages of a mailbox in the format of mbox; a single message is one.
pub fn messages(bytes: &[u8]) -> Vec<Vec<u8>> {
    if !bytes.starts_with(b"From ") {
        return vec![bytes.to_vec()];
    }
    let all = mail_parser::mailbox::mbox::MessageIterator::new(bytes);
    all.map_while(Result::ok).map(|message| message.contents().to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "From: MAILER-DAEMON@mx.example.org\r\n\
        To: bounces@example.net\r\n\
        Subject: Undelivered Mail Returned to Sender\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\r\n\r\n\
        --b1\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
        --b1\r\nContent-Type: message/delivery-status\r\n\r\n\
        Reporting-MTA: dns; mx.example.org\r\n\r\n\
        Final-Recipient: rfc822; ana@example.org\r\n\
        Action: ACTION\r\nStatus: STATUS\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org>:\r\n  user unknown\r\n\r\n\
        --b1\r\nContent-Type: text/rfc822-headers\r\n\r\n\
        From: alerts@example.net\r\nMessage-ID: <0123456789abcdef0123456789abcdef@example.net>\r\n\
        Subject: x\r\n\r\n--b1--\r\n";

    fn read(action: &str, status: &str) -> Option<DeliveryReport> {
        report(REPORT.replace("ACTION", action).replace("STATUS", status).as_bytes())
    }

    #[test]
    fn a_report_says_which_letter_failed_and_why() {
        let found = read("failed", "5.1.1").unwrap();
        assert_eq!(found.letter.as_ref().unwrap().as_str(), "0123456789abcdef0123456789abcdef");
        assert!(found.is_hard());
        assert_eq!(found.why, "smtp; 550 5.1.1 … user unknown", "and names nobody");
        assert!(!read("failed", "4.2.2").unwrap().is_hard());
        assert!(!read("delayed", "5.0.0").unwrap().is_hard(), "a delay is no failure yet");
        assert_eq!(read("delivered", "2.0.0"), None);
    }

    #[test]
    fn a_letter_that_is_returned_whole_is_found_too() {
        let whole = REPORT
            .replace("ACTION", "failed")
            .replace("STATUS", "5.2.1")
            .replace("text/rfc822-headers", "message/rfc822");
        let found = report(whole.as_bytes()).unwrap();
        assert_eq!(found.letter.unwrap().as_str(), "0123456789abcdef0123456789abcdef");
    }

    #[test]
    fn what_is_no_report_says_nothing() {
        for text in ["", "Subject: hi\r\n\r\nhello", "From: a@b.ca\r\n\r\nStatus: 5.1.1\r\n"] {
            assert_eq!(report(text.as_bytes()), None, "{text}");
        }
        let stranger = REPORT.replace("ACTION", "failed").replace("STATUS", "5.1.1");
        let stranger = stranger.replace("0123456789abcdef0123456789abcdef", "somebody-elses");
        assert_eq!(report(stranger.as_bytes()).unwrap().letter, None);
    }

    #[test]
    fn a_mailbox_is_taken_apart() {
        let one = format!("From x Thu Jan  1 00:00:00 2026\n{}", REPORT.replace("\r\n", "\n"));
        let all = messages(format!("{one}\n{one}").as_bytes());
        assert_eq!(all.len(), 2);
        assert_eq!(messages(b"Subject: x\r\n\r\n").len(), 1);
    }
}
