//! Which branch a `select!` takes, where several are ready. The runtime's own generator decides, and
//! follows the seed where the build has `--cfg tokio_unstable`:
//!
//! `RUSTFLAGS='--cfg tokio_unstable' cargo test -p shard-mesh-tests --test select --target-dir target/unstable`

use std::sync::{Arc, Mutex};

use shard_mesh::Harness;

/// Which branches the `select!`s of a run with this seed take, in the test and in a task of it.
fn branches(harness: Harness) -> Vec<bool> {
    let taken = Arc::new(Mutex::new(Vec::new()));
    harness.run(|_run| {
        let taken = taken.clone();
        Box::new(async move {
            let task = tokio::spawn(select_often(taken.clone()));
            select_often(taken).await;
            task.await.unwrap();
        })
    });
    std::mem::take(&mut *taken.lock().unwrap())
}

async fn select_often(taken: Arc<Mutex<Vec<bool>>>) {
    for _ in 0..64 {
        let first = tokio::select! {
            () = std::future::ready(()) => true,
            () = std::future::ready(()) => false,
        };
        taken.lock().unwrap().push(first);
        tokio::task::yield_now().await;
    }
}

fn harness(seed: u64) -> Harness {
    Harness::new(module_path!(), "branches").seed(seed)
}

#[test]
#[cfg_attr(not(tokio_unstable), ignore = "needs `--cfg tokio_unstable`")]
fn a_seed_takes_the_same_branches_again() {
    for seed in [0, 7, u64::MAX] {
        let first = branches(harness(seed));
        assert_eq!(first.len(), 128);
        assert!(first.contains(&true) && first.contains(&false));
        for _ in 0..20 {
            assert_eq!(branches(harness(seed)), first, "with seed {seed}");
        }
    }
}

#[test]
fn another_seed_takes_other_branches() {
    assert_ne!(branches(harness(1)), branches(harness(2)));
}
