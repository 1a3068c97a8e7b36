use std::task::Waker;

use crate::sync::{Mutex, lock};

/// Tells the host of a shard that its node is to boot.
#[derive(Debug, Default)]
pub(crate) struct Bell(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The life of the shard that begins, until the host has heard of it.
    life: Option<u64>,
    /// Who waits for that.
    waker: Option<Waker>,
}

impl Bell {
    /// A life of the shard begins. One that has not been heard of is over by now.
    pub(crate) fn ring(&self, life: u64) {
        let mut state = lock(&self.0);
        state.life = Some(life);
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
}
