//! What must hold at least once, over a test or a whole sweep.

use std::process::ExitCode;

use shard_mesh::Harness;

use crate::support::{drain, send};
use crate::tasks::{failure, pair};

#[test]
fn what_never_held_fails_the_test_and_is_named_by_its_line() {
    let message = failure(|| {
        Harness::new("faults", "a").run(|run| {
            let (_a, _b, mesh) = pair(run);
            for n in 0..12 {
                mesh.sometimes(n > 20, "the leader lost its quorum");
            }
            Box::new(async {})
        });
    });
    let line = format!("{}:{}:", file!(), line!() - 5);
    let says = format!(
        "never held, in 12 times that it was reached: \"the leader lost its quorum\": {line}"
    );
    assert!(message.contains(&says), "{says} is not in {message}");
    assert!(!message.contains("optional"), "{message}");
}

#[test]
fn what_held_once_is_enough() {
    let code = Harness::new("faults", "b").run(|run| {
        let (_a, _b, mesh) = pair(run);
        for n in 0..12 {
            mesh.sometimes(n == 7, "seven");
        }
        Box::new(async {})
    });
    assert_eq!(code, ExitCode::SUCCESS);
}

#[test]
fn over_a_sweep_one_seed_is_enough() {
    let code = Harness::new("faults", "c").seeds(0..50).run(|run| {
        let (_a, _b, mesh) = pair(run);
        Box::new(async move { mesh.sometimes(mesh.seed() == 31, "the seed is 31") })
    });
    assert_eq!(code, ExitCode::SUCCESS);
}

#[test]
fn over_a_sweep_that_never_comes_to_it_all_seeds_are_counted() {
    let message = failure(|| {
        Harness::new("faults", "d").seeds(0..50).run(|run| {
            let (_a, _b, mesh) = pair(run);
            Box::new(async move { mesh.sometimes(mesh.seed() == 50, "the seed is 50") })
        });
    });
    assert!(
        message.contains("never held, in 50 times that it was reached: \"the seed is 50\""),
        "{message}"
    );
}

#[test]
fn each_line_is_asked_for_itself_and_faults_are_told_beside_it() {
    let message = failure(|| {
        Harness::new("faults", "e").run(|run| {
            let (a, b, mesh) = pair(run);
            mesh.link(1, 0).cut();
            send(&a, [1]);
            let came = !drain(&b).is_empty();
            mesh.sometimes(came, "it came");
            mesh.sometimes(!came, "it did not come");
            Box::new(async {})
        });
    });
    assert!(!message.contains("it came"), "{message}");
    assert!(
        message.contains("never held, in the one time that it was reached: \"it did not come\""),
        "{message}"
    );
    assert!(message.contains("cut met no segment"), "{message}");
    assert!(message.contains("help: send on those links"), "{message}");
    assert!(
        message.contains("help: let the test, or more seeds"),
        "{message}"
    );
}

#[test]
fn a_test_that_fails_anyway_is_not_asked() {
    let message = failure(|| {
        Harness::new("faults", "f").run(|run| {
            let (_a, _b, mesh) = pair(run);
            mesh.sometimes(false, "never");
            Box::new(async { panic!("its own panic") })
        });
    });
    assert_eq!(message, "its own panic");
}

#[test]
fn a_test_that_is_meant_to_panic_is_not_asked() {
    let code = Harness::new("faults", "g").should_panic().run(|run| {
        let (_a, _b, mesh) = pair(run);
        mesh.sometimes(false, "never");
        Box::new(async {})
    });
    assert_eq!(code, ExitCode::SUCCESS);
}
