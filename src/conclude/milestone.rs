//! On which days rules take effect and end, with every move of a day: a calendar, worked out from what was
//! told and nothing else. So the same history always gives the same days, ids and numbers of revisions.
//!
//! The changes of one event that are for the same day of a fact set are one milestone. When the day moves, it
//! stays that milestone, revised; where only some of them move, those that do become another. A day that has
//! come no longer moves: what is told of the same fact afterwards is about another day.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::model::{
    Change, ChangeId, DayOf, FieldName, Milestone, MilestoneId, MilestoneState, RecordKey, Stage,
    Told,
};

/// The milestones of a fact set of one source, from everything that was told of it, in the order of telling.
/// `zone` says on which day something was seen.
#[must_use]
pub fn milestones(told: &[Told], zone: &TimeZone) -> Vec<Milestone> {
    let mut all = Vec::new();
    for of in DayOf::ALL {
        let quiet: BTreeSet<&ChangeId> =
            told.iter().filter(|told| told.is_quiet).map(|told| &told.change.id).collect();
        let mut book = Book { of, zone, quiet, milestones: Vec::new(), members: Vec::new() };
        for telling in told.chunk_by(|a, b| a.place == b.place) {
            book.take(telling);
        }
        all.extend(book.finish());
    }
    all
}

/// What one change says of a day, and what was said before: the last one counts.
struct Member<'a> {
    record: &'a RecordKey,
    field: Option<&'a FieldName>,
    /// What brought it about, even if that is taken back.
    first: &'a Change,
    said: Vec<(&'a Change, Option<Date>)>,
    /// The place of its milestone.
    milestone: usize,
}

impl Member<'_> {
    fn day(&self) -> Option<Date> {
        self.said.last().and_then(|(_, day)| *day)
    }

    /// The change that gave its day last.
    fn change(&self) -> &Change {
        let dated = self.said.iter().rev().find(|(_, day)| day.is_some());
        dated.map_or(self.first, |(change, _)| change)
    }
}

/// Whether a change says that a day has come, or will without any doubt.
fn is_certain(of: DayOf, change: &Change) -> bool {
    of == DayOf::Expiry || change.stage != Stage::Announced
}

/// The milestones of one kind, as they come about.
struct Book<'a> {
    of: DayOf,
    zone: &'a TimeZone,
    /// What nobody was told of.
    quiet: BTreeSet<&'a ChangeId>,
    milestones: Vec<Milestone>,
    members: Vec<Member<'a>>,
}

impl<'a> Book<'a> {
    /// Takes in one telling: an event, or what is taken back at once.
    fn take(&mut self, telling: &'a [Told]) {
        let known = self.members.len();
        let mut moved = Vec::new();
        for told in telling {
            match &told.taken_back {
                None => self.tell(&told.change, &mut moved),
                Some(_) => self.take_back(&told.change, &mut moved),
            }
        }
        moved.sort_unstable();
        moved.dedup();
        let at = telling.last().map(|told| match &told.taken_back {
            Some(back) => back.at,
            None => told.change.seen_at,
        });
        let Some(at) = at else { return };
        self.move_all(&moved, known, at);
        for member in known..self.members.len() {
            self.join(member, known, at);
        }
        self.make_certain(telling, at);
    }

    fn day_of(&self, change: &Change) -> Option<Date> {
        match self.of {
            DayOf::Effect => change.dates.effective_on,
            DayOf::Expiry => change.dates.expires_on,
        }
    }

    /// Adds what a change says of the day.
    fn tell(&mut self, change: &'a Change, moved: &mut Vec<usize>) {
        let today = change.seen_at.to_zoned(self.zone.clone()).date();
        // What goes back to what it was has held since a day that is past: nothing is ahead any more.
        let is_back = |day: &Date| change.stage == Stage::Reversed && *day <= today;
        let day = self.day_of(change).filter(|day| !is_back(day));
        let of = self.of;
        let mut is_known = false;
        for (n, member) in self.members.iter_mut().enumerate() {
            let now = self.milestones.get(member.milestone).map(|milestone| milestone.day);
            let is_open = now.is_some_and(|now| now > today) && member.day().is_some();
            let is_same = day.is_some() && member.day() == day;
            if !is_about(of, member, change, day) || !(is_open || is_same) {
                continue;
            }
            is_known = true;
            if member.day() != day {
                moved.push(n);
            }
            member.said.push((change, day));
        }
        // A day from before the fact was last seen unchanged is not the day of this change.
        let unchanged =
            change.last_seen_unchanged_at.map(|at| at.to_zoned(self.zone.clone()).date());
        let is_news = day.is_some_and(|day| unchanged.is_none_or(|unchanged| day >= unchanged));
        if !is_known && is_news {
            let milestone = usize::MAX;
            let (record, field) = (&change.record, change.field.as_ref());
            let said = vec![(change, day)];
            self.members.push(Member { record, field, first: change, said, milestone });
        }
    }

    /// Takes back what a change said: what was said before it counts again.
    fn take_back(&mut self, change: &Change, moved: &mut Vec<usize>) {
        for (n, member) in self.members.iter_mut().enumerate() {
            let before = member.day();
            member.said.retain(|(said, _)| said.id != change.id);
            if member.day() != before {
                moved.push(n);
            }
        }
    }

