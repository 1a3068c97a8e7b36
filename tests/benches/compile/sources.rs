//! The tests that are compiled.

use std::fmt::Write as _;

/// `count` tests after `header`, each made of its number.
fn tests(count: u32, header: &str, test: impl Fn(u32) -> String) -> String {
    let mut source = format!("#![cfg(test)]\n{header}\n");
    for number in 0..count {
        let _ = writeln!(source, "{}", test(number));
    }
    source
}

/// Tests that do nothing.
pub(crate) fn empty(count: u32) -> String {
    tests(count, "", |number| {
        format!("#[tokio::test]\nasync fn test_{number}() {{}}")
    })
}

/// Tests that are handed a mesh and do nothing with it.
pub(crate) fn annotated(count: u32) -> String {
    tests(count, "use shard_mesh::Endpoint;", |number| {
        format!(
            "#[shard_mesh::test(leader = 0, followers = [1, 2])]
             async fn test_{number}(_leader: Endpoint, _followers: [Endpoint; 2]) {{}}"
        )
    })
}

/// Tests that ship a segment on the mesh that they are handed.
pub(crate) fn annotated_with_bodies(count: u32) -> String {
    tests(
        count,
        "use shard_mesh::{Endpoint, ShardId, WalSegmentPayload};",
        |number| {
            format!(
                "#[shard_mesh::test(leader = 0, followers = [1, 2])]
             async fn test_{number}(leader: Endpoint, followers: [Endpoint; 2]) {{ {} }}",
                body(number)
            )
        },
    )
}

/// The same on a mesh that each test makes itself.
pub(crate) fn by_hand_with_bodies(count: u32) -> String {
    let header = "use shard_mesh::{InProcessTransportFactory, ShardId, WalSegmentPayload};";
    tests(count, header, |number| {
        format!(
            "#[tokio::test]
             async fn test_{number}() {{
                 let factory = InProcessTransportFactory::new();
                 let leader = factory.create(ShardId(0));
                 let followers = [factory.create(ShardId(1)), factory.create(ShardId(2))];
                 factory.connect(ShardId(0), ShardId(1));
                 factory.connect(ShardId(0), ShardId(2));
                 {}
             }}",
            body(number)
        )
    })
}

fn body(number: u32) -> String {
    format!(
        "let segment = WalSegmentPayload::new(ShardId(0), {number}, \"put k v\");
         for follower in &followers {{
             leader.send_segment(follower.local_shard(), segment.clone()).await.unwrap();
         }}
         for follower in &followers {{
             assert_eq!(follower.recv_segment().await, Some(segment.clone()));
         }}"
    )
}
