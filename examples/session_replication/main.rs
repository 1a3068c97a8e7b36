//! Clients add to a sum at a leader, which replicates to a follower over a bridge. A client that hears
//! nothing asks again, also at the other server, and yet each of its requests is applied once: also
//! when the leader crashes and the follower takes its place. Beside it a naive follower, which keeps
//! the operations and not the record of who asked for them, and the sweep that catches it.
//!
//! Learn from it: a shard may be a client, or a relay, as well as a replica, wired with `links`; the
//! moment of the crash is picked by the mesh, and what else happens is chaos, so that a sweep tries many, and
//! tells which; the store is a plain struct, with tests of its own that need no mesh. It leans on three promises: a crash loses what is
//! on its way to and from the shard; a shard that crashed is silent to its peers, so that only a timer
//! tells; and there is no link but those that were made, so that a leader reaches its follower through
//! the bridge or not at all.
//!
//! | file | what |
//! | --- | --- |
//! | `sessions.rs` | the idempotency store, what it may forget, and why |
//! | `replica.rs` | a server, as a function from a message to messages |
//! | `client.rs` | a client, which retries |
//! | `cluster.rs` | all of that on a mesh, with a bridge |
//!
//! Who leads is not decided here, but by the test (see `split_brain`); a session never ends, and there
//! is one per client: to end them takes a clock, or an operation of its own.
//!
//! `cargo run --example session_replication`, or with `-- naive` behind it

mod client;
mod cluster;
mod replica;
mod sessions;

use std::time::Duration;

use shard_mesh::{Endpoint, Mesh};
use tokio::time::sleep;

use crate::cluster::Cluster;
use crate::replica::{Accept, Message, Replica};

#[shard_mesh::shard_mesh(
    peers = 0..5, links = [0 <-> 1, 1 <-> 2, 3 <-> 0, 3 <-> 2, 4 <-> 0, 4 <-> 2],
    latency = "5ms", loss = 0.05,
)]
async fn main(endpoints: [Endpoint<Message>; 5], mesh: Mesh<Message>) {
    let naive = std::env::args().any(|it| it == "naive");
    let (name, accept): (_, Accept) = if naive {
        ("keeps operations only", Replica::apply_without_record)
    } else {
        ("keeps who asked, too", Replica::apply)
    };
    let mut cluster = Cluster::start(&mesh, &endpoints, 30, accept);
    sleep(Duration::from_millis(150)).await;
    println!("the follower {name}");
    let entries = cluster.leader.lock().unwrap().ledger.len();
    cluster.lose_leader(Duration::from_millis(200)).await;
    let kept = cluster.leader.lock().unwrap().ledger.len();
    println!("  the leader crashes with {entries} entries, the follower leads with {kept}");
    let outcome = cluster.finish().await;
    let entries = cluster.leader.lock().unwrap().ledger.len();
    println!(
        "  {} requests, with {} retries, made {entries} entries",
        outcome.requests, outcome.retries,
    );
    for mistake in outcome.mistakes {
        println!("  {mistake}");
    }
    println!("\n{}", mesh.stats());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions::WINDOW;
    use shard_mesh::ms;

    /// The seed chooses also when the leader crashes, within the time that the requests take, and
    /// how soon somebody sees to it: what the leader sent may still be on its way.
    async fn lose_leader_at_some_moment(cluster: &mut Cluster) {
        sleep(cluster.mesh.pick("crash at", ms(0)..ms(500))).await;
        let down = cluster.mesh.pick("down for", ms(0)..ms(50));
        cluster.lose_leader(down).await;
    }

    // The bridge and the follower crash and come back, and all are cut off, slowed and paused.
    #[shard_mesh::test(
        peers = 0..5, links = [0 <-> 1, 1 <-> 2, 3 <-> 0, 3 <-> 2, 4 <-> 0, 4 <-> 2],
        latency = "1ms..20ms", loss = 0.1, duplicate = 0.05, reorder = 0.05,
        chaos, jostle = 0.05, seeds = 0..500,
    )]
    async fn each_request_is_applied_once_whoever_crashes(
        endpoints: [Endpoint<Message>; 5],
        mesh: Mesh<Message>,
    ) {
        mesh.chaos().clients([3, 4]).among([1, 2]);
        let mut cluster = Cluster::start(&mesh, &endpoints, 20, Replica::apply);
        if mesh.chance("the leader crashes", 0.5) {
            lose_leader_at_some_moment(&mut cluster).await;
        }
        sleep(mesh.pick("chaos for", ms(0)..ms(2000))).await;
        mesh.calm().await;
        let outcome = cluster.finish().await;
        assert_eq!((outcome.requests, outcome.mistakes), (40, vec![]));
    }

    // With `#[should_panic]` away this is what it looks like: the sweep fails, and names a request.
    #[shard_mesh::test(
        peers = 0..5, links = [0 <-> 1, 1 <-> 2, 3 <-> 0, 3 <-> 2, 4 <-> 0, 4 <-> 2],
        latency = "1ms..20ms", loss = 0.1, duplicate = 0.05, reorder = 0.05,
        seeds = 0..1500,
    )]
    #[should_panic(expected = "was applied twice")]
    async fn the_sweep_catches_a_follower_that_does_not_keep_who_asked(
        endpoints: [Endpoint<Message>; 5],
        mesh: Mesh<Message>,
    ) {
        let naive = Replica::apply_without_record;
        let mut cluster = Cluster::start(&mesh, &endpoints, 20, naive);
        lose_leader_at_some_moment(&mut cluster).await;
        let outcome = cluster.finish().await;
        assert_eq!((outcome.requests, outcome.mistakes), (40, vec![]));
    }

    #[shard_mesh::test(
        peers = 0..5, links = [0 <-> 1, 1 <-> 2, 3 <-> 0, 3 <-> 2, 4 <-> 0, 4 <-> 2],
        latency = "1ms..20ms", loss = 0.02, duplicate = 0.05, reorder = 0.05,
        timeout = "10m",
    )]
    async fn the_store_stays_small_however_long_it_runs(
        endpoints: [Endpoint<Message>; 5],
        mesh: Mesh<Message>,
    ) {
        let mut cluster = Cluster::start(&mesh, &endpoints, 2000, Replica::apply);
        let replicas = [cluster.leader.clone(), cluster.follower.clone()];
        let finish = tokio::spawn(async move { cluster.finish().await });
        let mut most = [0; 2];
        while !finish.is_finished() {
            for (replica, most) in replicas.iter().zip(&mut most) {
                *most = replica.lock().unwrap().sessions.kept().max(*most);
            }
            sleep(Duration::from_millis(1)).await;
        }
        let outcome = finish.await.unwrap();
        assert_eq!((outcome.requests, outcome.mistakes), (4000, vec![]));
        // Of two sessions a window each, and no more: the store was full, and stayed small.
        assert_eq!(most, [2 * usize::try_from(WINDOW).unwrap(); 2]);
    }
}
