//! The web pages: whether they are where the settings say, and whether people can subscribe on them.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::Finding;
use crate::settings::Settings;

const ABOUT: &str = "web pages";

/// How long this machine may take to answer itself.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is found of the web pages. `is_served` tells whether a daemon runs, which serves them.
pub(super) fn web(settings: &Settings, is_served: bool) -> Vec<Finding> {
    let Some(listen) = settings.http.listen else {
        return vec![Finding::well(ABOUT, "none are served: `listen` under [http] is not set")];
    };
    let mut found = vec![listening(listen, is_served)];
    if !settings.http.sign_up || settings.http.public_url.is_none() {
        // That nobody can subscribe for want of an address is a doubt of the configuration.
        return found;
    }
    if let Err(missing) = settings.check_for_subscriber_letters() {
        let says = format!("nobody can subscribe on them: {missing}");
        found.push(Finding::doubt(
            ABOUT,
            says,
            "write it in the configuration, or set `sign_up = false`",
        ));
    }
    found
}

fn listening(listen: SocketAddr, is_served: bool) -> Finding {
    let answers = listen.port() != 0 && TcpStream::connect_timeout(&listen, PATIENCE).is_ok();
    match (answers, is_served) {
        (true, _) => Finding::well(ABOUT, format!("something answers at {listen}")),
        (false, true) => Finding::fault(
            ABOUT,
            format!("the daemon runs, and nothing answers at {listen}"),
            "`systemctl reload rulewatch`, and look into its log",
        ),
        (false, false) => match TcpListener::bind(listen) {
            Ok(_) => Finding::well(ABOUT, format!("{listen} is free for them")),
            Err(error) => Finding::fault(
                ABOUT,
                format!("they cannot be served at {listen}: {error}"),
                "set `listen` under [http] to an address of this machine and a free port",
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maintaining::Grade;

    #[test]
    fn a_port_that_is_free_that_answers_and_that_cannot_be_had() {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        assert_eq!(listening(free, false).grade, Grade::Well);
        let taken = TcpListener::bind(free).unwrap();
        let at = taken.local_addr().unwrap();
        assert_eq!(listening(at, true), Finding::well(ABOUT, format!("something answers at {at}")));
        drop(taken);
        assert_eq!(listening(at, true).grade, Grade::Fault);
        let elsewhere = SocketAddr::from(([192, 0, 2, 1], 80));
        assert_eq!(listening(elsewhere, false).grade, Grade::Fault);
    }
}
