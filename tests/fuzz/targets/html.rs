//! HTML pages, by every form that is found in them.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rulewatch::extract::recipe::Format;
use rulewatch_fuzz::{Reader, read_with, readers, seed_readers};

static READERS: LazyLock<Vec<Reader>> = LazyLock::new(|| {
    readers(
        Format::Html,
        &[
            "ircc-ee-categories",
            "ircc-crs-criteria",
            "ircc-ee-funds",
            "bc-invitations",
            "bc-overview",
            "nb-invitations",
        ],
    )
});

fuzz_target!(init: seed_readers("html", &READERS), |data: &[u8]| {
    read_with(&READERS, data);
});
