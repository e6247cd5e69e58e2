//! Makes cargo notice a new migration or source file: `include_dir!` alone does not see files that
//! are added.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=sources");
}
