//! How a catalogue is put together: from a door and what it includes, by what names are shared, what
//! a later file overrides, and what a recipe's identity is.

use rulewatch::catalog::{Catalog, File, shipped_files};
use rulewatch::extract;
use rulewatch::extract::recipe::{FactRecipe, Form, Reading};
use rulewatch::model::{Language, Page, SourceId};

use crate::recipes::listed;
use crate::shipped::shipped;

fn faults(files: &[(&str, &str)]) -> String {
    Catalog::parse(files).map_or_else(|faults| faults.to_string(), |_| String::new())
}

fn catalog(files: &[(&str, &str)]) -> Catalog {
    Catalog::parse(files).unwrap_or_else(|faults| panic!("{faults}"))
}

fn id(text: &str) -> SourceId {
    SourceId::parse(text).unwrap()
}

/// What the one source of a catalogue reads from a page.
fn reads(catalog: &Catalog, page: &str) -> String {
    let source = catalog.sources().next().unwrap();
    let page = Page::from_file(source.url.clone(), page.into(), jiff::Timestamp::UNIX_EPOCH);
    match extract::facts(
        &source.recipe,
        &page,
        &source.addresses(),
        &rulewatch::model::Facts::new(),
    ) {
        Ok(extraction) => listed(&extraction),
        Err(breakage) => format!("broken: {breakage}\n"),
    }
}

const DOOR: &str = r#"
include = ["sources/fees.toml"]

[publisher.dept]
name = { en = "Department", fr = "Ministère" }
zone = "America/Halifax"
jurisdiction = "NS"
terms = "With attribution"
hosts = ["www.example.org"]

[pattern]
each = 'for each {what}'
what = 'position|worker'
"#;

const FEES: &str = r#"
publisher = "dept"

[[source]]
id = "fees"
url = "https://www.example.org/fees"

[[source.facts]]
key = "lmia.fee"
type = "fees"

[source.facts.fields]
amount = { as = "money" }

[source.facts.statements]
position = 'pay {amount} {each}'
again = { under = 'again', says = ['{amount} anew', 'once more {amount}'], optional = true }
"#;

const PAGE: &str = "<main><h1>Fees</h1><p>You must pay $1,000 for each position.</p>
    <h2>Once again</h2><p>It is once more 1 500 $.</p></main>";

#[test]
fn every_preset_is_one_that_hears_something() {
    let catalog = shipped();
    assert!(catalog.presets().len() > 8);
    for preset in catalog.presets() {
        let wanted = rulewatch::subscribing::preset(&catalog, &preset.id).unwrap();
        let (_, heard) = rulewatch::subscribing::considered(&catalog, wanted).unwrap();
        assert!(!heard.topics.is_empty() && heard.widened_to.is_none(), "{}", preset.id);
    }
}

#[test]
fn a_door_says_once_what_the_files_it_includes_use() {
    let catalog = catalog(&[("etc/mine.toml", DOOR), ("etc/sources/fees.toml", FEES)]);
    let source = catalog.sources().next().unwrap();
    assert_eq!(source.schedule.zone(), "America/Halifax");
    assert_eq!(source.jurisdiction, "NS");
    assert_eq!(source.terms.as_deref(), Some("With attribution"));
    assert_eq!(source.origin.place, "etc/sources/fees.toml:4");
    assert_eq!(catalog.publisher(source).unwrap().name.fr, "Ministère");
    assert_eq!(
        reads(&catalog, PAGE),
        "lmia.fee | again | amount=$1,500\nlmia.fee | position | amount=$1,000\n"
    );
}

#[test]
fn an_amount_in_a_sentence_may_have_the_one_to_come_in_brackets_behind_it() {
    let catalog = catalog(&[("etc/mine.toml", DOOR), ("etc/sources/fees.toml", FEES)]);
    let said = PAGE.replace("$1,000 for", "$1,000 ($1,200 starting January 1, 2027) for");
    let read = reads(&catalog, &said);
    assert!(read.contains("position | amount=$1,000 ($1,200 from 2027-01-01)\n"), "{read}");
}

