//! Whole messages, as they are sent.

use super::*;

fn letter() -> Letter {
    Letter {
        subject: "Proof of funds for 1 person: $13,757 → $14,690".into(),
        text: "Étape: in force\nA line = another\n.\n--=_d1--\n".into(),
        html: "<!DOCTYPE html><html lang=\"en\"><body><p>14\u{a0}690 $</p></body></html>".into(),
    }
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

const LEAVE: &str = "mailto:leave@example.org?subject=leave%204f3a9b";

/// Composes a letter with an unsubscribe address, in reply to another letter or to none.
fn composed(leave: Option<&str>, first: Option<&DeliveryId>) -> Result<String, ComposeError> {
    let (from, to) = (address("alerts@rules.example.org"), address("ana@example.org"));
    let id = DeliveryId::parse("0123456789abcdef0123456789abcdef").unwrap();
    let envelope = Envelope {
        id: &id,
        from: &from,
        from_name: "rulewatch",
        to: &to,
        date: "2025-02-27T18:05:00Z".parse().unwrap(),
        leave,
        in_reply_to: first,
    };
    compose(&letter(), &envelope).map(|message| String::from_utf8(message.bytes).unwrap())
}

#[test]
fn a_whole_message() {
    let message = composed(Some(LEAVE), None).unwrap();
    insta::assert_snapshot!(message.replace("\r\n", "\n"));
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let message = composed(Some(LEAVE), None).unwrap();
    assert_eq!(message, composed(Some(LEAVE), None).unwrap());
    assert!(message.is_ascii());
    assert_eq!(message.matches('\n').count(), message.matches("\r\n").count(), "all are CRLF");
    assert!(message.lines().all(|line| line.len() <= 998), "RFC 5322, section 2.1.1");
}

#[test]
fn a_letter_that_follows_another_is_shown_under_it() {
    let first = DeliveryId::parse("first").unwrap();
    let message = composed(Some(LEAVE), Some(&first)).unwrap();
    assert!(message.contains("\r\nIn-Reply-To: <first@rules.example.org>\r\n"), "{message}");
    assert!(message.contains("\r\nReferences: <first@rules.example.org>\r\n"), "{message}");
}

#[test]
fn a_mail_program_can_leave_by_one_click() {
    let ways = format!("https://rules.example.org/leave/4f3a {LEAVE}");
    let message = composed(Some(&ways), None).unwrap();
    let listed =
        format!("\r\nList-Unsubscribe: <https://rules.example.org/leave/4f3a>, <{LEAVE}>\r\n");
    assert!(message.contains(&listed), "{message}");
    assert!(message.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    assert!(!composed(Some(LEAVE), None).unwrap().contains("List-Unsubscribe-Post"));
}

#[test]
fn a_letter_to_the_operator_is_no_list() {
    let message = composed(None, None).unwrap();
    assert!(!message.contains("\r\nList-"), "{message}");
    assert!(message.contains("\r\nAuto-Submitted: auto-generated\r\n"), "{message}");
}

#[test]
fn no_header_can_be_slipped_in() {
    for leave in ["mailto:a@b.ca\r\nBcc: x@y.ca", "https://x.ca", "mailto:a>,<b", "mailto:é"] {
        let result = composed(Some(leave), None);
        assert!(matches!(result, Err(ComposeError::Leave)), "{leave:?}");
    }
    let mut hostile = letter();
    hostile.subject = "x\r\nBcc: y@z.ca\r\n\r\nbody".into();
    let (from, id) = (address("alerts@example.org"), DeliveryId::parse("d1").unwrap());
    let mut envelope = Envelope {
        id: &id,
        from: &from,
        from_name: "a\r\nBcc: y@z.ca",
        to: &from,
        date: Timestamp::UNIX_EPOCH,
        leave: None,
        in_reply_to: None,
    };
    assert!(matches!(compose(&hostile, &envelope), Err(ComposeError::Name)));
    envelope.from_name = "Veille <b@c.ca>, \"é\"";
    let message = compose(&hostile, &envelope).unwrap();
    let text = String::from_utf8(message.bytes).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap();
    assert!(!head.contains("\r\nBcc:"), "{head}");
    assert!(head.contains("multipart/alternative"), "{head}");
    assert!(head.starts_with("From: =?utf-8?b?"), "{head}");
}
