//! The section of the web pages: where they are served, and how the world calls them.

use std::net::SocketAddr;

use url::{Host, Url};

use crate::config_text::Table;

/// Where the web pages are served, and how the world calls them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// Where they are served; `None`: nowhere.
    pub listen: Option<SocketAddr>,
    /// How readers call them, without a path; `None`: letters have no link to them.
    pub public_url: Option<Url>,
    /// Whether people may subscribe on them.
    pub sign_up: bool,
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: None, public_url: None, sign_up: true }
    }
}

/// Reads the section. What is doubtful is not wrong, and is reported at start.
pub(super) fn read(table: Option<Table<'_>>, doubts: &mut Vec<String>) -> Http {
    let Some(table) = table else { return Http::default() };
    let http = Http {
        listen: table.parsed("listen", listen),
        public_url: table.parsed("public_url", public_url),
        sign_up: table.flag("sign_up").unwrap_or(true),
    };
    table.finish();
    if let Some(open) = http.listen.filter(|listen| !listen.ip().is_loopback()) {
        doubts.push(format!(
            "http.listen: {open} is open to other machines, and what is served there is not encrypted: \
             listen on 127.0.0.1, behind a web server that has a certificate"
        ));
    }
    if http.listen.is_some() && http.sign_up && http.public_url.is_none() {
        doubts.push(
            "http.public_url is not set: nobody can subscribe on the pages, because a letter could not \
             link back to them"
                .to_owned(),
        );
    }
    http
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("`{text}` is no address and port such as 127.0.0.1:8080"))
}

/// An address without a path: every page is linked from it. Only this machine is reached in the clear.
fn public_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("\"{text}\" is no address: {error}"))?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    let is_whole = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_plain = url.username().is_empty() && url.password().is_none();
    match url.scheme() {
        "https" | "http" if !is_whole || !is_plain => {
            Err(format!("\"{text}\" must be https and a host, without a path"))
        }
        "https" => Ok(url),
        "http" if is_here => Ok(url),
        _ => Err(format!("\"{text}\" must be https: links to it confirm and end subscriptions")),
    }
}
