use super::*;

#[track_caller]
fn check(rows: &[(&str, &str, &str)]) {
    for (sentence, of, says) in rows {
        let read = said(sentence).map(|said| {
            let from = said.from.map_or(String::new(), |day| format!(" from {day}"));
            (said.of.unwrap_or_default(), format!("{}{from}", said.state))
        });
        let expected = (!says.is_empty()).then(|| (*of, (*says).to_owned()));
        assert_eq!(read, expected, "{sentence}");
    }
}

#[test]
fn a_sentence_says_how_a_stream_is() {
    check(&[
        ("The Farm Stream is not accepting applications at this time", "The Farm Stream", "paused"),
        (
            "The Farm Stream is not currently accepting new applications",
            "The Farm Stream",
            "paused",
        ),
        ("This stream is paused until further notice.", "This stream", "paused"),
        ("This stream is temporarily closed to new applications", "This stream", "paused"),
        ("The stream is closed temporarily", "The stream", "paused"),
        ("This stream is now closed", "This stream", "closed"),
        (
            "The stream is closed, and no additional registrations will be accepted",
            "The stream",
            "closed",
        ),
        ("The stream is no longer available", "The stream", "closed"),
        ("The Farm Stream is no longer accepting applications", "The Farm Stream", "intake_closed"),
        ("The Farm Stream has reached its annual limit", "The Farm Stream", "intake_closed"),
        (
            "The Farm Stream has reached its cap for 2027 and will reopen on January 1, 2028.",
            "The Farm Stream",
            "intake_closed",
        ),
        ("The Farm Stream has reopened", "The Farm Stream", "open"),
        ("The Farm Stream is now accepting applications", "The Farm Stream", "open"),
        ("Skilled Workers in PEI is closed", "Skilled Workers in PEI", "closed"),
        (
            "Employer Job Offer: Foreign Worker stream is open",
            "Employer Job Offer: Foreign Worker stream",
            "open",
        ),
    ]);
}

#[test]
fn a_sentence_may_say_why() {
    check(&[
        (
            "The Farm Stream has reached its 2026 limit and is closed to new applications.",
            "The Farm Stream",
            "closed",
        ),
        (
            "Because the 2026 allocation has been used, the Farm Stream is closed.",
            "the Farm Stream",
            "closed",
        ),
        ("As the limit has been reached, this stream is paused.", "this stream", "paused"),
        (
            "The Farm Stream has met its target for 2026 and is not accepting Expressions of Interest.",
            "The Farm Stream",
            "paused",
        ),
        ("The Farm Stream has met its target and will reopen soon.", "", ""),
        (
            "The Farm Stream reached its quota, and new applications will be returned.",
            "The Farm Stream",
            "intake_closed",
        ),
        ("The Farm Stream reached its quota in 2024 and reopened in 2025.", "", ""),
        ("If the Farm Stream reached its quota, and new applications are returned, wait.", "", ""),
        (
            "No new applications will be accepted under the Farm Stream after December 31, 2026.",
            "the Farm Stream",
            "intake_closed from 2027-01-01",
        ),
        ("No new applications will be accepted after you leave.", "", ""),
        (
            "The Farm Stream will not accept new profiles between December 1, 2026 and January 31, 2027.",
            "The Farm Stream",
            "paused from 2026-12-01",
        ),
        ("Because the Farm Stream is closed, see the Care Pathway.", "", ""),
        (
            "Since October 5, 2026, the Farm Stream is closed.",
            "the Farm Stream",
            "closed from 2026-10-05",
        ),
    ]);
}

