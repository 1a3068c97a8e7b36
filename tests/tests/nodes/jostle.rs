//! `jostle`: tasks that let others go first, by the seed.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId};
use tokio::task::yield_now;
use tokio::time::Instant;

type Order = Arc<Mutex<Vec<u64>>>;

/// Eight tasks note their turns, five each.
async fn take_turns(mesh: &Mesh<u64>, spawn: impl Fn(u64, Order)) -> Vec<u64> {
    let order = Order::default();
    for task in 0..8 {
        spawn(task, order.clone());
    }
    mesh.settle().await;
    let order = order.lock().unwrap();
    order.clone()
}

async fn turns(task: u64, order: Order) {
    for _ in 0..5 {
        order.lock().unwrap().push(task);
        go_behind().await;
    }
}

/// Behind all tasks that can run. (What `yield_now` defers, tokio wakes in reverse.)
async fn go_behind() {
    let mut behind = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut behind, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn in_turn() -> Vec<u64> {
    (0..5).flat_map(|_| 0..8).collect()
}

/// The order under a seed.
fn order_of(seed: u64, probability: f64) -> Vec<u64> {
    let taken = Arc::new(Mutex::new(Vec::new()));
    Harness::new(module_path!(), "jostled")
        .seed(seed)
        .run(|run| {
            let factory = run.watch(InProcessTransportFactory::new());
            let _a = factory.create(ShardId(0));
            let (mesh, taken) = (factory.mesh(), taken.clone());
            mesh.jostle(probability);
            Box::new(async move {
                let spawn = |task, order| drop(mesh.spawn(0, turns(task, order)));
                let began = Instant::now();
                *taken.lock().unwrap() = take_turns(&mesh, spawn).await;
                assert_eq!(began.elapsed(), Duration::ZERO, "no time passes in it");
            })
        });
    let taken = taken.lock().unwrap();
    taken.clone()
}

#[test]
fn the_seed_orders_tasks_the_same_each_time_and_all_come_to_their_turns() {
    let orders: Vec<_> = (0..50).map(|seed| order_of(seed, 0.2)).collect();
    for (seed, order) in (0..).zip(&orders) {
        assert_eq!(*order, order_of(seed, 0.2), "seed {seed}");
        for task in 0..8 {
            assert_eq!(order.iter().filter(|it| **it == task).count(), 5);
        }
    }
    let others = orders.iter().filter(|it| **it != in_turn()).count();
    assert!(others > 45, "{others} of 50 are not in turn");
    assert_eq!(order_of(7, 0.0), in_turn());
    // It is bounded: each goes first after three others at the latest.
    assert_eq!(order_of(7, 1.0).len(), 40);
}

#[shard_mesh::test(peers = 0..2, jostle = 1.0, seeds = 0..20)]
async fn plain_tasks_and_the_body_keep_their_place(_peers: [Endpoint<u64>; 2]) {
    let order = Order::default();
    let tasks: Vec<_> = (0..8)
        .map(|task| tokio::spawn(turns(task, order.clone())))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), in_turn());
}

#[shard_mesh::test(peers = 0..2, jostle = 0.5, seeds = 0..50)]
async fn nodes_are_jostled_across_crashes(
    client: Endpoint<u64>,
    server: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.host(server, async |at: Endpoint<u64>| {
        while let Some((from, n)) = at.recv_segment_from().await {
            let _ = at.send_segment(from, n).await;
        }
    });
    for n in 0..20 {
        client.send_segment(ShardId(1), n).await.unwrap();
        assert_eq!(client.recv_segment().await, Some(n));
        if n % 5 == 0 {
            mesh.crash(1);
            mesh.restart(1);
        }
    }
    mesh.pause(1);
    client.send_segment(ShardId(1), 99).await.unwrap();
    yield_now().await;
    mesh.resume(1);
    assert_eq!(client.recv_segment().await, Some(99));
}

#[test]
#[should_panic(expected = "a mesh is jostled with 1.5: give a probability between 0 and 1")]
fn a_probability_above_1_is_refused() {
    InProcessTransportFactory::<u64>::new().mesh().jostle(1.5);
}

#[test]
#[should_panic(expected = "the mesh is jostled already")]
fn a_mesh_is_jostled_once() {
    let mesh = InProcessTransportFactory::<u64>::new().mesh();
    mesh.jostle(0.1);
    mesh.jostle(0.1);
}

#[test]
#[should_panic(expected = "`jostle` orders the tasks of one thread, and this test has several")]
fn several_threads_are_not_jostled() {
    Harness::new(module_path!(), "several")
        .multi_thread()
        .run(|run| {
            run.watch(InProcessTransportFactory::<u64>::new())
                .mesh()
                .jostle(0.1);
            Box::new(async {})
        });
}
