//! One node of the protocol. A [`Net`] carries its messages.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use raft::eraftpb::{ConfState, Entry, EntryType, Message};
use raft::{Config, RawNode, StateRole, storage::MemStorage};
use tokio::sync::Notify;
use tokio::time::interval;

pub(crate) const NODES: u64 = 3;
const WRITES: u64 = 100;
const TICK: Duration = Duration::from_millis(10);

/// What carries messages.
pub(crate) trait Net {
    fn send(&self, to: u64, message: Message);

    fn receive(&mut self) -> impl Future<Output = Option<Message>>;
}

/// How far all nodes are.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// How many nodes have applied all writes.
    done: AtomicU64,
    messages: AtomicU32,
    all: Notify,
}

impl Progress {
    /// How many messages were sent.
    pub(crate) fn messages(&self) -> u32 {
        self.messages.load(Ordering::Relaxed)
    }

    /// Waits until all nodes have applied all writes.
    pub(crate) async fn finished(&self) {
        while self.done.load(Ordering::Relaxed) < NODES {
            self.all.notified().await;
        }
    }
}

/// Runs a node; its leader writes once a tick.
pub(crate) async fn live(id: u64, mut net: impl Net, progress: Arc<Progress>) {
    let mut node = node(id);
    let (mut ticks, mut applied, mut proposed) = (interval(TICK), 0, 0);
    loop {
        tokio::select! {
            biased;
            message = net.receive() => {
                let Some(message) = message else { return };
                node.step(message).ok();
            }
            _ = ticks.tick() => {
                node.tick();
                if node.raft.state == StateRole::Leader && proposed < WRITES {
                    proposed += u64::from(node.propose(Vec::new(), b"a write".to_vec()).is_ok());
                }
            }
        }
        while node.has_ready() {
            let mut ready = node.ready();
            let send = |messages: Vec<Message>| {
                for message in messages {
                    progress.messages.fetch_add(1, Ordering::Relaxed);
                    net.send(message.to, message);
                }
            };
            send(ready.take_messages());
            applied += writes(ready.committed_entries());
            node.store().wl().append(ready.entries()).unwrap();
            if let Some(state) = ready.hs() {
                node.store().wl().set_hardstate(state.clone());
            }
            send(ready.take_persisted_messages());
            let mut rest = node.advance(ready);
            if let Some(commit) = rest.commit_index() {
                node.store().wl().mut_hard_state().set_commit(commit);
            }
            applied += writes(rest.committed_entries());
            send(rest.take_messages());
            node.advance_apply();
        }
        if applied >= WRITES {
            // It goes on for those that are behind.
            applied = 0;
            progress.done.fetch_add(1, Ordering::Relaxed);
            progress.all.notify_waiters();
        }
    }
}

fn writes(entries: &[Entry]) -> u64 {
    let is_write =
        |it: &&Entry| it.get_entry_type() == EntryType::EntryNormal && !it.data.is_empty();
    entries.iter().filter(is_write).count() as u64
}

fn node(id: u64) -> RawNode<MemStorage> {
    let election = 10 + 4 * usize::try_from(id).unwrap();
    let config = Config {
        id,
        election_tick: 10,
        min_election_tick: election,
        max_election_tick: election + 1,
        ..Config::default()
    };
    let voters = ConfState::from(((1..=NODES).collect::<Vec<_>>(), Vec::new()));
    let logger = slog::Logger::root(slog::Discard, slog::o!());
    RawNode::new(&config, MemStorage::new_with_conf_state(voters), &logger).unwrap()
}
