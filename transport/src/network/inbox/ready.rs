//! The half of an inbox that receivers touch. Nothing here locks or wakes.

use std::collections::VecDeque;

use crate::network::inbox::arrivals::{Arrivals, Arrived};
use crate::network::inbox::context::Context;
use crate::network::links::wake_list::WakeList;
use crate::trace::log::Log;
use crate::trace::shard_key::ShardKey;

/// How long a segment waits to be overtaken, in milliseconds, where nobody tells when no task can
/// run.
pub(crate) const PATIENCE: u64 = 1;

/// The half of an inbox that receivers touch.
pub(crate) struct Ready<P> {
    pub(crate) queue: VecDeque<Arrived<P>>,
    /// By index of the link; grows when the queues are swapped.
    pub(crate) links: Vec<Taken>,
    pub(crate) log: Log,
    pub(crate) paused: bool,
}

/// What receivers know of one link.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) from: ShardKey,
    /// Without copies.
    pub(crate) received: u64,
    pub(crate) copies: u64,
    /// Set when a sender goes to sleep; cleared when the last was woken.
    pub(crate) wanted: bool,
}

impl<P> Ready<P> {
    pub(crate) fn new() -> Self {
        Self {
            queue: VecDeque::new(),
            links: Vec::new(),
            log: Log::default(),
            paused: false,
        }
    }

    /// Takes over what has arrived, once everything else was taken.
    pub(crate) fn swap(
        &mut self,
        arrivals: &mut Arrivals<P>,
        context: &Context<P>,
        to_wake: &mut WakeList<P>,
    ) {
        if !self.queue.is_empty() {
            return;
        }
        if !arrivals.is_calm() {
            let now = context.time();
            arrivals.mature(now, to_wake);
            if let Some(before) = now.checked_sub(PATIENCE).filter(|_| !context.tells_idle()) {
                arrivals.stop_waiting(before, to_wake);
            }
        }
        if !arrivals.queue.is_empty() {
            std::mem::swap(&mut self.queue, &mut arrivals.queue);
            self.learn(arrivals);
            context.batch();
        }
    }

    /// Learns of links that were not used before.
    pub(crate) fn learn(&mut self, arrivals: &Arrivals<P>) {
        let known = self.links.len();
        if known == arrivals.links.len() {
            return;
        }
        self.links
            .extend(arrivals.links[known..].iter().map(|link| Taken {
                from: link.from,
                received: 0,
                copies: 0,
                wanted: false,
            }));
    }

    /// Tells the senders' half how many were received on one link.
    pub(crate) fn tell(&self, arrivals: &mut Arrivals<P>, link: usize) {
        if let Some(taken) = self.links.get(link) {
            arrivals.links[link].received = taken.received;
        }
    }

    pub(crate) fn tell_all(&self, arrivals: &mut Arrivals<P>) {
        for link in 0..self.links.len() {
            self.tell(arrivals, link);
        }
    }
}
