//! The `termwise` command: reads the arguments and hands over to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    termwise::cli::main()
}
