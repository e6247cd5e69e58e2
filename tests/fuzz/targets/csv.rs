//! Comma- and tab-separated values.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rulewatch::extract::recipe::Format;
use rulewatch_fuzz::{Reader, read_with, readers, seed_readers};

static READERS: LazyLock<Vec<Reader>> = LazyLock::new(|| readers(Format::Csv, &[]));

fuzz_target!(init: seed_readers("csv", &READERS), |data: &[u8]| {
    read_with(&READERS, data);
});
