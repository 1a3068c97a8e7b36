//! The harness in a loop of the test's own: what it takes from outside, and what it leaves to the loop.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestError, TestRunner};
use shard_mesh::{Harness, InProcessTransportFactory, ShardId};

#[path = "support/child.rs"]
#[allow(dead_code, reason = "others look at what it prints, too")]
mod child;

fn harness() -> Harness {
    Harness::new(module_path!(), "the_test").reruns(false)
}

/// Ships `segments` over a link that loses the one with the number `lost`.
fn ships(segments: &[u8], lost: Option<u64>) -> ExitCode {
    harness().run(|run| {
        let factory = run.watch(InProcessTransportFactory::new());
        let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
        factory.connect(ShardId(0), ShardId(1));
        let (mesh, segments) = (factory.mesh(), segments.to_vec());
        Box::new(async move {
            let _rule = mesh.rule(move |m| match lost {
                Some(lost) if m.number == lost => shard_mesh::Verdict::Drop,
                _ => shard_mesh::Verdict::Pass,
            });
            let mut received = Vec::new();
            for segment in &segments {
                a.send_segment(ShardId(1), *segment).await.unwrap();
                received.extend(b.try_recv_segment());
            }
            assert_eq!(received, segments);
        })
    })
}

fn runner() -> TestRunner {
    TestRunner::new(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::with_cases(64)
    })
}

#[test]
fn a_property_test_hands_over_what_it_drew() {
    let runs = Cell::new(0);
    let drawn = prop::collection::vec(any::<u8>(), 1..20);
    let holds = runner().run(&drawn, |segments| {
        runs.set(runs.get() + 1);
        prop_assert_eq!(ships(&segments, None), ExitCode::SUCCESS);
        Ok(())
    });
    holds.unwrap();
    assert_eq!(runs.get(), 64);
}

#[test]
fn a_property_test_shrinks_what_it_drew() {
    let drawn = prop::collection::vec(any::<u8>(), 1..20);
    let failed = runner().run(&drawn, |segments| {
        let shipped = catch_unwind(AssertUnwindSafe(|| ships(&segments, Some(3))));
        prop_assert!(shipped.is_ok());
        Ok(())
    });
    let Err(TestError::Fail(_, smallest)) = failed else {
        panic!("the third segment is lost: {failed:?}");
    };
    assert_eq!(smallest, [0, 0, 0]);
}

#[test]
fn every_seed_of_a_sweep_sees_the_same_captures() {
    let captured = String::from("captured");
    let code = harness().seeds(0..64).run(|_run| {
        let captured = captured.clone();
        Box::new(async move { assert_eq!(captured, "captured") })
    });
    assert_eq!(code, ExitCode::SUCCESS);
}

#[test]
#[ignore = "fails: `without_reruns_a_failure_is_not_run_again` runs it"]
fn fails_at_7() {
    for n in 0..10 {
        Harness::new(module_path!(), "fails_at_7")
            .reruns(false)
            .run(|_run| Box::new(async move { assert!(n < 7, "{n} is too high") }));
    }
}

#[test]
fn without_reruns_a_failure_is_not_run_again() {
    let text = child::text(&child::child("fails_at_7", &[]));
    assert!(text.contains("panicked: 7 is too high"), "{text}");
    let why = "replay  not run again: the harness was told `reruns(false)`";
    assert!(text.contains(why), "{text}");
}
