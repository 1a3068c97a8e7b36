//! Sweeps over seeds, and what the environment can say about them. Tests that fail, or that run
//! under an environment of their own, are run in a child process by the test below them.

use std::collections::BTreeSet;
use std::process::{ExitCode, Output};
use std::sync::Mutex;
use std::thread;

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId};

#[path = "support/child.rs"]
mod child;

use child::{child, text};

/// Prints the seed, for the parent to see.
fn tell(mesh: &Mesh<u64>) {
    println!("runs seed {}.", mesh.seed());
}

/// The seeds that a child ran.
fn told(output: &Output) -> BTreeSet<u64> {
    let text = text(output);
    let seeds = text.split("runs seed ").skip(1);
    seeds
        .map(|rest| rest.split('.').next().unwrap().parse().unwrap())
        .collect()
}

static RUN: Mutex<Vec<u64>> = Mutex::new(Vec::new());

#[test]
fn each_seed_of_a_sweep_is_run_once() {
    let harness = Harness::new(module_path!(), "each_seed_of_a_sweep_is_run_once");
    let code = harness.seeds(100..400).run(|run| {
        let mesh = run.watch(InProcessTransportFactory::<u64>::new()).mesh();
        Box::new(async move { RUN.lock().unwrap().push(mesh.seed()) })
    });
    assert_eq!(code, ExitCode::SUCCESS);
    let mut run = std::mem::take(&mut *RUN.lock().unwrap());
    run.sort_unstable();
    assert_eq!(run, (100..400).collect::<Vec<_>>());
}

#[test]
fn a_sweep_of_the_last_seeds_ends() {
    let harness = Harness::new(module_path!(), "a_sweep_of_the_last_seeds_ends");
    let code = harness.seeds(u64::MAX - 3..u64::MAX).run(|run| {
        let mesh = run.watch(InProcessTransportFactory::<u64>::new()).mesh();
        Box::new(async move { assert!(mesh.seed() >= u64::MAX - 3) })
    });
    assert_eq!(code, ExitCode::SUCCESS);
}

#[shard_mesh::test(peers = 0..2, seeds = 0..64)]
async fn a_sweep_passes_where_every_seed_does(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.link(0, 1).loss(0.1);
    for n in 1..=20 {
        a.send_segment(ShardId(1), n).await.unwrap();
    }
    let link = mesh.stats().link(0, 1);
    let mut received = 0;
    while b.try_recv_segment().is_ok() {
        received += 1;
    }
    assert_eq!(received + link.dropped, 20);
}

#[shard_mesh::test(peers = 0..2, seeds = 0..1000)]
#[ignore = "fails: `the_lowest_seed_that_fails_is_reported` runs it"]
async fn fails_from_17_on(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    tell(&mesh);
    assert!(mesh.seed() < 17, "seed {} is too high", mesh.seed());
}

#[test]
fn the_lowest_seed_that_fails_is_reported() {
    let output = child("fails_from_17_on", &[]);
    let text = text(&output);
    assert!(!output.status.success(), "{text}");
    assert!(
        text.contains("with seed 17, the lowest of 0..1000 that failed"),
        "{text}"
    );
    assert!(text.contains("seed 17 is too high"), "{text}");
    assert!(
        text.contains("SHARD_MESH_SEED=17 cargo test -p shard-mesh-tests --test sweep -- --exact fails_from_17_on"),
        "{text}"
    );
    let run = told(&output);
    assert!(
        (0..=17).all(|seed| run.contains(&seed)),
        "lower ones run to their end: {run:?}"
    );
    assert!(run.len() < 500, "no higher one is started: {run:?}");
}

