//! Who waits for what, in words.

use std::time::Duration;

use crate::ShardId;
use crate::arrivals::LinkView;
use crate::log::Record;
use crate::network::Network;
use crate::observer::{Event, EventKind, Observed};

impl<P: Send + 'static> Observed for Network<P> {
    fn idle(&self) {
        if !self.settlers.is_empty() && self.is_quiet() {
            crate::network::wake(self.settlers.settled());
        }
    }

    fn waits(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (shard, waiting) in self.receivers() {
            if let Some(first) = waiting.iter().min() {
                lines.push(format!(
                    "shard {shard} waits in recv_segment{} since {}: {}",
                    tasks(waiting.len()),
                    Moment(*first),
                    self.inbound(shard),
                ));
            }
        }
        self.each_link(|from, to, link| {
            if let Some(first) = link.senders.iter().min() {
                lines.push(format!(
                    "shard {from} waits in send_segment{} since {}: the link {from} -> {to} is full, \
                     with {} of {} segments that shard {to} has not received",
                    tasks(link.senders.len()),
                    Moment(*first),
                    link.in_flight,
                    self.capacity,
                ));
            }
        });
        if let Some(first) = self.settlers.since().iter().min() {
            lines.push(format!(
                "the test waits in settle since {}: {}",
                Moment(*first),
                self.unread()
            ));
        }
        lines
    }

    fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        for shard in self.shards().iter() {
            let to = shard.key.id;
            let mut add = |kind, records: Vec<Record>| {
                events.extend(records.into_iter().map(|record| Event { record, kind, to }));
            };
            add(EventKind::Sent, shard.sent());
            add(EventKind::Received, shard.received());
        }
        events
    }
}

impl<P> Network<P> {
    /// Per shard, since when each of its receivers waits.
    fn receivers(&self) -> Vec<(ShardId, Vec<u64>)> {
        self.shards()
            .iter()
            .map(|shard| (shard.key.id, shard.receivers()))
            .collect()
    }

    /// The open links into `shard`, and what they have carried.
    fn inbound(&self, shard: ShardId) -> String {
        let mut links = Vec::new();
        self.each_link(|from, to, link: LinkView| {
            if to == shard && link.open {
                links.push(match link.sent {
                    0 => format!("{from} -> {to} has carried nothing"),
                    sent => format!("all {sent} on {from} -> {to} were received"),
                });
            }
        });
        if links.len() > MOST_LINKS {
            let more = links.len() - MOST_LINKS;
            links.truncate(MOST_LINKS);
            links.push(format!("and {more} links more"));
        }
        links.join(", ")
    }

    /// The inboxes that are not empty.
    fn unread(&self) -> String {
        let mut links = Vec::new();
        self.each_link(|from, to, link| {
            if link.in_flight > 0 {
                links.push(format!(
                    "{} on {from} -> {to} not received by shard {to}",
                    segments(link.in_flight)
                ));
            }
        });
        if links.is_empty() {
            "nothing is in flight, but tasks go on running".to_owned()
        } else {
            links.join(", ")
        }
    }
}

/// How many links one line names.
const MOST_LINKS: usize = 4;

fn tasks(count: usize) -> String {
    match count {
        1 => String::new(),
        count => format!(" in {count} tasks"),
    }
}

fn segments(count: u64) -> String {
    match count {
        1 => "1 segment".to_owned(),
        count => format!("{count} segments"),
    }
}

/// A moment of the test's clock in milliseconds, as reports show it: `1.2s`.
pub(crate) struct Moment(pub(crate) u64);

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", Duration::from_millis(self.0))
    }
}
