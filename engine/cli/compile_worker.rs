//! `termwise compile-worker`: one process that compiles a plugin. Hidden: [`termwise_plugins::host::Plugins`]
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
    termwise_plugins::compile::run(args.memory)
}