#[test]
fn a_file_that_is_not_there_or_a_name_that_nobody_declares_is_told_at_its_place() {
    let alone = faults(&[("mine.toml", DOOR)]);
    assert!(alone.contains("mine.toml:2:12: there is no file `sources/fees.toml`"), "{alone}");
    let outside = faults(&[("mine.toml", "include = ['../x.toml']")]);
    assert!(outside.contains("mine.toml:1:12: `../x.toml` is no file in this folder"), "{outside}");
    let nested = faults(&[("a.toml", "include = ['b.toml']"), ("b.toml", "include = ['a.toml']")]);
    assert!(nested.contains("a file that is included includes no others"), "{nested}");
    let unknown = faults(&[("mine.toml", &FEES.replace("{each}", "{every}"))]);
    assert!(unknown.contains("there is no pattern `every`"), "{unknown}");
    assert!(unknown.contains("there is no publisher `dept`"), "{unknown}");
    let elsewhere = FEES.replace("www.example.org", "elsewhere.example");
    let elsewhere = faults(&[("mine.toml", DOOR), ("sources/fees.toml", &elsewhere)]);
    assert!(
        elsewhere.contains("`elsewhere.example` is no host of the publisher `dept`"),
        "{elsewhere}"
    );
}

#[test]
fn a_later_file_overrides_what_it_says_and_no_more() {
    let change = "[[source]]\nid = 'fees'\noverride = true\nschedule = '0 5 9 * * *'\n";
    let files = [("mine.toml", DOOR), ("sources/fees.toml", FEES), ("sources.d/a.toml", change)];
    let (before, after) = (catalog(&files[..2]), catalog(&files));
    let (old, new) = (before.source(&id("fees")).unwrap(), after.source(&id("fees")).unwrap());
    assert_eq!(new.schedule.expression(), "0 5 9 * * *");
    assert_eq!(new.schedule.zone(), "America/Halifax");
    assert_eq!(new.recipe.canonical(), old.recipe.canonical());
    assert_eq!(
        new.origin.overrides,
        [("sources.d/a.toml:1".to_owned(), vec!["schedule".to_owned()])]
    );

    let facts = "[[source]]\nid = 'fees'\noverride = true\n[[source.facts]]\nkey = 'lmia.fee'\n\
                 type = 'fees'\nfields = { amount = { as = 'money' } }\nstatements = { fee = 'once more {amount}' }\n";
    let other =
        catalog(&[("mine.toml", DOOR), ("sources/fees.toml", FEES), ("sources.d/a.toml", facts)]);
    assert_eq!(reads(&other, PAGE), "lmia.fee | fee | amount=$1,500\n");

    let twice = change.replace("override = true\n", "");
    let told =
        faults(&[("mine.toml", DOOR), ("sources/fees.toml", FEES), ("sources.d/a.toml", &twice)]);
    assert!(told.contains("a source `fees` is declared already, in sources/fees.toml:4"), "{told}");
    let nothing = faults(&[("sources.d/a.toml", change)]);
    assert!(nothing.contains("there is no source of this id to override"), "{nothing}");
    let whole = change.replace("true", "'whole'");
    let told =
        faults(&[("mine.toml", DOOR), ("sources/fees.toml", FEES), ("sources.d/a.toml", &whole)]);
    assert!(told.contains("`source.url` is missing"), "{told}");
}

#[test]
fn a_source_that_is_off_is_known_and_not_watched() {
    let off = FEES.replace("id = \"fees\"", "id = \"fees\"\nenabled = false");
    let rule = "[[rule]]\nid = 'R-FEE'\ntitle = 'Fee'\ndepends_on = ['lmia.fee']\n";
    let off = catalog(&[("mine.toml", DOOR), ("sources/fees.toml", &off), ("rules.toml", rule)]);
    assert_eq!(off.sources().count(), 0);
    assert!(off.source(&id("fees")).is_none() && off.declared(&id("fees")).is_some());
    let mut on = catalog(&[("mine.toml", DOOR), ("sources/fees.toml", FEES)]);
    assert!(on.switch_off(&id("fees")) && !on.switch_off(&id("other")));
    assert_eq!((on.sources().count(), on.off().count()), (0, 1));
}