// The messages of all seeds that failed stood above the report on the lowest, and nothing told them
// apart.
#[test]
fn the_message_of_each_seed_that_fails_is_followed_by_its_seed() {
    let several = thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    let output = child("fails_from_17_on", &[]);
    let text = text(&output);
    for seed in told(&output) {
        let line = format!("shard-mesh: that was seed {seed} of `fails_from_17_on`\n");
        let lines = usize::from(several && seed >= 17);
        assert_eq!(text.matches(&line).count(), lines, "{text}");
    }
    let one = child("fails_from_17_on", &[("SHARD_MESH_SEEDS", "17..18")]);
    let one = self::text(&one);
    assert!(one.contains("seed 17 is too high"), "{one}");
    assert!(!one.contains("that was seed"), "{one}");
}

#[shard_mesh::test(peers = 0..2, seeds = 0..100)]
#[ignore = "fails: `an_error_fails_a_sweep` runs it"]
async fn returns_an_error_at_3(
    _a: Endpoint<u64>,
    _b: Endpoint<u64>,
    mesh: Mesh<u64>,
) -> Result<(), String> {
    if mesh.seed() == 3 {
        return Err("no luck with three".to_owned());
    }
    Ok(())
}

#[test]
fn an_error_fails_a_sweep() {
    let output = child("returns_an_error_at_3", &[]);
    let text = text(&output);
    assert!(!output.status.success(), "{text}");
    assert!(text.contains("Error: \"no luck with three\""), "{text}");
    assert!(text.contains("with seed 3, the lowest of"), "{text}");
}

#[shard_mesh::test(peers = 0..2, seeds = 0..100)]
#[should_panic(expected = "as it should")]
async fn a_sweep_may_be_meant_to_panic(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    assert_ne!(mesh.seed(), 50, "as it should");
}

#[shard_mesh::test(peers = 0..2, seeds = 0..4)]
#[ignore = "`the_environment_chooses_the_seeds` runs it"]
async fn sweeps(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    tell(&mesh);
    // Inert, which nobody can know where the environment chooses the seeds.
    mesh.link(0, 1).cut();
}

#[shard_mesh::test(peers = 0..2, seed = 7)]
#[ignore = "`the_environment_chooses_the_seeds` runs it"]
async fn runs_one(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    tell(&mesh);
}

#[shard_mesh::test(peers = 0..2, seeds = 0..4)]
#[should_panic(expected = "as it should")]
#[ignore = "`the_environment_chooses_the_seeds` runs it"]
async fn panics_at_3(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    tell(&mesh);
    assert_ne!(mesh.seed(), 3, "as it should");
}

#[test]
fn the_environment_chooses_the_seeds() {
    let seeds = |name, environment: &[_]| {
        let output = child(name, environment);
        assert!(output.status.success(), "{}", text(&output));
        told(&output).into_iter().collect::<Vec<_>>()
    };
    let (one, sweep) = (("SHARD_MESH_SEED", "17"), ("SHARD_MESH_SEEDS", "20..23"));
    assert_eq!(seeds("sweeps", &[sweep]), [20, 21, 22]);
    assert_eq!(seeds("sweeps", &[one]), [17]);
    assert_eq!(seeds("sweeps", &[one, sweep]), [17]);
    // Others may not make it panic.
    assert_eq!(
        seeds("panics_at_3", &[sweep, ("SHARD_MESH_FOR", "1h")]),
        [0, 1, 2, 3]
    );
    assert_eq!(seeds("runs_one", &[]), [7]);
    assert_eq!(seeds("runs_one", &[one]), [17]);
    assert_eq!(
        seeds("runs_one", &[sweep]),
        [7],
        "it has no range to override"
    );
}

#[test]
fn a_bad_value_in_the_environment_is_told_what_would_do() {
    for (variable, value, hint) in [
        ("SHARD_MESH_SEED", "seventeen", "SHARD_MESH_SEED=17"),
        ("SHARD_MESH_SEEDS", "9..5", "SHARD_MESH_SEEDS=0..100000"),
        ("SHARD_MESH_FOR", "long", "SHARD_MESH_FOR=10m"),
    ] {
        let output = child("sweeps", &[(variable, value)]);
        let text = text(&output);
        assert!(!output.status.success(), "{text}");
        assert!(text.contains(&format!("{variable} is `{value}`")), "{text}");
        assert!(text.contains(hint), "{text}");
    }
}

