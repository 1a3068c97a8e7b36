//! Every shape of function, of parameters and of payloads.

use std::sync::Arc;

use shard_mesh::{Endpoint, Mesh, ShardId, Transport};

use crate::{segment, ship};

#[shard_mesh::test(peers = 0..4)]
async fn generics<T, const N: usize>(first: T, others: [Arc<dyn Transport>; N])
where
    T: Transport + Clone,
{
    assert_eq!(N, 3);
    for other in &others {
        ship(&first.clone(), other).await;
    }
}

#[shard_mesh::test(peers = 0..4)]
async fn patterns(mut a: Endpoint, [b, _]: [Endpoint; 2], _: Endpoint) {
    a = a.clone();
    ship(&a, &b).await;
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn dyn_transports(leader: Arc<dyn Transport>, follower: Arc<dyn Transport>) {
    ship(&leader, &follower).await;
}

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn a_vec_of_dyn(leader: impl Transport, followers: Vec<Arc<dyn Transport>>) {
    assert_eq!(followers.len(), 2);
    ship(&leader, &followers[1]).await;
}

#[shard_mesh::test(leader = 0, followers = 1..=300)]
async fn a_vec_of_many_dyn(leader: impl Transport, followers: Vec<Arc<dyn Transport>>) {
    assert_eq!(followers.len(), 300);
    ship(&leader, &followers[299]).await;
}

#[shard_mesh::test(peers = 0..1000)]
async fn a_thousand_shards(all: Vec<Endpoint>, mesh: Mesh) {
    assert_eq!(mesh.shards().len(), 1000);
    assert_eq!(mesh.links().len(), 999 * 1000);
    ship(&all[999], &all[0]).await;
}

#[shard_mesh::test(leader = 7, followers = [3, 1])]
async fn shards_come_in_the_order_written(all: Vec<Endpoint>, mesh: Mesh) {
    let ids: Vec<_> = all
        .iter()
        .map(|endpoint| endpoint.local_shard().0)
        .collect();
    assert_eq!(ids, [7, 3, 1]);
    assert_eq!(mesh.shards(), [ShardId(1), ShardId(3), ShardId(7)]);
}

#[derive(Debug)]
struct Unclonable(Box<u64>);

#[shard_mesh::test(peers = 0..2)]
async fn a_payload_of_ones_own(a: Endpoint<Unclonable>, b: Endpoint<Unclonable>) {
    a.send_segment(ShardId(1), Unclonable(Box::new(7)))
        .await
        .unwrap();
    assert_eq!(*b.recv_segment().await.unwrap().0, 7);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_payload_told_by_a_bound<T: Transport<String>>(a: T, b: T, mesh: Mesh<String>) {
    a.send_segment(ShardId(1), "hello".to_owned())
        .await
        .unwrap();
    assert_eq!(b.recv_segment().await.as_deref(), Some("hello"));
    assert_eq!(mesh.stats().link(0, 1).delivered, 1);
}

#[shard_mesh::test(peers = 0..2, flavor = "multi_thread", worker_threads = 2)]
async fn several_threads(a: Endpoint, b: Endpoint) {
    let sender = a.clone();
    let sent = tokio::spawn(async move {
        for number in 1..=1000 {
            sender
                .send_segment(ShardId(1), segment(number))
                .await
                .unwrap();
        }
    });
    for number in 1..=1000 {
        assert_eq!(b.recv_segment().await, Some(segment(number)));
    }
    sent.await.unwrap();
}

#[shard_mesh::test(peers = 0..1, start_paused = false)]
async fn the_real_clock(_peer: Endpoint) {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || tell.send(7));
    assert_eq!(told.await, Ok(7));
}

#[shard_mesh::test(peers = 0..1, timeout = "2h")]
async fn hours_pass_in_no_time(_peer: Endpoint) {
    let began = tokio::time::Instant::now();
    tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    assert_eq!(began.elapsed().as_secs(), 3600);
}

// A future that is not `Send` is no hindrance, as under `#[tokio::test]`.
#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_body_that_is_not_send(leader: Endpoint, follower: Endpoint) {
    let local = std::rc::Rc::new(1);
    ship(&leader, &follower).await;
    assert_eq!(*local, 1);
}
