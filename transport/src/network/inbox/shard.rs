//! Everything that leads to one shard, in two halves with a lock each, so that those who send and
//! those who receive seldom meet.
//!
//! Senders put segments into [`Arrivals`]. Receivers take from [`Ready`], and when that is empty
//! they swap the two queues: one meeting per batch. What one half knows of the other is a hint
//! that errs to the safe side: senders know how many were received up to some moment, so a link
//! may look fuller than it is, and receivers know whether a sender may be asleep. Whoever finds the
//! link full, or is about to sleep, takes both locks and looks at the truth; only that nothing is
//! ready can be known without the lock of that half: see [`Shard::stocked`].
//!
//! Locks are taken in the order `ready`, `arrivals`. Wakers run, and payloads are dropped, when
//! both are released.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::network::disk::Disk;
use crate::network::inbox::arrivals::{Arrivals, EndpointState};
use crate::network::inbox::node::Node;
use crate::network::inbox::ready::Ready;
use crate::network::inbox::wall_clock::WallClocks;
use crate::network::links::link::LinkView;
use crate::network::links::wake_list::WakeList;
use crate::network::tasks::adopted::Home;
use crate::network::tasks::bell::Bell;
use crate::ordered::sort;
use crate::sync::{AtomicBool, Mutex, MutexGuard, SharedU64, lock};
use crate::trace::journal::Journal;
use crate::trace::kept::Kept;
use crate::trace::record::Kind;
use crate::trace::shard_key::ShardKey;

/// One shard: what of it outlives its endpoint.
pub(crate) struct Shard<P> {
    pub(crate) key: ShardKey,
    /// The shard's logical time, for the log.
    pub(crate) clock: AtomicU64,
    /// Grows when the shard crashes: an endpoint of an older life is dead.
    life: SharedU64,
    /// Whether it is frozen: what its tasks ask. The inbox has words of its own on that.
    paused: AtomicBool,
    /// Who has frozen it.
    pauses: Mutex<Pauses>,
    /// Whether chaos has crashed it, and is to restart it.
    down_by_chaos: AtomicBool,
    /// How many of its lives had ended when chaos ended one: 0 before that.
    fell: AtomicU64,
    /// How many writes and syncs of its own tasks its disks have seen.
    written: AtomicU64,
    synced: AtomicU64,
    /// Whether the test means its tasks to fail.
    may_fail: AtomicBool,
    /// Whom to tell that it was restarted, where it has a node.
    host: OnceLock<Arc<Bell>>,
    /// How many tasks that belong to nobody its tasks have spawned.
    plain: AtomicU64,
    /// In the order in which they were made.
    disks: Mutex<Vec<Arc<dyn Disk>>>,
    /// How often the shard has crashed.
    crashes: AtomicU64,
    /// How many segments it had sent when it last crashed.
    sent_before: AtomicU64,
    /// Indices of the shards to which a link led when the endpoint of its node was dropped.
    left: Mutex<Vec<u32>>,
    /// Indices of the shards to which a link leads, or led, from here: each once.
    peers: Mutex<Vec<u32>>,
    wall_clocks: Mutex<WallClocks>,
    /// Whether there is something in `ready`. It is set with both halves locked, and cleared with
    /// `ready` locked: with `arrivals` locked, what is seen empty stays empty.
    pub(crate) stocked: AtomicBool,
    pub(crate) ready: Apart<Mutex<Ready<P>>>,
    pub(crate) arrivals: Apart<Mutex<Arrivals<P>>>,
}

/// Who has frozen a shard.
#[derive(Clone, Copy, Debug, Default)]
struct Pauses {
    by_test: bool,
    by_chaos: bool,
}

/// Who does something to a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Test,
    Chaos,
}

/// On cache lines of its own, so that who sends does not slow who receives. Two lines, because
/// processors fetch them in pairs.
#[repr(align(128))]
pub(crate) struct Apart<T>(T);