#[test]
fn a_fault_that_no_seed_met_fails_the_sweep() {
    let output = child("sweeps", &[]);
    let text = text(&output);
    assert!(!output.status.success(), "{text}");
    assert!(
        text.contains("cut met no segment: tests/tests/sweep.rs:"),
        "{text}"
    );
}

#[shard_mesh::test(peers = 0..2, seeds = 0..64)]
async fn a_fault_that_some_seed_met_is_none(a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.link(0, 1).cut();
    if mesh.seed() == 40 {
        a.send_segment(ShardId(1), 1).await.unwrap();
    }
}

/// Those that it was told to keep come first.
#[shard_mesh::test(peers = 0..2, seeds = 0..4, also = [4711, 17, 3])]
#[ignore = "`seeds_that_once_failed_come_first` runs it"]
async fn keeps(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    tell(&mesh);
}

#[shard_mesh::test(peers = 0..2, also = [17])]
#[ignore = "`seeds_that_once_failed_come_first` runs it"]
async fn keeps_beside_one(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    tell(&mesh);
}

#[shard_mesh::test(peers = 0..2, seeds = 0..4, also = [4711, 17, 3])]
#[ignore = "fails: `a_seed_that_fails_once_more_is_reported_before_any_other` runs it"]
async fn fails_at_17_and_2(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    tell(&mesh);
    assert!(![17, 2].contains(&mesh.seed()), "seed {}", mesh.seed());
}

#[test]
fn seeds_that_once_failed_come_first() {
    let order = |name: &str, environment: &[_]| {
        let text = text(&child(name, environment));
        let seeds = text.split("runs seed ").skip(1);
        let seeds = seeds.map(|rest| rest.split('.').next().unwrap().parse().unwrap());
        seeds.collect::<Vec<u64>>()
    };
    let all = order("keeps", &[]);
    assert_eq!(all[..3], [4711, 17, 3]);
    assert_eq!(
        all[3..].iter().copied().collect::<BTreeSet<_>>(),
        BTreeSet::from([0, 1, 2, 3])
    );
    assert_eq!(order("keeps_beside_one", &[]), [17, 0]);
    assert_eq!(order("keeps", &[("SHARD_MESH_SEED", "5")]), [5]);
    assert_eq!(order("keeps", &[("SHARD_MESH_SEEDS", "8..9")]), [8]);
    assert_eq!(
        order("keeps_beside_one", &[("SHARD_MESH_SEEDS", "8..9")]),
        [17, 0]
    );
}

#[test]
fn a_seed_that_fails_once_more_is_reported_before_any_other() {
    let output = child("fails_at_17_and_2", &[]);
    let text = text(&output);
    assert!(text.contains("with seed 17, one of `also`\n"), "{text}");
    assert!(text.contains("replay  reproduced: 5 reruns"), "{text}");
    assert_eq!(told(&output), BTreeSet::from([4711, 17]), "{text}");
}

#[test]
#[should_panic(expected = "seed 17 is there twice: remove one")]
fn a_seed_that_is_kept_twice_is_refused() {
    let _ = Harness::new("a", "b").also([17, 4, 17]);
}

#[shard_mesh::test(peers = 0..2, seeds = 3..5)]
#[ignore = "`a_sweep_goes_on_for_as_long_as_it_is_told` runs it"]
async fn goes_on(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    tell(&mesh);
}

#[shard_mesh::test(peers = 0..2, seeds = 3..5)]
#[ignore = "fails: `a_sweep_goes_on_for_as_long_as_it_is_told` runs it"]
async fn goes_on_to_90(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    assert!(mesh.seed() < 90, "it is 90");
}

