//! Starts `rulewatch`.

fn main() -> std::process::ExitCode {
    rulewatch::cli::main().into()
}
