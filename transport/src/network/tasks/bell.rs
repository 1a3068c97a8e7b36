use std::task::{Context, Poll, Waker};

use crate::sync::{Mutex, lock};

/// Between a shard and the host of its node: tells the host that the node is to boot, and what has become
/// of it.
#[derive(Debug, Default)]
pub(crate) struct Bell(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The life of the shard that begins, until the host has heard of it.
    life: Option<u64>,
    /// Who waits for that.
    waker: Option<Waker>,
    /// How often the node was booted.
    boots: u64,
    /// The life whose node was polled last.
    polled: Option<u64>,
    /// Whether it runs on.
    runs: bool,
    /// Who waits for a node to be polled.
    waiting: Vec<Waker>,
}

impl Bell {
    /// A life of the shard begins. One that has not been heard of is over by now.
    pub(crate) fn ring(&self, life: u64) {
        let mut state = lock(&self.0);
        (state.life, state.runs) = (Some(life), true);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The life that begins, if one does; otherwise `waker` is woken when one does.
    pub(crate) fn heard(&self, waker: Waker) -> Option<u64> {
        let mut state = lock(&self.0);
        let life = state.life.take();
        let spent = match life {
            Some(_) => Some(waker),
            None => state.waker.replace(waker),
        };
        drop(state);
        drop(spent);
        life
    }

    /// The node is about to boot: for the how-manieth time.
    pub(crate) fn boots(&self) -> u64 {
        let mut state = lock(&self.0);
        state.boots += 1;
        state.boots
    }

    /// How often it was booted.
    pub(crate) fn booted(&self) -> u64 {
        lock(&self.0).boots
    }

    /// The node of this life was polled, and `runs` on, or does not.
    pub(crate) fn was_polled(&self, life: u64, runs: bool) {
        let mut state = lock(&self.0);
        state.polled = Some(life);
        // Another life may begin already.
        state.runs = runs || state.life.is_some();
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether the node runs, or is about to boot.
    pub(crate) fn runs(&self) -> bool {
        lock(&self.0).runs
    }

    /// Completes when the node of this life, or a later one, was polled.
    pub(crate) fn poll_polled(&self, life: u64, cx: &mut Context<'_>) -> Poll<()> {
        let waker = cx.waker().clone();
        let mut state = lock(&self.0);
        if state.polled.is_some_and(|polled| polled >= life) {
            drop(state);
            return Poll::Ready(());
        }
        state.waiting.push(waker);
        Poll::Pending
    }
}
