//! Over the mesh, under its harness.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use raft::eraftpb::Message;
use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, ShardId, ms};
use tokio::time::Instant;

use crate::Simulated;
use crate::node::{NODES, Net, Progress, live};

impl Net for Endpoint<Message> {
    fn send(&self, to: u64, message: Message) {
        let _ = self.try_send_segment(ShardId(to), message);
    }

    fn receive(&mut self) -> impl Future<Output = Option<Message>> {
        self.recv_segment()
    }
}

pub(crate) fn run(seed: u64) -> Simulated {
    let simulated = Arc::new(Mutex::new(Simulated::default()));
    Harness::new("simulation", "seed").seed(seed).run(|run| {
        let factory = run.watch(InProcessTransportFactory::new());
        let endpoints: Vec<_> = (1..=NODES).map(|id| factory.create(ShardId(id))).collect();
        for from in 1..=NODES {
            for to in (1..=NODES).filter(|to| *to != from) {
                factory.connect(ShardId(from), ShardId(to));
            }
        }
        let mesh = factory.mesh();
        mesh.all().latency(ms(1)..=ms(10));
        let simulated = simulated.clone();
        Box::new(async move {
            let (began, progress) = (Instant::now(), Arc::new(Progress::default()));
            for endpoint in endpoints {
                let id = endpoint.local_shard();
                mesh.spawn(id, live(id.0, endpoint, progress.clone()));
            }
            progress.finished().await;
            *simulated.lock().unwrap() = Simulated {
                time: began.elapsed(),
                messages: progress.messages().into(),
            };
        })
    });
    let simulated = *simulated.lock().unwrap();
    assert!(
        simulated.time > Duration::ZERO,
        "seed {seed} has not finished"
    );
    simulated
}
