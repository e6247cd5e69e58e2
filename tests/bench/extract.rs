//! Extraction against parsing alone.

fn main() {}
