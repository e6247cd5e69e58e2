//! The key of an installation, from which each hook's secret is made, and signatures.
//!
//! The key is in a file beside the database, or handed over by systemd, never in the database: a copy of the
//! database gives nobody the means to sign. A hook's secret is made of the key and of the hook's own salt.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, chown};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use crate::model::{DeliveryId, NewHook, Secret};

/// Where the key is.
#[derive(Debug, Clone)]
pub enum HookKey {
    /// It was handed over.
    Given(Secret),
    /// In a file, which is made when the first hook is added.
    File(PathBuf),
}

/// What every secret begins with, by the conventions of Standard Webhooks.
const PREFIX: &str = "whsec_";

/// The length of keys and secrets, in bytes.
const LENGTH: usize = 32;

type Signer = Hmac<Sha256>;

impl HookKey {
    /// Reads the key.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let bad = || io::Error::new(io::ErrorKind::InvalidData, "it is not 32 bytes in base64");
        let text = match self {
            Self::Given(secret) => secret.expose().to_owned(),
            Self::File(path) => fs::read_to_string(path)?,
        };
        let key = STANDARD.decode(text.trim()).map_err(|_| bad())?;
        if key.len() >= LENGTH { Ok(key) } else { Err(bad()) }
    }

    /// Reads the key; makes it first where there is none yet.
    pub(super) fn read_or_make(&self) -> io::Result<Vec<u8>> {
        match (self, self.read()) {
            (Self::File(path), Err(error)) if error.kind() == io::ErrorKind::NotFound => {
                make(path)?;
                self.read()
            }
            (_, read) => read,
        }
    }

    /// Where it is, in words.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Given(_) => "the credential webhook-key".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// Writes a new key that only its owner can read: the owner of the folder.
fn make(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
    let written = writeln!(file, "{}", STANDARD.encode(random()?)).and_then(|()| file.sync_all());
    if let Err(error) = written {
        drop(fs::remove_file(path));
        return Err(error);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(Ok(owner)) = folder.map(fs::metadata)
        && fs::metadata(path)?.uid() != owner.uid()
    {
        // Only root can, and only root needs to: a service could not read a file of root's.
        drop(chown(path, Some(owner.uid()), Some(owner.gid())));
    }
    Ok(())
}

/// Random bytes.
pub(super) fn random() -> io::Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// The secret of a hook, as it is shown to its owner.
pub(super) fn secret(key: &[u8], salt: &str) -> Secret {
    Secret::new(format!("{PREFIX}{}", STANDARD.encode(secret_bytes(key, salt))).as_str())
}

fn secret_bytes(key: &[u8], salt: &str) -> Vec<u8> {
    mac(key, &[b"rulewatch hook\0", salt.as_bytes()])
}

/// The headers of a call: what form it has, which it is and when it is made, and what proves all but the first.
pub(super) fn headers(
    key: &[u8],
    hook: &NewHook,
    (id, at): (&DeliveryId, Timestamp),
    body: &[u8],
) -> Vec<(&'static str, String)> {
    let at = at.as_second().to_string();
    let parts = [id.as_str().as_bytes(), b".", at.as_bytes(), b".", body];
    let signature = STANDARD.encode(mac(&secret_bytes(key, &hook.salt), &parts));
    vec![
        ("content-type", hook.form.media_type().to_owned()),
        ("webhook-id", id.to_string()),
        ("webhook-timestamp", at),
        ("webhook-signature", format!("v1,{signature}")),
    ]
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Signer::new_from_slice(key).expect("a key of any length is taken");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("webhook-key");
        let key = HookKey::File(path.clone());
        assert_eq!(key.read().unwrap_err().kind(), io::ErrorKind::NotFound);
        let made = key.read_or_make().unwrap();
        assert_eq!((made.len(), key.read_or_make().unwrap()), (LENGTH, made));
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        fs::write(&path, "short").unwrap();
        assert_eq!(key.read_or_make().unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_signature_is_that_of_the_conventions() {
        // The example of the Standard Webhooks specification.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let parts: [&[u8]; 1] = [b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}"];
        let signature = STANDARD.encode(mac(&key, &parts));
        assert_eq!(signature, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn secrets_differ_by_hook_and_by_installation() {
        let one = secret(&[1; 32], "a");
        assert!(one.expose().starts_with("whsec_"));
        assert_ne!(one.expose(), secret(&[1; 32], "b").expose());
        assert_ne!(one.expose(), secret(&[2; 32], "a").expose());
    }
}