#[test]
fn names_patterns_and_files_are_no_part_of_what_a_recipe_is() {
    let split = catalog(&[("mine.toml", DOOR), ("sources/fees.toml", FEES)]);
    let written_out = FEES
        .replace("publisher = \"dept\"\n", "")
        .replace("{each}", "for each (?:position|worker)")
        .replace("type = \"fees\"", "# A comment.\ntitle = 'A fee'\ntype    =   'fees'");
    let alone = catalog(&[("one.toml", &written_out)]);
    let recipe = |catalog: &Catalog| catalog.source(&id("fees")).unwrap().recipe.clone();
    assert_eq!(recipe(&split).canonical(), recipe(&alone).canonical());
    assert_eq!(recipe(&split).hash(), recipe(&alone).hash());
    let other = catalog(&[("one.toml", &written_out.replace("position|worker", "position"))]);
    assert_ne!(recipe(&alone).hash(), recipe(&other).hash());
}

#[test]
fn the_canonical_text_of_every_shipped_recipe_is_a_catalogue_of_that_recipe() {
    for source in shipped().sources() {
        let text = source.recipe.canonical();
        let again = catalog(&[("canonical", text)]);
        let again = &again.sources().next().unwrap().recipe;
        assert_eq!(again.canonical(), text, "{}", source.id);
        assert_eq!(again.hash(), source.recipe.hash(), "{}", source.id);
        // All that is read of a page, and what evidence calls it; a title is not.
        let facts = |recipe: &extract::recipe::Recipe| {
            let mut facts = recipe.facts.clone();
            facts.iter_mut().for_each(|fact| fact.title = None);
            format!("{:?} {:?} {facts:#?}", recipe.format, recipe.page)
        };
        assert_eq!(facts(again), facts(&source.recipe), "{}", source.id);
    }
}

/// At load, a shipped file is spared what would take time and never finds anything: here it is not.
#[test]
fn shipped_files_stand_every_proof_that_files_of_an_operator_do() {
    let of_operator = |file: File| File { shipped: false, ..file };
    let files: Vec<File> = shipped_files().into_iter().map(of_operator).collect();
    let read = Catalog::load(&files).map(drop).map_err(|faults| faults.to_string());
    assert_eq!(read, Ok(()));
}

#[test]
fn titles_of_shipped_files_are_in_both_languages() {
    let one = "[[source]]\nid = 'mine'\nurl = 'https://www.example.org/'\ntitle = 'Mine'\n";
    assert_eq!(faults(&[("mine.toml", one)]), "");
    let mut files = shipped_files();
    files.push(File { shipped: true, ..File::of_operator("more.toml", one) });
    let told = Catalog::load(&files).unwrap_err().to_string();
    assert!(told.contains("more.toml:4:9: this is in one language only"), "{told}");
}

