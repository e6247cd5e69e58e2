//! scratch
use rulewatch::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let c = match catalog::Catalog::shipped() {
        Ok(c) => c,
        Err(e) => {
            println!("{e}");
            return;
        }
    };
    let s = c.source(&model::SourceId::parse(&a[1]).unwrap()).unwrap();
    let p = model::Page::from_file(
        s.url.clone(),
        std::fs::read(&a[2]).unwrap(),
        jiff::Timestamp::UNIX_EPOCH,
    );
    match extract::facts(&s.recipe, &p, &s.addresses()) {
        Err(b) => println!("BROKEN {b}"),
        Ok(e) => {
            for (k, set) in &e.facts {
                println!("## {k} {}", set.records.len());
                if a.len() > 3 {
                    for (r, rec) in &set.records {
                        println!("{r}: {}", model::json::plain_fields(&rec.fields));
                    }
                }
            }
            for c in &e.complaints {
                println!("COMPLAINT {c:?}");
            }
        }
    }
}
