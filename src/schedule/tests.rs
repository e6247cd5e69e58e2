//! Schedules on the days that clocks change, and on all others.

use super::*;

const TORONTO: &str = "America/Toronto";

fn toronto(expression: &str) -> Schedule {
    Schedule::parse(expression, TORONTO).unwrap()
}

/// An instant from a Toronto reading with its offset: `2026-11-01T01:10-05:00`.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The firings after an instant, one a line: the reading in the zone, its abbreviation, the kind
/// where it is not normal.
fn firings(expression: &str, zone: &str, after: &str, count: usize) -> String {
    let schedule = Schedule::parse(expression, zone).unwrap();
    let mut after = at(after);
    let mut lines = Vec::new();
    for _ in 0..count {
        let Some(firing) = schedule.next(after) else { break };
        assert!(firing.at > after, "{} is not after {after}", firing.at);
        let reading = firing.at.to_zoned(zone::zone(zone).unwrap());
        let kind = match firing.kind {
            FiringKind::Normal => String::new(),
            kind => format!(" {kind:?}"),
        };
        lines.push(format!("{}{kind}", reading.strftime("%a %Y-%m-%d %H:%M:%S %Z")));
        after = firing.at;
    }
    lines.join("\n")
}

#[track_caller]
fn check(expression: &str, after: &str, expected: &[&str]) {
    assert_eq!(firings(expression, TORONTO, after, expected.len()), expected.join("\n"));
}

#[test]
fn fires_on_working_hours() {
    // A Friday evening: the next is on Monday.
    check(
        "0 5 7-20 * * Mon-Fri",
        "2026-11-20T20:00-05:00",
        &[
            "Fri 2026-11-20 20:05:00 EST",
            "Mon 2026-11-23 07:05:00 EST",
            "Mon 2026-11-23 08:05:00 EST",
        ],
    );
}

#[test]
fn several_expressions_fire_when_any_does() {
    check(
        "0 0 8 * * *; 0 */30 8-9 1 12 *",
        "2026-11-30T09:00-05:00",
        &[
            "Tue 2026-12-01 08:00:00 EST",
            "Tue 2026-12-01 08:30:00 EST",
            "Tue 2026-12-01 09:00:00 EST",
            "Tue 2026-12-01 09:30:00 EST",
            "Wed 2026-12-02 08:00:00 EST",
        ],
    );
    refuses(
        "0 0 8 * * *; hourly",
        TORONTO,
        "`hourly` has 1 field(s); a schedule has 6 or 7, seconds first: \
         write for example `0 5 7-20 * * Mon-Fri`",
    );
}

#[test]
fn a_reading_that_march_skips_fires_an_hour_later() {
    check(
        "0 30 2 * * *",
        "2026-03-07T01:00-05:00",
        &[
            "Sat 2026-03-07 02:30:00 EST",
            "Sun 2026-03-08 03:30:00 EDT GapShifted",
            "Mon 2026-03-09 02:30:00 EDT",
        ],
    );
    check(
        "0 30 2 * * Sun",
        "2026-03-07T01:00-05:00",
        &["Sun 2026-03-08 03:30:00 EDT GapShifted", "Sun 2026-03-15 02:30:00 EDT"],
    );
}

#[test]
fn a_skipped_reading_and_the_one_it_lands_on_fire_once() {
    check(
        "0 30 2,3 * * *",
        "2026-03-08T01:00-05:00",
        &["Sun 2026-03-08 03:30:00 EDT GapShifted", "Mon 2026-03-09 02:30:00 EDT"],
    );
}

#[test]
fn a_reading_that_november_repeats_fires_once() {
    check(
        "0 30 1 * * *",
        "2026-10-31T12:00-04:00",
        &["Sun 2026-11-01 01:30:00 EDT OverlapFirst", "Mon 2026-11-02 01:30:00 EST"],
    );
}

#[test]
fn a_quarter_hourly_schedule_never_goes_back() {
    check(
        "0 */15 * * * *",
        "2026-11-01T00:50-04:00",
        &[
            "Sun 2026-11-01 01:00:00 EDT OverlapFirst",
            "Sun 2026-11-01 01:15:00 EDT OverlapFirst",
            "Sun 2026-11-01 01:30:00 EDT OverlapFirst",
            "Sun 2026-11-01 01:45:00 EDT OverlapFirst",
            "Sun 2026-11-01 02:00:00 EST",
        ],
    );
    check(
        "0 */15 * * * *",
        "2026-03-08T01:45-05:00",
        &[
            "Sun 2026-03-08 03:00:00 EDT GapShifted",
            "Sun 2026-03-08 03:15:00 EDT GapShifted",
            "Sun 2026-03-08 03:30:00 EDT GapShifted",
            "Sun 2026-03-08 03:45:00 EDT GapShifted",
            "Sun 2026-03-08 04:00:00 EDT",
        ],
    );
}

