use std::fmt;

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::network::links::link::LinkView;
use crate::ordered::sort_by;
use crate::trace::record::LostFrom;

/// What one link has carried so far, in segments.
///
/// They add up: `sent + duplicated == delivered + dropped + in_flight + held + waiting`.
///
/// See [`Mesh::stats`](crate::Mesh::stats).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkStats {
    /// The sending shard.
    pub from: ShardId,
    /// The receiving shard.
    pub to: ShardId,
    /// Sends that succeeded.
    pub sent: u64,
    /// Handed to a receiver, copies included.
    pub delivered: u64,
    /// Sends that were refused with [`Closed`](crate::TransportError::Closed): the receiver's endpoint
    /// was gone, or the sender had crashed. They are not among those that were sent.
    pub refused: u64,
    /// Lost: to a fault, or with the endpoint that was to receive them.
    pub dropped: u64,
    /// Copies that were made.
    pub duplicated: u64,
    /// Segments that were to be overtaken by later ones.
    pub reordered: u64,
    /// Kept back by a hold or a rule.
    pub held: u64,
    /// On their way.
    pub in_flight: u64,
    /// Arrived, and not yet received.
    pub waiting: u64,
}

impl LinkStats {
    pub(crate) fn of(from: ShardId, to: ShardId, link: &LinkView) -> Self {
        Self {
            from,
            to,
            sent: link.sent,
            delivered: link.delivered(),
            refused: link.refused,
            dropped: link.all_dropped(),
            duplicated: link.fault_counts.duplicated,
            reordered: link.fault_counts.reordered,
            held: link.held,
            in_flight: link.in_flight(),
            waiting: link.waiting(),
        }
    }

    /// Whether all that was sent was received, once and in order, and nothing refused.
    pub(crate) fn is_complete(&self) -> bool {
        self.delivered == self.sent
            && self.refused == 0
            && self.duplicated == 0
            && self.reordered == 0
    }
}

/// The counts of every link at one moment. `Display` makes a table of it.
///
/// ```
/// use shard_mesh::{InProcessTransportFactory, ShardId};
///
/// let factory = InProcessTransportFactory::new();
/// let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
/// factory.connect(ShardId(0), ShardId(1));
/// a.try_send_segment(ShardId(1), 'x').unwrap();
/// a.try_send_segment(ShardId(1), 'y').unwrap();
/// b.try_recv_segment().unwrap();
///
/// let stats = factory.mesh().stats();
/// assert_eq!(stats.link(0, 1).sent, 2);
/// assert_eq!(stats.link(ShardId(0), ShardId(1)).delivered, 1);
/// assert_eq!(
///     stats.to_string(),
///     "\
/// link             sent  delivered    waiting
/// 0 -> 1              2          1          1
/// "
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    links: Vec<LinkStats>,
    unknown_peers: u64,
}

impl Stats {
    /// Of these links, and of so many sends that no link counts.
    pub(crate) fn new(mut links: Vec<LinkStats>, unknown_peers: u64) -> Self {
        sort_by(&mut links, |a, b| (a.from, a.to).cmp(&(b.from, b.to)));
        Self {
            links,
            unknown_peers,
        }
    }

    /// The same before these segments were lost with the endpoints that were to receive them.
    pub(crate) fn before_loss_of(mut self, segments: &[(Segment, LostFrom)]) -> Self {
        for (segment, lost_from) in segments {
            let ends = (segment.from, segment.to);
            let place = self
                .links
                .binary_search_by_key(&ends, |it| (it.from, it.to));
            let Some(link) = place.ok().map(|place| &mut self.links[place]) else {
                continue;
            };
            link.dropped -= 1;
            match lost_from {
                LostFrom::InFlight => link.in_flight += 1,
                LostFrom::Inbox => link.waiting += 1,
                LostFrom::Hold => link.held += 1,
            }
        }
        self
    }

    /// Only those links that have carried something, or refused to.
    pub(crate) fn used(&self) -> Self {
        let used = self.links.iter();
        let used = used.filter(|link| link.sent + link.refused > 0);
        Self {
            links: used.copied().collect(),
            ..*self
        }
    }

