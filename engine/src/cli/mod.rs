//! The face: arguments in, messages and exit codes out.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
