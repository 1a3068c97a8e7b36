//! What shard-mesh costs when the links are faulty, on a paused clock.

mod gossip;
mod in_flight;
mod links;
mod sweep;

use std::time::Duration;

#[cfg(feature = "peers")]
pub(crate) use gossip::load;

pub(crate) fn run(rounds: usize) {
    links::run(rounds);
    in_flight::run(rounds);
    sweep::run(rounds);
    gossip::run(rounds);
}

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
