//! A race between tasks that tokio's order hides is found, and shrunk to the polls that matter.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shard_mesh::{Endpoint, Mesh};

use crate::child::{child, failing, says, text};
use crate::shrink::{failure, lines, without_space};
use crate::support::Packet;

/// The first reads what the second has written only if it is late. Others are there, and do not matter.
async fn races(mesh: &Mesh<Packet>) {
    let written = Arc::new(AtomicU64::new(0));
    let read = written.clone();
    for _ in 0..20 {
        mesh.run(1, async {});
    }
    mesh.run(0, async move {
        assert_eq!(read.load(Ordering::Relaxed), 0, "it read too late");
    });
    mesh.run(0, async move { written.store(1, Ordering::Relaxed) });
    mesh.settle().await;
}

#[shard_mesh::test(peers = 0..2, jostle = 0.1, seeds = 0..1000)]
#[ignore = "fails: `a_race_is_shrunk_to_one_poll` runs it"]
async fn late(_peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    races(&mesh).await;
}

#[shard_mesh::test(peers = 0..2, jostle = 0.1, pinned)]
#[ignore = "fails: `a_race_is_shrunk_to_one_poll` runs it"]
async fn late_pinned(_peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    mesh.pin("jostle of 0, task 1, poll 1", 1); // the task spawned at tests/tests/report/jostled.rs:19 lets others go first
    races(&mesh).await;
}

/// Tokio's own order hides it.
#[shard_mesh::test(peers = 0..2, seeds = 0..1000)]
async fn without_jostle_it_is_never_late(_peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    races(&mesh).await;
}

#[test]
fn a_race_is_shrunk_to_one_poll() {
    let page = failing("jostled::late");
    says(&page, &["shrunk  1 of ", "random decisions is enough"]);
    says(&page, &["picked  others went first at ", "(`jostle`)"]);
    let source = include_str!("jostled.rs");
    let printed = lines(&page);
    assert!(
        without_space(source).contains(&without_space(&printed)),
        "{printed}\n{page}"
    );
    let pinned = failing("jostled::late_pinned");
    assert_eq!(failure(&page), failure(&pinned));
}

#[shard_mesh::test(peers = 0..2, jostle = 0.1, pinned)]
#[ignore = "fails: `a_pin_of_more_than_there_is_says_so` runs it"]
async fn pinned_too_high(_peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    mesh.pin("jostle of 0, task 1, poll 1", 4);
    races(&mesh).await;
}

#[test]
fn a_pin_of_more_than_there_is_says_so() {
    let page = text(&child("jostled::pinned_too_high", &[]));
    let told = "\"jostle of 0, task 1, poll 1\" is pinned to `4`: pin it to how often others go first, from 0 to 3";
    says(&page, &[told]);
}
