//! A fault that met no segment fails the test, which did not test what it says.

use std::process::ExitCode;

use shard_mesh::{Endpoint, Harness, Mesh, Verdict};

use crate::support::{drain, ms, send};
use crate::tasks::{failure, pair};

#[test]
fn a_partition_that_nothing_crossed_fails_the_test_and_is_named_by_its_line() {
    let message = failure(|| {
        Harness::new("faults", "a").run(|run| {
            let (_a, _b, mesh) = pair(run);
            mesh.partition([0], [1]);
            Box::new(async {})
        });
    });
    assert!(message.contains("cut met no segment"), "{message}");
    let line = format!("cut met no segment: {}:{}:", file!(), line!() - 5);
    assert!(message.contains(&line), "{line} is not in {message}");
}

#[test]
fn a_rule_that_was_never_asked_fails_the_test() {
    let message = failure(|| {
        Harness::new("faults", "b").run(|run| {
            let (a, b, mesh) = pair(run);
            Box::new(async move {
                let _alive = (a, b);
                let _rule = mesh.rule(|_| Verdict::Drop);
            })
        });
    });
    assert!(message.contains("rule met no segment: "), "{message}");
}

#[test]
fn a_fault_that_was_healed_in_vain_is_inert_too() {
    let message = failure(|| {
        Harness::new("faults", "c").run(|run| {
            let (a, b, mesh) = pair(run);
            mesh.link(0, 1).latency(ms(5)).heal();
            Box::new(async move {
                send(&a, [1]);
                assert_eq!(drain(&b), [1]);
            })
        });
    });
    assert!(
        message.contains("latency of 5 ms met no segment: "),
        "{message}"
    );
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_loss_that_happens_not_to_strike_is_no_failure(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).loss(0.01);
    send(&a, 0..20);
    assert_eq!(drain(&b).len(), 20, "choose another seed for this test");
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn an_optional_fault_may_be_inert(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.partition([0], [1]).optional();
    mesh.link(0, 1).loss(0.5).optional();
    let _rule = mesh.rule(|_| Verdict::Drop).optional();
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_cut_that_met_only_what_was_in_flight_is_not_inert(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).latency(ms(5));
    send(&a, [1]);
    mesh.link(0, 1).cut();
    assert_eq!(drain(&b), []);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn both_of_two_overlapping_cuts_met_what_was_swallowed(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).cut();
    mesh.isolate(1);
    send(&a, [1]);
    assert_eq!(drain(&b), []);
}

#[test]
fn an_error_is_not_overlaid_by_the_report() {
    let code = Harness::new("faults", "d").run(|run| {
        let (_a, _b, mesh) = pair(run);
        mesh.partition([0], [1]);
        Box::new(async { Err::<(), _>("its own error") })
    });
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
}

#[test]
fn a_panic_is_not_overlaid_by_the_report() {
    let message = failure(|| {
        Harness::new("faults", "e").run(|run| {
            let (_a, _b, mesh) = pair(run);
            mesh.partition([0], [1]);
            Box::new(async { panic!("its own panic") })
        });
    });
    assert_eq!(message, "its own panic");
}

#[test]
fn a_test_that_is_meant_to_panic_is_not_checked() {
    let harness = Harness::new("faults", "f").should_panic();
    harness.run(|run| {
        let (_a, _b, mesh) = pair(run);
        mesh.partition([0], [1]);
        Box::new(async {})
    });
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[should_panic(expected = "as it is meant to")]
async fn a_test_that_panics_as_it_is_meant_to_is_not_checked(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.partition([0], [1]);
    panic!("as it is meant to");
}

#[test]
fn a_released_hold_is_not_reported_to_be_in_force() {
    let message = failure(|| {
        Harness::new("faults", "g").run(|run| {
            let (a, b, mesh) = pair(run);
            mesh.link(0, 1).hold();
            Box::new(async move {
                send(&a, [1]);
                mesh.link(0, 1).release();
                b.recv_segment().await;
                b.recv_segment().await;
            })
        });
    });
    assert!(
        message.contains("shard 1 waits in recv_segment"),
        "{message}"
    );
    assert!(
        message.contains("hold on 0 -> 1 from 0s to 0s"),
        "{message}"
    );
}
