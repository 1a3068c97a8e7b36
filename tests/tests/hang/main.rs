//! A test that hangs fails, and its report says who waits for what.
//!
//! Were it not so, these tests would hang themselves: that each ends is half of what it shows.

mod clocks;
mod ends;
mod races;
mod starving;
mod waiters;

use std::panic::{AssertUnwindSafe, catch_unwind};

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Run, ShardId};

const HINT: &str = "`start_paused = false`";

type Body = Box<dyn Future<Output = ()>>;

fn harness() -> Harness {
    Harness::new(module_path!(), "the_test")
}

/// The report with which `test` fails.
#[track_caller]
fn report(harness: Harness, test: fn(&Run) -> Body) -> String {
    let failed =
        catch_unwind(AssertUnwindSafe(|| harness.run(test))).expect_err("the test should hang");
    *failed.downcast::<String>().expect("a report")
}

/// `text` has a line which holds all of `words`.
#[track_caller]
fn says(text: &str, words: &[&str]) {
    let found = text
        .lines()
        .any(|line| words.iter().all(|word| line.contains(word)));
    assert!(found, "no line says {words:?} in\n{text}");
}

#[track_caller]
fn says_nothing_of(text: &str, word: &str) {
    assert!(!text.contains(word), "{word:?} in\n{text}");
}

/// The links 0 -> 1, 0 -> 2, 1 -> 2, of capacity 2.
fn shards(run: &Run) -> [Endpoint<u32>; 3] {
    let factory = run.watch(InProcessTransportFactory::new().with_capacity(2));
    let shards = [0, 1, 2].map(|id| factory.create(ShardId(id)));
    for (from, to) in [(0, 1), (0, 2), (1, 2)] {
        factory.connect(ShardId(from), ShardId(to));
    }
    shards
}

/// Never ends.
async fn forever() {
    std::future::pending::<()>().await;
}

fn waits_for_a_segment(run: &Run) -> Body {
    let [a, b, c] = shards(run);
    Box::new(async move {
        let _links_are_open = (a, c);
        b.recv_segment().await;
    })
}
