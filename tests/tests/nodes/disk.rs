//! Disks: what a crash keeps of what was written, and who cannot write any more.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shard_mesh::{Disk, Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId};

const MS: Duration = Duration::from_millis(1);

/// Writes `1..=synced`, syncs, writes up to `all`, and waits.
async fn writes(disk: Disk<Vec<u64>>, synced: u64, all: u64) {
    for n in 1..=synced {
        disk.write(|log| log.push(n));
    }
    disk.sync().await;
    for n in synced + 1..=all {
        disk.write(|log| log.push(n));
    }
    let newest = disk.read(|log| log.last().copied());
    assert_eq!(newest, Some(all), "a life reads its own writes");
    std::future::pending::<()>().await;
}

/// Runs a shard that has synced two of five writes and crashes, with each of these seeds; how often how
/// many were kept.
fn kept(seeds: std::ops::Range<u64>) -> BTreeMap<usize, u32> {
    let kept = Arc::new(Mutex::new(BTreeMap::new()));
    for seed in seeds {
        let kept = kept.clone();
        let harness = Harness::new(module_path!(), "kept")
            .seed(seed)
            .reruns(false);
        harness.run(|run| {
            let factory = run.watch(InProcessTransportFactory::<u64>::new());
            let (shard, mesh, kept) = (factory.create(ShardId(1)), factory.mesh(), kept.clone());
            Box::new(async move {
                let disk = mesh.disk(1, Vec::new());
                let on = disk.clone();
                mesh.host(shard, move |_| writes(on.clone(), 2, 5));
                mesh.settle().await;
                mesh.crash(1);
                let log = disk.read(Vec::clone);
                assert_eq!(log, (1..=log.len() as u64).collect::<Vec<_>>(), "a prefix");
                *kept.lock().unwrap().entry(log.len()).or_default() += 1;
            })
        });
    }
    Arc::into_inner(kept).unwrap().into_inner().unwrap()
}

#[test]
fn a_crash_keeps_what_was_synced_and_the_first_of_the_rest() {
    let kept = kept(0..600);
    assert_eq!(kept.keys().copied().collect::<Vec<_>>(), [2, 3, 4, 5]);
    // At least one time in four each: 150 of 600, and three standard deviations less.
    assert!(kept[&2] > 118 && kept[&5] > 118, "{kept:?}");
    assert!(kept[&3] > 20 && kept[&4] > 20, "{kept:?}");
}

#[test]
fn what_is_kept_follows_the_seed() {
    assert_eq!(kept(7..27), kept(7..27));
}

#[shard_mesh::test(peers = 0..2, pinned)]
async fn what_a_crash_keeps_is_pinned(_a: Endpoint, b: Endpoint, mesh: Mesh) {
    mesh.pin("disk of 1, crash 1", 1);
    mesh.pin("disk 2 of 1, crash 1", 0);
    let (log, other) = (mesh.disk(1, Vec::new()), mesh.disk(1, Vec::new()));
    let (on, beside) = (log.clone(), other.clone());
    mesh.host(b, move |_| {
        let (on, beside) = (on.clone(), beside.clone());
        async move { tokio::join!(writes(on, 2, 5), writes(beside, 3, 4)).0 }
    });
    mesh.settle().await;
    mesh.crash(1);
    assert_eq!(log.read(Vec::clone), [1, 2, 3]);
    assert_eq!(other.read(Vec::clone), [1, 2, 3]);
    // What was kept is durable, and where all is pinned the next crash keeps all.
    mesh.restart(1);
    mesh.settle().await;
    mesh.crash(1);
    assert_eq!(log.read(Vec::clone), [1, 2, 3, 1, 2, 3, 4, 5]);
}

#[shard_mesh::test(peers = 0..2, seeds = 0..32)]
async fn a_sync_takes_its_time_and_covers_what_was_written_before(
    _a: Endpoint,
    b: Endpoint,
    mesh: Mesh,
) {
    let disk = mesh.disk(1, Vec::new()).latency(5 * MS..=9 * MS);
    let on = disk.clone();
    mesh.host(b, move |_| {
        let disk = on.clone();
        async move {
            disk.write(|log| log.push(1));
            let sync = disk.sync();
            disk.write(|log| log.push(2));
            let began = tokio::time::Instant::now();
            let late = async {
                tokio::time::sleep(MS).await;
                disk.write(|log| log.push(3));
            };
            // `sync` covers what was written before it is polled: two writes.
            tokio::join!(sync, late);
            assert!((5..=9).contains(&began.elapsed().as_millis()));
            // One that is dropped has synced nothing.
            let dropped = tokio::time::timeout(MS, disk.sync()).await;
            assert!(dropped.is_err());
            std::future::pending::<()>().await;
        }
    });
    tokio::time::sleep(20 * MS).await;
    mesh.crash(1);
    let log = disk.read(Vec::clone);
    assert!(log == [1, 2] || log == [1, 2, 3], "{log:?}");
    mesh.sometimes(log.len() == 2, "the third is lost");
    mesh.sometimes(log.len() == 3, "the third is kept");
}

