//! Who waits for what, in words.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use crate::ShardId;
use crate::aftermath::Aftermath;
use crate::arrivals::LinkView;
use crate::fault::FaultState;
use crate::network::Network;
use crate::observer::Observed;
use crate::stats::Stats;
use crate::timeline::Recording;

impl<P: Send + 'static> Observed for Network<P> {
    fn idle(&self) {
        if self.stop_waiting() {
            return;
        }
        if !self.settlers.is_empty() && self.is_quiet() {
            self.settlers.settled();
        }
    }

    fn waits(&self) -> Vec<String> {
        let now = self.time();
        let mut after = Aftermath::new();
        let shards = self.shards();
        let mut waits = Vec::new();
        for shard in shards.iter() {
            let to = shard.key.id;
            let links = shard.links(now, &mut after);
            let name = |link: &LinkView| shards.at(link.from).key.id;
            let receivers = shard.receivers();
            if let Some(first) = receivers.iter().min() {
                waits.push(format!(
                    "shard {to} waits in recv_segment{} since {}: {}",
                    tasks(receivers.len()),
                    Moment(*first),
                    inbound(to, &links, name, shard.is_paused()),
                ));
            }
            for link in &links {
                if let Some(first) = link.senders.iter().min() {
                    let from = name(link);
                    waits.push(format!(
                        "shard {from} waits in send_segment{} since {}: the link {from} -> {to} is full: \
                         shard {to} has {} segments still to receive (capacity {})",
                        tasks(link.senders.len()),
                        Moment(*first),
                        link.outstanding,
                        self.capacity,
                    ));
                }
            }
        }
        drop(shards);
        if let Some(first) = self.settlers.since().iter().min() {
            waits.push(format!(
                "the test waits in settle since {}: {}",
                Moment(*first),
                self.unread()
            ));
        }
        waits
    }

    fn recording(&self) -> Recording {
        self.recording()
    }

    fn stats(&self) -> Stats {
        Stats::of(self)
    }

    fn faults(&self) -> Vec<Arc<FaultState>> {
        self.faults()
    }
}

impl<P> Network<P> {
    /// The inboxes that are not empty.
    fn unread(&self) -> String {
        let mut links = Vec::new();
        self.each_link(|from, to, link| match (link.waiting(), link.in_flight()) {
            (0, 0) => {}
            (0, on_their_way) => links.push(format!(
                "{} on the way on {from} -> {to}",
                segments(on_their_way)
            )),
            (waiting, _) => links.push(format!(
                "{} on {from} -> {to} not received by shard {to}",
                segments(waiting)
            )),
        });
        if links.is_empty() {
            "nothing is in flight, but tasks go on running".to_owned()
        } else {
            few(links, ", ")
        }
    }
}

/// The open links into a shard, and what they have carried.
fn inbound(
    to: ShardId,
    links: &[LinkView],
    name: impl Fn(&LinkView) -> ShardId,
    paused: bool,
) -> String {
    let open = links.iter().filter(|link| link.open);
    let mut fates: Vec<_> = open.map(|link| fate(name(link), to, link)).collect();
    if paused {
        fates.insert(0, "it is paused".to_owned());
    }
    few(fates, "; ")
}

/// The first few of many things, in one line.
fn few(mut things: Vec<String>, between: &str) -> String {
    if things.len() > MOST_LINKS {
        let more = things.len() - MOST_LINKS;
        things.truncate(MOST_LINKS);
        things.push(format!("and {more} more"));
    }
    things.join(between)
}

/// What became of the segments on a link whose receiver waits.
fn fate(from: ShardId, to: ShardId, link: &LinkView) -> String {
    let mut fate = match (link.sent, link.delivered()) {
        (0, _) => format!("{from} -> {to} has carried nothing"),
        (sent, delivered) if sent == delivered => {
            format!("all {sent} on {from} -> {to} were received")
        }
        (sent, delivered) => format!("{delivered} of {sent} on {from} -> {to} were received"),
    };
    for (count, what) in [
        (link.all_dropped(), "lost"),
        (link.held, "held"),
        (link.in_flight(), "on their way"),
    ] {
        if count > 0 {
            let _ = write!(fate, ", {count} {what}");
        }
    }
    if link.is_cut {
        fate += ", the link is cut";
    }
    fate
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
        match self.0 {
            0 => f.write_str("0s"),
            millis => write!(f, "{:?}", Duration::from_millis(millis)),
        }
    }
}
