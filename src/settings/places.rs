//! Where the configuration and the state are.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The name of the configuration file.
const FILE: &str = "rulewatch.toml";

/// The value of a variable, if it is set and not empty.
fn variable(env: Env<'_>, name: &str) -> Option<PathBuf> {
    env(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// A directory of the XDG base directory specification, which says to ignore relative ones.
fn base(env: Env<'_>, name: &str, below_home: &str) -> Option<PathBuf> {
    let named = variable(env, name).filter(|path| path.is_absolute());
    named.or_else(|| variable(env, "HOME").map(|home| home.join(below_home)))
}

/// The configuration file: the named one, whether or not it exists, else the first of the usual ones
/// that exists.
pub(super) fn config(named: Option<PathBuf>, env: Env<'_>) -> Option<PathBuf> {
    named
        .or_else(|| variable(env, "RULEWATCH_CONFIG"))
        .or_else(|| usual(env).into_iter().find(|path| path.exists()))
}

/// Where a configuration file is looked for when none is named.
pub(super) fn usual(env: Env<'_>) -> Vec<PathBuf> {
    let home = base(env, "XDG_CONFIG_HOME", ".config").map(|dir| dir.join("rulewatch").join(FILE));
    std::iter::once(PathBuf::from(FILE)).chain(home).collect()
}

/// The directory a file is in.
pub(super) fn beside(file: &Path) -> PathBuf {
    match file.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory.to_path_buf(),
        Some(_) | None => PathBuf::from("."),
    }
}

/// The state directory: the named one, else systemd's, else the user's.
pub(super) fn state(named: Option<PathBuf>, env: Env<'_>) -> Option<PathBuf> {
    named
        .or_else(|| variable(env, "RULEWATCH_STATE"))
        .or_else(|| of_systemd(env))
        .or_else(|| base(env, "XDG_STATE_HOME", ".local/state").map(|dir| dir.join("rulewatch")))
}

/// The first of the unit's state directories: systemd joins several with colons.
fn of_systemd(env: Env<'_>) -> Option<PathBuf> {
    let all = variable(env, "STATE_DIRECTORY")?.into_os_string().into_string().ok()?;
    all.split(':').find(|path| !path.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<OsString> + 'a {
        |name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
    }

    fn state_of(set: &[(&str, &str)]) -> Option<String> {
        state(None, &with(set)).map(|path| path.display().to_string())
    }

    #[test]
    fn the_state_is_where_the_nearest_says() {
        let home = ("HOME", "/home/ana");
        assert_eq!(state_of(&[]), None);
        assert_eq!(state_of(&[home]).unwrap(), "/home/ana/.local/state/rulewatch");
        let xdg = ("XDG_STATE_HOME", "/x");
        assert_eq!(state_of(&[home, xdg]).unwrap(), "/x/rulewatch");
        assert_eq!(
            state_of(&[home, ("XDG_STATE_HOME", "relative")]).unwrap(),
            "/home/ana/.local/state/rulewatch"
        );
        let systemd = ("STATE_DIRECTORY", "/var/lib/rulewatch:/var/lib/other");
        assert_eq!(state_of(&[home, xdg, systemd]).unwrap(), "/var/lib/rulewatch");
        let own = ("RULEWATCH_STATE", "/s");
        assert_eq!(state_of(&[home, xdg, systemd, own]).unwrap(), "/s");
        assert_eq!(state(Some("/cli".into()), &with(&[own])).unwrap(), Path::new("/cli"));
        assert_eq!(state_of(&[home, ("RULEWATCH_STATE", "")]).unwrap(), state_of(&[home]).unwrap());
    }

    #[test]
    fn the_configuration_is_looked_for_here_and_at_home() {
        let usual = |set: &[(&str, &str)]| usual(&with(set));
        assert_eq!(usual(&[]), [Path::new("rulewatch.toml")]);
        assert_eq!(
            usual(&[("HOME", "/home/ana")])[1],
            Path::new("/home/ana/.config/rulewatch/rulewatch.toml")
        );
        assert_eq!(
            usual(&[("HOME", "/home/ana"), ("XDG_CONFIG_HOME", "/c")])[1],
            Path::new("/c/rulewatch/rulewatch.toml")
        );
        let set = [("RULEWATCH_CONFIG", "/etc/rulewatch/rulewatch.toml")];
        assert_eq!(config(None, &with(&set)).unwrap(), Path::new(set[0].1));
        assert_eq!(config(Some("/cli.toml".into()), &with(&set)).unwrap(), Path::new("/cli.toml"));
    }

    #[test]
    fn a_file_without_a_directory_is_here() {
        assert_eq!(beside(Path::new("rulewatch.toml")), Path::new("."));
        assert_eq!(beside(Path::new("/etc/rulewatch/rulewatch.toml")), Path::new("/etc/rulewatch"));
    }
}
