//! One link: what it counts, and its state as reports see it.

use std::sync::Arc;

use crate::contract::shard_id::ShardId;
use crate::network::links::fault_state::FaultState;
use crate::network::links::link_faults::LinkFaults;
use crate::network::links::wait_queue::WaitQueue;
use crate::network::links::wake_list::WakeList;
use crate::trace::shard_key::ShardKey;

/// A link that was used.
#[derive(Debug)]
pub(crate) struct Link<P> {
    pub(crate) from: ShardKey,
    pub(crate) open: bool,
    pub(crate) sent: u64,
    /// As far as this half has been told; never more than were received. Without copies.
    pub(crate) received: u64,
    pub(crate) dropped: u64,
    /// Sends that were refused with `Closed`.
    pub(crate) refused: u64,
    pub(crate) fault_counts: FaultCounts,
    /// Tasks that wait for room.
    pub(crate) senders: WaitQueue,
    /// The faults of the link; a link that never had one pays for a pointer.
    pub(crate) faults: Option<Box<LinkFaults<P>>>,
}

/// What only faults make a link count.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FaultCounts {
    pub(crate) duplicated: u64,
    /// Copies that were dropped.
    pub(crate) copies_dropped: u64,
    pub(crate) reordered: u64,
    /// On their way, with copies.
    pub(crate) in_transit: u64,
}

impl<P> Link<P> {
    /// Segments that were sent and neither received nor lost: what counts against the capacity.
    pub(crate) fn outstanding(&self) -> u64 {
        self.sent - self.received - self.dropped
    }

    /// A segment that took room was received or lost: wakes the first sender that waits.
    #[inline]
    pub(crate) fn make_room(&mut self, to_wake: &mut WakeList<P>) {
        self.senders.wake(to_wake);
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.faults.as_ref().is_some_and(|faults| faults.is_cut())
    }

    /// Whether it is open, or keeps something back.
    pub(crate) fn is_selectable(&self) -> bool {
        let kept = self.faults.as_ref();
        let kept = kept.is_some_and(|it| !it.held.is_empty() || !it.overtaken.is_empty());
        self.open || kept || self.fault_counts.in_transit > 0
    }

    pub(crate) fn drop_one(&mut self, copy: bool) {
        if copy {
            self.fault_counts.copies_dropped += 1;
        } else {
            self.dropped += 1;
        }
    }

    /// Its state, as the link with this index.
    pub(crate) fn view(&self, index: usize) -> LinkView {
        let faults = self.faults.as_ref();
        let [cut, hold] = faults.map_or([None, None], |faults| faults.stops());
        LinkView {
            index: Some(index),
            open: self.open,
            sent: self.sent,
            received: self.received,
            dropped: self.dropped,
            refused: self.refused,
            fault_counts: self.fault_counts,
            held: faults.map_or(0, |faults| faults.held.len() as u64),
            overtaken: faults.map_or(0, |faults| faults.overtaken.len() as u64),
            cut: cut.cloned(),
            hold: hold.cloned(),
            senders: self.senders.since().collect(),
            ..LinkView::unused(self.from.index)
        }
    }
}

/// The state of one link, for reports.
#[derive(Clone, Debug)]
pub(crate) struct LinkView {
    /// Index of the link, once it was used.
    pub(crate) index: Option<usize>,
    /// Index of the sender.
    pub(crate) sender: u32,
    /// Its two ends, as far as the viewer has looked them up.
    pub(crate) from: ShardId,
    pub(crate) to: ShardId,
    pub(crate) open: bool,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) dropped: u64,
    pub(crate) refused: u64,
    pub(crate) fault_counts: FaultCounts,
    /// Copies that were received.
    pub(crate) copies_received: u64,
    /// Kept back by a hold or a rule.
    pub(crate) held: u64,
    /// Waiting to be overtaken.
    pub(crate) overtaken: u64,
    /// The newest cut, and the newest hold, that stand.
    pub(crate) cut: Option<Arc<FaultState>>,
    pub(crate) hold: Option<Arc<FaultState>>,
    /// Since when each task that waits for room does, in milliseconds of the test's clock.
    pub(crate) senders: Vec<u64>,
}

impl LinkView {
    pub(crate) fn unused(sender: u32) -> Self {
        Self {
            index: None,
            sender,
            from: ShardId::default(),
            to: ShardId::default(),
            open: true,
            sent: 0,
            received: 0,
            dropped: 0,
            refused: 0,
            fault_counts: FaultCounts::default(),
            copies_received: 0,
            held: 0,
            overtaken: 0,
            cut: None,
            hold: None,
            senders: Vec::new(),
        }
    }

    pub(crate) fn delivered(&self) -> u64 {
        self.received + self.copies_received
    }

    pub(crate) fn all_dropped(&self) -> u64 {
        self.dropped + self.fault_counts.copies_dropped
    }

    pub(crate) fn in_flight(&self) -> u64 {
        self.fault_counts.in_transit + self.overtaken
    }

    /// Arrived and not received.
    pub(crate) fn waiting(&self) -> u64 {
        let gone = self.delivered() + self.all_dropped();
        self.sent + self.fault_counts.duplicated - gone - self.in_flight() - self.held
    }
}
