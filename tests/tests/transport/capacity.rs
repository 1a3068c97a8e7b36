//! Promise 2: backpressure per link.

use shard_mesh::{InProcessTransportFactory, ShardId, TryRecvError, TrySendError};

use crate::poll::{Task, mesh, now};

#[test]
fn a_link_holds_exactly_its_capacity() {
    for capacity in [1, 2, 3, 256, 1000] {
        let (factory, [a, b]) = mesh(capacity, &[(0, 1)]);
        for number in 0..capacity {
            now(a.send_segment(ShardId(1), number)).unwrap();
        }
        let waiting = Task::waits(a.send_segment(ShardId(1), capacity));
        assert_eq!(factory.mesh().stats().link(0, 1).waiting, capacity as u64);
        assert_eq!(now(b.recv_segment()), Some(0));
        assert_eq!(waiting.finish(), Ok(()), "capacity {capacity}");
        assert_eq!(
            a.try_send_segment(ShardId(1), 0),
            Err(TrySendError::Full(0))
        );
    }
}

#[test]
fn a_link_holds_256_segments_unless_told() {
    let factory = InProcessTransportFactory::new();
    let (a, _b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    factory.connect(ShardId(0), ShardId(1));
    let sent = (0..1000).take_while(|&number| a.try_send_segment(ShardId(1), number).is_ok());
    assert_eq!(sent.count(), 256);
}

#[test]
fn a_link_may_be_as_large_as_usize_can_say() {
    let (_factory, [a, b]) = mesh(usize::MAX, &[(0, 1)]);
    for number in 0..10_000 {
        now(a.send_segment(ShardId(1), number)).unwrap();
    }
    for number in 0..10_000 {
        assert_eq!(b.try_recv_segment(), Ok(number));
    }
    assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
}

#[test]
fn a_full_link_slows_no_other_link() {
    // The same sender to another, another sender to the same, and the way back.
    let links = [(0, 1), (0, 2), (2, 1), (1, 0)];
    let (_factory, [a, b, c]) = mesh(1, &links);
    a.try_send_segment(ShardId(1), 0).unwrap();
    let waiting = Task::waits(a.send_segment(ShardId(1), 1));
    now(a.send_segment(ShardId(2), 2)).unwrap();
    now(c.send_segment(ShardId(1), 3)).unwrap();
    now(b.send_segment(ShardId(0), 4)).unwrap();
    assert_eq!(now(c.recv_segment()), Some(2));
    assert_eq!(now(a.recv_segment()), Some(4));
    assert!(!waiting.is_woken(), "no room has come on its own link");
}

#[test]
fn what_is_received_from_another_link_makes_no_room() {
    let (_factory, [a, b, c]) = mesh(1, &[(0, 2), (1, 2)]);
    b.try_send_segment(ShardId(2), "b").unwrap();
    a.try_send_segment(ShardId(2), "a").unwrap();
    let waiting = Task::waits(a.send_segment(ShardId(2), "second of a"));
    assert_eq!(now(c.recv_segment()), Some("b"));
    assert!(!waiting.is_woken());
    assert_eq!(now(c.recv_segment()), Some("a"));
    assert_eq!(waiting.finish(), Ok(()));
}

#[test]
fn each_segment_received_lets_one_sender_go_on() {
    let (_factory, [a, b]) = mesh(2, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    a.try_send_segment(ShardId(1), 1).unwrap();
    let waiting: Vec<_> = (2..6)
        .map(|number| Task::waits(a.send_segment(ShardId(1), number)))
        .collect();
    let woken = |waiting: &[Task<'_, _>]| waiting.iter().filter(|task| task.is_woken()).count();
    assert_eq!(woken(&waiting), 0);
    now(b.recv_segment()).unwrap();
    assert_eq!(woken(&waiting), 1);
    b.try_recv_segment().unwrap();
    assert_eq!(woken(&waiting), 2);
    for task in waiting.into_iter().take(2) {
        assert_eq!(task.finish(), Ok(()));
    }
}

#[test]
fn try_send_takes_no_room_from_those_who_wait() {
    let (_factory, [a, b]) = mesh(2, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    a.try_send_segment(ShardId(1), 1).unwrap();
    let waiting = Task::waits(a.send_segment(ShardId(1), 2));
    b.try_recv_segment().unwrap();
    let refused = a.try_send_segment(ShardId(1), 3).unwrap_err();
    assert_eq!(refused, TrySendError::Full(3));
    b.try_recv_segment().unwrap();
    a.try_send_segment(ShardId(1), 4)
        .expect("room for one more than those who wait");
    assert_eq!(waiting.finish(), Ok(()));
}

#[test]
fn a_segment_that_was_not_sent_takes_no_room() {
    let (_factory, [a, _b]) = mesh(1, &[(0, 1)]);
    drop(a.send_segment(ShardId(1), "never polled"));
    assert!(a.try_send_segment(ShardId(9), "nobody").is_err());
    a.try_send_segment(ShardId(1), "the first").unwrap();
}

#[test]
fn what_a_dropped_endpoint_had_not_received_takes_no_room_once_it_is_created_again() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), "lost").unwrap();
    drop(b);
    let b = factory.create(ShardId(1));
    factory.connect(ShardId(0), ShardId(1));
    a.try_send_segment(ShardId(1), "kept").unwrap();
    assert_eq!(now(b.recv_segment()), Some("kept"));
}

#[test]
fn what_a_closed_link_still_holds_takes_room_when_it_opens_again() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), "before").unwrap();
    factory.disconnect(ShardId(0), ShardId(1));
    factory.connect(ShardId(0), ShardId(1));
    let waiting = Task::waits(a.send_segment(ShardId(1), "after"));
    assert_eq!(now(b.recv_segment()), Some("before"));
    assert_eq!(waiting.finish(), Ok(()));
    assert_eq!(now(b.recv_segment()), Some("after"));
}
