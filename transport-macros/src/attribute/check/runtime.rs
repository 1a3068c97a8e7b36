//! The runtime that the test asks for: one thread whose clock may be paused, or several on the real
//! clock.

use syn::parse::ParseStream;
use syn::{Error, LitStr, Result};

use super::args::Args;
use super::mistakes::Mistakes;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavor {
    CurrentThread,
    MultiThread,
}

#[derive(Clone, Copy)]
pub(crate) enum Runtime {
    CurrentThread {
        paused: bool,
    },
    MultiThread {
        /// As many as tokio thinks fit, unless told.
        workers: Option<u64>,
    },
}

impl Flavor {
    pub(crate) fn read(input: ParseStream<'_>) -> Result<Self> {
        const EXPECTED: &str = "expected `\"current_thread\"` or `\"multi_thread\"`";
        if !input.peek(LitStr) {
            return Err(input.error(EXPECTED));
        }
        let literal: LitStr = input.parse()?;
        match literal.value().as_str() {
            "current_thread" => Ok(Self::CurrentThread),
            "multi_thread" => Ok(Self::MultiThread),
            other => Err(Error::new_spanned(
                &literal,
                format!("unknown flavor `{other}`: {EXPECTED}"),
            )),
        }
    }
}

impl Runtime {
    pub(crate) fn check(args: &Args, mistakes: &mut Mistakes) -> Self {
        let flavor = match &args.flavor {
            Some(flavor) => flavor.value,
            None => Some(Flavor::CurrentThread),
        };
        let paused = args.start_paused.as_ref().and_then(|paused| paused.value);
        match flavor {
            Some(Flavor::MultiThread) => {
                if let (Some(true), Some(written)) = (paused, &args.start_paused) {
                    mistakes.at(
                        written,
                        "several threads run on the real clock: remove `start_paused = true`, \
                         or use `flavor = \"current_thread\"`",
                    );
                }
                let workers = args
                    .worker_threads
                    .as_ref()
                    .and_then(|workers| workers.value);
                Self::MultiThread { workers }
            }
            Some(Flavor::CurrentThread) => {
                if let Some(written) = &args.worker_threads {
                    mistakes.at(
                        &written.name,
                        "`worker_threads` needs a runtime of several threads: \
                         use `flavor = \"multi_thread\"`",
                    );
                }
                Self::CurrentThread {
                    paused: paused.unwrap_or(true),
                }
            }
            // Which runtime was meant is not known, so neither is what does not go with it.
            None => Self::CurrentThread { paused: true },
        }
    }
}
