//! What must hold at any time, and what a test waits for.

mod always;
mod history;
mod until;

use std::panic::{AssertUnwindSafe, catch_unwind};

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId};

/// The report on a test of two shards that are linked both ways, whose body fails.
pub(crate) fn report<F>(body: impl Fn([Endpoint<u64>; 2], Mesh<u64>) -> F + Sync) -> String
where
    F: Future<Output = ()> + 'static,
{
    let harness = Harness::new(module_path!(), "fails").reruns(false);
    let failed = catch_unwind(AssertUnwindSafe(|| {
        harness.run(|run| {
            let factory = run.watch(InProcessTransportFactory::<u64>::new());
            let shards = [factory.create(ShardId(0)), factory.create(ShardId(1))];
            factory.connect(ShardId(0), ShardId(1));
            factory.connect(ShardId(1), ShardId(0));
            Box::new(body(shards, factory.mesh()))
        })
    }));
    let panic = failed.expect_err("it fails");
    let text = panic.downcast_ref::<String>().cloned();
    text.unwrap_or_else(|| (*panic.downcast_ref::<&str>().unwrap()).to_owned())
}

#[track_caller]
pub(crate) fn says(report: &str, what: &[&str]) {
    for what in what {
        assert!(report.contains(what), "no `{what}` in\n{report}");
    }
}
