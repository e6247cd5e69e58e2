//! Edits of equal meaning: what editors, templates and content systems do to a page while every
//! rule on it stays as it is. Families of edits, each at many places of each page, one at a time.
//!
//! Nothing above info may be told of any; nothing at all of an edit of form. The bars that the
//! program does not meet yet are in [`super::bars`], with what is wanted.

mod chrome;
mod dates;
mod feeds;
mod hidden;
mod lists;
mod markup;
mod numbers;
mod run;
mod tables;
mod typography;
mod words;

use std::collections::HashSet;

use fastrand::Rng;

use super::sheet::Sheet;
use super::splice::Change;

/// What an edit may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Other markup, typography or notation: nothing may be told.
    Form,
    /// A letter wrong in a title or label: the words shown differ, so wording may be told at info.
    Spelling,
    /// A rule said in other words: wording may be told at info, and it may be unreadable.
    Rewording,
}

/// One kind of edit: everywhere it can be made on a page, each place by itself.
pub(super) struct Family {
    name: &'static str,
    class: Class,
    places: fn(&Sheet) -> Vec<Change>,
    reach: Reach,
}

/// How a kind of edit is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// At every place of the page at once, and at single ones.
    Both,
    /// At every place at once alone: half of it would not be the same page.
    All,
    /// At single places alone.
    One,
}

const fn family(
    name: &'static str,
    class: Class,
    reach: Reach,
    places: fn(&Sheet) -> Vec<Change>,
) -> Family {
    Family { name, class, places, reach }
}

/// An edit made.
pub(super) struct Edit {
    pub(super) family: &'static str,
    pub(super) class: Class,
    pub(super) body: Vec<u8>,
    /// Where, and whether the recipe reads there.
    pub(super) place: String,
}

/// Every family of edits of HTML.
fn families() -> Vec<&'static Family> {
    let all: [&'static [Family]; 9] = [
        &markup::FAMILIES,
        &tables::FAMILIES,
        &lists::FAMILIES,
        &typography::FAMILIES,
        &numbers::FAMILIES,
        &dates::FAMILIES,
        &words::FAMILIES,
        &hidden::FAMILIES,
        &chrome::FAMILIES,
    ];
    all.into_iter().flatten().collect()
}

/// The places of one family on a page.
pub(super) fn made(name: &str, sheet: &Sheet) -> Vec<Change> {
    let family = families().into_iter().find(|family| family.name == name).unwrap();
    (family.places)(sheet)
}

/// How many edits a page gets at least, where it has places enough.
const WANTED: usize = 140;

/// How often a family is tried at another place of a page.
const ROUNDS: usize = 8;

/// The edits of a page, and the families that have no place on it.
pub(super) fn edits(sheet: &Sheet, seed: u64) -> (Vec<Edit>, Vec<&'static str>) {
    let mut rng = Rng::with_seed(seed);
    let mut places: Vec<(&'static Family, Vec<Change>)> =
        families().into_iter().map(|family| (family, (family.places)(sheet))).collect();
    let nowhere = places.iter().filter(|(_, p)| p.is_empty()).map(|(f, _)| f.name).collect();
    places.retain(|(_, places)| !places.is_empty());
    let mut made = Vec::new();
    let mut bodies = HashSet::from([sheet.text.clone()]);
    let mut make = |family: &'static Family, change: &Change, place: String| {
        let body = sheet.with(change);
        if bodies.insert(body.clone()) {
            let (family, class) = (family.name, family.class);
            made.push(Edit { family, class, body: body.into_bytes(), place });
        }
        made.len()
    };
    for (family, places) in places.iter().filter(|(family, _)| family.reach != Reach::One) {
        make(family, &places.concat(), format!("all {} places", places.len()));
    }
    for _ in 0..ROUNDS {
        let mut n = 0;
        for (family, places) in places.iter_mut().filter(|(family, _)| family.reach != Reach::All) {
            let Some(change) = draw(sheet, places, &mut rng) else { continue };
            let read = if sheet.touches_read(&change) { "read" } else { "not read" };
            let start = change.first().map_or(0, |splice| splice.at.start);
            n = make(family, &change, format!("byte {start}, {read}"));
        }
        if n >= WANTED {
            break;
        }
    }
    (made, nowhere)
}

/// One place, drawn: every other time where the recipe reads, when there is one.
fn draw(sheet: &Sheet, places: &mut Vec<Change>, rng: &mut Rng) -> Option<Change> {
    if places.is_empty() {
        return None;
    }
    let mut at = rng.usize(..places.len());
    if rng.bool() {
        let tried = (0..8).map(|_| rng.usize(..places.len()));
        at = tried.into_iter().find(|at| sheet.touches_read(&places[*at])).unwrap_or(at);
    }
    Some(places.swap_remove(at))
}