#[shard_mesh::test(peers = 0..2, pinned)]
async fn a_crash_in_the_middle_of_a_sync_is_a_crash_before_it(
    _a: Endpoint,
    b: Endpoint,
    mesh: Mesh,
) {
    mesh.pin("disk of 1, crash 1", 0);
    let disk = mesh.disk(1, 0).latency(5 * MS);
    let on = disk.clone();
    mesh.host(b, move |_| {
        let disk = on.clone();
        async move {
            disk.write(|n| *n += 1);
            disk.sync().await;
            std::future::pending::<()>().await;
        }
    });
    tokio::time::sleep(3 * MS).await;
    mesh.crash(1);
    assert_eq!(disk.read(|n| *n), 0);
    mesh.restart(1);
    tokio::time::sleep(3 * MS).await;
    mesh.pause(1);
    tokio::time::sleep(9 * MS).await;
    mesh.resume(1);
    tokio::time::sleep(MS).await;
    mesh.crash(1);
    assert_eq!(disk.read(|n| *n), 1, "a paused sync completes after that");
}

/// Flushes what it has buffered when it is dropped, as a `BufWriter` does.
struct Buffered(Disk<Vec<u64>>, u64);

impl Drop for Buffered {
    fn drop(&mut self) {
        self.0.write(|log| log.push(self.1));
    }
}

#[shard_mesh::test(peers = 0..2)]
async fn a_dead_machine_writes_nothing(_a: Endpoint, b: Endpoint, mesh: Mesh) {
    let disk = mesh.disk(1, Vec::new());
    let on = disk.clone();
    // The first was cloned by the body, and is of no life; the second by the node.
    let of_body = Buffered(disk.clone(), 1);
    let mut of_body = Some(of_body);
    mesh.host(b, move |_| {
        let (of_body, of_node) = (of_body.take(), Buffered(on.clone(), 2));
        let outlives = on.clone();
        tokio::spawn(async move {
            tokio::time::sleep(10 * MS).await;
            outlives.write(|log| log.push(3));
            outlives.sync().await;
            assert_eq!(outlives.read(Vec::len), 0, "it sees what its life had");
        });
        async move {
            let _dropped = (of_body, of_node);
            std::future::pending::<()>().await;
        }
    });
    mesh.settle().await;
    mesh.crash(1);
    assert_eq!(disk.read(Vec::len), 0, "destructors wrote nothing");
    tokio::time::sleep(20 * MS).await;
    assert_eq!(disk.read(Vec::len), 0, "nor did what outlived the crash");
    disk.write(|log| log.push(4));
    mesh.restart(1);
    mesh.settle().await;
    mesh.crash(1);
    assert_eq!(disk.read(Vec::clone), [4], "the body writes at once");
}

#[test]
fn what_a_crash_lost_and_what_outlived_it_is_told() {
    let harness = Harness::new(module_path!(), "told").reruns(false);
    let failed = catch_unwind(AssertUnwindSafe(|| {
        harness.timeout(Duration::from_secs(1)).pinned().run(|run| {
            let factory = run.watch(InProcessTransportFactory::<u64>::new());
            let (shard, mesh) = (factory.create(ShardId(1)), factory.mesh());
            Box::new(async move {
                mesh.pin("disk of 1, crash 1", 1);
                let disk = mesh.disk(1, Vec::new());
                mesh.host(shard, move |_| {
                    let outlives = disk.clone();
                    tokio::spawn(async move {
                        tokio::time::sleep(MS).await;
                        outlives.write(|log| log.push(9));
                    });
                    writes(disk.clone(), 2, 5)
                });
                mesh.settle().await;
                mesh.crash(1);
                std::future::pending::<()>().await;
            })
        })
    }));
    let report = failed.expect_err("a time-out");
    let report = report.downcast_ref::<String>().expect("a report");
    for told in [
        "disk of 1: the crash at 0s lost the last 2 of 3 unsynced writes",
        "disk of 1: 1 write or sync of a task that outlived a crash of shard 1 did nothing",
        "tasks of shard 1 called `tokio::spawn` once; of all such tasks in the test 1 outlived its crash",
        "shard_mesh::spawn",
        "\"disk of 1, crash 1\": keeps 1 of 3 unsynced",
    ] {
        assert!(report.contains(told), "no {told} in\n{report}");
    }
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "a closure that reads or writes a disk touches the same disk")]
async fn a_closure_may_not_touch_the_same_disk(_peers: [Endpoint; 2], mesh: Mesh) {
    let disk = mesh.disk(1, 7);
    disk.write(|n| *n += disk.read(|n| *n));
}

#[shard_mesh::test(peers = 0..2)]
async fn a_closure_that_panics_changes_nothing(_peers: [Endpoint; 2], mesh: Mesh) {
    let disk = mesh.disk(1, 7);
    let writes = AssertUnwindSafe(|| {
        disk.write(|n| {
            *n = 8;
            assert!(*n < 8, "on purpose");
        });
    });
    assert!(catch_unwind(writes).is_err());
    assert_eq!(disk.read(|n| *n), 7);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "shard 7 was never created")]
async fn a_shard_that_was_never_created_has_no_disk(_peers: [Endpoint; 2], mesh: Mesh) {
    let _disk = mesh.disk(7, 0);
}
