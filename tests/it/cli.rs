//! The command line as a person and a script meet it: what is printed, and how it ends.

use crate::program::Home;

#[test]
fn a_check_takes_sources_by_name() {
    let home = Home::new();
    let page = home.file("page.html", "");
    let ran = home.run(&["check", "ircc-ee-funds", "--from", &page]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("broken") && ran.out.contains("the body is empty"), "{ran:?}");
}