    /// At most so many of them, rather those on which not all was received.
    pub(crate) fn most_telling(mut self, most: usize) -> Self {
        let incomplete = self.links.iter().filter(|link| !link.is_complete());
        let incomplete = incomplete.count().min(most);
        let (mut telling, mut others) = (incomplete, most - incomplete);
        self.links.retain(|link| {
            let left = if link.is_complete() {
                &mut others
            } else {
                &mut telling
            };
            let keep = *left > 0;
            *left -= usize::from(keep);
            keep
        });
        self
    }

    /// How many sends were refused with [`UnknownPeer`](crate::TransportError::UnknownPeer): no link
    /// leads there, so no link counts them.
    ///
    /// ```
    /// # use shard_mesh::{InProcessTransportFactory, ShardId};
    /// let factory = InProcessTransportFactory::new();
    /// let a = factory.create(ShardId(0));
    /// a.try_send_segment(ShardId(1), 'x').unwrap_err();
    /// assert_eq!(factory.mesh().stats().unknown_peers(), 1);
    /// ```
    #[must_use]
    pub fn unknown_peers(&self) -> u64 {
        self.unknown_peers
    }

    /// Every link that is open or has carried something, in order of sender and receiver.
    ///
    /// ```
    /// # use shard_mesh::InProcessTransportFactory;
    /// let stats = InProcessTransportFactory::<String>::new().mesh().stats();
    /// assert!(stats.links().is_empty());
    /// ```
    #[must_use]
    pub fn links(&self) -> &[LinkStats] {
        &self.links
    }

    /// The link from one shard to another.
    ///
    /// # Panics
    ///
    /// If there is no such link.
    ///
    /// ```should_panic
    /// # use shard_mesh::InProcessTransportFactory;
    /// let stats = InProcessTransportFactory::<String>::new().mesh().stats();
    /// stats.link(0, 1); // no link leads from shard 0 to shard 1
    /// ```
    #[must_use]
    #[track_caller]
    pub fn link(&self, from: impl Into<ShardId>, to: impl Into<ShardId>) -> LinkStats {
        let (from, to) = (from.into(), to.into());
        let Some(link) = self
            .links
            .iter()
            .find(|link| (link.from, link.to) == (from, to))
        else {
            panic!("no link leads from shard {from} to shard {to}: `links()` lists those that do");
        };
        *link
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        type Column = (&'static str, fn(&LinkStats) -> u64);
        let columns: [Column; 9] = [
            ("sent", |link| link.sent),
            ("delivered", |link| link.delivered),
            ("refused", |link| link.refused),
            ("dropped", |link| link.dropped),
            ("duplicated", |link| link.duplicated),
            ("reordered", |link| link.reordered),
            ("held", |link| link.held),
            ("in flight", |link| link.in_flight),
            ("waiting", |link| link.waiting),
        ];
        // What did not happen on any link is left out, but for what everybody looks for.
        let met = |&(name, of): &Column| {
            matches!(name, "sent" | "delivered") || self.links.iter().any(|link| of(link) > 0)
        };
        let columns: Vec<_> = columns.into_iter().filter(met).collect();
        let name = |link: &LinkStats| format!("{} -> {}", link.from, link.to);
        let width = self.links.iter().map(|link| name(link).len()).max();
        let width = width.unwrap_or(0).max(10);
        write!(f, "{:<width$}", "link")?;
        for (name, _) in &columns {
            write!(f, " {name:>10}")?;
        }
        writeln!(f)?;
        for link in &self.links {
            write!(f, "{:<width$}", name(link))?;
            for (_, of) in &columns {
                write!(f, " {:>10}", of(link))?;
            }
            writeln!(f)?;
        }
        match self.unknown_peers {
            0 => Ok(()),
            1 => writeln!(f, "and 1 send to where no link leads"),
            more => writeln!(f, "and {more} sends to where no link leads"),
        }
    }
}
