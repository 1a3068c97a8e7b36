//! Two leaders ship their write-ahead logs, real files, to two followers, over a network that loses,
//! doubles and reorders, and crash with them. Each follower ends with both logs, byte for byte, and
//! has applied each record once.
//!
//! Learn from it: the system under test is written against endpoints and directories, and knows
//! nothing of the mesh; leaders and followers are nodes, and `chaos` plays the network and the power
//! failures. It leans on four promises: a crash drops a node where it is, in the middle of a write, too;
//! a restart boots it with a fresh endpoint and the same links, and with the directory that it captured;
//! what was under way to it is lost, so that who sends must ask again; and `mesh.calm` ends chaos with
//! every node booted. Files are read and written within the tasks, not by other threads: so the paused
//! clock waits for them, and a seed repeats what it did.
//!
//! | file | what |
//! | --- | --- |
//! | `router.rs` | which leader a key belongs to |
//! | `segment_name.rs`, `batch.rs`, `log.rs` | the log: file names, what is in a file, the directory |
//! | `packet.rs`, `shipper.rs`, `follower.rs` | the replication: what is said, by a leader, by a follower |
//! | `cluster.rs` | all of that on a mesh |
//!
//! `cargo run --example wal_shipping`

mod batch;
mod cluster;
mod follower;
mod log;
mod packet;
mod router;
mod segment_name;
mod shipper;

use shard_mesh::{Endpoint, Mesh, ShardId, ms};
use tokio::time::sleep;

use crate::cluster::{Cluster, LEADERS};
use crate::log::LogError;
use crate::packet::Packet;
use crate::router::ShardRouter;

/// `count` records, each of which adds to the sum of one of a hundred keys.
fn records(count: i64) -> impl Iterator<Item = (String, i64)> {
    (1..=count).map(|number| (format!("key-{}", number * 7 % 100), number))
}

#[shard_mesh::shard_mesh(
    leaders = [0, 1], followers = [2, 3], topology = duplex, latency = "2ms", loss = 0.02,
)]
async fn main(endpoints: Vec<Endpoint<Packet>>, mesh: Mesh<Packet>) -> Result<(), LogError> {
    let cluster = Cluster::start(&mesh, endpoints, records(1000))?;
    for leader in LEADERS {
        let segments = log::segments(&cluster.disk(leader))?.len();
        let bytes = cluster.log_bytes(leader, leader)?.len();
        println!("leader {leader} holds a log of {segments} segments, {bytes} bytes");
    }

    sleep(ms(43)).await;
    mesh.crash(3);
    let disk = cluster.disk(ShardId(3));
    let segments = log::segments(&disk)?;
    let torn = segments
        .iter()
        .filter(|&&name| log::read(&disk, name).is_err());
    println!(
        "follower 3 crashes, with {} segments on its disk, {} of them torn",
        segments.len(),
        torn.count(),
    );
    sleep(ms(20)).await;
    mesh.restart(3);

    let home = ShardRouter::new(LEADERS).shard_of("key-1");
    for (id, follower) in cluster.shipped().await? {
        let mut verdict = "byte for byte";
        for leader in LEADERS {
            if cluster.log_bytes(leader, id)? != cluster.log_bytes(leader, leader)? {
                verdict = "NOT the same bytes";
            }
        }
        let applied = LEADERS.map(|leader| format!("1..={} of {leader}", follower.due(leader) - 1));
        let sum = follower.get(home, "key-1").unwrap_or_default();
        println!(
            "follower {id} applied {}, {verdict}; key-1, of leader {home}, is {sum}",
            applied.join(" and "),
        );
    }
    println!("\n{}", mesh.stats());
    println!("what happened:\n{}", mesh.timeline());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use shard_mesh::{Verdict, WalSegmentPayload};

    use super::*;
    use crate::cluster::FOLLOWERS;

    const RECORDS: i64 = 200;

    fn start(mesh: &Mesh<Packet>, endpoints: Vec<Endpoint<Packet>>) -> Cluster {
        Cluster::start(mesh, endpoints, records(RECORDS)).unwrap()
    }

    /// At any moment, in the middle of a write too.
    fn assert_copies_are_prefixes(cluster: &Cluster) {
        for leader in LEADERS {
            let log = cluster.log_bytes(leader, leader).unwrap();
            for follower in FOLLOWERS {
                let copy = cluster.log_bytes(leader, follower).unwrap();
                assert!(log.starts_with(&copy), "{follower} strayed from {leader}");
            }
        }
    }

    /// Lets all come to its end, and compares it to what the leaders were given.
    async fn assert_all_is_copied(cluster: Cluster) {
        let followers = cluster.shipped().await.unwrap();
        let (router, mut sums) = (ShardRouter::new(LEADERS), BTreeMap::new());
        for (key, amount) in records(RECORDS) {
            *sums.entry(key).or_insert(0) += amount;
        }
        for (id, follower) in followers {
            for leader in LEADERS {
                let log = cluster.log_bytes(leader, leader).unwrap();
                assert!(cluster.log_bytes(leader, id).unwrap() == log);
            }
            for (key, sum) in &sums {
                assert_eq!(follower.get(router.shard_of(key), key), Some(*sum));
            }
            assert_eq!(follower.get(router.shard_of("nobody"), "nobody"), None);
        }
    }

    #[shard_mesh::test(
        leaders = [0, 1], followers = [2, 3], topology = duplex,
        latency = "1ms..20ms", loss = 0.1, duplicate = 0.05, reorder = 0.05, chaos,
        seeds = 0..300,
    )]
    async fn a_bad_network_and_crashes_leave_no_trace(
        endpoints: Vec<Endpoint<Packet>>,
        mesh: Mesh<Packet>,
    ) {
        let cluster = start(&mesh, endpoints);
        sleep(mesh.pick("chaos for", ms(0)..ms(500))).await;
        mesh.calm().await;
        assert_copies_are_prefixes(&cluster);
        assert_all_is_copied(cluster).await;
    }

    #[shard_mesh::test(leaders = [0, 1], followers = [2, 3], topology = duplex)]
    async fn a_segment_that_is_damaged_on_its_way_is_shipped_again(
        endpoints: Vec<Endpoint<Packet>>,
        mesh: Mesh<Packet>,
    ) {
        let _rule = mesh.rule(|m| {
            if let (Packet::Segment(segment), 2..5) = (&mut *m.payload, m.number) {
                let mut data = segment.data().to_vec();
                *data.last_mut().unwrap() ^= 1;
                *segment = WalSegmentPayload::new(m.from, segment.number(), data);
            }
            Verdict::Pass
        });
        assert_all_is_copied(start(&mesh, endpoints)).await;
    }

    #[shard_mesh::test(leaders = [0, 1], followers = [2, 3], topology = duplex)]
    async fn a_follower_that_comes_back_with_an_empty_disk_is_shipped_all(
        endpoints: Vec<Endpoint<Packet>>,
        mesh: Mesh<Packet>,
    ) {
        let cluster = start(&mesh, endpoints);
        sleep(ms(10)).await;
        mesh.crash(2);
        let disk = cluster.disk(ShardId(2));
        assert!(!log::segments(&disk).unwrap().is_empty());
        fs::remove_dir_all(&disk).unwrap();
        fs::create_dir(&disk).unwrap();
        mesh.restart(2);
        assert_all_is_copied(cluster).await;
    }
}
