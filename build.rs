//! Makes cargo notice a new migration or source file (`include_dir!` alone does not see files that are
//! added), and links the program with its relative relocations packed: the loader reads two megabytes less
//! of the file, which would stay in memory with every process. Older linkers pass that option over.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=sources");
    let target = |part: &str| std::env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    // glibc can load it from 2.36 on (Debian 12).
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bin=rulewatch=-Wl,-z,pack-relative-relocs");
    }
}