#[test]
fn a_restart_in_the_repeated_hour_does_not_fire_in_the_past() {
    check("0 */15 * * * *", "2026-11-01T01:10-05:00", &["Sun 2026-11-01 02:00:00 EST"]);
    check("0 30 1 * * *", "2026-11-01T01:10-05:00", &["Mon 2026-11-02 01:30:00 EST"]);
}

#[test]
fn is_strictly_after_the_instant_asked_about() {
    let schedule = toronto("0 0 9 * * *");
    let nine = at("2026-11-20T09:00-05:00");
    assert_eq!(schedule.next(nine).unwrap().at, at("2026-11-21T09:00-05:00"));
    let just_before = nine - SignedDuration::from_nanos(1);
    assert_eq!(schedule.next(just_before).unwrap().at, nine);
}

#[test]
fn british_columbia_no_longer_falls_back() {
    // 2026b of the database; a stock server's own table may still say PST.
    let firing = firings("0 0 9 * * *", "America/Vancouver", "2026-11-20T00:00-07:00", 1);
    assert!(firing.starts_with("Fri 2026-11-20 09:00:00"), "{firing}");
    let schedule = Schedule::parse("0 0 9 * * *", "America/Vancouver").unwrap();
    let firing = schedule.next(at("2026-11-20T00:00-07:00")).unwrap();
    assert_eq!(firing.at, at("2026-11-20T09:00-07:00"));
}

#[test]
fn ends_with_its_years() {
    let schedule = toronto("0 0 9 1 1 * 2027");
    let firing = schedule.next(at("2026-11-20T00:00-05:00")).unwrap();
    assert_eq!(firing.at, at("2027-01-01T09:00-05:00"));
    assert_eq!(schedule.next(firing.at), None);
    assert_eq!(toronto("@daily").next(Timestamp::MAX), None);
    assert!(toronto("@daily").next(Timestamp::UNIX_EPOCH).is_some());
}

#[track_caller]
fn refuses(expression: &str, zone: &str, expected: &str) {
    assert_eq!(Schedule::parse(expression, zone).unwrap_err().to_string(), expected);
}

#[test]
fn a_fault_says_what_to_write_instead() {
    refuses(
        "5 7-20 * * 1-5",
        TORONTO,
        "`5 7-20 * * 1-5` has 5 field(s); a schedule has 6 or 7, seconds first: \
         write `0 5 7-20 * * Mon-Fri`",
    );
    refuses(
        "hourly",
        TORONTO,
        "`hourly` has 1 field(s); a schedule has 6 or 7, seconds first: \
         write for example `0 5 7-20 * * Mon-Fri`",
    );
    refuses(
        "0 5 7 * * 1,3-5/2",
        TORONTO,
        "weekdays are written by name, because cron dialects number them differently: \
         write `Mon,Wed-Fri/2` in place of `1,3-5/2` if 1 is your Monday",
    );
    refuses("0 0 9 * * *", "Toronto", "`Toronto` is not a time zone: write `America/Toronto`");
    refuses(
        "0 0 9 * * *",
        "Canada/Ottawa",
        "`Canada/Ottawa` is not a time zone: \
         write a name of the IANA database, such as `America/Toronto`",
    );
    refuses(
        "0 0 9 31 2 *",
        TORONTO,
        "`0 0 9 31 2 *` never fires: write a day that its months have",
    );
}

#[test]
fn a_syntax_fault_is_one_line() {
    refuses(
        "0 99 9 * * *",
        TORONTO,
        "`0 99 9 * * *` is not a schedule: Minutes must be less than 59. ('99' specified.)",
    );
    refuses(
        "0 0 9 * * Blursday",
        TORONTO,
        "`0 0 9 * * Blursday` is not a schedule: 'Blursday' is not a valid day of the week.",
    );
    refuses(
        "0 0 9 L * *",
        TORONTO,
        "`0 0 9 L * *` is not a schedule: \
         The 'Days of Month' field does not support using names. 'L' specified.",
    );
    refuses(
        "0 0 9 * * Fri-Mon",
        TORONTO,
        "`0 0 9 * * Fri-Mon` is not a schedule: \
         Invalid named range for Days of Week: Fri-Mon",
    );
    refuses("@never", TORONTO, "`@never` is not a schedule: it cannot be read from `@never` on");
}

