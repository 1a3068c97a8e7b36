use std::fmt;

use crate::ShardId;
use crate::network::Network;

/// What one link has carried so far, in segments.
///
/// `sent == delivered + dropped + in_flight`, always.
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
    /// Handed to a receiver.
    pub delivered: u64,
    /// Lost with the endpoint that was to receive them.
    pub dropped: u64,
    /// Sent and not yet received: what counts against the link's capacity.
    pub in_flight: u64,
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
/// link          sent  delivered    dropped  in flight
/// 0 -> 1           2          1          0          1
/// "
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    links: Vec<LinkStats>,
}

impl Stats {
    pub(crate) fn of<P>(network: &Network<P>) -> Self {
        let mut links = Vec::new();
        network.each_link(|from, to, link| {
            links.push(LinkStats {
                from,
                to,
                sent: link.sent,
                delivered: link.received,
                dropped: link.dropped,
                in_flight: link.in_flight,
            });
        });
        links.sort_unstable_by_key(|link| (link.from, link.to));
        Self { links }
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
        writeln!(
            f,
            "{:<8}{:>10} {:>10} {:>10} {:>10}",
            "link", "sent", "delivered", "dropped", "in flight"
        )?;
        for link in &self.links {
            writeln!(
                f,
                "{:<8}{:>10} {:>10} {:>10} {:>10}",
                format!("{} -> {}", link.from, link.to),
                link.sent,
                link.delivered,
                link.dropped,
                link.in_flight
            )?;
        }
        Ok(())
    }
}
