//! The runtime that the test asks for: one thread whose clock may be paused, or several on the real
//! clock.

use quote::quote;

use crate::attribute::args::words::Flavor;
use crate::attribute::args::{Arg, Args};
use crate::attribute::base::mistakes::Mistakes;

pub(crate) enum Runtime {
    /// Whether its clock is paused.
    CurrentThread(bool),
    /// How many, as many as tokio thinks fit unless told.
    MultiThread(Option<u64>),
}

impl Runtime {
    pub(crate) fn check(args: &Args, mistakes: &mut Mistakes) -> Self {
        let (workers, paused) = (args.worker_threads.as_ref(), args.start_paused.as_ref());
        let is_paused = paused.and_then(|it| it.value);
        let flavor = args.flavor.as_ref();
        // Which runtime was meant may not be known, and then neither is what does not go with it.
        let flavor = flavor.map_or(Some(Flavor::CurrentThread), |it| it.value);
        if let Some(Flavor::MultiThread) = flavor {
            if let (Some(Arg { name, written, .. }), Some(true)) = (paused, is_paused) {
                let message = "several threads run on the real clock: \
                     remove `start_paused = true`, or use `flavor = \"current_thread\"`";
                mistakes.at(quote!(#name #written), message);
            }
            if let Some(pinned) = &args.pinned {
                let message = "several threads repeat nothing: remove `pinned`, or use `flavor = \"current_thread\"`";
                mistakes.at(&pinned.name, message);
            }
            if let Some(jostle) = &args.jostle {
                let message = "several threads order their tasks themselves: remove `jostle`, or use `flavor = \"current_thread\"`";
                mistakes.at(&jostle.name, message);
            }
            if let Some(exhaustive) = &args.exhaustive {
                let message = "several threads repeat nothing: remove `exhaustive`, or use `flavor = \"current_thread\"`";
                mistakes.at(&exhaustive.name, message);
            }
            return Self::MultiThread(workers.and_then(|it| it.value));
        }
        if let (Some(Flavor::CurrentThread), Some(workers)) = (flavor, workers) {
            let message = "`worker_threads` needs a runtime of several threads: \
                 use `flavor = \"multi_thread\"`";
            mistakes.at(&workers.name, message);
        }
        Self::CurrentThread(is_paused.unwrap_or(true))
    }
}
