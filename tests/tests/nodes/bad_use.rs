//! Mistakes about nodes panic at the line that made them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId};

async fn idle(_at: Endpoint<u64>) {
    std::future::pending::<()>().await;
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "shard 1 has a node already: `crash` and `restart` boot it again")]
async fn a_shard_is_hosted_once(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.host(b.clone(), idle);
    mesh.host(b, idle);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "shard 1 has crashed: host it before it does")]
async fn a_crashed_shard_is_not_hosted(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.crash(1);
    mesh.host(b, idle);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "host the one that `restart` gave")]
async fn an_endpoint_of_an_earlier_life_is_not_hosted(
    _a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.crash(1);
    let _fresh = mesh.restart(1);
    mesh.host(b, idle);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "the endpoint of shard 7 is one of another mesh")]
async fn an_endpoint_of_another_mesh_is_not_hosted(_peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    let other = InProcessTransportFactory::new();
    mesh.host(other.create(ShardId(7)), idle);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "no task of a shard is being polled here")]
async fn the_body_is_of_no_shard(_peers: [Endpoint<u64>; 2]) {
    shard_mesh::spawn(async {});
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "a node panics")]
async fn the_panic_of_a_node_fails_the_test(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.host(b, async |_| panic!("a node panics"));
    std::future::pending::<()>().await;
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "it does not boot")]
async fn the_panic_of_a_boot_fails_the_test(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.host(b, |at| {
        assert!(at.local_shard() == ShardId(0), "it does not boot");
        idle(at)
    });
    std::future::pending::<()>().await;
}

#[test]
fn the_error_of_a_node_fails_the_test_and_is_quoted() {
    let harness = Harness::new(module_path!(), "fails").reruns(false);
    let failed = catch_unwind(AssertUnwindSafe(|| {
        harness.run(|run| {
            let factory = run.watch(InProcessTransportFactory::<u64>::new());
            let (shard, mesh) = (factory.create(ShardId(1)), factory.mesh());
            Box::new(async move {
                mesh.host(shard, async |_| Err::<(), _>("the disk is full"));
                std::future::pending::<()>().await;
            })
        })
    }));
    let report = failed.expect_err("it fails");
    let report = report.downcast_ref::<String>().expect("a report");
    assert!(report.contains("bad_use.rs:"), "{report}");
    let quoted = "returned an error: \"the disk is full\"";
    assert!(report.contains(quoted), "{report}");
}
