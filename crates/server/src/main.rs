//! The `mendwatch` binary: server, scan and everything an administrator does from a shell.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mendwatch::cli::main()
}