impl<T> Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<P> Shard<P> {
    pub(crate) fn new(key: ShardKey, capacity: usize, journal: Option<&Arc<Journal>>) -> Self {
        let shard = Self {
            key,
            clock: AtomicU64::new(0),
            life: SharedU64::new(0),
            paused: AtomicBool::new(false),
            pauses: Mutex::new(Pauses::default()),
            down_by_chaos: AtomicBool::new(false),
            fell: AtomicU64::new(0),
            written: AtomicU64::new(0),
            synced: AtomicU64::new(0),
            may_fail: AtomicBool::new(false),
            host: OnceLock::new(),
            plain: AtomicU64::new(0),
            disks: Mutex::new(Vec::new()),
            crashes: AtomicU64::new(0),
            sent_before: AtomicU64::new(0),
            left: Mutex::new(Vec::new()),
            peers: Mutex::new(Vec::new()),
            wall_clocks: Mutex::new(WallClocks::RIGHT),
            stocked: AtomicBool::new(false),
            ready: Apart(Mutex::new(Ready::new())),
            arrivals: Apart(Mutex::new(Arrivals::new(capacity))),
        };
        if let Some(journal) = journal {
            shard.begin_log(journal);
        }
        shard
    }

    /// Keeps a log from now on.
    pub(crate) fn begin_log(&self, journal: &Arc<Journal>) {
        let (mut ready, mut arrivals) = self.both();
        ready.log.begin(journal, self.key.id);
        arrivals.log.begin(journal, self.key.id);
    }

    pub(crate) fn both(&self) -> (MutexGuard<'_, Ready<P>>, MutexGuard<'_, Arrivals<P>>) {
        let ready = lock(&self.ready);
        let arrivals = lock(&self.arrivals);
        (ready, arrivals)
    }

    // --- links ---

    /// Opens the link from `from`. The table of shards is locked, so that neither end goes meanwhile.
    pub(crate) fn open(&self, from: &Self) {
        if lock(&self.arrivals).open(from.key.index) {
            lock(&from.peers).push(self.key.index);
        }
    }

    /// Indices of the shards to which a link leads, or led, from this one, in order.
    pub(crate) fn peers(&self) -> Vec<u32> {
        let mut peers = lock(&self.peers).clone();
        sort(&mut peers);
        peers
    }

    /// Indices of the shards from which a link leads, or led, to this one, in order.
    pub(crate) fn senders(&self) -> Vec<u32> {
        lock(&self.arrivals).senders()
    }

    /// Closes the link from `from`; whether it was open.
    pub(crate) fn close(&self, from: &Self, to_wake: &mut WakeList<P>) -> bool {
        lock(&self.arrivals).close(from.key.index, to_wake)
    }

    /// How much was sent on the link from `from`.
    pub(crate) fn sent_by(&self, from: &Self) -> u64 {
        lock(&self.arrivals).sent_by(from.key.index)
    }

    /// Whether the link from `from` is open, or keeps something back.
    pub(crate) fn is_selectable(&self, from: &Self) -> bool {
        lock(&self.arrivals).is_selectable(from.key.index)
    }

    pub(crate) fn endpoint(&self) -> EndpointState {
        lock(&self.arrivals).endpoint
    }

    /// Gives a shard whose endpoint was dropped a fresh one, to which no link leads yet.
    pub(crate) fn revive(&self) {
        let mut arrivals = lock(&self.arrivals);
        arrivals.endpoint = EndpointState::Alive;
        arrivals.close_all();
    }

    /// The endpoint is gone: what has not been received is lost, and whoever waits is woken.
    pub(crate) fn abandon(&self, endpoint: EndpointState, to_wake: &mut WakeList<P>) {
        let (mut ready, mut arrivals) = self.both();
        ready.learn(&arrivals);
        ready.tell_all(&mut arrivals);
        arrivals.endpoint = endpoint;
        if !ready.queue.is_empty() {
            // Back to where they came from, to be lost with all others.
            let mut queue = std::mem::take(&mut ready.queue);
            queue.append(&mut arrivals.queue);
            arrivals.queue = queue;
        }
        self.stocked.store(false, Ordering::Relaxed);
        let why = match endpoint {
            EndpointState::Crashed => Kind::LostInCrash,
            EndpointState::Dropped | EndpointState::Alive => Kind::LostAtEnd,
        };
        arrivals.lose_all(why, to_wake);
        for link in &mut arrivals.links {
            link.senders.dissolve(to_wake);
        }
        arrivals.receivers.wake_all(to_wake);
        (ready.paused, arrivals.paused) = (false, false);
        self.paused.store(false, Ordering::Release);
        drop((ready, arrivals));
        *lock(&self.pauses) = Pauses::default();
    }

