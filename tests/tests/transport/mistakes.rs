//! Promise 7: mistakes in the test panic at the caller's line, with a message that names the fix.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use shard_mesh::{InProcessTransportFactory, ShardId, TrySendError, WalSegmentPayload};

use crate::poll::{Task, mesh, now};

thread_local! {
    static LINE: Cell<Option<u32>> = const { Cell::new(None) };
}

/// The message with which `mistake` panics, and the line of this file at which it does.
fn panics(mistake: impl FnOnce()) -> (String, u32) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let here = info
                .location()
                .filter(|location| location.file() == file!());
            LINE.set(here.map(panic::Location::line));
            if here.is_none() {
                before(info);
            }
        }));
    });
    let payload = panic::catch_unwind(AssertUnwindSafe(mistake)).expect_err("this should panic");
    let message = match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast::<&str>().expect("a message").to_string(),
    };
    (
        message,
        LINE.get().expect("the panic is placed in this file"),
    )
}

#[test]
fn create_of_a_shard_that_is_alive_panics() {
    let (factory, [a]) = mesh::<(), 1>(1, &[]);
    let (message, line) = panics(|| drop(factory.create(ShardId(0))));
    assert_eq!(line, line!() - 1);
    assert_eq!(
        message,
        "shard 0 has a live endpoint already: clone that one, drop it first, or create another id"
    );
    drop(a);
    drop(factory.create(ShardId(0)));
}

#[test]
fn connect_of_a_shard_that_was_never_created_panics() {
    let (factory, [_a]) = mesh::<(), 1>(1, &[]);
    let fix = "shard 7 was never created: declare it in the attribute's `leader`, `followers` or \
               `peers`, or call `factory.create(ShardId(7))` first";
    let (message, line) = panics(|| factory.connect(ShardId(0), ShardId(7)));
    assert_eq!((message.as_str(), line), (fix, line!() - 1));
    let (message, line) = panics(|| factory.connect(ShardId(7), ShardId(0)));
    assert_eq!((message.as_str(), line), (fix, line!() - 1));
}

#[test]
fn disconnect_of_a_shard_that_was_never_created_panics() {
    let (factory, [_a]) = mesh::<(), 1>(1, &[]);
    let (message, line) = panics(|| factory.disconnect(ShardId(0), ShardId(7)));
    assert_eq!(line, line!() - 1);
    assert!(message.contains("shard 7 was never created"), "{message}");
}

#[test]
fn a_task_of_a_shard_that_was_never_created_panics() {
    let (factory, [_a]) = mesh::<(), 1>(1, &[]);
    let mesh = factory.mesh();
    let (message, line) = panics(|| mesh.run(7, async {}));
    assert_eq!(line, line!() - 1);
    assert!(message.contains("shard 7 was never created"), "{message}");
    let (message, line) = panics(|| mesh.may_fail(7));
    assert_eq!(line, line!() - 1);
    assert!(message.contains("shard 7 was never created"), "{message}");
}

#[test]
fn a_link_from_a_shard_to_itself_panics() {
    let (factory, [_a]) = mesh::<(), 1>(1, &[]);
    let (message, line) = panics(|| factory.connect(ShardId(0), ShardId(0)));
    assert_eq!(line, line!() - 1);
    assert_eq!(
        message,
        "a link from shard 0 to itself: connect it to another shard"
    );
}

#[test]
fn a_capacity_of_zero_panics() {
    let (message, line) = panics(|| drop(InProcessTransportFactory::<()>::new().with_capacity(0)));
    assert_eq!(line, line!() - 1);
    assert_eq!(
        message,
        "a link of capacity 0 could never carry a segment: give it room for at least 1"
    );
}

#[test]
fn a_capacity_for_a_factory_in_use_panics() {
    fn refused(factory: InProcessTransportFactory<()>) {
        let (message, line) = panics(|| drop(factory.with_capacity(3)));
        assert_eq!(line, line!() - 1);
        assert_eq!(
            message,
            "the capacity of links is set before the factory is used: write \
             `InProcessTransportFactory::new().with_capacity(3)`"
        );
    }
    let (made_a_shard, _endpoints) = mesh::<(), 1>(1, &[]);
    refused(made_a_shard);
    let factory = InProcessTransportFactory::new();
    let _cloned = factory.clone();
    refused(factory);
    let factory = InProcessTransportFactory::new();
    let _mesh = factory.mesh();
    refused(factory);
}

#[test]
fn a_question_about_a_link_that_is_not_there_panics() {
    let (factory, [_a, _b]) = mesh::<(), 2>(1, &[(0, 1)]);
    let stats = factory.mesh().stats();
    let (message, line) = panics(|| _ = stats.link(1, 0));
    assert_eq!(line, line!() - 1);
    assert!(
        message.contains("no link leads from shard 1 to shard 0"),
        "{message}"
    );
}

#[test]
fn an_empty_sequence_range_panics() {
    let segment = WalSegmentPayload::new(ShardId(0), 3, "x");
    let (first, last) = (5, 4);
    let (message, line) = panics(|| drop(segment.with_sequence(first..=last)));
    assert_eq!(line, line!() - 1);
    assert!(
        message.contains("the sequence range 5..=4 of segment 3 is empty"),
        "{message}"
    );
}

#[test]
fn a_mistake_leaves_the_mesh_as_it_was() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 1).unwrap();
    panics(|| drop(factory.create(ShardId(1))));
    panics(|| factory.connect(ShardId(0), ShardId(7)));
    panics(|| factory.connect(ShardId(1), ShardId(1)));
    assert_eq!(
        a.try_send_segment(ShardId(1), 2),
        Err(TrySendError::Full(2))
    );
    assert_eq!(now(b.recv_segment()), Some(1));
    factory.connect(ShardId(1), ShardId(0));
    assert_eq!(factory.mesh().shards(), [ShardId(0), ShardId(1)]);
}

#[test]
fn connect_twice_loses_nothing() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    factory.connect(ShardId(0), ShardId(1));
    let receiving = Task::waits(b.recv_segment());
    factory.connect(ShardId(0), ShardId(1));
    a.try_send_segment(ShardId(1), 1).unwrap();
    factory.connect(ShardId(0), ShardId(1));
    let sending = Task::waits(a.send_segment(ShardId(1), 2));
    factory.connect(ShardId(0), ShardId(1));
    assert_eq!(receiving.finish(), Some(1));
    assert_eq!(sending.finish(), Ok(()));
    assert_eq!(now(b.recv_segment()), Some(2));
    assert_eq!(factory.mesh().links(), [(ShardId(0), ShardId(1))]);
    drop(a);
    assert_eq!(
        now(b.recv_segment()),
        None,
        "twice connected, the link closes once"
    );
}