#[test]
fn a_sentence_says_how_an_intake_is() {
    check(&[
        ("Intake is paused", "", "paused"),
        ("Intake for the Farm Stream has been suspended", "the Farm Stream", "paused"),
        ("Intake is paused for the Farm Stream", "the Farm Stream", "paused"),
        ("Applications are closed to the Farm Stream", "the Farm Stream", "closed"),
        ("Applications to this stream are on hold", "this stream", "paused"),
        ("Applications are closed for this year", "", "closed"),
        ("Registration for this stream is closed", "this stream", "closed"),
        ("The intake limit for this stream has been reached.", "this stream", "intake_closed"),
        (
            "No new applications will be accepted for the Farm Stream",
            "the Farm Stream",
            "intake_closed",
        ),
        ("We are not accepting new applications", "", "paused"),
        ("Applications under this stream are no longer accepted", "this stream", "intake_closed"),
        (
            "We no longer accept applications for this work permit",
            "this work permit",
            "intake_closed",
        ),
        ("IRCC no longer accepts new applications", "", "intake_closed"),
        ("Both streams are closed", "Both streams", "closed"),
        (
            "Both the Farm Stream and the Care Pathway are closed",
            "Both the Farm Stream and the Care Pathway",
            "closed",
        ),
        ("The Farm and Care streams are both closed", "The Farm and Care streams", "closed"),
        ("All of our worker pathways are paused", "All of our worker pathways", "paused"),
        ("Intake to the BC PNP is paused", "the BC PNP", "paused"),
        ("We are no longer taking applications for this stream", "this stream", "intake_closed"),
        (
            "Effective immediately, we have suspended intake for the Farm Stream",
            "the Farm Stream",
            "paused",
        ),
        ("The AAIP is not accepting applications to the Farm Stream", "the Farm Stream", "paused"),
        ("We have paused the Farm Stream", "the Farm Stream", "paused"),
        ("Please note: due to high demand, this stream is full", "this stream", "intake_closed"),
    ]);
}

#[test]
fn the_day_at_the_end_of_two_predicates_is_that_of_both() {
    check(&[
        (
            "The Farm Stream is paused and is not accepting applications as of August 4, 2026.",
            "The Farm Stream",
            "paused from 2026-08-04",
        ),
        (
            "The Farm Stream is paused and is not accepting applications until August 4, 2026.",
            "The Farm Stream",
            "paused",
        ),
        (
            "The Farm Stream is closed and has reopened on August 4, 2026.",
            "The Farm Stream",
            "closed",
        ),
    ]);
}

#[test]
fn a_policy_or_a_permit_ends_as_a_stream_does() {
    check(&[
        (
            "This public policy expired on March 22, 2026.",
            "This public policy",
            "closed from 2026-03-22",
        ),
        (
            "As of January 1, 2027, we no longer accept applications for this temporary work permit.",
            "this temporary work permit",
            "intake_closed from 2027-01-01",
        ),
    ]);
}

#[test]
fn a_sentence_says_from_which_day() {
    check(&[
        (
            "This stream will be paused from January 15, 2027",
            "This stream",
            "paused from 2027-01-15",
        ),
        (
            "Effective January 15, 2027, this stream will not accept new applications",
            "this stream",
            "paused from 2027-01-15",
        ),
        (
            "As of January 15, 2027, the Farm Stream will no longer accept applications",
            "the Farm Stream",
            "intake_closed from 2027-01-15",
        ),
        (
            "The Farm Stream will close on January 15, 2027 at this time",
            "The Farm Stream",
            "closed from 2027-01-15",
        ),
        ("The Farm Stream closes on January 15, 2027", "The Farm Stream", "closed from 2027-01-15"),
        ("Intake will reopen on March 1, 2027", "", "open from 2027-03-01"),
        (
            "We will pause intake for the Farm Stream starting January 15, 2027",
            "the Farm Stream",
            "paused from 2027-01-15",
        ),
        (
            "Effective January 15, 2027, new applications will no longer be accepted under this stream.",
            "this stream",
            "intake_closed from 2027-01-15",
        ),
        (
            "We will stop accepting applications on January 15, 2027",
            "",
            "intake_closed from 2027-01-15",
        ),
        ("The Farm Stream reopened on January 5, 2026", "The Farm Stream", "open from 2026-01-05"),
        (
            "The Farm Stream has been closed since January 5, 2026",
            "The Farm Stream",
            "closed from 2026-01-05",
        ),
    ]);
}

