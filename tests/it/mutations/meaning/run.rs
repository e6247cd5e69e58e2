//! Runs the kit over every captured page, prints its table and holds it against the bars.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use rulewatch::extract::recipe::Format;

use super::super::bars::{MEANING_ALL, MEANING_SHARE};
use super::super::replayed::{Heard, Watched, cut, line};
use super::super::share::{self, everything};
use super::super::sheet::Sheet;
use super::super::{Captured, pages, read};
use super::{Class, Edit, edits, families, feeds};

/// How many edits an HTML page gets at least, where all are run.
const LEAST: usize = 100;

/// How many edits of a page are run where not all are.
const SHARE: usize = 12;

/// How many where reading the page takes long.
const SHARE_OF_LARGE: usize = 1;

/// What a page came to.
#[derive(Default)]
struct Row {
    n: [usize; 3],
    silent: usize,
    info: usize,
    info_of_form: usize,
    loud: usize,
    /// Broken, partial or held, of form and spelling; and of rewording.
    doubtful: [usize; 2],
    /// Families that have no place on the page; of feeds and laws, which have their own, none.
    nowhere: Vec<&'static str>,
    said: Vec<String>,
}

impl Row {
    fn add(&mut self, page: &str, edit: &Edit, heard: &Heard, released: Option<&Heard>) {
        self.n[edit.class as usize] += 1;
        let place = format!("{page} {} ({:?}, {})", edit.family, edit.class, edit.place);
        let loud = heard.loud().or_else(|| released.and_then(Heard::loud));
        if let Some(change) = loud {
            self.loud += 1;
            let others = heard.changes.iter().filter(|other| *other != change).take(2).map(line);
            let all: Vec<String> = std::iter::once(line(change)).chain(others).collect();
            self.said.push(format!("LOUD {place}: {}", all.join("; ")));
        } else if heard.is_doubtful() || !heard.held.is_empty() || heard.outcome == "held" {
            self.doubtful[usize::from(edit.class == Class::Rewording)] += 1;
            let why = heard.unreadable.first().map(ToString::to_string).unwrap_or_default();
            let said = cut(&format!("{} {why}", heard.reason), 200);
            self.said.push(format!("{} {place}: {said}", heard.outcome.to_uppercase()));
        } else if !heard.changes.is_empty() || !heard.unread.is_empty() {
            self.info += 1;
            self.info_of_form += usize::from(edit.class == Class::Form);
            let what = heard.changes.first().map_or_else(|| heard.unread[0].to_string(), line);
            self.said.push(format!("INFO {place}: {}", cut(&what, 200)));
        } else {
            self.silent += 1;
        }
    }
}

/// The edits of a page that are run, with the page as the edits have it.
fn prepared(page: &Captured) -> (Vec<u8>, Vec<Edit>, Vec<&'static str>) {
    let seed = share::seed(&page.name);
    let (body, mut all, nowhere) = if page.source.recipe.format == Format::Html {
        let facts = read(&page.source, page.text.as_bytes()).unwrap().facts;
        let records = facts.values().flat_map(|set| set.records.values());
        let quotes: Vec<String> = records.map(|record| record.evidence.quote.clone()).collect();
        let sheet = Sheet::of(&page.text, &quotes);
        let (mut all, nowhere) = edits(&sheet, seed);
        let served = page.text.clone().into_bytes();
        let (family, place) = ("as-it-was-served", String::new());
        all.push(Edit { family, class: Class::Form, body: served, place });
        (sheet.text.into_bytes(), all, nowhere)
    } else {
        let all = feeds::edits(&page.text, page.source.recipe.format == Format::Json);
        (page.text.clone().into_bytes(), all, Vec::new())
    };
    if !everything() {
        fastrand::Rng::with_seed(seed ^ 1).shuffle(&mut all);
        all.truncate(if body.len() > 400_000 { SHARE_OF_LARGE } else { SHARE });
    }
    (body, all, nowhere)
}

