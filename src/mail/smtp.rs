//! Mail to a mail server, step by step, each step with its own deadline.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};

use super::fault::{Fault, is_about_tls, short};
use super::line::Line;
use super::{Message, Sent};
use crate::model::{
    EmailAddress, MailServer, MailStep, SendFailure, Tls, in_full, is_this_machine,
};

/// How long a connection waits for the next letter: shorter than servers wait before they hang up.
const IDLE: Duration = Duration::from_secs(20);

/// How long to wait for one of the server's addresses.
const CONNECT: Duration = Duration::from_secs(15);

/// How long a server may take to say goodbye: nothing depends on it.
const GOODBYE: Duration = Duration::from_secs(2);

/// What else a server may be that says nothing: it waits for us to begin.
const SPEAKS_SECOND: &str =
    "; where it speaks TLS from the start, as on port 465, set `tls = \"wrapper\"` under [mail]";

/// A mail server that we cannot talk to as configured.
#[derive(Debug, thiserror::Error)]
pub enum SmtpFault {
    /// An unencrypted connection to another machine.
    #[error("tls = \"none\" is only for this machine itself, and {host} is another")]
    Clear {
        /// The machine.
        host: String,
    },
    /// TLS cannot be set up: no trusted certificates, or a file that contains none.
    #[error("setting up TLS for {host}")]
    Tls {
        /// The mail server.
        host: String,
        /// What TLS said.
        #[source]
        source: Error,
    },
}

/// How connections are protected.
enum Protection {
    Nothing,
    StartTls(TlsParameters),
    Wrapper(TlsParameters),
}

/// A connection that is ready for a letter.
struct Ready {
    connection: AsyncSmtpConnection,
    /// Since when it has waited for one.
    since: Instant,
}

struct Server {
    config: MailServer,
    protection: Protection,
    credentials: Option<Credentials>,
    ready: Mutex<Vec<Ready>>,
}

/// A mail server, with the connections to it. Clones share them.
#[derive(Clone)]
pub struct Smtp(Arc<Server>);

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{})", self.0.config.host, self.0.config.port)
    }
}

impl Smtp {
    /// Takes the configuration; connects only when the first letter goes out.
    ///
    /// # Errors
    /// When the connection to another machine would be unencrypted, or TLS cannot be set up.
    pub fn new(config: MailServer) -> Result<Self, SmtpFault> {
        let protection = match config.tls {
            Tls::StartTls => Protection::StartTls(parameters(&config)?),
            Tls::Wrapper => Protection::Wrapper(parameters(&config)?),
            Tls::None if is_this_machine(&config.host) => Protection::Nothing,
            Tls::None => return Err(SmtpFault::Clear { host: config.host }),
        };
        let credentials = config.login.as_ref();
        let credentials = credentials
            .map(|login| Credentials::new(login.user.clone(), login.password.expose().to_owned()));
        Ok(Self(Arc::new(Server { config, protection, credentials, ready: Mutex::default() })))
    }