    // --- crash and pause ---

    pub(crate) fn life(&self) -> u64 {
        self.life.load(Ordering::Acquire)
    }

    /// Whether it has sent something in this life, which began with a restart: by now it has sent so much in all.
    pub(crate) fn has_sent_again(&self, sent: u64) -> bool {
        self.life() > 0 && sent > self.sent_before.load(Ordering::Relaxed)
    }

    /// It crashes, and has sent so much in all.
    pub(crate) fn end_sending(&self, sent: u64) {
        self.sent_before.store(sent, Ordering::Relaxed);
    }

    /// Ends the life of all endpoints of the shard.
    pub(crate) fn end_life(&self, by: By) {
        if by == By::Chaos {
            self.fell.store(self.life() + 1, Ordering::Release);
        }
        self.life.fetch_add(1, Ordering::AcqRel);
    }

    /// Gives a crashed shard its links back; `false` if it did not crash.
    pub(crate) fn restart(&self) -> bool {
        let mut arrivals = lock(&self.arrivals);
        let crashed = arrivals.endpoint == EndpointState::Crashed;
        if crashed {
            arrivals.endpoint = EndpointState::Alive;
        }
        crashed
    }

    /// Freezes the shard; whether it was not frozen.
    pub(crate) fn pause(&self, by: By) -> bool {
        let mut pauses = lock(&self.pauses);
        match by {
            By::Test => pauses.by_test = true,
            By::Chaos => pauses.by_chaos = true,
        }
        self.freeze(true, &mut WakeList::new())
    }

    /// Lets it go on, if nobody else has frozen it: the test may end what chaos began. Whether it
    /// goes on, and was frozen.
    pub(crate) fn resume(&self, by: By, to_wake: &mut WakeList<P>) -> bool {
        let mut pauses = lock(&self.pauses);
        match by {
            By::Test => *pauses = Pauses::default(),
            By::Chaos => pauses.by_chaos = false,
        }
        !pauses.by_test && !pauses.by_chaos && self.freeze(false, to_wake)
    }

    /// Whether that changes anything.
    fn freeze(&self, paused: bool, to_wake: &mut WakeList<P>) -> bool {
        let (mut ready, mut arrivals) = self.both();
        ready.paused = paused;
        arrivals.paused = paused;
        if !paused {
            arrivals.receivers.wake_all(to_wake);
        }
        self.paused.swap(paused, Ordering::AcqRel) != paused
    }

    pub(crate) fn is_paused_by_chaos(&self) -> bool {
        lock(&self.pauses).by_chaos
    }

    /// Whether chaos has it down.
    pub(crate) fn is_down_by_chaos(&self) -> bool {
        self.down_by_chaos.load(Ordering::Acquire)
    }

    /// Chaos has crashed it, or has it down no longer; whether it had.
    pub(crate) fn set_down_by_chaos(&self, down: bool) -> bool {
        self.down_by_chaos.swap(down, Ordering::AcqRel)
    }

    pub(crate) fn let_fail(&self) {
        self.may_fail.store(true, Ordering::Release);
    }

    pub(crate) fn wall_clocks(&self) -> WallClocks {
        *lock(&self.wall_clocks)
    }

    pub(crate) fn on_wall_clocks<R>(&self, change: impl FnOnce(&mut WallClocks) -> R) -> R {
        change(&mut lock(&self.wall_clocks))
    }

    // --- its node ---

    /// From now on the shard has a node, which is booted by this; `false` if it has one already.
    pub(crate) fn host(&self, bell: Arc<Bell>) -> bool {
        self.host.set(bell).is_ok()
    }

    pub(crate) fn is_hosted(&self) -> bool {
        self.host.get().is_some()
    }

    /// Boots its node, if it has one, in this life.
    pub(crate) fn boot(&self, life: u64) {
        if let Some(bell) = self.host.get() {
            bell.ring(life);
        }
    }

    /// Remembers to which shards its links led.
    pub(crate) fn leave(&self, peers: Vec<u32>) {
        *lock(&self.left) = peers;
    }

    /// To which shards its links led when its node ended, if it did.
    pub(crate) fn come_back(&self) -> Vec<u32> {
        std::mem::take(&mut lock(&self.left))
    }

