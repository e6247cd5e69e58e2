//! JSON documents.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rulewatch::extract::recipe::Format;
use rulewatch_fuzz::{Reader, read_with, readers, seed_readers};

static READERS: LazyLock<Vec<Reader>> = LazyLock::new(|| {
    readers(Format::Json, &["ircc-ee-rounds", "ircc-fees-pay", "ircc-processing-times"])
});

fuzz_target!(init: seed_readers("json", &READERS), |data: &[u8]| {
    read_with(&READERS, data);
});