#[test]
fn a_sentence_says_what_was_so_from_a_day() {
    check(&[
        (
            "The Farm Stream closed on January 15, 2027.",
            "The Farm Stream",
            "closed from 2027-01-15",
        ),
        (
            "Intake for this stream was paused on January 15, 2027",
            "this stream",
            "paused from 2027-01-15",
        ),
    ]);
}

#[test]
fn a_sentence_goes_on_with_what_will_be_so() {
    let then = |sentence: &str| {
        let said = said(sentence).unwrap_or_else(|| panic!("{sentence}"));
        said.then.map(|(day, state)| format!("{}, {state} from {day}", said.state))
    };
    for sentence in [
        "The Farm Stream is paused and will reopen on January 15, 2027.",
        "The Farm Stream is paused; it will reopen on Friday, January 15, 2027 at 9 a.m. MST",
        "Intake is paused and will resume on January 15, 2027 at 9:00 a.m.",
        "The Farm Stream is not accepting applications, but will reopen to new applications on January 15, 2027",
        "The Farm Stream is paused until January 15, 2027, when it will reopen.",
        "The Farm Stream is paused and applications will be accepted again starting January 15, 2027",
        "The Farm Stream is paused and reopens on January 15, 2027",
    ] {
        assert_eq!(then(sentence).as_deref(), Some("paused, open from 2027-01-15"), "{sentence}");
    }
    for sentence in [
        "The Farm Stream is paused and is expected to reopen on January 15, 2027",
        "The Farm Stream is paused and will reopen in 2027",
        "The Farm Stream is paused until January 15, 2027",
    ] {
        assert_eq!(then(sentence), None, "{sentence}");
    }
    assert_eq!(
        goes_on("It will reopen on January 15, 2027."),
        Some(("2027-01-15".parse().unwrap(), OPEN))
    );
    assert_eq!(goes_on("The portal will reopen on January 15, 2027."), None);
    check(&[
        ("Intake will reopen January 15, 2027", "", "open from 2027-01-15"),
        (
            "Applications will be accepted again starting January 15, 2027",
            "",
            "open from 2027-01-15",
        ),
        (
            "The Farm Stream will close on Friday, January 15, 2027 at 4:30 p.m.",
            "The Farm Stream",
            "closed from 2027-01-15",
        ),
    ]);
}

#[test]
fn a_stretch_of_days_ends_the_day_after_its_last() {
    for (sentence, expected) in [
        (
            "The Farm Stream is temporarily closed from December 24, 2026 to January 3, 2027",
            "paused from 2026-12-24, open from 2027-01-04",
        ),
        (
            "Intake will be open from July 1, 2026 until July 31, 2026",
            "open from 2026-07-01, closed from 2026-08-01",
        ),
    ] {
        let said = said(sentence).unwrap_or_else(|| panic!("{sentence}"));
        let (from, (day, then)) = (said.from.unwrap(), said.then.unwrap());
        assert_eq!(format!("{} from {from}, {then} from {day}", said.state), expected);
    }
}

#[test]
fn a_sentence_says_so_in_french() {
    check(&[
        ("Le programme est fermé", "Le programme", "closed"),
        ("Le volet agricole est temporairement fermé.", "Le volet agricole", "paused"),
        ("Ce volet est suspendu jusqu'à nouvel ordre", "Ce volet", "paused"),
        ("Le volet n'accepte plus de demandes", "Le volet", "intake_closed"),
        ("Le volet n'accepte pas de nouvelles demandes pour le moment", "Le volet", "paused"),
        ("Nous n'acceptons plus de nouvelles demandes", "", "intake_closed"),
        ("La réception des demandes est suspendue", "", "paused"),
        ("Le plafond de 2026 est atteint", "", "intake_closed"),
        ("La catégorie de l'expérience a rouvert", "La catégorie de l'expérience", "open"),
        (
            "À compter du 1er juillet 2026, le volet n'acceptera plus de demandes",
            "le volet",
            "intake_closed from 2026-07-01",
        ),
        (
            "Le volet agricole reprendra le 15 janvier 2027",
            "Le volet agricole",
            "open from 2027-01-15",
        ),
        ("Le volet n'est pas suspendu", "", ""),
        ("Le volet pourrait être suspendu", "", ""),
        ("Si le volet est fermé, votre demande est retournée", "", ""),
        ("Le volet sera suspendu", "", ""),
        ("Le bureau est fermé", "", ""),
        ("Le volet est-il fermé?", "", ""),
    ]);
}

