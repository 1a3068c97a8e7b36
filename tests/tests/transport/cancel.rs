//! Promise 6: a future that is dropped loses nothing.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use shard_mesh::{Endpoint, ShardId, TransportError, TryRecvError};

use crate::poll::{Task, mesh, now};

#[test]
fn a_send_that_is_dropped_unpolled_has_not_sent() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    let payload = Arc::new(());
    drop(a.send_segment(ShardId(1), payload.clone()));
    assert_eq!(
        Arc::strong_count(&payload),
        1,
        "the payload is dropped with it"
    );
    assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    assert_eq!(factory.mesh().stats().link(0, 1).sent, 0);
}

#[test]
fn a_send_that_is_dropped_while_it_waits_has_not_sent() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    let payload = Arc::new("waits");
    a.try_send_segment(ShardId(1), Arc::new("sent")).unwrap();
    drop(Task::waits(a.send_segment(ShardId(1), payload.clone())));
    assert_eq!(
        Arc::strong_count(&payload),
        1,
        "the payload is dropped with it"
    );
    assert_eq!(now(b.recv_segment()), Some(Arc::new("sent")));
    assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    assert_eq!(factory.mesh().stats().link(0, 1).sent, 1);
}

#[test]
fn the_place_of_a_send_that_is_dropped_asleep_goes_to_the_next() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    let first = Task::waits(a.send_segment(ShardId(1), 1));
    let second = Task::waits(a.send_segment(ShardId(1), 2));
    drop(first);
    assert!(!second.is_woken(), "there is no room yet");
    assert_eq!(now(b.recv_segment()), Some(0));
    assert_eq!(second.finish(), Ok(()));
}

#[test]
fn the_turn_of_a_send_that_is_dropped_woken_goes_to_the_next() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    let [first, second, third] = [1, 2, 3].map(|n| Task::waits(a.send_segment(ShardId(1), n)));
    assert_eq!(now(b.recv_segment()), Some(0));
    assert!(first.is_woken());
    drop(first);
    assert!(second.is_woken());
    drop(second);
    assert_eq!(third.finish(), Ok(()));
    assert_eq!(now(b.recv_segment()), Some(3));
}

#[test]
fn the_turn_of_a_send_that_is_dropped_goes_past_those_already_woken() {
    let (_factory, [a, b]) = mesh(2, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    a.try_send_segment(ShardId(1), 1).unwrap();
    let [first, second, third] = [2, 3, 4].map(|n| Task::waits(a.send_segment(ShardId(1), n)));
    now(b.recv_segment()).unwrap();
    now(b.recv_segment()).unwrap();
    assert!(!third.is_woken());
    drop(first);
    assert_eq!(third.finish(), Ok(()));
    assert_eq!(second.finish(), Ok(()));
}

#[test]
fn a_receive_that_is_dropped_while_it_waits_loses_nothing() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    drop(b.recv_segment());
    drop(Task::waits(b.recv_segment()));
    let waiting = Task::waits(b.recv_segment());
    a.try_send_segment(ShardId(1), 1).unwrap();
    assert_eq!(waiting.finish(), Some(1));
}

#[test]
fn a_receive_that_is_dropped_woken_passes_its_turn_on() {
    let (_factory, [a, b]) = mesh(2, &[(0, 1)]);
    let [first, second, third] = [(); 3].map(|()| Task::waits(b.recv_segment()));
    a.try_send_segment(ShardId(1), 1).unwrap();
    a.try_send_segment(ShardId(1), 2).unwrap();
    assert!(first.is_woken() && second.is_woken() && !third.is_woken());
    drop(first);
    assert_eq!(third.finish(), Some(1));
    assert_eq!(second.finish(), Some(2));
}

#[test]
fn a_receive_that_is_dropped_woken_leaves_the_segment_where_it_is() {
    let (_factory, [a, b]) = mesh(2, &[(0, 1)]);
    let woken = Task::waits(b.recv_segment());
    a.try_send_segment(ShardId(1), 1).unwrap();
    a.try_send_segment(ShardId(1), 2).unwrap();
    drop(woken);
    assert_eq!(now(b.recv_segment()), Some(1));
    assert_eq!(now(b.recv_segment()), Some(2));
}

#[test]
fn a_send_that_is_dropped_after_the_peer_went_is_of_no_consequence() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    let dropped = Task::waits(a.send_segment(ShardId(1), 1));
    let other = Task::waits(a.send_segment(ShardId(1), 2));
    drop(b);
    drop(dropped);
    assert_eq!(other.finish(), Err(TransportError::Closed));
    let b = factory.create(ShardId(1));
    factory.connect(ShardId(0), ShardId(1));
    now(a.send_segment(ShardId(1), 3)).unwrap();
    assert_eq!(now(b.recv_segment()), Some(3));
}

#[test]
fn a_receive_that_has_completed_leaves_no_place_behind() {
    let (_factory, [a, b]) = mesh(2, &[(0, 1)]);
    // By way of the line, and by what another receiver has taken over for all.
    for ahead in [0, 1] {
        let mut served = Task::waits(b.recv_segment_from());
        for number in 0..=ahead {
            a.try_send_segment(ShardId(1), number).unwrap();
        }
        for number in 0..ahead {
            assert_eq!(b.try_recv_segment(), Ok(number));
        }
        assert_eq!(served.poll(), Poll::Ready(Some((ShardId(0), ahead))));
        let next = Task::waits(b.recv_segment());
        drop(served);
        assert!(!next.is_woken(), "there is no turn to pass on");
    }
}

#[test]
fn a_send_that_has_completed_leaves_no_place_behind() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    let mut served = Task::waits(a.send_segment(ShardId(1), 1));
    assert_eq!(now(b.recv_segment()), Some(0));
    assert_eq!(served.poll(), Poll::Ready(Ok(())));
    let next = Task::waits(a.send_segment(ShardId(1), 2));
    drop(served);
    assert!(!next.is_woken(), "there is no turn to pass on");
}

#[shard_mesh::test(leader = 0, followers = [1], capacity = 1)]
async fn timeouts_around_both_sides_lose_and_double_nothing(a: Endpoint<u32>, b: Endpoint<u32>) {
    let sender = tokio::spawn(async move {
        let mut sent = Vec::new();
        for number in 0..200 {
            let patience = Duration::from_millis(u64::from(number % 3));
            let sending = a.send_segment(ShardId(1), number);
            if let Ok(done) = tokio::time::timeout(patience, sending).await {
                done.unwrap();
                sent.push(number);
            }
        }
        sent
    });
    let mut received = Vec::new();
    loop {
        match tokio::time::timeout(Duration::from_millis(2), b.recv_segment()).await {
            Ok(Some(number)) => received.push(number),
            Ok(None) => break,
            Err(_elapsed) => {}
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let sent = sender.await.unwrap();
    assert!(
        (1..200).contains(&sent.len()),
        "{} of 200 were sent: some should be, some not",
        sent.len()
    );
    assert_eq!(received, sent);
}