    /// Adds a disk, which `disk` makes of its name.
    pub(crate) fn add_disk<D: Disk + 'static>(
        &self,
        disk: impl FnOnce(String) -> Arc<D>,
    ) -> Arc<D> {
        let mut disks = lock(&self.disks);
        let disk = disk(self.disk_name(disks.len()));
        disks.push(disk.clone());
        disk
    }

    fn disk_name(&self, index: usize) -> String {
        let id = self.key.id;
        match index {
            0 => format!("disk of {id}"),
            more => format!("disk {} of {id}", more + 1),
        }
    }

    /// How many tasks that belong to nobody its tasks have spawned so far.
    pub(crate) fn plain(&self) -> u64 {
        self.plain.load(Ordering::Relaxed)
    }

    /// Whether its node is there, and what the host tells of it.
    pub(crate) fn bell(&self) -> Option<&Arc<Bell>> {
        self.host.get()
    }

    /// What its node has done, if it has one.
    pub(crate) fn node(&self) -> Option<Node> {
        Some(Node {
            shard: self.key.id,
            boots: self.bell()?.booted(),
            written: self.written.load(Ordering::Relaxed),
            synced: self.synced.load(Ordering::Relaxed),
        })
    }

    /// Counts a write, or a sync, of one of its own tasks: the how-manieth it is.
    pub(crate) fn count_written(&self) -> u64 {
        self.written.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn count_synced(&self) -> u64 {
        self.synced.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Counts a crash by the test: the how-manieth it is.
    pub(crate) fn count_crash(&self) -> u64 {
        self.crashes.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The disks, with their names.
    pub(crate) fn disks(&self) -> Vec<(String, Arc<dyn Disk>)> {
        let disks = lock(&self.disks).clone().into_iter().enumerate();
        let named = disks.map(|(index, disk)| (self.disk_name(index), disk));
        named.collect()
    }

    // --- faults ---

    /// Changes the faults, or what they keep back.
    pub(crate) fn with_arrivals<R>(
        &self,
        now: u64,
        to_wake: &mut WakeList<P>,
        change: impl FnOnce(&mut Arrivals<P>, &mut WakeList<P>) -> R,
    ) -> R {
        let mut arrivals = lock(&self.arrivals);
        // What is due has arrived, though nobody has looked yet.
        arrivals.mature(now, to_wake);
        change(&mut arrivals, to_wake)
    }

    // --- looking ---

    /// Whether nothing is on its way to this shard or waits to be received. A paused shard is.
    pub(crate) fn is_quiet(&self) -> bool {
        let (ready, arrivals) = self.both();
        arrivals.paused
            || (ready.queue.is_empty() && arrivals.queue.is_empty() && arrivals.is_calm())
    }

    /// Since when each task that waits for a segment does, in milliseconds of the test's clock.
    pub(crate) fn receivers(&self) -> Vec<u64> {
        lock(&self.arrivals).receivers.since().collect()
    }

    /// All links that lead or led here, in the order in which their senders were created.
    pub(crate) fn links(&self, now: u64, to_wake: &mut WakeList<P>) -> Vec<LinkView> {
        let (ready, mut arrivals) = self.both();
        arrivals.mature(now, to_wake);
        ready.tell_all(&mut arrivals);
        let views = arrivals.views();
        views
            .map(|mut view| {
                let taken = view.index.and_then(|index| ready.links.get(index));
                view.copies_received = taken.map_or(0, |taken| taken.copies);
                view
            })
            .collect()
    }

    /// What happened on links to this shard: on the way, and at its receivers.
    pub(crate) fn logs(&self) -> [Kept; 2] {
        let (ready, arrivals) = self.both();
        [arrivals.log.kept(), ready.log.kept()]
    }
}

impl<P: Send> Home for Shard<P> {
    fn life(&self) -> u64 {
        self.life()
    }

    fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Acquire)
    }

    fn may_fail(&self) -> bool {
        self.may_fail.load(Ordering::Acquire)
    }

    fn fell(&self, life: u64) -> bool {
        self.fell.load(Ordering::Acquire) == life + 1
    }

    fn spawned_plain(&self, tasks: u64) {
        self.plain.fetch_add(tasks, Ordering::Relaxed);
    }
}
