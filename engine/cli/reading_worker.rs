//! `termwise reading-worker`: one process that reads spreadsheets. Hidden: [`termwise_reading::workbook::Shelf`]
//! starts it.

/// Reads the spreadsheets ordered on stdin.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Most bytes of memory
    #[arg(long)]
    memory: u64,
}

/// Works until stdin ends.
pub fn run(args: &Args) -> anyhow::Result<()> {
    termwise_reading::workbook::worker::run(args.memory)
}
