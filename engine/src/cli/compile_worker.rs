//! `termwise compile-worker`: one process that compiles a plugin. Hidden: [`crate::metrics::host::Plugins`]
//! starts it.

/// Compiles the components ordered on stdin.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Most bytes of memory
    #[arg(long)]
    memory: u64,
}

/// Works until stdin ends.
pub fn run(args: &Args) -> anyhow::Result<()> {
    crate::metrics::compile::run(args.memory)
}