fn pacing(max_jitter: SignedDuration) -> Pacing<'static> {
    Pacing { source_id: "ircc-ee-rounds", min_interval: SignedDuration::from_mins(10), max_jitter }
}

#[track_caller]
fn due_at(expression: &str, last_check: Option<&str>, now: &str) -> Due {
    due(&toronto(expression), last_check.map(at), &pacing(SignedDuration::ZERO), at(now))
}

#[test]
fn a_source_never_checked_is_due_now() {
    assert_eq!(due_at("0 0 9 * * *", None, "2026-11-20T12:00-05:00"), Due::Now);
}

#[test]
fn a_missed_firing_is_run_once() {
    let daily = "0 0 9 * * *";
    let (last, now) = ("2026-11-16T09:00:02-05:00", "2026-11-20T12:00-05:00");
    assert_eq!(due_at(daily, Some(last), now), Due::Now);
    assert_eq!(due_at(daily, Some(now), now), Due::At(at("2026-11-21T09:00-05:00")));
}

#[test]
fn the_shortest_interval_holds_whatever_the_schedule_says() {
    let last = Some("2026-11-20T12:00:00-05:00");
    let every_minute = "0 * * * * *";
    let then = at("2026-11-20T12:10-05:00");
    assert_eq!(due_at(every_minute, last, "2026-11-20T12:05-05:00"), Due::At(then));
    assert_eq!(due_at(every_minute, last, "2026-11-20T12:10-05:00"), Due::Now);
}

#[test]
fn a_last_check_in_the_future_does_not_stop_a_source() {
    let due = |last| due_at("0 0 9 * * *", Some(last), "2026-11-20T12:00-05:00");
    assert_eq!(due("2031-01-01T00:00Z"), Due::Now, "a clock was wrong");
    assert_eq!(due("2026-11-20T17:00-05:00"), Due::Now, "by five hours");
    let next = Due::At(at("2026-11-21T09:00-05:00"));
    assert_eq!(due("2026-11-20T12:00:30-05:00"), next, "a correction by seconds is no wrong clock");
}

#[test]
fn a_schedule_whose_years_are_over_is_never_due() {
    let last = Some("2026-11-20T12:00:00-05:00");
    assert_eq!(due_at("0 0 9 * * * 2025", last, "2026-11-20T12:05-05:00"), Due::Never);
}

#[test]
fn jitter_delays_a_firing_and_is_always_the_same() {
    let firing = at("2026-11-21T09:00-05:00");
    let most = SignedDuration::from_secs(90);
    let delay = jitter("ircc-ee-rounds", firing, most);
    assert_eq!(delay, SignedDuration::from_millis(10_658));
    let last = at("2026-11-20T12:00-05:00");
    let found = due(&toronto("0 0 9 * * *"), Some(last), &pacing(most), last);
    assert_eq!(found, Due::At(firing + delay));
}

#[test]
fn jitter_spreads_sources_over_the_whole_range() {
    let firing = at("2026-11-21T09:00-05:00");
    let most = SignedDuration::from_secs(100);
    let mut tenths = [0; 10];
    for n in 0..1_000 {
        let delay = jitter(&format!("source-{n}"), firing, most);
        assert!((SignedDuration::ZERO..=most).contains(&delay));
        tenths[usize::try_from(delay.as_secs() / 10).unwrap().min(9)] += 1;
    }
    assert!(tenths.iter().all(|count| (60..150).contains(count)), "{tenths:?}");
    assert_eq!(jitter("a", firing, SignedDuration::ZERO), SignedDuration::ZERO);
    assert_eq!(jitter("a", firing, SignedDuration::MIN), SignedDuration::ZERO);
}

/// Another cron crate agrees, through both changes of the clocks. Left out are the two cases in
/// which it means something else: it fires in both of the repeated hours where the schedule fires
/// several times an hour, and at 03:00 sharp in place of a skipped 02:30.
#[test]
fn agrees_with_another_cron() {
    let parser =
        croner::parser::CronParser::builder().seconds(croner::parser::Seconds::Required).build();
    for expression in [
        "0 5 7-20 * * Mon-Fri",
        "0 0 2 * * *",
        "0 30 3 * * *",
        "0 30 1 * * *",
        "15 0 9 1 * *",
        "0 0 0 * * Sun",
    ] {
        let ours = toronto(expression);
        let theirs = parser.parse(expression).unwrap();
        let (mut now, end) = (at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z"));
        while now < end {
            let zoned = now.to_zoned(ours.zone.clone());
            let expected = theirs.find_next_occurrence(&zoned, false).unwrap().timestamp();
            let found = ours.next(now).unwrap().at;
            assert_eq!(found, expected, "{expression} after {zoned}");
            now = found;
        }
    }
}
