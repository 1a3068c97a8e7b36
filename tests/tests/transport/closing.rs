//! Promise 4: when `recv_segment` is `None`.

use std::task::Poll;

use shard_mesh::{ShardId, TryRecvError};

use crate::poll::{Task, mesh, now, poll};

#[test]
fn an_inbox_to_which_no_link_ever_led_is_closed_at_once() {
    // Links that lead away do not open it.
    let (_factory, [a, _b]) = mesh::<(), 2>(1, &[(0, 1)]);
    assert_eq!(now(a.recv_segment()), None);
    assert_eq!(now(a.recv_segment_from()), None);
    assert_eq!(a.try_recv_segment(), Err(TryRecvError::Closed));
}

#[test]
fn an_inbox_closes_when_all_senders_are_gone() {
    let (_factory, [a, b, c]) = mesh::<(), 3>(1, &[(0, 2), (1, 2)]);
    let waiting = Task::waits(c.recv_segment());
    drop(a);
    assert!(!waiting.is_woken(), "one sender is left");
    assert_eq!(c.try_recv_segment(), Err(TryRecvError::Empty));
    drop(b);
    assert_eq!(waiting.finish(), None);
    assert_eq!(c.try_recv_segment(), Err(TryRecvError::Closed));
}

#[test]
fn a_sender_is_gone_when_its_last_clone_is_dropped() {
    let (_factory, [a, b]) = mesh::<(), 2>(1, &[(0, 1)]);
    let clone = a.clone();
    drop(a);
    let waiting = Task::waits(b.recv_segment());
    drop(clone);
    assert_eq!(waiting.finish(), None);
}

#[test]
fn an_inbox_closes_when_its_last_link_is_disconnected() {
    let (factory, [_a, _b, c]) = mesh::<(), 3>(1, &[(0, 2), (1, 2)]);
    let waiting = Task::waits(c.recv_segment());
    factory.disconnect(ShardId(0), ShardId(2));
    assert!(!waiting.is_woken(), "one link is left");
    factory.disconnect(ShardId(1), ShardId(2));
    assert_eq!(waiting.finish(), None);
}

#[test]
fn neither_the_factory_nor_the_mesh_keeps_an_inbox_open() {
    let (factory, [a, b]) = mesh::<(), 2>(1, &[(0, 1)]);
    let _mesh = factory.mesh();
    drop(a);
    assert_eq!(now(b.recv_segment()), None);
}

#[test]
fn a_mesh_works_without_its_factory() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    drop(factory);
    now(a.send_segment(ShardId(1), 1)).unwrap();
    assert_eq!(now(b.recv_segment()), Some(1));
    drop(a);
    assert_eq!(now(b.recv_segment()), None);
}

#[test]
fn what_had_arrived_is_handed_out_first() {
    let (factory, [a, b, c]) = mesh(2, &[(0, 2), (1, 2)]);
    a.try_send_segment(ShardId(2), 1).unwrap();
    a.try_send_segment(ShardId(2), 2).unwrap();
    b.try_send_segment(ShardId(2), 3).unwrap();
    assert_eq!(now(c.recv_segment()), Some(1));
    drop(a);
    factory.disconnect(ShardId(1), ShardId(2));
    assert_eq!(now(c.recv_segment_from()), Some((ShardId(0), 2)));
    assert_eq!(c.try_recv_segment(), Ok(3));
    assert_eq!(now(c.recv_segment()), None);
}

#[test]
fn every_receiver_that_waits_learns_that_the_inbox_closed() {
    let (_factory, [a, b]) = mesh::<(), 2>(1, &[(0, 1)]);
    let waiting = [(); 3].map(|()| Task::waits(b.recv_segment()));
    drop(a);
    for task in waiting {
        assert_eq!(task.finish(), None);
    }
}

#[test]
fn connect_opens_a_closed_inbox_again() {
    let (factory, [a, b, _c]) = mesh(1, &[(0, 1)]);
    factory.disconnect(ShardId(0), ShardId(1));
    assert_eq!(now(b.recv_segment()), None);
    factory.connect(ShardId(2), ShardId(1));
    let waiting = Task::waits(b.recv_segment());
    factory.connect(ShardId(0), ShardId(1));
    a.try_send_segment(ShardId(1), "again").unwrap();
    assert_eq!(waiting.finish(), Some("again"));
}

#[test]
fn a_receiver_that_was_woken_by_the_end_waits_on_if_the_inbox_opened_meanwhile() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    let mut waiting = [(); 2].map(|()| Task::waits(b.recv_segment()));
    factory.disconnect(ShardId(0), ShardId(1));
    factory.connect(ShardId(0), ShardId(1));
    for task in &mut waiting {
        assert_eq!(task.poll(), Poll::Pending);
    }
    for (number, task) in (1..).zip(waiting) {
        a.try_send_segment(ShardId(1), number).unwrap();
        assert_eq!(task.finish(), Some(number));
    }
}

#[test]
fn disconnect_without_a_link_is_without_effect() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    factory.disconnect(ShardId(1), ShardId(0));
    factory.disconnect(ShardId(0), ShardId(1));
    factory.disconnect(ShardId(0), ShardId(1));
    factory.connect(ShardId(0), ShardId(1));
    assert_eq!(
        poll(b.recv_segment()),
        Poll::Pending,
        "one link is open, and closed twice"
    );
    a.try_send_segment(ShardId(1), 1).unwrap();
    assert_eq!(now(b.recv_segment()), Some(1));
}

#[test]
fn a_shard_that_is_created_again_closes_nothing_that_its_peers_still_read() {
    let (factory, [a, b]) = mesh(2, &[(0, 1)]);
    a.try_send_segment(ShardId(1), "of the first life").unwrap();
    drop(a);
    let a = factory.create(ShardId(0));
    factory.connect(ShardId(0), ShardId(1));
    a.try_send_segment(ShardId(1), "of the second").unwrap();
    assert_eq!(now(b.recv_segment()), Some("of the first life"));
    assert_eq!(now(b.recv_segment()), Some("of the second"));
    assert_eq!(poll(b.recv_segment()), Poll::Pending);
}

#[shard_mesh::test(leader = 0, followers = [1, 2])]
async fn a_loop_over_recv_ends_when_the_leader_is_dropped(
    leader: shard_mesh::Endpoint<u32>,
    followers: [shard_mesh::Endpoint<u32>; 2],
) {
    let readers = followers.map(|follower| {
        tokio::spawn(async move {
            let mut sum = 0;
            while let Some(number) = follower.recv_segment().await {
                sum += number;
            }
            sum
        })
    });
    for number in 1..=100 {
        leader.send_segment(ShardId(1), number).await.unwrap();
        leader.send_segment(ShardId(2), number).await.unwrap();
    }
    drop(leader);
    for reader in readers {
        assert_eq!(reader.await.unwrap(), 5050);
    }
}
