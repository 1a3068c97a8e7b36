//! Nodes on several threads: crashes and restarts in the middle of what they do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shard_mesh::{Disk, Endpoint, Mesh, ShardId, TransportError};

/// One node at a time is alive.
struct Alive(Arc<AtomicU64>);

impl Alive {
    fn new(count: Arc<AtomicU64>) -> Self {
        assert_eq!(count.fetch_add(1, Ordering::SeqCst), 0, "two lives at once");
        Self(count)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Answers, and writes the number of its boot with each answer.
async fn node(at: Endpoint<u64>, alive: Alive, boot: u64, log: Disk<Vec<u64>>) {
    let beside = (at.clone(), log.clone());
    shard_mesh::spawn(async move {
        let (at, log) = beside;
        loop {
            log.write(|log| log.push(boot));
            log.sync().await;
            // A peer that is down, or does not read, is none of its business.
            let _ = at.try_send_segment(ShardId(0), boot);
            tokio::task::yield_now().await;
        }
    });
    while let Some((from, n)) = at.recv_segment_from().await {
        log.write(|log| log.push(boot));
        let _ = at.send_segment(from, n).await;
    }
    drop(alive);
}

#[shard_mesh::test(peers = 0..2, flavor = "multi_thread", worker_threads = 4)]
async fn lives_follow_each_other(client: Endpoint<u64>, server: Endpoint<u64>, mesh: Mesh<u64>) {
    const ROUNDS: u64 = 20_000;
    let (alive, boots) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let log = mesh.disk(1, Vec::new());
    let (of_host, on) = (boots.clone(), log.clone());
    mesh.host(server, move |at| {
        let boot = of_host.fetch_add(1, Ordering::SeqCst);
        node(at, Alive::new(alive.clone()), boot, on.clone())
    });
    for n in 0..ROUNDS {
        match client.send_segment(ShardId(1), n).await {
            Ok(()) | Err(TransportError::Closed) => {}
            Err(error) => panic!("{error}"),
        }
        while client.try_recv_segment().is_ok() {}
        if n % 3 == 0 {
            tokio::task::yield_now().await;
        }
        mesh.crash(1);
        // Each life writes after the one before it, and none when it is over.
        if n % 64 == 0 {
            let sorted = log.write(|log| {
                let sorted = log.is_sorted();
                log.clear();
                sorted
            });
            assert!(sorted, "a dead life has written");
        }
        mesh.restart(1);
    }
    client.send_segment(ShardId(1), u64::MAX).await.unwrap();
    while client.recv_segment().await != Some(u64::MAX) {}
    assert!(boots.load(Ordering::SeqCst) > 1);
}