fn row(page: &Captured) -> Row {
    let (body, all, nowhere) = prepared(page);
    let ending = match page.source.recipe.format {
        Format::Html => "html",
        Format::Json => "json",
        _ => "xml",
    };
    let watched = Watched { source: page.source.id.as_str(), page: &body, ending };
    let bodies: Vec<&[u8]> = all.iter().map(|edit| edit.body.as_slice()).collect();
    let heard = watched.hear(&bodies, 1);
    // What is held may be released by the next pages that say the same.
    let is_held = |n: &usize| !heard[*n].held.is_empty();
    let held: Vec<usize> = (0..all.len()).filter(is_held).collect();
    let again: Vec<&[u8]> = held.iter().map(|n| bodies[*n]).collect();
    let again = watched.hear(&again, 3);
    let mut row = Row { nowhere, ..Row::default() };
    for (n, (edit, heard)) in all.iter().zip(&heard).enumerate() {
        let released = held.iter().position(|held| *held == n).map(|at| &again[at]);
        row.add(&page.name, edit, heard, released);
    }
    row
}

#[expect(clippy::print_stdout, reason = "the table is what the run is asked for")]
fn print(rows: &[(String, Row)]) -> Row {
    println!("edits of equal meaning");
    println!(
        "  {:40} {:>5} {:>6} {:>5} {:>5} {:>8} {:>9} {:>8}",
        "page", "edits", "silent", "info", "loud", "doubtful", "reworded?", "nowhere"
    );
    let mut sum = Row::default();
    for (name, row) in rows {
        println!("  {}", cells(name, row));
        for (sum, n) in sum.n.iter_mut().zip(row.n) {
            *sum += n;
        }
        sum.silent += row.silent;
        sum.info += row.info;
        sum.info_of_form += row.info_of_form;
        sum.loud += row.loud;
        sum.doubtful[0] += row.doubtful[0];
        sum.doubtful[1] += row.doubtful[1];
        sum.nowhere.extend(&row.nowhere);
    }
    println!("  {}", cells("all", &sum));
    let [form, spelling, reworded] = sum.n;
    println!("  {form} of form, {spelling} of spelling, {reworded} of rewording");
    println!("  {} told at info of form", sum.info_of_form);
    for said in rows.iter().flat_map(|(_, row)| &row.said) {
        println!("{said}");
    }
    sum
}

fn cells(name: &str, row: &Row) -> String {
    let mut text =
        format!("{name:40} {:5} {:6} {:5} ", row.n.iter().sum::<usize>(), row.silent, row.info);
    let [form, reworded] = row.doubtful;
    write!(text, "{:5} {form:8} {reworded:9} {:8}", row.loud, row.nowhere.len()).unwrap();
    text
}

/// Every family has a place somewhere, and every HTML page as many edits as are wanted of it.
fn check_reach(pages: &[Captured], rows: &[(String, Row)]) {
    let is_html = |page: &&Captured| page.source.recipe.format == Format::Html;
    let html = pages.iter().filter(is_html).count();
    let mut nowhere: BTreeMap<&str, usize> = BTreeMap::new();
    for name in rows.iter().flat_map(|(_, row)| &row.nowhere) {
        *nowhere.entry(name).or_default() += 1;
    }
    let never: Vec<&str> =
        nowhere.into_iter().filter(|(_, n)| *n == html).map(|(name, _)| name).collect();
    assert!(!everything() || never.is_empty(), "never made: {never:?}");
    for (page, (name, row)) in pages.iter().zip(rows).filter(|(page, _)| is_html(page)) {
        let n: usize = row.n.iter().sum();
        assert!(!everything() || n >= LEAST, "{name}: {n} edits of {}", page.source.id);
    }
}

#[test]
fn every_family_of_edits_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = families().iter().map(|family| family.name).collect();
    assert_eq!(names.len(), families().len());
}

#[test]
fn edits_of_equal_meaning_are_told_within_the_bars() {
    let pages = share::some(pages("mutations::meaning"));
    if pages.is_empty() {
        return;
    }
    let rows = share::side_by_side(&pages, |page| (page.name.clone(), row(page)));
    let sum = print(&rows);
    check_reach(&pages, &rows);
    let bars = if everything() { MEANING_ALL } else { MEANING_SHARE };
    let all: usize = sum.n.iter().sum();
    let (form, plain) = (sum.n[0], sum.n[0] + sum.n[1]);
    let share = |n: usize, of: usize| n * 10_000 / of;
    let came = [share(sum.loud, all), share(sum.info_of_form, form), share(sum.doubtful[0], plain)];
    let most = [bars.loud, bars.info, bars.doubtful];
    let is_met = came.iter().zip(most).all(|(came, most)| *came <= most);
    assert!(is_met, "[loud, info, doubtful] in ten thousandths: {came:?}, at most {most:?}");
}
