//! Starts `rulewatch`.

fn main() {}
