//! The runtime that the test asks for: one thread whose clock may be paused, or several on the real
//! clock.

use crate::attribute::args::Args;
use crate::attribute::args::flavor::Flavor;
use crate::attribute::base::mistakes::Mistakes;

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

impl Runtime {
    pub(crate) fn check(args: &Args, mistakes: &mut Mistakes) -> Self {
        let flavor = match &args.flavor {
            Some(flavor) => flavor.value,
            None => Some(Flavor::CurrentThread),
        };
        let paused = args.start_paused.as_ref().and_then(|paused| paused.value);
        match (flavor, &args.start_paused, &args.worker_threads) {
            (Some(Flavor::MultiThread), Some(written), _) if paused == Some(true) => mistakes.at(
                written,
                "several threads run on the real clock: remove `start_paused = true`, \
                 or use `flavor = \"current_thread\"`",
            ),
            (Some(Flavor::CurrentThread), _, Some(workers)) => mistakes.at(
                &workers.name,
                "`worker_threads` needs a runtime of several threads: \
                 use `flavor = \"multi_thread\"`",
            ),
            // Which runtime was meant may not be known, and then neither is what does not go with it.
            _ => {}
        }
        match flavor {
            Some(Flavor::MultiThread) => Self::MultiThread {
                workers: args.worker_threads.as_ref().and_then(|arg| arg.value),
            },
            Some(Flavor::CurrentThread) | None => Self::CurrentThread {
                paused: paused.unwrap_or(true),
            },
        }
    }
}