#[test]
fn a_sweep_goes_on_for_as_long_as_it_is_told() {
    let output = child("goes_on", &[("SHARD_MESH_FOR", "300ms")]);
    let (seeds, text) = (told(&output), text(&output));
    let last = seeds.last().unwrap();
    assert!(
        *last > 5 && seeds.iter().copied().eq(3..=*last),
        "{seeds:?}"
    );
    let line = format!(
        "shard-mesh: `goes_on`: 3..{} passed in 300ms, after its 3..5\n",
        last + 1
    );
    assert!(text.contains(&line), "{line}{text}");
    // It never ends before its own seeds have passed.
    let short = child("goes_on", &[("SHARD_MESH_FOR", "1ms")]);
    assert!(told(&short).is_superset(&BTreeSet::from([3, 4])));

    let failed = child("goes_on_to_90", &[("SHARD_MESH_FOR", "10m")]);
    let text = self::text(&failed);
    assert!(
        text.contains("with seed 90, the lowest of 3..91 that failed"),
        "{text}"
    );
    // A test without a range has none to go on from.
    let one = child("runs_one", &[("SHARD_MESH_FOR", "10m")]);
    assert_eq!(told(&one), BTreeSet::from([7]));
}

/// Dies with the process if it is dropped by the panic of a test.
struct DiesTwice;

impl Drop for DiesTwice {
    fn drop(&mut self) {
        assert!(
            !thread::panicking(),
            "a second panic while the first unwinds"
        );
    }
}

#[shard_mesh::test(peers = 0..2, seeds = 0..1000)]
#[ignore = "dies: `the_seeds_under_way_at_a_death_are_told_by_the_next_run` runs it"]
async fn panics_twice_at_30(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    let _dies = DiesTwice;
    assert_ne!(mesh.seed(), 30, "the first panic");
}

#[shard_mesh::test(peers = 0..2, seeds = 0..1000)]
#[ignore = "dies: `the_seeds_under_way_at_a_death_are_told_by_the_next_run` runs it"]
async fn aborts_at_30(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    if mesh.seed() == 30 {
        std::process::abort();
    }
}

#[allow(unconditional_recursion, reason = "it is to overflow the stack")]
fn deep(n: u64) -> u64 {
    std::hint::black_box(deep(n + 1)) + n
}

#[shard_mesh::test(peers = 0..2, seeds = 0..1000)]
#[ignore = "dies: `the_seeds_under_way_at_a_death_are_told_by_the_next_run` runs it"]
async fn overflows_its_stack_at_30(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    if mesh.seed() == 30 {
        deep(0);
    }
}

// Nothing said which seed it was.
#[test]
fn the_seeds_under_way_at_a_death_are_told_by_the_next_run() {
    for name in [
        "panics_twice_at_30",
        "aborts_at_30",
        "overflows_its_stack_at_30",
    ] {
        let died = child(name, &[]);
        assert_ne!(died.status.code(), Some(101), "{}", text(&died));
        assert!(!died.status.success(), "{}", text(&died));
        // As a runner does that captures what a test prints.
        let again = child::executable()
            .args([name, "--exact", "--ignored"])
            .env("SHARD_MESH_SEEDS", "0..20")
            .output()
            .unwrap();
        let text = text(&again);
        assert!(again.status.success(), "{text}");
        let told = format!("shard-mesh: an earlier sweep of `{name}`, in process ");
        let line = text.lines().find(|it| it.starts_with(&told));
        let line = line.unwrap_or_else(|| panic!("{told:?} in\n{text}"));
        let seeds: Vec<_> = line.split("SHARD_MESH_SEED=").skip(1).collect();
        assert!(
            seeds.iter().any(|it| it.trim_end_matches(", ") == "30"),
            "{line}"
        );
        let cores = thread::available_parallelism().unwrap().get();
        assert!(seeds.len() <= cores, "{line}");
        let once_more = child(name, &[("SHARD_MESH_SEEDS", "0..20")]);
        assert!(!self::text(&once_more).contains("earlier sweep"), "{name}");
    }
}
