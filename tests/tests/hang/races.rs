//! A report on a mesh that changes while it is made.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use shard_mesh::{Endpoint, InProcessTransportFactory, Mesh, Run, ShardId};

use crate::{Body, harness};

const SHARDS: u64 = 200;

/// A mesh with as many links as make a report long, in which each shard has sent.
fn busy(run: &Run) -> (Mesh<u64>, Vec<Endpoint<u64>>) {
    let factory = run.watch(InProcessTransportFactory::new());
    let shards: Vec<_> = (0..SHARDS).map(|id| factory.create(ShardId(id))).collect();
    for (from, shard) in (0..).zip(&shards) {
        for to in (1..=4).map(|step| ShardId((from + step) % SHARDS)) {
            factory.connect(ShardId(from), to);
            shard.try_send_segment(to, 1).unwrap();
        }
    }
    (factory.mesh(), shards)
}

fn fails_while_shards_crash(run: &Run) -> Body {
    let (mesh, shards) = busy(run);
    Box::new(async move {
        let _links_are_open = shards;
        let (began, mut begins) = tokio::sync::mpsc::channel(3);
        for shard in 0..3 {
            let (mesh, began) = (mesh.clone(), began.clone());
            tokio::spawn(async move {
                loop {
                    mesh.crash(shard);
                    let _alive = mesh.restart(shard);
                    let _ = began.try_send(());
                    tokio::task::yield_now().await;
                    drop(mesh.timeline());
                    mesh.pause(shard);
                    mesh.resume(shard);
                }
            });
        }
        for _ in 0..3 {
            begins.recv().await.unwrap();
        }
        // Without a message of its own, so that the reports are all that is printed.
        resume_unwind(Box::new("it fails"));
    })
}

// The report read the table of shards a second time under its first read, and waited for ever behind a
// crash that waited to write it.
#[test]
fn a_report_comes_though_shards_crash_and_restart_meanwhile() {
    let (ended, ends) = mpsc::channel();
    thread::spawn(move || {
        for _ in 0..40 {
            let several = harness().worker_threads(3).timeout(Duration::from_secs(60));
            let run = || several.run(fails_while_shards_crash);
            let failed = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
            assert_eq!(failed.downcast_ref(), Some(&"it fails"));
        }
        ended.send(()).unwrap();
    });
    let ended = ends.recv_timeout(Duration::from_secs(120));
    assert_eq!(ended, Ok(()), "a report waits for ever, or has failed");
}
