//! Futures that wait, polled by hand.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use shard_mesh::{Endpoint, ShardId};

use crate::Number;
use crate::model::Outcome;

pub(crate) struct Waiting {
    pub(crate) what: What,
    future: Pin<Box<dyn Future<Output = Outcome>>>,
    woken: Arc<Flag>,
}

#[derive(Clone, Copy)]
pub(crate) enum What {
    Send { from: u64, to: u64, number: Number },
    Receive { by: u64 },
}

impl What {
    pub(crate) fn shard(self) -> u64 {
        match self {
            Self::Send { from, .. } => from,
            Self::Receive { by } => by,
        }
    }
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Waiting {
    pub(crate) fn new(shard: Endpoint<Number>, what: What) -> Self {
        let future = async move {
            match what {
                What::Send { to, number, .. } => {
                    Outcome::Sent(shard.send_segment(ShardId(to), number).await)
                }
                What::Receive { .. } => Outcome::Received(shard.recv_segment_from().await),
            }
        };
        Self {
            what,
            future: Box::pin(future),
            woken: Arc::default(),
        }
    }

    pub(crate) fn poll(&mut self) -> Poll<Outcome> {
        self.woken.0.store(false, Ordering::SeqCst);
        let waker = Waker::from(self.woken.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    pub(crate) fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::SeqCst)
    }
}
