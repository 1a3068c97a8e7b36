use crate::network::links::wait_queue::{Tickets, WaitQueue};
use crate::network::links::wake_list::WakeList;
use crate::sync::{Mutex, lock};

/// The tasks that wait for the mesh to settle.
pub(crate) struct Settlers(pub(crate) Mutex<(WaitQueue, Tickets)>);

impl Settlers {
    pub(crate) fn new() -> Self {
        Self(Mutex::new((WaitQueue::default(), Tickets::default())))
    }

    pub(crate) fn is_empty(&self) -> bool {
        !lock(&self.0).0.has_sleepers()
    }

    /// Since when each waits.
    pub(crate) fn since(&self) -> Vec<u64> {
        lock(&self.0).0.since().collect()
    }

    /// The mesh has settled: wakes all who wait.
    pub(crate) fn settled(&self) {
        let mut to_wake = WakeList::<()>::new();
        lock(&self.0).0.wake_all(&mut to_wake);
    }
}
