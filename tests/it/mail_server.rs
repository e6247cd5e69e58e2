//! A mail server of a test's own, on loopback: it does at each step what the test tells it, and remembers
//! what it was told and which letters it took.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rulewatch::mail::{Post, Smtp};
use rulewatch::model::{Login, MailLimits, MailServer, Secret, Tls};

/// What the server does at a step in place of what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Does {
    /// Answers this.
    Answers(&'static str),
    /// Answers this to a recipient who is named for the first time.
    AnswersOnce(&'static str),
    /// Says nothing for as long as the other side waits.
    IsSilent,
    /// Hangs up. At the last dot it has taken the letter by then.
    HangsUp,
    /// Does as it should, after a while.
    IsSlow(Duration),
}

#[derive(Default)]
struct State {
    /// What it does, by step and, at `rcpt`, for recipients that begin so.
    does: BTreeMap<(&'static str, &'static str), Does>,
    /// The most connections at once.
    most: Option<usize>,
    open: usize,
    /// Every command.
    told: Vec<String>,
    /// To whom and with which Message-ID each letter was taken.
    taken: Vec<(String, String)>,
    connections: usize,
    /// The recipients that were named.
    seen: BTreeSet<String>,
}

/// A mail server.
#[derive(Clone)]
pub(crate) struct Mailbox {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

impl Mailbox {
    pub(crate) fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn on(listener: TcpListener) -> Self {
        let server = Self { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let of = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let of = of.clone();
                thread::spawn(move || {
                    let _ = of.serve(stream);
                    of.state.lock().unwrap().open -= 1;
                });
            }
        });
        server
    }

    /// Has it do something else at a step: `greeting ehlo auth mail rcpt data dot`.
    pub(crate) fn at(&self, step: &'static str, does: Does) {
        self.for_recipient(step, "", does);
    }

    /// The same, for recipients that begin so: at `rcpt` and `dot`.
    pub(crate) fn for_recipient(&self, step: &'static str, begins: &'static str, does: Does) {
        self.state.lock().unwrap().does.insert((step, begins), does);
    }

    /// Has it do what it should again.
    pub(crate) fn is_well(&self) {
        self.state.lock().unwrap().does.clear();
    }

    /// Has it turn away more connections than so many at once.
    pub(crate) fn takes_at_most(&self, connections: usize) {
        self.state.lock().unwrap().most = Some(connections);
    }

    /// The letters it took: to whom, and their Message-IDs.
    pub(crate) fn taken(&self) -> Vec<(String, String)> {
        self.state.lock().unwrap().taken.clone()
    }

    /// How many commands it was told that begin so.
    pub(crate) fn told(&self, begins: &str) -> usize {
        let state = self.state.lock().unwrap();
        state.told.iter().filter(|told| told.starts_with(begins)).count()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// How the program speaks to it.
    pub(crate) fn config(&self) -> MailServer {
        let login = Login { user: "ana".to_owned(), password: Secret::new("s3cret") };
        let limits =
            MailLimits { answer: Duration::from_millis(400), accept: Duration::from_millis(800) };
        let server = MailServer::new("127.0.0.1", self.port);
        MailServer { tls: Tls::None, login: Some(login), limits, ..server }
    }

    pub(crate) fn post(&self) -> Post {
        Post::Smtp(Smtp::new(self.config()).unwrap())
    }

    /// What it does at a step; the rest is as it should be.
    fn does(&self, step: &str, to: &str) -> Option<Does> {
        let state = self.state.lock().unwrap();
        let meant =
            |((of, begins), _): &(&(&str, &str), &Does)| *of == step && to.starts_with(begins);
        state.does.iter().find(meant).map(|(_, does)| does.clone())
    }

    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut line = Line { reader: BufReader::new(stream.try_clone()?), writer: stream };
        let too_many = {
            let mut state = self.state.lock().unwrap();
            (state.open, state.connections) = (state.open + 1, state.connections + 1);
            state.most.is_some_and(|most| state.open > most)
        };
        if too_many {
            return line.say("421 4.7.0 too many connections from you");
        }
        if !self.answer(&mut line, "greeting", "", "220 mail.example.org ESMTP")? {
            return Ok(());
        }
        let mut to = String::new();
        while let Some(told) = line.hear()? {
            self.state.lock().unwrap().told.push(told.clone());
            let verb = told.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let goes_on = match verb.as_str() {
                "EHLO" => {
                    let answer = "250-mail.example.org\r\n250 AUTH PLAIN";
                    self.answer(&mut line, "ehlo", "", answer)?
                }
                "AUTH" => self.answer(&mut line, "auth", "", "235 2.7.0 welcome")?,
                "MAIL" => self.answer(&mut line, "mail", "", "250 ok")?,
                "RCPT" => {
                    told.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut to);
                    self.answer(&mut line, "rcpt", &to, "250 ok")?
                }
                "DATA" => self.data(&mut line, &to)?,
                "QUIT" => return line.say("221 bye"),
                _ => self.answer(&mut line, "other", "", "250 ok")?,
            };
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    fn data(&self, line: &mut Line, to: &str) -> std::io::Result<bool> {
        let is_refused = matches!(self.does("data", to), Some(Does::Answers(_)));
        if !self.answer(line, "data", to, "354 go on")? {
            return Ok(false);
        }
        if is_refused {
            return Ok(true);
        }
        let mut id = String::new();
        loop {
            let Some(text) = line.hear()? else { return Ok(false) };
            if let Some(value) = text.strip_prefix("Message-ID: ") {
                value.clone_into(&mut id);
            }
            if text == "." {
                break;
            }
        }
        let does = self.does("dot", to);
        let is_taken = !matches!(does, Some(Does::Answers(_)));
        if is_taken {
            self.state.lock().unwrap().taken.push((to.to_owned(), id));
        }
        self.answer(line, "dot", to, "250 taken")
    }

    /// Answers a command; returns whether the connection goes on.
    fn answer(&self, line: &mut Line, step: &str, to: &str, answer: &str) -> std::io::Result<bool> {
        match self.does(step, to) {
            None => line.say(answer)?,
            Some(Does::AnswersOnce(other)) => {
                let is_new = self.state.lock().unwrap().seen.insert(to.to_owned());
                line.say(if is_new { other } else { answer })?;
            }
            Some(Does::Answers(other)) => {
                line.say(other)?;
                return Ok(!other.starts_with("421"));
            }
            Some(Does::HangsUp) => return Ok(false),
            Some(Does::IsSilent) => {
                // Ends when the other side is gone.
                while line.hear()?.is_some() {}
                return Ok(false);
            }
            Some(Does::IsSlow(while_)) => {
                thread::sleep(while_);
                line.say(answer)?;
            }
        }
        Ok(true)
    }
}

struct Line {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
}

impl Line {
    fn say(&mut self, words: &str) -> std::io::Result<()> {
        self.writer.write_all(format!("{words}\r\n").as_bytes())
    }

    fn hear(&mut self) -> std::io::Result<Option<String>> {
        let mut text = String::new();
        let n = self.reader.read_line(&mut text)?;
        Ok((n > 0).then(|| text.trim_end_matches(['\r', '\n']).to_owned()))
    }
}
