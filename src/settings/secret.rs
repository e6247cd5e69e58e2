//! Reads a secret from a file that nobody else can read.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::model::Secret;

/// The largest secret file that is read: a larger one is some other file.
const LARGEST: u64 = 4096;

/// A secret that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum SecretError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        #[source]
        source: io::Error,
    },
    /// Others can read it.
    #[error("{} can be read by others (mode {mode:04o}): chmod 600 it", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It does not contain exactly one line.
    #[error("{} must hold one line of text, the password", path.display())]
    NotOneLine {
        /// The file.
        path: PathBuf,
    },
}

/// The password that systemd hands to the service, else the one in the named file.
pub(super) fn smtp_password(
    named: Option<&Path>,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<Secret>, SecretError> {
    let credentials = env("CREDENTIALS_DIRECTORY").filter(|value| !value.is_empty());
    let handed = credentials.map(|dir| PathBuf::from(dir).join("smtp-password"));
    match (handed.filter(|path| path.exists()), named) {
        // Its mode says nothing: systemd opens the directory only to the service, and an access list can
        // show as a group's right.
        (Some(path), _) => read(&path).map(Some),
        (None, Some(path)) => {
            let metadata = fs::metadata(path)
                .map_err(|source| SecretError::Read { path: path.to_path_buf(), source })?;
            let mode = metadata.permissions().mode() & 0o7777;
            if mode & 0o177 != 0 {
                return Err(SecretError::Open { path: path.to_path_buf(), mode });
            }
            read(path).map(Some)
        }
        (None, None) => Ok(None),
    }
}

/// A secret that systemd hands to the service under a name.
pub(super) fn handed(
    name: &str,
    env: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<Secret>, SecretError> {
    let credentials = env("CREDENTIALS_DIRECTORY").filter(|value| !value.is_empty());
    let path = credentials.map(|dir| PathBuf::from(dir).join(name)).filter(|path| path.exists());
    path.as_deref().map(read).transpose()
}

fn read(path: &Path) -> Result<Secret, SecretError> {
    let fault = |source| SecretError::Read { path: path.to_path_buf(), source };
    let mut text = String::new();
    let file = File::open(path).map_err(fault)?;
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(fault)?;
    // Editors end a file with a line end, which is not part of the password.
    let line =
        text.strip_suffix('\n').map_or(&*text, |line| line.strip_suffix('\r').unwrap_or(line));
    let one_line = !line.is_empty() && !line.chars().any(char::is_control);
    if !one_line || text.len() as u64 > LARGEST {
        return Err(SecretError::NotOneLine { path: path.to_path_buf() });
    }
    Ok(Secret::new(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(dir: &Path, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = dir.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn a_password_comes_from_a_private_file() {
        let dir = tempfile::tempdir().unwrap();
        let nothing = |_: &str| None;
        let path = written(dir.path(), "password", "s3cret é\r\n", 0o600);
        let secret = smtp_password(Some(&path), &nothing).unwrap().unwrap();
        assert_eq!(secret.expose(), "s3cret é");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        for mode in [0o640, 0o604, 0o644, 0o700, 0o610] {
            let path = written(dir.path(), "password", "s3cret", mode);
            let error = smtp_password(Some(&path), &nothing).unwrap_err();
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
        assert!(smtp_password(Some(&dir.path().join("none")), &nothing).is_err());
        assert_eq!(smtp_password(None, &nothing).unwrap(), None);
    }

    #[test]
    fn systemd_hands_it_over_first() {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path(), "smtp-password", "handed\n", 0o440);
        let file = written(dir.path(), "password", "named", 0o600);
        let env = |name: &str| {
            (name == "CREDENTIALS_DIRECTORY").then(|| dir.path().as_os_str().to_owned())
        };
        assert_eq!(smtp_password(Some(&file), &env).unwrap().unwrap().expose(), "handed");
        fs::remove_file(dir.path().join("smtp-password")).unwrap();
        assert_eq!(smtp_password(Some(&file), &env).unwrap().unwrap().expose(), "named");
    }

    #[test]
    fn what_is_no_password_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for text in ["", "\n", "a\nb\n", "a\0b", &"x".repeat(5000)] {
            let path = written(dir.path(), "password", text, 0o600);
            let error = smtp_password(Some(&path), &|_| None).unwrap_err();
            assert!(matches!(error, SecretError::NotOneLine { .. }), "{error}");
        }
    }
}
