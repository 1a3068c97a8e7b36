//! Promise 3: what `send_segment` says, and in which order.

use std::error::Error;

use shard_mesh::TransportError::{Closed, UnknownPeer};
use shard_mesh::{Endpoint, ShardId, TransportError, TryRecvError, TrySendError};

use crate::poll::{Task, mesh, now};

/// `sender` is refused in this way, whichever method it uses.
#[track_caller]
fn refuses(sender: &Endpoint<&'static str>, to: u64, error: TransportError) {
    let to = ShardId(to);
    assert_eq!(now(sender.send_segment(to, "payload")), Err(error));
    let refused = sender.try_send_segment(to, "payload").unwrap_err();
    match (error, refused) {
        (UnknownPeer(peer), TrySendError::UnknownPeer(other, _)) => assert_eq!(peer, other),
        (Closed, TrySendError::Closed(_)) => {}
        (_, other) => panic!("send says {error:?}, and try_send {other:?}"),
    }
    assert_eq!(refused.into_payload(), "payload");
}

#[test]
fn a_shard_that_was_never_created_is_an_unknown_peer() {
    let (_factory, [a]) = mesh(1, &[]);
    refuses(&a, 7, UnknownPeer(ShardId(7)));
    refuses(&a, u64::MAX, UnknownPeer(ShardId(u64::MAX)));
}

#[test]
fn a_shard_that_is_not_connected_is_an_unknown_peer() {
    let (_factory, [a, _b, _c]) = mesh(1, &[(0, 2), (2, 1)]);
    refuses(&a, 1, UnknownPeer(ShardId(1)));
}

#[test]
fn a_shard_is_an_unknown_peer_to_itself() {
    let (_factory, [a, _b]) = mesh(1, &[(0, 1), (1, 0)]);
    refuses(&a, 0, UnknownPeer(ShardId(0)));
}

#[test]
fn the_way_back_on_a_one_way_link_is_an_unknown_peer() {
    let (_factory, [_a, b]) = mesh(1, &[(0, 1)]);
    refuses(&b, 0, UnknownPeer(ShardId(0)));
}

#[test]
fn a_disconnected_shard_is_an_unknown_peer() {
    let (factory, [a, _b]) = mesh(2, &[(0, 1)]);
    factory.disconnect(ShardId(0), ShardId(1));
    refuses(&a, 1, UnknownPeer(ShardId(1)));
    factory.connect(ShardId(0), ShardId(1));
    now(a.send_segment(ShardId(1), "payload")).unwrap();
    factory.disconnect(ShardId(0), ShardId(1));
    refuses(&a, 1, UnknownPeer(ShardId(1)));
}

#[test]
fn a_peer_that_was_dropped_has_closed() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    drop(b);
    refuses(&a, 1, Closed);
}

#[test]
fn a_peer_has_closed_only_when_its_last_clone_is_dropped() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    let clone = b.clone();
    drop(b);
    now(a.send_segment(ShardId(1), "payload")).unwrap();
    drop(clone);
    refuses(&a, 1, Closed);
}

#[test]
fn a_dropped_peer_that_was_never_connected_is_unknown() {
    let (_factory, [a, b]) = mesh(1, &[]);
    drop(b);
    refuses(&a, 1, UnknownPeer(ShardId(1)));
}

#[test]
fn unknown_comes_before_closed() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    drop(b);
    refuses(&a, 1, Closed);
    factory.disconnect(ShardId(0), ShardId(1));
    refuses(&a, 1, UnknownPeer(ShardId(1)));
}

#[test]
fn both_come_before_waiting_for_room() {
    let (factory, [a, b, _c]) = mesh(1, &[(0, 1), (0, 2)]);
    now(a.send_segment(ShardId(1), "fills the link")).unwrap();
    now(a.send_segment(ShardId(2), "fills the link")).unwrap();
    drop(b);
    refuses(&a, 1, Closed);
    factory.disconnect(ShardId(0), ShardId(2));
    refuses(&a, 2, UnknownPeer(ShardId(2)));
}

#[test]
fn senders_that_wait_learn_that_the_link_is_gone() {
    let (factory, [a, _b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    let waiting = [1, 2, 3].map(|number| Task::waits(a.send_segment(ShardId(1), number)));
    factory.disconnect(ShardId(0), ShardId(1));
    for task in waiting {
        assert_eq!(task.finish(), Err(UnknownPeer(ShardId(1))));
    }
}

#[test]
fn senders_that_wait_learn_that_the_peer_is_gone() {
    let (_factory, [a, b, c]) = mesh(1, &[(0, 1), (2, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    c.try_send_segment(ShardId(1), 0).unwrap();
    let waiting = [&a, &c, &a].map(|shard| Task::waits(shard.send_segment(ShardId(1), 1)));
    drop(b);
    for task in waiting {
        assert_eq!(task.finish(), Err(Closed));
    }
}

#[test]
fn a_sender_that_waits_for_another_peer_waits_on() {
    let (factory, [a, b, _c, _d]) = mesh(1, &[(0, 1), (0, 2), (0, 3)]);
    a.try_send_segment(ShardId(2), 0).unwrap();
    let waiting = Task::waits(a.send_segment(ShardId(2), 1));
    drop(b);
    factory.disconnect(ShardId(0), ShardId(3));
    assert!(!waiting.is_woken());
}

#[test]
fn a_sender_that_waited_through_drop_and_create_finds_no_link() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    let waiting = Task::waits(a.send_segment(ShardId(1), 1));
    drop(b);
    let b = factory.create(ShardId(1));
    assert_eq!(waiting.finish(), Err(UnknownPeer(ShardId(1))));
    assert_eq!(b.try_recv_segment(), Err(TryRecvError::Closed));
}

#[test]
fn a_sender_that_waited_through_disconnect_and_connect_waits_on_and_sends() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    let mut first = Task::waits(a.send_segment(ShardId(1), 1));
    let mut second = Task::waits(a.send_segment(ShardId(1), 2));
    factory.disconnect(ShardId(0), ShardId(1));
    factory.connect(ShardId(0), ShardId(1));
    assert!(second.poll().is_pending());
    assert!(first.poll().is_pending());
    assert_eq!(now(b.recv_segment()), Some(0));
    assert_eq!(first.finish(), Ok(()));
    assert_eq!(now(b.recv_segment()), Some(1));
    assert_eq!(second.finish(), Ok(()));
}

#[test]
fn the_messages_say_what_to_do_in_each_case() {
    let unknown = UnknownPeer(ShardId(7)).to_string();
    assert!(unknown.contains("no link leads to shard 7"), "{unknown}");
    // There is no such shard, or it is there, and the link is not.
    assert!(unknown.contains("declare the shard"), "{unknown}");
    assert!(unknown.contains("`topology = duplex`"), "{unknown}");
    // Or it is the sender, which no wiring can help.
    assert!(
        unknown.contains("a shard has no link to itself"),
        "{unknown}"
    );
    // A peer crashed on purpose, or an endpoint was dropped by mistake.
    let closed = Closed.to_string();
    assert!(
        closed.contains("expect this error from a crash"),
        "{closed}"
    );
    assert!(closed.contains("keep both endpoints alive"), "{closed}");
    assert_eq!(
        TrySendError::UnknownPeer(ShardId(7), ()).to_string(),
        unknown
    );
    assert_eq!(TrySendError::Closed(()).to_string(), closed);
}

#[test]
fn the_errors_can_be_boxed_and_sent() {
    fn is_error<E: Error + Send + Sync + 'static>() {}
    is_error::<TransportError>();
    is_error::<TrySendError<Vec<u8>>>();
    is_error::<TryRecvError>();
}