    /// Moves members to the days that they have now: together with their milestone if all of it moves, else
    /// away from it.
    fn move_all(&mut self, moved: &[usize], known: usize, at: Timestamp) {
        let mut places: Vec<usize> = moved.iter().map(|n| self.members[*n].milestone).collect();
        places.sort_unstable();
        places.dedup();
        places.retain(|place| *place < self.milestones.len());
        for place in places {
            let of_it = |n: &usize| self.members[*n].milestone == place;
            let going: Vec<usize> = moved.iter().copied().filter(of_it).collect();
            let is_staying = |n: &usize| of_it(n) && !going.contains(n);
            let stays = (0..known).any(|n| is_staying(&n) && self.members[n].day().is_some());
            let days: Vec<Option<Date>> = going.iter().map(|n| self.members[*n].day()).collect();
            let is_one = days.windows(2).all(|pair| pair[0] == pair[1]);
            if !stays && is_one {
                let is_certain =
                    going.iter().all(|n| is_certain(self.of, self.members[*n].change()));
                let day = days.first().copied().flatten();
                self.revise(place, day.map(|day| (day, is_certain)), at);
                continue;
            }
            for n in going {
                self.join(n, known, at);
            }
            let is_left = self.members.iter().any(|m| m.milestone == place && m.day().is_some());
            if !is_left {
                self.revise(place, None, at);
            }
        }
    }

    /// Gives a milestone another day; `None`: it is withdrawn.
    fn revise(&mut self, place: usize, day: Option<(Date, bool)>, at: Timestamp) {
        let milestone = &mut self.milestones[place];
        milestone.revision += 1;
        milestone.revised_at = at;
        match day {
            None => milestone.state = MilestoneState::Withdrawn,
            Some((day, is_certain)) => {
                milestone.day = day;
                milestone.state = match is_certain {
                    true => MilestoneState::Stated,
                    false => MilestoneState::Announced,
                };
            }
        }
    }

    /// Puts a member into the milestone that this telling makes for its day.
    fn join(&mut self, member: usize, known: usize, at: Timestamp) {
        let Some((change, Some(day))) = self.members[member].said.last().copied() else { return };
        let id = MilestoneId::of(change, self.of, day);
        let place = self.milestones.iter().position(|milestone| milestone.id == id);
        // A day that is told of more of the set, while it is ahead or on it, is the same day.
        let place = place.or_else(|| self.same_day(day, known));
        let place = place.unwrap_or_else(|| {
            self.milestones.push(Milestone {
                id,
                of: self.of,
                source: change.source.clone(),
                fact: change.fact.clone(),
                day,
                revision: 0,
                state: MilestoneState::Announced,
                told_at: at,
                revised_at: at,
                changes: Vec::new(),
                about: BTreeSet::new(),
                quiet: BTreeSet::new(),
            });
            self.milestones.len() - 1
        });
        self.members[member].milestone = place;
    }

    /// The milestone that has this day already.
    fn same_day(&self, day: Date, known: usize) -> Option<usize> {
        let has = |milestone: &Milestone| {
            milestone.day == day && milestone.state != MilestoneState::Withdrawn
        };
        let is_held = |place: usize| self.members[..known].iter().any(|m| m.milestone == place);
        (0..self.milestones.len()).find(|place| has(&self.milestones[*place]) && is_held(*place))
    }

    /// Notes which announced days have come, by all that was said of them. One that is first told so was
    /// never anything else.
    fn make_certain(&mut self, telling: &[Told], at: Timestamp) {
        let told = |change: &Change| {
            telling.iter().any(|told| told.taken_back.is_none() && told.change.id == change.id)
        };
        for place in 0..self.milestones.len() {
            let there = |member: &&Member<'_>| member.milestone == place && member.day().is_some();
            let mut members = self.members.iter().filter(there);
            let is_touched = members.clone().any(|member| told(member.change()));
            let is_certain = members.all(|member| is_certain(self.of, member.change()));
            let milestone = &mut self.milestones[place];
            if !is_touched || !is_certain || milestone.state != MilestoneState::Announced {
                continue;
            }
            milestone.state = MilestoneState::Stated;
            if milestone.revised_at != at {
                milestone.revision += 1;
                milestone.revised_at = at;
            }
        }
    }

    fn finish(mut self) -> Vec<Milestone> {
        for (place, milestone) in self.milestones.iter_mut().enumerate() {
            let of_it = || self.members.iter().filter(move |member| member.milestone == place);
            let is_there = |member: &&Member<'_>| member.day().is_some();
            let change = |member: &Member<'_>| member.change().clone();
            milestone.changes = of_it().filter(is_there).map(change).collect();
            if milestone.changes.is_empty() {
                milestone.changes = of_it().map(change).collect();
            }
            let said = of_it().flat_map(|member| member.said.iter().map(|(change, _)| *change));
            let firsts = of_it().map(|member| member.first);
            milestone.about = said.chain(firsts).map(|change| change.id.clone()).collect();
            let quiet = milestone.about.iter().filter(|id| self.quiet.contains(id));
            milestone.quiet = quiet.cloned().collect();
        }
        // All its days moved to other milestones.
        self.milestones.retain(|milestone| !milestone.changes.is_empty());
        self.milestones
    }
}

/// Whether a change says something of the day that a member has.
fn is_about(of: DayOf, member: &Member<'_>, change: &Change, day: Option<Date>) -> bool {
    if *member.record != change.record {
        return false;
    }
    // Every change of a record says until when the record holds.
    let is_whole = change.field.is_none() || member.field.is_none() || of == DayOf::Expiry;
    is_whole || member.field == change.field.as_ref() || (day.is_some() && change.is_of_day())
}

#[cfg(test)]
mod tests;