/// What the schema that we publish says is wrong with a file.
pub(crate) fn told_by_schema(text: &str) -> Vec<String> {
    let schema: serde_json::Value = serde_json::from_str(rulewatch::catalog::SCHEMA).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let file = serde_json::to_value(file).unwrap();
    schema.iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn shipped_files_and_examples_are_valid_under_the_schema() {
    for file in shipped_files() {
        assert_eq!(told_by_schema(&file.text), Vec::<String>::new(), "{}", file.name);
    }
    for (heading, text) in crate::recipes::catalogues() {
        assert_eq!(told_by_schema(&text), Vec::<String>::new(), "{heading}");
    }
}

#[test]
fn the_schema_finds_what_the_reader_would_refuse() {
    for (from, to) in [
        ("statements", "statement"),
        ("as = \"money\"", "as = \"moneys\""),
        ("type = \"fees\"", "type = \"fee\""),
        ("url = ", "address = "),
        ("optional = true", "optional = \"yes\""),
    ] {
        let wrong = FEES.replace(from, to);
        assert!(!told_by_schema(&wrong).is_empty(), "{to}");
        assert!(Catalog::parse(&[("mine.toml", DOOR), ("sources/fees.toml", &wrong)]).is_err());
    }
}

/// The files of each publisher, by its id.
fn by_publisher() -> std::collections::BTreeMap<String, Vec<File>> {
    let mut all: std::collections::BTreeMap<String, Vec<File>> = std::collections::BTreeMap::new();
    for file in shipped_files() {
        let table: toml::Table = file.text.parse().unwrap();
        let publisher = table.get("publisher").and_then(toml::Value::as_str);
        if let Some(publisher) = publisher.map(str::to_owned) {
            all.entry(publisher).or_default().push(file);
        }
    }
    all
}

/// Every string in a value that is written as a pattern: in single quotes, or beside others in an
/// array of them. Found in the text, for a parsed file no longer says how a string was written.
fn patterns(text: &str) -> Vec<String> {
    let body = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let quoted = |line: &str| -> Vec<String> {
        line.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
    };
    body.filter(|line| !line.contains('"') || line.contains(" = '")).flat_map(quoted).collect()
}

/// Whether a pattern is plain words, perhaps from the beginning or to the end of a text: it reads
/// itself, and a name for it would say no more.
fn is_plain(pattern: &str) -> bool {
    let words = pattern.trim_start_matches('^').trim_end_matches('$').replace(r"\b", "");
    words.len() <= 12
        || words
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '{' | '}' | ':'))
}

#[test]
fn a_fault_of_a_statement_is_told_once_and_says_what_to_write() {
    let with = |fields: &str, statements: &str| {
        faults(&[(
            "a.toml",
            &format!(
                "[[source]]\nid = 'a'\nurl = 'https://www.example.org/a'\n[[source.facts]]\n\
                 key = 'a.levels'\ntype = 'thresholds'\n[source.facts.fields]\n{fields}\n\
                 [source.facts.statements]\n{statements}\n"
            ),
        )])
    };
    let unworded = with("level = { as = 'clb' }", "speaking = 'CLB {level}'");
    assert!(unworded.contains("`level` is a field whose type has no wording"), "{unworded}");
    assert!(unworded.contains("{level:NAME}") && !unworded.contains("says"), "{unworded}");
    let worded = with("level = { as = 'clb' }", "speaking = 'CLB {level:number}'");
    assert_eq!(worded, "");
    let empty = with("level = { as = 'clb' }", "speaking = { optional = true }");
    assert!(empty.contains("a statement needs the sentence it `says`"), "{empty}");
}

#[test]
fn no_pattern_is_said_twice_within_a_publisher() {
    for (publisher, files) in by_publisher() {
        let mut said = std::collections::BTreeSet::new();
        for pattern in files.iter().flat_map(|file| patterns(&file.text)) {
            assert!(is_plain(&pattern) || said.insert(pattern.clone()), "{publisher}: {pattern}");
        }
    }
}

#[test]
fn a_line_of_the_shipped_files_is_no_longer_than_a_person_reads() {
    for file in shipped_files() {
        for (number, line) in file.text.lines().enumerate() {
            assert!(line.chars().count() <= 160, "{}:{}", file.name, number + 1);
        }
    }
}

