//! Servers on the loopback network, for what speaks HTTP.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

use std::{
    io::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request as Incoming, State},
    http::HeaderMap,
    response::Response,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;

/// One request as the server saw it.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }
}

type Answers = Arc<dyn Fn(&Asked, usize) -> Response + Send + Sync>;

/// A site that answers as a test tells it, and remembers what it was asked.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) base: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Site {
    /// Starts a site without a robots.txt. The answer is made from the request and its number,
    /// from 0.
    pub(crate) async fn start(
        answers: impl Fn(&Asked, usize) -> Response + Send + Sync + 'static,
    ) -> Self {
        Self::with_robots(answer(404, ""), answers).await
    }

    pub(crate) async fn with_robots(
        robots: Response,
        answers: impl Fn(&Asked, usize) -> Response + Send + Sync + 'static,
    ) -> Self {
        // One robots.txt is enough: it is to be read once.
        let robots = Mutex::new(Some(robots));
        Self::whole(move |asked, n| match asked.path.as_str() {
            "/robots.txt" => robots.lock().unwrap().take().expect("robots.txt is read once"),
            _ => answers(asked, n),
        })
        .await
    }

    /// Starts a site that answers for its robots.txt too. The number is that of pages asked before.
    pub(crate) async fn whole(
        answers: impl Fn(&Asked, usize) -> Response + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let site = Self { base, asked: Arc::default() };
        let answers: Answers = Arc::new(answers);
        let app = Router::new().fallback(receive).with_state((site.clone(), answers));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        site
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        self.base.join(path).unwrap()
    }

    /// What was asked, but for robots.txt.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.path != "/robots.txt").cloned().collect()
    }

    /// How often robots.txt was asked for.
    pub(crate) fn asked_for_robots(&self) -> usize {
        let all = self.asked.lock().unwrap().len();
        all - self.asked().len()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }
}

async fn receive(State((site, answers)): State<(Site, Answers)>, request: Incoming) -> Response {
    let path = request.uri().path_and_query().unwrap().to_string();
    let asked = Asked { path, headers: request.headers().clone() };
    let n = site.asked().len();
    site.asked.lock().unwrap().push(asked.clone());
    answers(&asked, n)
}

pub(crate) fn answer(status: u16, body: impl Into<Body>) -> Response {
    Response::builder().status(status).body(body.into()).unwrap()
}

pub(crate) fn with(mut response: Response, name: &'static str, value: &str) -> Response {
    response.headers_mut().insert(name, value.parse().unwrap());
    response
}

pub(crate) fn redirect(status: u16, to: impl AsRef<str>) -> Response {
    with(answer(status, ""), "location", to.as_ref())
}

pub(crate) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// A server that writes the same bytes to whoever comes, with a pause between the pieces, and
/// closes. Returns its address, and counts its visitors.
pub(crate) async fn raw(pieces: Vec<Vec<u8>>, pause: Duration) -> (Url, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/page", listener.local_addr().unwrap())).unwrap();
    let visitors = Arc::new(Mutex::new(0));
    let count = Arc::clone(&visitors);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            *count.lock().unwrap() += 1;
            tokio::spawn(write(stream, pieces.clone(), pause));
        }
    });
    (url, visitors)
}

async fn write(mut stream: TcpStream, pieces: Vec<Vec<u8>>, pause: Duration) {
    // The head of a GET comes in one piece on loopback.
    let _ = stream.read(&mut [0; 4096]).await;
    for piece in pieces {
        if stream.write_all(&piece).await.is_err() {
            break;
        }
        tokio::time::sleep(pause).await;
    }
}
