//! Promise 5: any number of tasks on one endpoint; every future is `Send`.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::task::Poll;

use shard_mesh::{
    Endpoint, InProcessTransport, InProcessTransportFactory, Mesh, ShardId, Transport,
};

use crate::poll::{Task, block_on, mesh, now, poll};

fn is_send<T: Send>(value: T) -> T {
    value
}

fn is_send_and_sync<T: Send + Sync>() {}

/// A payload that may move between threads, but not be shared by them.
type Unshared = Cell<u32>;

#[test]
fn every_future_is_send_even_for_a_payload_that_is_not_sync() {
    let (factory, [a, b]) = mesh::<Unshared, 2>(4, &[(0, 1)]);
    now(is_send(a.send_segment(ShardId(1), Cell::new(1)))).unwrap();
    now(is_send(Transport::send_segment(
        &*a,
        ShardId(1),
        Cell::new(2),
    )))
    .unwrap();
    now(is_send(Transport::send_segment(
        &a,
        ShardId(1),
        Cell::new(3),
    )))
    .unwrap();
    now(is_send(a.send_segment(ShardId(1), Cell::new(4)))).unwrap();
    assert_eq!(now(is_send(b.recv_segment())), Some(Cell::new(1)));
    assert_eq!(
        now(is_send(Transport::recv_segment(&*b))),
        Some(Cell::new(2))
    );
    assert_eq!(
        now(is_send(Transport::recv_segment(&b))),
        Some(Cell::new(3))
    );
    let (_, last) = now(is_send(b.recv_segment_from())).unwrap();
    assert_eq!(last, Cell::new(4));
    drop(is_send(factory.mesh().settle()));
}

#[test]
fn what_holds_a_mesh_can_be_shared_between_threads() {
    is_send_and_sync::<Endpoint<Unshared>>();
    is_send_and_sync::<InProcessTransport<Unshared>>();
    is_send_and_sync::<InProcessTransportFactory<Unshared>>();
    is_send_and_sync::<Mesh<Unshared>>();
}

#[test]
fn each_segment_is_delivered_to_one_receiver() {
    let (_factory, [a, b]) = mesh(256, &[(0, 1)]);
    let waiting = [(); 3].map(|()| Task::waits(b.recv_segment()));
    a.try_send_segment(ShardId(1), 1).unwrap();
    let woken: Vec<_> = waiting.iter().map(Task::is_woken).collect();
    assert_eq!(
        woken,
        [true, false, false],
        "one segment wakes one receiver, the first"
    );
    a.try_send_segment(ShardId(1), 2).unwrap();
    a.try_send_segment(ShardId(1), 3).unwrap();
    let received = waiting.map(Task::finish);
    assert_eq!(received, [Some(1), Some(2), Some(3)]);
}

#[test]
fn a_receiver_whose_segment_was_taken_by_another_waits_on_in_its_place() {
    let (_factory, [a, b]) = mesh(256, &[(0, 1)]);
    let mut first = Task::waits(b.recv_segment());
    let mut second = Task::waits(b.recv_segment());
    a.try_send_segment(ShardId(1), 1).unwrap();
    assert!(first.is_woken());
    assert_eq!(b.try_recv_segment(), Ok(1));
    assert_eq!(first.poll(), Poll::Pending);
    assert_eq!(second.poll(), Poll::Pending);
    a.try_send_segment(ShardId(1), 2).unwrap();
    assert!(!second.is_woken());
    assert_eq!(first.finish(), Some(2));
}

#[test]
fn a_receiver_that_is_polled_out_of_turn_strands_no_segment() {
    let (_factory, [a, b]) = mesh(256, &[(0, 1)]);
    let first = Task::waits(b.recv_segment());
    let mut second = Task::waits(b.recv_segment());
    a.try_send_segment(ShardId(1), 1).unwrap();
    assert_eq!(second.poll(), Poll::Ready(Some(1)));
    a.try_send_segment(ShardId(1), 2).unwrap();
    assert_eq!(first.finish(), Some(2));
}

#[test]
fn a_future_that_moved_to_another_task_wakes_that_one() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    let mut receiving = Box::pin(b.recv_segment());
    assert_eq!(poll(receiving.as_mut()), Poll::Pending);
    let waiting = Task::waits(receiving);
    a.try_send_segment(ShardId(1), 1).unwrap();
    assert_eq!(waiting.finish(), Some(1));

    a.try_send_segment(ShardId(1), 2).unwrap();
    let mut sending = Box::pin(a.send_segment(ShardId(1), 3));
    assert_eq!(poll(sending.as_mut()), Poll::Pending);
    let waiting = Task::waits(sending);
    assert_eq!(now(b.recv_segment()), Some(2));
    assert_eq!(waiting.finish(), Ok(()));
}

/// Sends `0..tasks * each` in so many tasks, and receives them in as many.
async fn exchange(a: Endpoint<u32>, b: Endpoint<u32>, tasks: u32, each: u32) {
    let senders: Vec<_> = (0..tasks)
        .map(|task| {
            let a = a.clone();
            tokio::spawn(async move {
                for number in task * each..(task + 1) * each {
                    a.send_segment(ShardId(1), number).await.unwrap();
                }
            })
        })
        .collect();
    drop(a);
    let receivers: Vec<_> = (0..tasks)
        .map(|_| {
            let b = b.clone();
            tokio::spawn(async move {
                let mut received = Vec::new();
                while let Some(number) = b.recv_segment().await {
                    received.push(number);
                }
                received
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    let mut all = Vec::new();
    for receiver in receivers {
        all.extend(receiver.await.unwrap());
    }
    assert_eq!(
        all.len(),
        (tasks * each) as usize,
        "nothing is lost or doubled"
    );
    let all: BTreeSet<_> = all.into_iter().collect();
    assert_eq!(all, (0..tasks * each).collect());
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 4)]
async fn concurrent_sends_of_many_tasks_lose_and_double_nothing(
    a: Endpoint<u32>,
    b: Endpoint<u32>,
) {
    exchange(a, b, 20, 50).await;
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 4, flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_sends_on_several_threads_lose_and_double_nothing(
    a: Endpoint<u32>,
    b: Endpoint<u32>,
) {
    exchange(a, b, 20, 50).await;
}

#[test]
fn plain_threads_send_and_receive_without_a_runtime() {
    let (_factory, [a, b]) = mesh(2, &[(0, 1)]);
    let sender = std::thread::spawn(move || {
        for number in 0..1000 {
            block_on(a.send_segment(ShardId(1), number)).unwrap();
        }
    });
    for number in 0..1000 {
        assert_eq!(block_on(b.recv_segment()), Some(number));
    }
    assert_eq!(block_on(b.recv_segment()), None);
    sender.join().unwrap();
}

#[shard_mesh::test(leader = 0, followers = [1], start_paused = false)]
async fn a_plain_thread_wakes_a_task_of_the_runtime(a: Endpoint<u32>, b: Endpoint<u32>) {
    let thread = std::thread::spawn(move || block_on(a.send_segment(ShardId(1), 7)));
    assert_eq!(b.recv_segment().await, Some(7));
    thread.join().unwrap().unwrap();
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1_000_000)]
async fn a_receiver_that_always_finds_something_lets_other_tasks_run(
    a: Endpoint<u32>,
    b: Endpoint<u32>,
) {
    for number in 0..10_000 {
        a.try_send_segment(ShardId(1), number).unwrap();
    }
    let other = tokio::spawn(async {});
    let mut received = 0;
    while !other.is_finished() {
        b.recv_segment().await.unwrap();
        received += 1;
        assert!(received < 10_000, "the other task never ran");
    }
}