#[test]
fn what_has_reached_its_limit_is_shut_until_it_reopens() {
    let read =
        said("The Farm Stream has reached its cap for 2027 and will reopen on January 1, 2028.");
    let then = read.and_then(|said| said.then).map(|(day, state)| format!("{state} from {day}"));
    assert_eq!(then.as_deref(), Some("open from 2028-01-01"));
}

#[test]
fn a_limit_is_reached() {
    check(&[
        ("The limit for 2026 has been reached", "", "intake_closed"),
        ("This stream has reached capacity", "This stream", "intake_closed"),
        ("The limit for 2026 has not been reached", "", ""),
        ("The Farm Stream is not at capacity", "", ""),
    ]);
}

#[test]
fn any_other_sentence_says_nothing() {
    for sentence in [
        "If the Farm Stream is closed, your application is returned",
        "When this stream is full, we stop",
        "Once intake is paused, you cannot apply",
        "Unless the stream is closed, apply online",
        "If you are no longer working for your employer, your application is closed",
        "Your application is closed",
        "The Farm Stream is closed on weekends",
        "The Farm Stream is closed to applicants without a job offer",
        "The Farm Stream is closed, except for nurses",
        "The Farm Stream will be closed later this year",
        "The Farm Stream will be paused",
        "The Farm Stream may close on January 15, 2027",
        "The Farm Stream was closed in 2024",
        "The Farm Stream closed on March 1, 2020 and reopened on April 5, 2021",
        "Intake was paused on March 1, 2020 until April 5, 2021",
        "Applications are not accepted by mail",
        "From June 11 to June 20, 2025, intake was paused",
        "The AAIP portal is closed for maintenance on December 5, 2026",
        "Our office is closed from December 24 to January 2",
        "It will reopen on January 15, 2027",
        "The Farm Stream is closed; other streams will reopen on January 15, 2027",
        "This stream is open to foreign workers in and outside of Canada",
        "Is this stream closed?",
        "The Farm Stream is not for students",
        "You must apply before the stream is closed",
        "We are not accepting paper applications",
        "We do not accept applications from agents",
        "The Farm Stream is closed as of next Monday",
    ] {
        assert_eq!(said(sentence), None, "{sentence}");
    }
}

#[test]
fn what_has_expired_in_french_is_closed() {
    check(&[
        ("Le volet a expiré le 2 mars 2026.", "Le volet", "closed from 2026-03-02"),
        (
            "Cette politique publique a expiré le 2 mars 2026.",
            "Cette politique publique",
            "closed from 2026-03-02",
        ),
    ]);
}

#[test]
fn a_closure_is_said_plainly() {
    check(&[
        (
            "The Farm Stream will stop taking applications at 4:30 p.m. on December 18, 2026.",
            "The Farm Stream",
            "intake_closed from 2026-12-18",
        ),
        (
            "The Farm Stream stops accepting applications on December 18, 2026.",
            "The Farm Stream",
            "intake_closed from 2026-12-18",
        ),
        (
            "We are pausing intake to the Farm Stream from December 15, 2026 to January 15, 2027.",
            "the Farm Stream",
            "paused from 2026-12-15",
        ),
        ("We are pausing intake to the Farm Stream.", "the Farm Stream", "paused"),
        (
            "Update, November 10, 2026: the limit for the year has been reached.",
            "",
            "intake_closed",
        ),
        ("The Farm Stream is therefore closed.", "The Farm Stream", "closed"),
        (
            "The last day to apply to the Farm Stream was November 9, 2026.",
            "the Farm Stream",
            "closed from 2026-11-10",
        ),
        (
            "Applications to the Farm Stream received after November 15, 2026 will be returned.",
            "the Farm Stream",
            "intake_closed from 2026-11-16",
        ),
        (
            "Applications received on or after November 15, 2026 will not be accepted.",
            "",
            "intake_closed from 2026-11-15",
        ),
        (
            "There will be no intake for the Farm Stream in 2027.",
            "the Farm Stream",
            "intake_closed from 2027-01-01",
        ),
        ("Applicants can no longer apply to the Farm Stream.", "the Farm Stream", "intake_closed"),
    ]);
}

