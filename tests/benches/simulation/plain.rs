//! Over channels of tokio, with a task on each link that delays: the harness that people write by hand.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use raft::eraftpb::Message;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until};

use crate::Simulated;
use crate::node::{NODES, Net, Progress, live};

struct Channels {
    to: BTreeMap<u64, Link>,
    inbox: UnboundedReceiver<Message>,
}

/// A link on which each message takes 1 to 10 ms, and none overtakes another.
struct Link {
    random: Cell<u64>,
    entrance: UnboundedSender<(Instant, Message)>,
}

impl Net for Channels {
    fn send(&self, to: u64, message: Message) {
        let link = &self.to[&to];
        let mut random = fastrand::Rng::with_seed(link.random.get());
        let due = Instant::now() + Duration::from_millis(random.u64(1..=10));
        link.random.set(random.u64(..));
        let _ = link.entrance.send((due, message));
    }

    fn receive(&mut self) -> impl Future<Output = Option<Message>> {
        self.inbox.recv()
    }
}

pub(crate) fn run(seed: u64) -> Simulated {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async move {
        let (began, progress) = (Instant::now(), Arc::new(Progress::default()));
        let inboxes = (1..=NODES).map(|id| (id, unbounded_channel()));
        let inboxes: BTreeMap<_, _> = inboxes.collect();
        let senders = inboxes
            .iter()
            .map(|(id, (sender, _))| (*id, sender.clone()));
        let senders: BTreeMap<_, _> = senders.collect();
        for (from, (_, inbox)) in inboxes {
            let others = senders.iter().filter(|(to, _)| **to != from);
            let links = others.map(|(to, sender)| (*to, link((seed, from, *to), sender.clone())));
            let net = Channels {
                to: links.collect(),
                inbox,
            };
            tokio::spawn(live(from, net, progress.clone()));
        }
        drop(senders);
        progress.finished().await;
        Simulated {
            time: began.elapsed(),
            messages: progress.messages().into(),
        }
    })
}

fn link((seed, from, to): (u64, u64, u64), sender: UnboundedSender<Message>) -> Link {
    let (entrance, mut exit) = unbounded_channel::<(Instant, Message)>();
    tokio::spawn(async move {
        while let Some((due, message)) = exit.recv().await {
            sleep_until(due).await;
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    Link {
        random: Cell::new(seed << 8 | from << 4 | to),
        entrance,
    }
}
