//! What is about to happen at a shard, for those who wait for it.

use crate::contract::segment::Segment;
use crate::network::inbox::arrivals::Refused;
use crate::network::inbox::shard::Shard;
use crate::network::links::wait_queue::Ticket;
use crate::network::links::wake_list::WakeList;

impl<P> Shard<P> {
    /// The segment that a send from `from`, in its life `life`, would be now; `None` if it would be
    /// refused, or wait for room.
    pub(crate) fn next_sent(
        &self,
        (from, life): (&Self, u64),
        ticket: Option<Ticket>,
    ) -> Option<Segment> {
        let (mut ready, mut arrivals) = self.both();
        ready.learn(&arrivals);
        ready.tell_all(&mut arrivals);
        let crashed = from.life() != life;
        match arrivals.admitted(from.key, self.key.id, crashed, ticket) {
            Ok(link) => Some(Segment {
                from: from.key.id,
                to: self.key.id,
                number: arrivals.links[link].sent + 1,
            }),
            Err(Refused::Error(_) | Refused::Full(_)) => None,
        }
    }

    /// The segment that was sent last from `from`.
    pub(crate) fn last_sent(&self, from: &Self) -> Option<Segment> {
        let (_ready, mut arrivals) = self.both();
        let number = arrivals.used_link(from.key.index)?.sent;
        Some(Segment {
            from: from.key.id,
            to: self.key.id,
            number,
        })
    }

    /// The segment that an endpoint of this life would receive at `now`.
    pub(crate) fn next_received(&self, life: u64, now: u64) -> Option<Segment> {
        let mut to_wake = WakeList::new();
        let (ready, mut arrivals) = self.both();
        if self.life() != life || arrivals.paused {
            return None;
        }
        if ready.queue.is_empty() {
            arrivals.mature(now, &mut to_wake);
        }
        let next = ready.queue.front().or(arrivals.queue.front());
        let (link, number) = next.map(|it| (it.link as usize, it.flight.number))?;
        let from = arrivals.links[link].from.id;
        Some(Segment {
            from,
            to: self.key.id,
            number,
        })
    }
}
