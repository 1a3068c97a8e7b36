//! What is wrong with chaos is told at the line that asked for it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Kind, Mesh, Moment, ShardId, ms};
use tokio::time::sleep;

/// The report on a test of two shards, of which shard 1 has a node where `hosts`.
fn report(hosts: bool, body: impl Fn(&Mesh<u64>) + Send + Sync + 'static) -> String {
    let body = std::sync::Arc::new(body);
    let harness = Harness::new(module_path!(), "fails").reruns(false);
    let failed = catch_unwind(AssertUnwindSafe(|| {
        harness.run(|run| {
            let factory = run.watch(InProcessTransportFactory::<u64>::new());
            let shards = [factory.create(ShardId(0)), factory.create(ShardId(1))];
            factory.connect(ShardId(0), ShardId(1));
            let (mesh, body) = (factory.mesh(), body.clone());
            Box::new(async move {
                let [_a, b] = shards;
                if hosts {
                    mesh.host(b, |_| std::future::pending::<()>());
                }
                body(&mesh);
                sleep(ms(1000)).await;
            })
        })
    }));
    let panic = failed.expect_err("it fails");
    let text = panic.downcast_ref::<String>().cloned();
    text.unwrap_or_else(|| (*panic.downcast_ref::<&str>().unwrap()).to_owned())
}

#[track_caller]
fn says(report: &str, what: &[&str]) {
    for what in what {
        assert!(report.contains(what), "no `{what}` in\n{report}");
    }
}

#[test]
fn a_crash_without_any_node_is_told() {
    let told = report(false, |mesh| {
        mesh.chaos().kinds([Kind::Partition, Kind::Crash]);
    });
    let why =
        "asks for chaos of the kind `crash`, and no shard has a node: give one to `mesh.host`";
    says(&told, &[why, "chaos/bad_use.rs:"]);
}

#[test]
fn a_crash_among_shards_without_a_node_is_told() {
    let told = report(true, |mesh| {
        mesh.chaos().kinds([Kind::Pause]).among([0, 1]);
    });
    says(
        &told,
        &["among shards of which 0 has no node", "chaos/bad_use.rs:"],
    );
}

#[test]
fn a_kind_that_touched_nothing_is_told() {
    let told = report(true, |mesh| {
        mesh.chaos().kinds([Kind::Partition]).every(ms(7));
    });
    let what = "chaos of the kind `partition` touched nothing, its first episode was due at 7ms";
    says(&told, &[what, "chaos/bad_use.rs:", "`seeds = 0..64`"]);
}

#[test]
fn a_plan_that_does_not_begin_is_told() {
    let told = report(true, |mesh| {
        mesh.at(ms(5000)).pause(1);
        mesh.after(Moment::sent(0, 1, 1)).pause(1);
        mesh.at(ms(5)).crash(0);
        mesh.at(ms(6)).crash(1);
        mesh.at(ms(7)).crash(1);
    });
    says(
        &told,
        &[
            "pause of shard 1 at 5s has not begun",
            "pause of shard 1 after Moment::sent(0, 1, 1) has not begun",
            "crash of shard 0 at 5ms could not begin",
            "crash of shard 1 at 7ms could not begin",
        ],
    );
    assert!(!told.contains("at 6ms"), "{told}");
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "`calm` at tests/tests/chaos/bad_use.rs:")]
async fn calm_without_chaos_is_told(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.calm().await;
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "the time 5ms of the test has passed, it is 10ms")]
async fn a_time_that_has_passed_is_told(_peers: [Endpoint; 2], mesh: Mesh) {
    sleep(ms(10)).await;
    let _ = mesh.at(ms(5));
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "this episode has begun, or was cancelled")]
async fn what_has_begun_is_not_changed(_peers: [Endpoint; 2], mesh: Mesh) {
    let cut = mesh.at(ms(5)).link(0, 1).cut();
    sleep(ms(10)).await;
    cut.lasting(ms(20));
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "is for a `crash`")]
async fn a_pause_keeps_no_writes(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.at(ms(5)).pause(1).keeping(1);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "shard 7 was never created")]
async fn of_a_shard_that_was_never_created_nothing_is_planned(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.at(ms(5)).crash(7);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "chaos of the kind `crash` 2 times: name it once")]
async fn a_kind_is_named_once(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.chaos().kinds([Kind::Crash, Kind::Crash]);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "chaos of no kind")]
async fn a_kind_is_named(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.chaos().kinds([]);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "`max_down(0)` lets no shard crash")]
async fn some_may_be_down(_peers: [Endpoint; 2], mesh: Mesh) {
    mesh.chaos().max_down(0);
}

#[test]
#[should_panic(expected = "chaos needs a harness")]
fn without_a_harness_there_is_no_chaos() {
    let _ = InProcessTransportFactory::<u64>::new().mesh().chaos();
}

#[test]
#[should_panic(expected = "what is planned needs a harness")]
fn without_a_harness_nothing_is_planned() {
    let _ = InProcessTransportFactory::<u64>::new().mesh().at(ms(5));
}
