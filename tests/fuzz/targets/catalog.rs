//! The text of a catalogue: sources or faults, and a catalogue that parses reads a page.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rulewatch::catalog::Catalog;
use rulewatch_fuzz::{catalogues, read, seed};

const PAGE: &[u8] =
    b"<html><body><h1>A</h1><p>b $1<table><tr><th>c<tr><td>21231</table></body></html>";

fn seeds() -> Vec<Vec<u8>> {
    catalogues().into_iter().map(|text| text.as_bytes().to_vec()).collect()
}

fuzz_target!(init: seed("catalog", seeds()), |text: &str| {
    match Catalog::parse(&[("fuzz", text)]) {
        Ok(catalog) => {
            for source in catalog.sources() {
                read(source, &[], PAGE);
            }
        }
        Err(faults) => assert!(!faults.to_string().is_empty(), "it is refused for no reason"),
    }
});