#[test]
fn a_closure_is_said_plainly_in_french() {
    check(&[
        (
            "Nous n’acceptons plus de demandes dans le Programme agricole.",
            "Programme agricole",
            "intake_closed",
        ),
        (
            "Le Programme agricole cessera d’accepter des demandes le 15 janvier 2027.",
            "Le Programme agricole",
            "intake_closed from 2027-01-15",
        ),
        (
            "Le quota du Programme agricole est atteint; aucune autre demande ne sera acceptée.",
            "Programme agricole",
            "intake_closed",
        ),
        (
            "La réception des demandes dans le Programme agricole est interrompue.",
            "Programme agricole",
            "paused",
        ),
        (
            "Le Programme agricole prendra fin le 15 janvier 2027.",
            "Le Programme agricole",
            "closed from 2027-01-15",
        ),
    ]);
}

#[test]
fn what_only_looks_like_a_closure_is_none() {
    for sentence in [
        "Our office is closed on December 25, 2026.",
        "The information session about the Farm Stream on November 20 is full.",
        "Interviews for the Farm Stream are paused until January 5, 2027.",
        "The Farm Stream no longer accepts paper applications.",
        "The Farm Stream no longer accepts applications that are incomplete.",
        "The Farm Stream is not affected by the pause of the entrepreneur streams.",
        "Incomplete applications received after November 15, 2026 will be returned.",
        "Applications received after the deadline will be returned.",
        "Applications received after November 15, 2026 will be assessed under the new rules.",
        "We are pausing interviews for the Farm Stream.",
        "Nurses can no longer apply to the Farm Stream.",
        "There will be no intake fee for the Farm Stream in 2027.",
        "Nous n’acceptons plus de demandes sur papier dans le Programme agricole.",
        "Les entrevues du Programme agricole sont suspendues jusqu’au 30 juin 2027.",
        "Le Programme agricole n’est pas touché par la suspension du volet des gens d’affaires.",
    ] {
        assert_eq!(said(sentence), None, "{sentence}");
    }
}

#[test]
fn a_state_has_a_last_day() {
    for sentence in [
        "The Farm Stream is paused until February 1, 2027.",
        "Intake for the Farm Stream is on hold until 4:30 p.m. on February 1, 2027",
        "The Farm Stream will be paused from December 15, 2026 to February 1, 2027.",
        "We are pausing intake to the Farm Stream from December 15, 2026 until February 1, 2027.",
        "Le Programme agricole est suspendu jusqu’au 1er février 2027.",
        "La réception des demandes est suspendue jusqu'au 1er février 2027",
    ] {
        let until = said(sentence).unwrap_or_else(|| panic!("{sentence}")).until;
        assert_eq!(until, "2027-02-01".parse().ok(), "{sentence}");
    }
    let open = said("The Farm Stream is open until 4:30 p.m. on March 1, 2027.").unwrap();
    assert_eq!(open.then, Some(("2027-03-02".parse().unwrap(), CLOSED)));
    let reopens = said("Le volet est temporairement fermé et rouvrira le 1er mars 2027").unwrap();
    assert_eq!(reopens.then, Some(("2027-03-01".parse().unwrap(), OPEN)));
}