    pub(super) async fn send(&self, message: &Message) -> Result<Sent, SendFailure> {
        let (from, to) = (address(message.from.as_str())?, address(message.to.as_str())?);
        let used = self.used();
        let was_used = used.is_some();
        let mut connection = match used {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let mut result = self.hand_over(&mut connection, (&from, &to), message).await;
        // A server may hang up on an idle connection: that says nothing about a new one.
        let is_stale = |failure: &SendFailure| {
            failure.step == MailStep::Sender && matches!(failure.code, None | Some(421))
        };
        if was_used && result.as_ref().is_err_and(is_stale) {
            connection = self.connect().await?;
            result = self.hand_over(&mut connection, (&from, &to), message).await;
        }
        if self.is_good_still(&mut connection, result.as_ref().err()).await {
            self.all_ready().push(Ready { connection, since: Instant::now() });
        }
        result
    }

    /// Goes as far as the point where a letter's text would follow, then withdraws the envelope.
    pub(super) async fn rehearse(
        &self,
        from: &EmailAddress,
        to: &EmailAddress,
    ) -> Result<(), SendFailure> {
        let (from, to) = (address(from.as_str())?, address(to.as_str())?);
        let mut connection = self.connect().await?;
        self.envelope(&mut connection, (&from, &to)).await?;
        let _ = timeout(GOODBYE, connection.quit()).await;
        Ok(())
    }

    /// Ends the idle connections. The next letter makes a new one.
    pub(super) async fn rest(&self) {
        let all = std::mem::take(&mut *self.all_ready());
        for Ready { mut connection, .. } in all {
            // Without a goodbye the server notices by itself that the connection is gone.
            let _ = timeout(GOODBYE, connection.quit()).await;
        }
    }

    fn all_ready(&self) -> std::sync::MutexGuard<'_, Vec<Ready>> {
        self.0.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that was used before and has not been idle for long.
    fn used(&self) -> Option<AsyncSmtpConnection> {
        let mut all = self.all_ready();
        all.retain(|ready| ready.since.elapsed() < IDLE);
        all.pop().map(|ready| ready.connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendFailure> {
        let config = &self.0.config;
        let mut connection = match &self.0.protection {
            Protection::Wrapper(tls) => self.connect_wrapped(tls).await?,
            Protection::Nothing => self.connect_clear().await?.0,
            Protection::StartTls(tls) => {
                let (mut connection, name) = self.connect_clear().await?;
                if !connection.can_starttls() {
                    let words = "the mail server offers no STARTTLS".to_owned();
                    return Err(SendFailure::ours(MailStep::Protect, words));
                }
                let upgrade = connection.starttls(tls.clone(), &name);
                self.step(MailStep::Protect, upgrade).await?;
                connection
            }
        };
        if let Some(credentials) = &self.0.credentials {
            if connection.server_info().get_auth_mechanism(DEFAULT_MECHANISMS).is_none() {
                let words = "the mail server offers no login by PLAIN or LOGIN here: see `tls` and `port` \
                             under [mail], or leave out `user` where it wants none";
                return Err(SendFailure::ours(MailStep::Login, words.to_owned()));
            }
            let login = connection.auth(DEFAULT_MECHANISMS, credentials);
            self.step(MailStep::Login, login).await?;
        }
        tracing::debug!(host = config.host, port = config.port, "connected to the mail server");
        Ok(connection)
    }

    /// Connects unencrypted, up to the answer to our name.
    async fn connect_clear(&self) -> Result<(AsyncSmtpConnection, ClientId), SendFailure> {
        let config = &self.0.config;
        let lost = |error: io::Error| SendFailure::lost(MailStep::Connect, in_full(&error));
        let stream = timeout(config.limits.answer, reach(&config.host, config.port)).await;
        let stream = stream.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let line = stream.and_then(Line::new).map_err(lost)?;
        let name = name(config, line.local_address().ok().map(|address| address.ip()));
        let has_spoken = line.has_spoken();
        let greeted = self.greet(line, &name, &has_spoken).await;
        let connection = greeted.map_err(|fault| {
            let step = greeting(&has_spoken);
            let is_mute = step == MailStep::Greet && matches!(fault, Fault::Late(_));
            let mut failure = fault.at(step);
            if is_mute && config.tls == Tls::StartTls {
                failure.words.push_str(SPEAKS_SECOND);
            }
            failure
        })?;
        Ok((connection, name))
    }

    /// Waits for the greeting and says our name: one call for two steps. Whether we have spoken shows which of them is
    /// taken, and each has its own deadline.
    async fn greet(
        &self,
        line: Line,
        name: &ClientId,
        has_spoken: &AtomicBool,
    ) -> Result<AsyncSmtpConnection, Fault> {
        let limit = self.0.config.limits.answer;
        let greet = AsyncSmtpConnection::connect_with_transport(Box::new(line), name);
        tokio::pin!(greet);
        match self.within(limit, greet.as_mut()).await {
            Err(Fault::Late(_)) if has_spoken.load(Ordering::Relaxed) => {
                self.within(limit, greet).await
            }
            greeted => greeted,
        }
    }

    /// Connects with TLS from the first byte.
    async fn connect_wrapped(
        &self,
        tls: &TlsParameters,
    ) -> Result<AsyncSmtpConnection, SendFailure> {
        let config = &self.0.config;
        let (server, limit) = ((config.host.as_str(), config.port), config.limits.answer);
        let (name, tls) = (name(config, None), Some(tls.clone()));
        let connect = AsyncSmtpConnection::connect_tokio1(server, Some(limit), &name, tls, None);
        // One call for every step up to the answer to our name: all of them together have the time of one.
        let connected = self.within(limit, connect).await;
        connected.map_err(|fault| {
            let step = match &fault {
                Fault::Late(_) => MailStep::Greet,
                Fault::Smtp(error) if error.status().is_some() => MailStep::Greet,
                Fault::Smtp(error) if is_about_tls(error) => MailStep::Protect,
                Fault::Smtp(_) => MailStep::Connect,
            };
            fault.at(step)
        })
    }

    /// Hands a letter over on a connection.
    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        (from, to): (&Address, &Address),
        message: &Message,
    ) -> Result<Sent, SendFailure> {
        self.envelope(connection, (from, to)).await?;
        self.step(MailStep::Text, connection.command(Data)).await?;
        let taken = self.within(self.0.config.limits.accept, connection.message(&message.bytes));
        let answer = taken.await.map_err(|fault| fault.at(MailStep::Text))?;
        let lines: Vec<&str> = answer.message().collect();
        Ok(Sent { answer: short(&format!("{} {}", answer.code(), lines.join(" "))) })
    }

    /// Gives the server the sender and the recipient of a letter.
    async fn envelope(
        &self,
        connection: &mut AsyncSmtpConnection,
        (from, to): (&Address, &Address),
    ) -> Result<(), SendFailure> {
        let options = options(connection, (from, to))?;
        let mail = Mail::new(Some(from.clone()), options);
        self.step(MailStep::Sender, connection.command(mail)).await?;
        let rcpt = Rcpt::new(to.clone(), Vec::new());
        self.step(MailStep::Recipient, connection.command(rcpt)).await?;
        Ok(())
    }

    /// Whether a connection can take another letter, given the result of the last one.
    async fn is_good_still(
        &self,
        connection: &mut AsyncSmtpConnection,
        failure: Option<&SendFailure>,
    ) -> bool {
        match failure.map(|failure| failure.code) {
            None => true,
            Some(None | Some(421)) => false,
            Some(Some(_)) => {
                let reset = timeout(self.0.config.limits.answer, connection.command(Rset)).await;
                matches!(reset, Ok(Ok(_)))
            }
        }
    }

    /// Takes one step within its deadline.
    async fn step<T>(
        &self,
        step: MailStep,
        taken: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, SendFailure> {
        self.within(self.0.config.limits.answer, taken).await.map_err(|fault| fault.at(step))
    }

    async fn within<T>(
        &self,
        limit: Duration,
        taken: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Fault> {
        match timeout(limit, taken).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(Fault::Smtp(error)),
            Err(_) => Err(Fault::Late(limit)),
        }
    }
}

/// Connects to the first of a host's addresses that can be reached: an address that does not answer
/// does not keep us from the next.
async fn reach(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::NotFound);
    for address in lookup_host((host, port)).await? {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failed = error,
            Err(_) => failed = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(failed)
}

/// The step that a failed connection was at.
fn greeting(has_spoken: &AtomicBool) -> MailStep {
    if has_spoken.load(Ordering::Relaxed) { MailStep::Hello } else { MailStep::Greet }
}

fn address(text: &str) -> Result<Address, SendFailure> {
    text.parse()
        .map_err(|error: lettre::address::AddressError| SendFailure::unsendable(error.to_string()))
}

/// The options that name a sender: non-ASCII letters in an address must be negotiated first.
fn options(
    connection: &AsyncSmtpConnection,
    (from, to): (&Address, &Address),
) -> Result<Vec<MailParameter>, SendFailure> {
    let is_ascii = |address: &Address| address.to_string().is_ascii();
    if is_ascii(from) && is_ascii(to) {
        return Ok(Vec::new());
    }
    if connection.server_info().supports_feature(Extension::SmtpUtfEight) {
        return Ok(vec![MailParameter::SmtpUtfEight]);
    }
    let words = "the mail server takes no address with letters beyond ASCII".to_owned();
    Err(SendFailure::unsendable(words))
}

/// The name we give: the configured one, else this machine's if fully qualified, else its address.
fn name(config: &MailServer, local: Option<std::net::IpAddr>) -> ClientId {
    if let Some(name) = &config.hello {
        return ClientId::Domain(name.clone());
    }
    let own = ClientId::default();
    match (&own, local) {
        (ClientId::Domain(name), _) if name.contains('.') => own,
        (_, Some(std::net::IpAddr::V4(address))) => ClientId::Ipv4(address),
        (_, Some(std::net::IpAddr::V6(address))) => ClientId::Ipv6(address),
        (_, None) => own,
    }
}

fn parameters(config: &MailServer) -> Result<TlsParameters, SmtpFault> {
    let fault = |source| SmtpFault::Tls { host: config.host.clone(), source };
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(pem) = &config.ca_pem {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(fault)?);
    }
    builder.build().map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Login, Secret};

    fn config(host: &str, tls: Tls) -> MailServer {
        MailServer { tls, ..MailServer::new(host, 25) }
    }

    #[test]
    fn a_clear_connection_stays_on_this_machine() {
        for host in ["localhost", "127.0.0.1", "::1", "LOCALHOST"] {
            assert!(Smtp::new(config(host, Tls::None)).is_ok(), "{host}");
        }
        for host in ["mail.example.org", "10.0.0.1", "localhost.example.org"] {
            let fault = Smtp::new(config(host, Tls::None)).unwrap_err();
            assert!(fault.to_string().contains(host), "{fault}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let login = Login { user: "ana".into(), password: Secret::new("s3cret") };
        let config = MailServer { login: Some(login), ..config("localhost", Tls::None) };
        let shown = format!("{config:?}");
        assert!(shown.contains("ana") && !shown.contains("s3cret"), "{shown}");
        let smtp = format!("{:?}", Smtp::new(config).unwrap());
        assert!(!smtp.contains("s3cret"), "{smtp}");
    }

    #[test]
    fn a_file_without_certificates_is_told() {
        let ca_pem = Some(b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n".to_vec());
        let config = MailServer { ca_pem, ..config("localhost", Tls::StartTls) };
        assert!(matches!(Smtp::new(config), Err(SmtpFault::Tls { .. })));
    }

    #[test]
    fn the_name_we_give_is_whole() {
        let named = MailServer { hello: Some("mail.example.org".into()), ..config("h", Tls::None) };
        assert_eq!(name(&named, None).to_string(), "mail.example.org");
        let given = name(&config("h", Tls::None), Some([192, 0, 2, 1].into())).to_string();
        assert!(given == "[192.0.2.1]" || given.contains('.'), "{given}");
    }
}
