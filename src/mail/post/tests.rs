//! Mail into a directory and into memory. `tests/it/mailing.rs` tests a mail server.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::model::{DeliveryId, EmailAddress, MailStep, Means};

fn message(id: &str, text: &str) -> Message {
    let address = EmailAddress::parse("ana@example.org").unwrap();
    Message {
        id: DeliveryId::parse(id).unwrap(),
        from: address.clone(),
        to: address,
        bytes: text.as_bytes().to_vec(),
    }
}

#[tokio::test]
async fn a_directory_holds_one_whole_file_a_letter() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("deep/outbox");
    let post = Post::Directory(Directory::new(&path));
    for text in ["first\r\n", "again\r\n"] {
        let sent = post.send(&message("d1", text)).await.unwrap();
        assert_eq!(sent.answer, path.join("d1.eml").display().to_string());
    }
    post.send(&message("d2", "other\r\n")).await.unwrap();
    let mut names: Vec<String> = fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["d1.eml", "d2.eml"], "a repeat replaces, nothing unfinished is left");
    assert_eq!(fs::read_to_string(path.join("d1.eml")).unwrap(), "again\r\n");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&path.join("d1.eml")), 0o600);
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_is_tried_again() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("a-file");
    fs::write(&file, "").unwrap();
    let post = Post::Directory(Directory::new(file.join("outbox")));
    let error = post.send(&message("d1", "x")).await.unwrap_err();
    assert_eq!((error.step, error.means), (MailStep::File, Means::Moment));
    assert!(error.to_string().contains("outbox/d1.eml"), "{error}");
}

#[tokio::test]
async fn memory_keeps_what_is_sent() {
    let memory = Memory::default();
    let post = Post::Memory(memory.clone());
    post.send(&message("d1", "x")).await.unwrap();
    post.rest().await;
    assert_eq!(memory.sent(), [message("d1", "x")]);
    let Message { from, to, .. } = message("d1", "x");
    assert!(post.rehearse(&from, &to).await.is_ok());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    use crate::mail::Smtp;
    use crate::model::{MailServer, Tls};
    // A port that was free a moment ago: nothing listens on it.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = MailServer { tls: Tls::None, ..MailServer::new("127.0.0.1", free) };
    let post = Post::Smtp(Smtp::new(config).unwrap());
    let error = post.send(&message("d1", "x")).await.unwrap_err();
    assert_eq!((error.step, error.means), (MailStep::Connect, Means::Moment), "{error}");
    let Message { from, to, .. } = message("d1", "x");
    assert!(post.rehearse(&from, &to).await.is_err());
}
