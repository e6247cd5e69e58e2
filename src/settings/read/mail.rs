//! The section on mail.

use std::ffi::OsString;
use std::net::Ipv6Addr;
use std::path::Path;
use std::time::Duration;

use super::{chosen, fault, file, line, pem, within};
use crate::config_text::Table;
use crate::model::{EmailAddress, Login, MailLimits, MailServer, Tls, is_this_machine};
use crate::settings::secret::smtp_password;
use crate::settings::{Mail, Transport};

/// The sender of letters that only go to files: an address that no mail server accepts.
const NOBODY: &str = "rulewatch@rulewatch.invalid";

/// The sender's name, if none is given.
const NAME: &str = "rulewatch";

/// How letters are transported.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    File,
    Smtp,
}

pub(super) fn read(
    table: Option<Table<'_>>,
    directory: Option<&Path>,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Mail {
    let nobody = || EmailAddress::parse(NOBODY).expect("it is an address");
    let Some(table) = table else {
        return Mail {
            transport: Transport::File,
            from: nobody(),
            from_name: NAME.to_owned(),
            leave: None,
        };
    };
    let way = |word: &str| chosen(word, &[("file", Way::File), ("smtp", Way::Smtp)]);
    let way = table.parsed("transport", way).unwrap_or(Way::File);
    let from = match way {
        Way::File => table.parsed("from", mailbox),
        Way::Smtp => table.required_parsed("from", mailbox),
    };
    let (from_name, from) = from.unwrap_or_else(|| (NAME.to_owned(), nobody()));
    let leave = table.parsed("leave", EmailAddress::parse);
    let server = server(&table, way, directory, env);
    let transport = match way {
        Way::File => Transport::File,
        Way::Smtp => Transport::Smtp(server),
    };
    table.finish();
    Mail { transport, from, from_name, leave }
}

/// A sender: `Name <address>`, or an address alone.
fn mailbox(text: &str) -> Result<(String, EmailAddress), String> {
    let words = |fault: crate::model::IdFault| fault.to_string();
    let Some((name, address)) = text.strip_suffix('>').and_then(|text| text.rsplit_once('<'))
    else {
        return Ok((NAME.to_owned(), EmailAddress::parse(text.trim()).map_err(words)?));
    };
    let name = name.trim();
    let is_quoted = name.len() > 1 && name.starts_with('"') && name.ends_with('"');
    if !is_quoted && name.contains(['<', '>', '@']) {
        return Err(format!("`{text}` is not one sender such as `rulewatch <alerts@example.org>`"));
    }
    let name = match name.trim_matches('"') {
        "" => String::new(),
        name => line(name)?,
    };
    Ok((name, EmailAddress::parse(address.trim()).map_err(words)?))
}

/// The mail server. It is read and checked whatever the transport, so that a mistake is found before
/// the day the transport is switched; only which keys are required depends on the transport.
fn server(
    table: &Table<'_>,
    way: Way,
    directory: Option<&Path>,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> MailServer {
    let modes = [("starttls", Tls::StartTls), ("wrapper", Tls::Wrapper), ("none", Tls::None)];
    let host = match way {
        Way::File => table.parsed("host", host),
        Way::Smtp => table.required_parsed("host", host),
    };
    let host = host.unwrap_or_else(|| "localhost".to_owned());
    let tls = table.parsed("tls", |word| chosen(word, &modes)).unwrap_or(Tls::StartTls);
    if tls == Tls::None && !is_this_machine(&host) {
        fault(table, "tls", "tls = \"none\" is only for a mail server on this machine itself");
    }
    let port = within(table, "port", 1..=65_535).and_then(|port| u16::try_from(port).ok());
    let ca_pem = pem(table, "ca_file", directory);
    let login = login(table, way, directory, env);
    let hello = table.parsed("hello", whole_name);
    let seconds =
        |key, limits, usual| within(table, key, limits).map_or(usual, Duration::from_secs);
    let usual = MailLimits::default();
    let limits = MailLimits {
        answer: seconds("answer_seconds", 1..=600, usual.answer),
        accept: seconds("accept_seconds", 1..=3_600, usual.accept),
    };
    let port = port.unwrap_or(tls.usual_port());
    MailServer { host, port, tls, login, ca_pem, hello, limits }
}

/// The name of a mail server.
fn host(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let is_name = !text.is_empty() && text.chars().all(plain);
    if !is_name && text.parse::<Ipv6Addr>().is_err() {
        return Err(format!("`{text}` is no name of a mail server such as mail.example.org"));
    }
    Ok(text.to_owned())
}

/// The fully qualified name of this machine, to give to a mail server.
fn whole_name(text: &str) -> Result<String, String> {
    let is_label = |label: &str| {
        let plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        !label.is_empty() && label.len() <= 63 && plain && !label.starts_with('-')
    };
    if text.len() > 253 || !text.contains('.') || !text.split('.').all(is_label) {
        return Err(format!("`{text}` is no whole name of a machine such as alerts.example.org"));
    }
    Ok(text.to_owned())
}

/// The login, if a user is named.
fn login(
    table: &Table<'_>,
    way: Way,
    directory: Option<&Path>,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Option<Login> {
    let named = file(table, "password_file", directory);
    let Some(user) = table.parsed("user", line) else {
        if way == Way::Smtp && named.is_some() && !table.has("user") {
            fault(table, "password_file", "`mail.password_file` is the password of no `mail.user`");
        }
        return None;
    };
    // A secret that nothing needs is not read.
    if way == Way::File {
        return None;
    }
    match smtp_password(named.as_deref(), env) {
        Ok(Some(password)) => Some(Login { user, password }),
        Ok(None) => {
            let what = "`mail.user` has no password: name its file in password_file, or give the \
                        service a credential smtp-password";
            fault(table, "user", what);
            None
        }
        Err(error) => {
            let key = if named.is_some() { "password_file" } else { "user" };
            fault(table, key, error);
            None
        }
    }
}
