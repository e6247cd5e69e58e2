//! The connection to a mail server, below SMTP: it knows whether we have said anything yet, and cuts
//! off an endless answer.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The most that a server may say before we say something again: far more than any answer, and more
/// than a TLS handshake takes.
const LONGEST_ANSWER: usize = 256 * 1024;

/// A connection to a mail server.
#[derive(Debug)]
pub(super) struct Line {
    stream: TcpStream,
    has_spoken: Arc<AtomicBool>,
    heard: usize,
}

impl Line {
    /// Takes a connection. Commands and letters are sent at once, without waiting for more data.
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, has_spoken: Arc::default(), heard: 0 })
    }

    /// Whether we have said anything yet; it stays up to date while the line is in use.
    pub(super) fn has_spoken(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.has_spoken)
    }

    /// The address at our end.
    pub(super) fn local_address(&self) -> io::Result<SocketAddr> {
        self.stream.local_addr()
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.heard > LONGEST_ANSWER {
            return Poll::Ready(Err(io::Error::other("the server's answer has no end")));
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.heard += buffer.filled().len() - before;
        polled
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.heard = 0;
        self.has_spoken.store(true, Ordering::Relaxed);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for Line {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