#[test]
fn every_field_and_word_of_the_shipped_files_is_labelled_in_both_languages() {
    let catalog = shipped();
    let mut missing = std::collections::BTreeSet::new();
    for fact in catalog.sources().flat_map(|source| &source.recipe.facts) {
        for field in fact.fields.iter().filter(|field| !field.key_only) {
            for language in [Language::En, Language::Fr] {
                if catalog.glossary().field(&field.name, language).is_none() {
                    missing.insert(format!("field {}", field.name));
                }
            }
        }
        for word in words_of(fact) {
            for language in [Language::En, Language::Fr] {
                if catalog.glossary().word(&word, language).is_none() {
                    missing.insert(format!("word {word} of {}", fact.key));
                }
            }
        }
    }
    assert!(missing.is_empty(), "no label: {missing:#?}");
}

/// The stable words that records of a fact set may have in their keys and values.
fn words_of(fact: &FactRecipe) -> Vec<String> {
    let mut words = Vec::new();
    for field in &fact.fields {
        if let Reading::Word(vocabulary) | Reading::WordOrSlug(vocabulary) = &field.reading {
            words.extend(vocabulary.entries().map(|(word, _)| word.to_owned()));
        }
    }
    let of_key = |cell: &str| fact.record.names().chain(fact.key.names()).any(|name| name == cell);
    for locator in fact.parts.iter().flat_map(|part| &part.locators) {
        let fixed = locator.lets.iter().filter(|(cell, _)| of_key(cell));
        words.extend(fixed.map(|(_, words)| words.clone()));
        let named = locator.named_by.iter().filter(|named| of_key(&named.cell));
        let named = named.flat_map(|named| named.vocabulary.entries());
        words.extend(named.map(|(word, _)| word.to_owned()));
        match &locator.form {
            Form::Matrix(form) => {
                words.extend(form.columns.entries().map(|(word, _)| word.to_owned()));
                words.extend(form.in_header.iter().map(|(word, _)| word.clone()));
            }
            Form::Pairs(form) => words.extend(form.entries.iter().map(|(word, _)| word.clone())),
            _ => {}
        }
    }
    if fact.record.names().next().is_none() {
        words.push(fact.record.to_string());
    }
    let parts = words.iter().flat_map(|word| word.split('/')).map(str::to_owned);
    parts.filter(|part| part.contains(|c: char| c.is_ascii_alphabetic())).collect()
}

#[test]
fn a_field_that_is_read_from_no_cell_is_told_when_the_catalogue_is_loaded() {
    let table = |fields: &str, columns: &str| {
        let text = format!(
            "[[source]]\nid = \"a\"\nurl = \"https://example.org/\"\n\n[[source.facts]]\n\
             key = \"x.fees\"\ntype = \"fees\"\nrecord = \"{{line|slug}}\"\n\
             [source.facts.fields]\nline = {{ key_only = true }}\n{fields}\n\
             [[source.facts.read]]\ntable = {{ columns = {{ {columns} }} }}\n"
        );
        faults(&[("a.toml", &text)])
    };
    let columns = "line = '^type', fee = '^fee'";
    assert_eq!(table("fee = { as = \"money\" }", columns), "");
    assert_eq!(table("amount = { from = [\"amount\", \"fee\"], as = \"money\" }", columns), "");
    assert_eq!(table("unit = { from = \"fee.header\" }", columns), "");
    // One that may be missing may be there for a set that is `like` this one.
    assert_eq!(table("note = { optional = true }", columns), "");
    let told = table("amount = { from = \"fees\", as = \"money\" }", columns);
    assert!(told.contains("the field `amount` is read from `fees`"), "{told}");
    assert!(told.contains("caption, fee, fee.header, heading, intro, line, line.header"), "{told}");
    let told = table("amount = { as = \"money\" }", columns);
    assert!(told.contains("the field `amount` is read from `amount`"), "{told}");
}

/// The program trusts the patterns of the files that come with it. Here they are read as an operator's,
/// whose every pattern is compiled.
#[test]
fn every_pattern_of_the_shipped_files_compiles() {
    let mut files = shipped_files();
    files.iter_mut().for_each(|file| file.shipped = false);
    let catalog = Catalog::load(&files).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(catalog.sources().count(), Catalog::shipped().unwrap().sources().count());
}
