//! A pick is a function of the seed, its name, who asks, and for the how-manieth time.

use std::collections::BTreeSet;
use std::sync::Mutex;

use proptest::prelude::*;
use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId};

/// Runs `test` with a mesh of three shards, and this seed.
fn run(
    seed: u64,
    test: impl Fn(Mesh<u64>, [Endpoint<u64>; 3]) -> Box<dyn Future<Output = ()>> + Sync,
) {
    let harness = Harness::new(module_path!(), "run").seed(seed).reruns(false);
    harness.run(|run| {
        let factory = run.watch(InProcessTransportFactory::new());
        let shards = [0, 1, 2].map(|id| factory.create(ShardId(id)));
        test(factory.mesh(), shards)
    });
}

/// A script of picks: who asks (3 is the test itself), and by which name.
type Script = Vec<(u64, u8)>;

/// What each of a script got, as (who, name, how-manieth) and the value; each shard asks in the order of
/// the script, and they take turns as `order` has it.
fn values(seed: u64, script: &Script, rotate: usize) -> BTreeSet<(u64, u8, usize, u64)> {
    let values = Mutex::new(BTreeSet::new());
    let values = std::sync::Arc::new(values);
    let (into, script) = (values.clone(), script.clone());
    run(seed, move |mesh, _shards| {
        let (values, script) = (into.clone(), script.clone());
        Box::new(async move {
            let mut tasks = Vec::new();
            for step in 0..4 {
                let who = (step + rotate as u64) % 4;
                let names: Vec<_> = script
                    .iter()
                    .filter(|it| it.0 == who)
                    .map(|it| it.1)
                    .collect();
                let (asks, values) = (mesh.clone(), values.clone());
                let ask = async move {
                    let mut counts = [0; 256];
                    for name in names {
                        let value = asks.pick(&format!("name {name}"), 0..u64::MAX);
                        counts[usize::from(name)] += 1;
                        let nth = counts[usize::from(name)];
                        values.lock().unwrap().insert((who, name, nth, value));
                        tokio::task::yield_now().await;
                    }
                };
                match who {
                    3 => ask.await,
                    shard => tasks.push(mesh.spawn(shard, ask)),
                }
            }
            for task in tasks {
                task.await.unwrap();
            }
        })
    });
    std::mem::take(&mut *values.lock().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One more name, one more shard that asks, or another order of the shards changes no other pick.
    #[test]
    fn what_is_picked_depends_on_nothing_else(
        seed: u64,
        script in prop::collection::vec((0..4u64, 0..3u8), 0..24),
        more in prop::collection::vec((0..4u64, 3..6u8), 0..8),
        rotate in 0..4usize,
    ) {
        let alone = values(seed, &script, 0);
        prop_assert_eq!(&alone, &values(seed, &script, rotate));
        let mut both = script.clone();
        for (place, ask) in more.into_iter().enumerate() {
            both.insert((place * 3).min(both.len()), ask);
        }
        let beside = values(seed, &both, rotate);
        prop_assert!(beside.is_superset(&alone));
    }
}

#[test]
fn each_time_each_shard_each_name_and_each_seed_draws_its_own() {
    let script: Script = (0..4)
        .flat_map(|who| [(who, 0), (who, 0), (who, 1)])
        .collect();
    let mut drawn = BTreeSet::new();
    for seed in 0..8 {
        drawn.extend(values(seed, &script, 0).into_iter().map(|it| it.3));
    }
    assert_eq!(drawn.len(), 8 * script.len());
}

#[test]
fn seeds_of_shards_follow_the_seed() {
    let seeds = std::sync::Arc::new(Mutex::new(BTreeSet::new()));
    for seed in [1, 2, 1] {
        let into = seeds.clone();
        run(seed, move |mesh, shards| {
            let all = shards.each_ref().map(|shard| mesh.seed_of(shard));
            into.lock().unwrap().extend(all);
            Box::new(async {})
        });
    }
    assert_eq!(seeds.lock().unwrap().len(), 6, "three shards, two seeds");
}

#[shard_mesh::test(peers = 0..2, loss = 1.0, duplicate = 1.0, reorder = 1.0, latency = "3ms..9ms", pinned)]
async fn where_all_is_pinned_nothing_is_drawn(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.pin("m", 4);
    let began = tokio::time::Instant::now();
    for n in 0..100 {
        a.send_segment(ShardId(1), n).await.unwrap();
        assert_eq!(b.recv_segment().await, Some(n));
        assert_eq!(mesh.pick("n", 3..100), 3);
        assert!(!mesh.chance("maybe", 1.0));
        if n < 1 {
            assert_eq!(mesh.pick("m", 3..100), 4);
        }
    }
    assert_eq!(began.elapsed().as_millis(), 300);
    mesh.sometimes(false, "what need not be where all is pinned");
    mesh.all().loss(0.5);
}
