//! Turns a letter and an envelope into the bytes of a message.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};

use crate::model::{DeliveryId, EmailAddress, Letter};

/// Everything about a message that is not its letter.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The delivery; the Message-ID is made from it.
    pub id: &'a DeliveryId,
    /// The sender's address.
    pub from: &'a EmailAddress,
    /// The sender's name, shown beside the address; may be empty.
    pub from_name: &'a str,
    /// The recipient.
    pub to: &'a EmailAddress,
    /// The `Date`: when the letter was enqueued, so that a repeat is byte for byte the same.
    pub date: Timestamp,
    /// How to unsubscribe, for a letter to a subscriber, separated by spaces: a page that takes one click (RFC
    /// 8058), if there is one, and a `mailto:` address.
    pub leave: Option<&'a str>,
    /// The delivery of the letter that this one follows: mail programs show it below that one.
    pub in_reply_to: Option<&'a DeliveryId>,
}

/// A message ready to be sent, or sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The delivery.
    pub id: DeliveryId,
    /// The envelope's sender.
    pub from: EmailAddress,
    /// The envelope's recipient.
    pub to: EmailAddress,
    /// The message: ASCII, with CRLF line ends.
    pub bytes: Vec<u8>,
}

/// A letter that cannot be made into a message.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// An address that mail programs would not accept.
    #[error("composing a message for {address}")]
    Address {
        /// The address, masked.
        address: String,
        /// What is wrong with it.
        #[source]
        source: lettre::address::AddressError,
    },
    /// A sender's name that does not fit on a line. lettre would panic on it.
    #[error("the sender's name has control characters in it")]
    Name,
    /// A way to unsubscribe that is not a page or a `mailto:` address of plain characters.
    #[error("the way out is not a page and a plain mailto: address")]
    Leave,
    /// The message lacks something.
    #[error("composing a message")]
    Message(#[source] lettre::error::Error),
}

/// The Message-ID of a delivery, with its angle brackets.
#[must_use]
pub fn message_id(delivery: &DeliveryId, from: &EmailAddress) -> String {
    format!("<{delivery}@{}>", domain(from))
}

fn domain(address: &EmailAddress) -> &str {
    address.as_str().rsplit_once('@').expect("a parsed address has an @").1
}

/// Composes the message: the same letter and envelope give the same bytes.
///
/// # Errors
/// When an address, the sender's name or the unsubscribe address does not fit in a header.
pub fn compose(letter: &Letter, envelope: &Envelope<'_>) -> Result<Message, ComposeError> {
    if envelope.from_name.chars().any(char::is_control) {
        return Err(ComposeError::Name);
    }
    let mailbox = |name: &str, address: &EmailAddress| {
        let parsed = address.as_str().parse::<Address>();
        let name = Some(name.to_owned()).filter(|name| !name.is_empty());
        parsed
            .map(|parsed| Mailbox::new(name, parsed))
            .map_err(|source| ComposeError::Address { address: address.masked(), source })
    };
    let mut builder = lettre::Message::builder()
        .from(mailbox(envelope.from_name, envelope.from)?)
        .to(mailbox("", envelope.to)?)
        .subject(letter.subject.clone())
        .date(SystemTime::from(envelope.date))
        .message_id(Some(message_id(envelope.id, envelope.from)));
    for (name, value) in headers(envelope)? {
        let name = HeaderName::new_from_ascii_str(name);
        // Not folded and not encoded: each is one short run of plain characters, and some programs
        // ignore a folded List-Unsubscribe.
        builder =
            builder.raw_header(HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value));
    }
    let message = builder.multipart(body(letter, envelope.id)).map_err(ComposeError::Message)?;
    Ok(Message {
        id: envelope.id.clone(),
        from: envelope.from.clone(),
        to: envelope.to.clone(),
        bytes: message.formatted(),
    })
}

/// The headers that give the kind of letter, and how to unsubscribe.
fn headers(envelope: &Envelope<'_>) -> Result<Vec<(&'static str, String)>, ComposeError> {
    let domain = domain(envelope.from);
    // RFC 3834: no out-of-office notice should answer it.
    let mut headers = vec![("Auto-Submitted", "auto-generated".to_owned())];
    if let Some(leave) = envelope.leave {
        let ways: Vec<&str> = leave.split(' ').collect();
        let is_page = |way: &str| way.starts_with("https://") || way.starts_with("http://");
        let plain = |way: &&str| {
            let is_way = way.starts_with("mailto:") || is_page(way);
            is_way && way.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b','))
        };
        // The law wants a way that anybody can go.
        if !ways.iter().all(plain) || !ways.iter().any(|way| way.starts_with("mailto:")) {
            return Err(ComposeError::Leave);
        }
        let listed: Vec<String> = ways.iter().map(|way| format!("<{way}>")).collect();
        headers.push(("List-Id", format!("rulewatch <rulewatch.{domain}>")));
        headers.push(("List-Unsubscribe", listed.join(", ")));
        if ways.iter().any(|way| is_page(way)) {
            headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
    }
    if let Some(first) = envelope.in_reply_to {
        let first = message_id(first, envelope.from);
        headers.push(("In-Reply-To", first.clone()));
        headers.push(("References", first));
    }
    Ok(headers)
}

/// Plain text and HTML side by side, both quoted-printable.
fn body(letter: &Letter, id: &DeliveryId) -> MultiPart {
    // In quoted-printable `=` is always followed by two hexadecimal digits or a line end, so a
    // boundary with `=_` in it appears in no text. A random one would make every retry differ.
    let boundary = format!("=_{id}");
    let part = |kind: ContentType, text: &str| {
        let body =
            Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable);
        let body = body.expect("every text can be written as quoted-printable");
        SinglePart::builder().header(kind).body(body)
    };
    MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.html))
}

#[cfg(test)]
mod tests;
