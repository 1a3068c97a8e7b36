//! The test of `quickstart`, beside what the attribute makes of it, written by hand.
//!
//! Learn from it: there is no magic to outgrow. The attribute writes the second test, on the same
//! public API that you can call yourself, when a mesh is to be wired in a way for which the
//! attribute has no word.
//!
//! `cargo run --example expanded`

use std::process::ExitCode;

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, ShardId, WalSegmentPayload};

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn with_the_attribute(leader: Endpoint, followers: [Endpoint; 2]) {
    let segment = WalSegmentPayload::new(leader.local_shard(), 1, b"put k v".as_slice());
    for follower in &followers {
        leader
            .send_segment(follower.local_shard(), segment.clone())
            .await
            .unwrap();
        assert_eq!(follower.recv_segment().await, Some(segment.clone()));
    }
}

#[test]
fn by_hand() {
    assert_eq!(run_by_hand(), ExitCode::SUCCESS);
}

fn run_by_hand() -> ExitCode {
    async fn by_hand(leader: Endpoint, followers: [Endpoint; 2]) {
        let segment = WalSegmentPayload::new(leader.local_shard(), 1, b"put k v".as_slice());
        for follower in &followers {
            leader
                .send_segment(follower.local_shard(), segment.clone())
                .await
                .unwrap();
            assert_eq!(follower.recv_segment().await, Some(segment.clone()));
        }
    }

    // The harness makes the runtime, with a paused clock and a time-out, and reports on the meshes
    // that it watches when the test hangs.
    Harness::new(module_path!(), "by_hand").run(|run| {
        let factory = run.watch(InProcessTransportFactory::new());
        let shard_0 = factory.create(ShardId(0));
        let shard_1 = factory.create(ShardId(1));
        let shard_2 = factory.create(ShardId(2));
        factory.connect(ShardId(0), ShardId(1));
        factory.connect(ShardId(0), ShardId(2));
        Box::new(by_hand(shard_0, [shard_1, shard_2]))
    })
}

fn main() -> ExitCode {
    println!("the same test as under the attribute, run by hand");
    run_by_hand()
}
