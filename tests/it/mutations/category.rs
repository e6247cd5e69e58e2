//! The category page redesigned: its tables re-headed, turned into lists or cards, split, moved
//! under tabs, with the French page redesigned the same way. No occupation and no category leaves.
//!
//! On a page of our own with the structure of the real one, and on the captured ones. The French
//! page has the same codes on it before and after, so it cannot tell a redesign from a removal by
//! counting them.

use std::fmt::Write as _;

use super::meaning::made;
use super::pages;
use super::replayed::cut;
use super::share;
use super::sheet::Sheet;
use super::splice::Change;
use crate::world::World;

const SOURCE: &str = "ircc-ee-categories";

/// A category: its heading in both languages, and its occupations by code with their TEER.
type Category = ([&'static str; 2], &'static [(&'static str, &'static str, &'static str)]);

const CATEGORIES: [Category; 3] = [
    (
        ["trade occupations", "professions dans les métiers"],
        &[
            (
                "72106",
                "Welders and related machine operators",
                "Soudeurs et opérateurs de machines à souder",
            ),
            ("72200", "Electricians", "Électriciens"),
            ("72300", "Plumbers", "Plombiers"),
            ("72310", "Carpenters", "Charpentiers-menuisiers"),
            ("72401", "Heavy-duty equipment mechanics", "Mécaniciens d'équipement lourd"),
            (
                "72406",
                "Elevator constructors and mechanics",
                "Constructeurs et mécaniciens d'ascenseurs",
            ),
            (
                "73200",
                "Residential and commercial installers and servicers",
                "Installateurs et préposés à l'entretien",
            ),
        ],
    ),
    (
        [
            "Science, Technology, Engineering and Math (STEM) occupations",
            "professions en sciences, technologie, ingénierie et mathématiques (STIM)",
        ],
        &[
            ("20010", "Engineering managers", "Directeurs des services de génie"),
            ("21200", "Architects", "Architectes"),
            ("21211", "Data scientists", "Scientifiques de données"),
            ("21220", "Cybersecurity specialists", "Spécialistes de la cybersécurité"),
            ("21300", "Civil engineers", "Ingénieurs civils"),
            (
                "21310",
                "Electrical and electronics engineers",
                "Ingénieurs électriciens et électroniciens",
            ),
            ("21231", "Software engineers and designers", "Ingénieurs et concepteurs en logiciel"),
            ("21234", "Web developers and programmers", "Développeurs et programmeurs Web"),
        ],
    ),
    (
        [
            "agriculture and agri-food occupations",
            "professions dans l'agriculture et l'agroalimentaire",
        ],
        &[
            (
                "63201",
                "Butchers - retail and wholesale",
                "Bouchers - commerce de gros ou de détail",
            ),
            ("82030", "Agricultural service contractors", "Entrepreneurs de services agricoles"),
            (
                "82031",
                "Contractors and supervisors, landscaping",
                "Entrepreneurs en aménagement paysager",
            ),
        ],
    ),
];

/// The page in English (0) or French (1).
fn page(language: usize) -> String {
    let say = |both: [&'static str; 2]| both[language];
    let lang = say(["en", "fr"]);
    let must = say(["To be eligible, you must:", "Pour être admissible, vous devez :"]);
    let work = say([
        "have accumulated, within the past 3 years, at least 6 months of full-time, continuous work experience in a single occupation listed in the table below",
        "avoir accumulé, au cours des 3 dernières années, au moins 6 mois d'expérience de travail continue à temps plein dans une seule profession du tableau ci-dessous",
    ]);
    let head = say([
        "<th>Occupation</th><th>2021 NOC code</th><th>2021 TEER category</th>",
        "<th>Profession</th><th>Code de la CNP 2021</th><th>Catégorie FEER 2021</th>",
    ]);
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><title>{title}</title></head><body>\
         <main property=\"mainContentOfPage\" class=\"container\"><h1 id=\"wb-cont\">{title}</h1>\n",
        title = say(["Category-based selection", "Sélection axée sur les catégories"])
    );
    let items: String =
        CATEGORIES.iter().map(|(name, _)| format!("<li>{}</li>", name[language])).collect();
    let current = say(["Current categories", "Catégories actuelles"]);
    writeln!(text, "<h2>{current}</h2><ul>{items}</ul>").unwrap();
    for (name, occupations) in CATEGORIES {
        let name = name[language];
        let title = [
            format!("Eligibility for the {name} category"),
            format!("Admissibilité à l'ensemble {name}"),
        ];
        let row = |(code, en, fr): &(&str, &str, &str)| {
            let teer = &code[1..2];
            format!("<tr><td>{}</td><td>{code}</td><td>{teer}</td></tr>\n", [en, fr][language])
        };
        let rows: String = occupations.iter().map(row).collect();
        writeln!(text, "<h3>{}</h3><p>{must}</p><ul><li>{work}</li></ul>", title[language])
            .unwrap();
        let table = format!("<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>");
        writeln!(
            text,
            "<div class=\"table-responsive\"><table class=\"table\">{table}</table></div>"
        )
        .unwrap();
    }
    text + "<section class=\"pagedetails\"><gcds-date-modified>2026-11-19</gcds-date-modified></section></main></body></html>"
}

/// How the page is redesigned: a change for each of its tables.
type Redesign = (&'static str, fn(&Sheet) -> Vec<Change>);

const REDESIGNS: [Redesign; 8] = [
    ("tables re-headed", re_headed),
    ("sections re-headed", |s| {
        let heads: Vec<usize> = s.words().into_iter().filter(|id| s.is_in(*id, &["h3"])).collect();
        [
            s.each_in(&heads, "^Eligibility for the (.+) category$", |c| {
                Some(format!("Who qualifies: {}", &c[1]))
            }),
            s.each_in(&heads, "^Admissibilité à l.ensemble (.+)$", |c| {
                Some(format!("Qui est admissible : {}", &c[1]))
            }),
        ]
        .concat()
    }),
    ("tables to lists", |s| made("table-to-list", s)),
    ("tables to cards", |s| made("table-to-cards", s)),
    ("tables split", |s| made("table-split-in-two", s)),
    ("tables under tabs", |s| made("table-in-a-tab", s)),
    ("sections folded", |s| made("headings-to-details", s)),
    ("columns reversed", |s| made("columns-reversed", s)),
];

/// The header cells of each table with other words.
fn re_headed(sheet: &Sheet) -> Vec<Change> {
    let heads: [(&str, &str); 6] = [
        (r"^\s*Occupations?.*$", "Job title"),
        (r"^.*NOC.*$", "Code in the National Occupational Classification"),
        (r"^.*TEER.*$", "Level"),
        (r"^\s*Professions?.*$", "Titre du poste"),
        (r"^.*CNP.*$", "Code de la Classification nationale des professions"),
        (r"^.*FEER.*$", "Niveau"),
    ];
    let of_table = |table: usize| {
        let is_head =
            |id: &usize| sheet.is_in(*id, &["th"]) && sheet.above(*id).any(|up| up == table);
        let words: Vec<usize> = sheet.words().into_iter().filter(is_head).collect();
        let again = |(pattern, to): (&str, &str)| {
            sheet.each_in(&words, pattern, |_| Some(to.to_owned())).concat()
        };
        heads.into_iter().flat_map(again).collect::<Change>()
    };
    sheet.named(&["table"]).into_iter().map(of_table).filter(|change| !change.is_empty()).collect()
}

/// A page and its French page, and how much of them is redesigned how.
struct Case<'a> {
    name: &'static str,
    english: &'a Sheet,
    french: &'a Sheet,
    redesign: Redesign,
    /// One table alone, or all of them.
    table: Option<usize>,
}

/// What came of a redesign: how the first check ended, how much leaves, how much is held to leave.
struct Came {
    outcome: String,
    leave: usize,
    held: usize,
}

impl Case<'_> {
    fn anew(&self, sheet: &Sheet) -> String {
        let places = (self.redesign.1)(sheet);
        match self.table {
            None => sheet.with(&places.concat()),
            Some(n) => sheet.with(places.get(n).map_or(&[], Vec::as_slice)),
        }
    }

    fn play(&self) -> Came {
        let mut world = World::shipped(SOURCE)
            .page("before", &self.english.text)
            .page("after", &self.anew(self.english))
            .page("avant", &self.french.text)
            .page("apr\u{e8}s", &self.anew(self.french));
        let scenario = "2026-11-20T12:00:00Z  before
                        2026-11-20T12:00:00Z  in French avant
                        2026-11-21T12:00:00Z  after
                        2026-11-21T12:00:00Z  in French apr\u{e8}s
                        2026-11-21T12:05:00Z  after
                        2026-11-21T12:20:00Z  after
                        2026-11-22T12:00:00Z  after";
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let told = runtime.block_on(world.play(scenario));
        let gone = |line: &&str| {
            ["occupation_removed", "category_removed"].iter().any(|kind| line.contains(kind))
        };
        let (held, leave): (Vec<&str>, Vec<&str>) =
            told.lines().filter(gone).partition(|line| line.trim().starts_with("held: "));
        let outcome =
            told.lines().skip_while(|line| !line.ends_with("  after")).nth(1).unwrap().trim();
        Came { outcome: cut(outcome, 60), leave: leave.len(), held: held.len() }
    }
}

#[test]
fn no_occupation_leaves_a_category_page_that_is_redesigned() {
    let mut both = vec![("our own", Sheet::of(&page(0), &[]), Sheet::of(&page(1), &[]))];
    let captured = pages("mutations::category");
    let newest = |name: &str| {
        captured.iter().find(|page| page.name == name).map(|page| Sheet::of(&page.text, &[]))
    };
    let real = newest("ircc-draft-ee-category-en").zip(newest("ircc-draft-ee-category-fr"));
    both.extend(real.map(|(english, french)| ("captured", english, french)));
    let mut cases = Vec::new();
    for (name, english, french) in &both {
        for redesign in REDESIGNS {
            let n = (redesign.1)(english).len();
            assert!(n > 0, "{name}: {} applies", redesign.0);
            let mut tables = vec![None, Some(0), Some(n / 2), Some(n - 1)];
            tables.dedup();
            cases.extend(tables.into_iter().map(|table| Case {
                name,
                english,
                french,
                redesign,
                table,
            }));
        }
    }
    println!("the category page redesigned: what leaves, and what is held to leave");
    let mut sum = 0;
    for (case, came) in cases.iter().zip(share::side_by_side(&cases, Case::play)) {
        let table = case.table.map_or("all".to_owned(), |n| format!("table {n}"));
        let Came { outcome, leave, held } = came;
        println!(
            "  {:9} {:20} {table:8} {leave:4} {held:4}  {outcome}",
            case.name, case.redesign.0
        );
        sum += leave;
    }
    assert_eq!(sum, 0, "occupations and categories leave");
}

#[test]
fn a_redesign_keeps_every_code() {
    for language in [0, 1] {
        let sheet = Sheet::of(&page(language), &[]);
        for (name, redesign) in REDESIGNS {
            let anew = sheet.with(&redesign(&sheet).concat());
            assert_ne!(anew, sheet.text, "{name} changes the page");
            for (code, ..) in CATEGORIES.iter().flat_map(|(_, all)| *all) {
                assert_eq!(anew.matches(code).count(), 1, "{name}: {code}");
            }
        }
    }
}
