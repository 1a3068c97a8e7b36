//! Many tasks on several threads, which give up at random, on shards that come and go, crash and restart:
//! nothing is lost, doubled or reordered, nobody is stuck, nothing lives on in a crashed shard, and the
//! counts add up. And very many segments on a paused clock, on links that reorder.
//!
//! The threads' timing is not repeatable, but what each task tries to do is: it is drawn from the
//! seed that a failure shows. Order per link can be seen by one receiving task at a time only.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use fastrand::Rng;
use shard_mesh::{
    Endpoint, Harness, InProcessTransportFactory, Mesh, Run, ShardId, TryRecvError, TrySendError,
    Verdict,
};
use tokio::task::{JoinHandle, spawn_blocking, yield_now};

const SENDERS: [ShardId; 3] = [ShardId(0), ShardId(1), ShardId(2)];
const RECEIVERS: [ShardId; 2] = [ShardId(10), ShardId(11)];
const TASKS: u64 = 3;

/// Who sent a segment, and its number among those of that task.
type Payload = (u64, u64);
type Factory = InProcessTransportFactory<Payload>;
type Shard = Endpoint<Payload>;

/// Runs `future`, but drops it after a few polls: some of them soon, some when it was woken.
async fn patiently<F: Future>(rng: &mut Rng, future: F) -> Option<F::Output> {
    let mut polls = rng.u32(0..4);
    let at_once = rng.bool();
    let mut future = pin!(future);
    std::future::poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        if polls == 0 {
            return Poll::Ready(None);
        }
        polls -= 1;
        if at_once || polls == 0 {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    })
    .await
}

/// Sends `numbers` to `to`, each until it is sent, and returns how many tries were refused.
async fn send_all(mut rng: Rng, shard: Shard, task: u64, to: ShardId, numbers: u64) -> u64 {
    let mut refused = 0;
    for number in 0..numbers {
        loop {
            match patiently(&mut rng, shard.send_segment(to, (task, number))).await {
                Some(Ok(())) => break,
                Some(Err(_gone)) => refused += 1,
                None => {}
            }
            yield_now().await;
        }
    }
    refused
}

/// Receives until the inbox closes, or up to `most`.
async fn receive_all(mut rng: Rng, shard: Shard, most: usize) -> Vec<Payload> {
    let mut received = Vec::new();
    while received.len() < most {
        match patiently(&mut rng, shard.recv_segment()).await {
            Some(Some(payload)) => received.push(payload),
            Some(None) => break,
            None => yield_now().await,
        }
    }
    received
}

async fn join<T>(tasks: Vec<JoinHandle<T>>) -> Vec<T> {
    let mut outputs = Vec::new();
    for task in tasks {
        outputs.push(task.await.expect("a task panicked"));
    }
    outputs
}

/// What one task received came in order, and all of it differs. Returns all.
fn in_order(received: &[Vec<Payload>]) -> BTreeSet<Payload> {
    let mut all = BTreeSet::new();
    for of_one_task in received {
        let mut last = BTreeMap::new();
        for &(task, number) in of_one_task {
            let before = last.insert(task, number);
            assert!(
                before < Some(number),
                "{number} of task {task} came after {before:?}"
            );
            assert!(
                all.insert((task, number)),
                "{number} of task {task} came twice"
            );
        }
    }
    all
}

/// Nothing is on its way, and each link's counts add up. Returns the sum of them: sent, delivered
/// and dropped.
fn totals(factory: &Factory) -> (u64, u64, u64) {
    let stats = factory.mesh().stats();
    for link in stats.links() {
        assert_eq!(link.waiting, 0, "{link:?}");
        assert_eq!(link.sent, link.delivered + link.dropped, "{link:?}");
    }
    let sum = |count: fn(&shard_mesh::LinkStats) -> u64| stats.links().iter().map(count).sum();
    (
        sum(|link| link.sent),
        sum(|link| link.delivered),
        sum(|link| link.dropped),
    )
}

fn connect_all(factory: &Factory) {
    for from in SENDERS {
        for to in RECEIVERS {
            factory.connect(from, to);
        }
    }
}

fn disconnect_all(factory: &Factory) {
    for from in SENDERS {
        for to in RECEIVERS {
            factory.disconnect(from, to);
        }
    }
}

/// A different stream of decisions per task.
fn rng(seed: u64, task: u64) -> Rng {
    Rng::with_seed(seed << 32 | task)
}

fn run(name: &'static str, test: fn(&Run) -> Box<dyn Future<Output = ()>>) {
    // The time-out is far off: it is there to say who is stuck.
    let _ = Harness::new(module_path!(), name)
        .worker_threads(4)
        .timeout(Duration::from_secs(100))
        .run(test);
}

#[test]
fn tasks_that_give_up_at_random_lose_and_double_nothing() {
    run(
        "tasks_that_give_up_at_random_lose_and_double_nothing",
        |run| {
            let run = run.clone();
            Box::new(async move {
                for seed in 0..150 {
                    println!("seed {seed}");
                    give_up_at_random(&run, seed).await;
                }
            })
        },
    );
}

async fn give_up_at_random(run: &Run, seed: u64) {
    const NUMBERS: u64 = 60;
    let capacity = rng(seed, 0).usize(1..4);
    let factory = run.watch(Factory::new().with_capacity(capacity));
    let senders = SENDERS.map(|id| factory.create(id));
    let receivers = RECEIVERS.map(|id| factory.create(id));
    connect_all(&factory);
    let mut sending = Vec::new();
    let mut receiving = Vec::new();
    let mut task = 0;
    for receiver in receivers {
        let to = receiver.local_shard();
        for _ in 0..TASKS {
            task += 1;
            receiving.push(tokio::spawn(receive_all(
                rng(seed, task),
                receiver.clone(),
                usize::MAX,
            )));
            for sender in &senders {
                task += 1;
                sending.push(tokio::spawn(send_all(
                    rng(seed, task),
                    sender.clone(),
                    task,
                    to,
                    NUMBERS,
                )));
            }
        }
    }
    drop(senders);
    let expected = sending.len() as u64 * NUMBERS;
    assert_eq!(
        join(sending).await.iter().sum::<u64>(),
        0,
        "nobody is refused"
    );
    let all = in_order(&join(receiving).await);
    assert_eq!(all.len() as u64, expected, "nothing is lost");
    assert_eq!(totals(&factory), (expected, expected, 0));
}

#[test]
fn shards_that_come_and_go_leave_nobody_stuck_and_the_counts_add_up() {
    run(
        "shards_that_come_and_go_leave_nobody_stuck_and_the_counts_add_up",
        |run| {
            let run = run.clone();
            Box::new(async move {
                for seed in 0..100 {
                    println!("seed {seed}");
                    come_and_go(&run, seed).await;
                }
            })
        },
    );
}

async fn come_and_go(run: &Run, seed: u64) {
    let capacity = rng(seed, 0).usize(1..4);
    let factory = run.watch(Factory::new().with_capacity(capacity));
    // `connect` wants every shard to have been created once.
    drop(SENDERS.map(|id| factory.create(id)));
    drop(RECEIVERS.map(|id| factory.create(id)));
    let sent_all = Arc::new(AtomicBool::new(false));
    let receiving: Vec<_> = RECEIVERS
        .into_iter()
        .map(|id| tokio::spawn(receiver_lives(factory.clone(), id, seed, sent_all.clone())))
        .collect();
    let sending: Vec<_> = SENDERS
        .into_iter()
        .map(|id| tokio::spawn(sender_lives(factory.clone(), id, seed)))
        .collect();
    let cutting = tokio::spawn(cut_at_random(factory.clone(), seed, sent_all.clone()));

    let sent: u64 = join(sending).await.iter().sum();
    sent_all.store(true, Ordering::SeqCst);
    cutting.await.expect("a task panicked");
    // A receiver may be in the middle of connecting anew.
    while receiving.iter().any(|task| !task.is_finished()) {
        disconnect_all(&factory);
        yield_now().await;
    }
    let received = in_order(&join(receiving).await.concat()).len() as u64;
    let (all, delivered, dropped) = totals(&factory);
    assert_eq!((all, delivered), (sent, received), "{dropped} were dropped");
}

/// Creates the shard a few times; each time it sends to all receivers and goes. Returns how many
/// segments were sent.
async fn sender_lives(factory: Factory, id: ShardId, seed: u64) -> u64 {
    const LIVES: u64 = 5;
    const NUMBERS: u64 = 15;
    let mut sent = 0;
    for life in 0..LIVES {
        let shard = factory.create(id);
        for to in RECEIVERS {
            factory.connect(id, to);
        }
        let sending = RECEIVERS.map(|to| {
            let task = 1 + ((id.0 * LIVES + life) << 8) + to.0;
            tokio::spawn(send_all(rng(seed, task), shard.clone(), task, to, NUMBERS))
        });
        drop(shard);
        sent += sending.len() as u64 * NUMBERS;
        join(sending.into()).await;
    }
    sent
}

/// Creates the shard again and again, until `sent_all`; each time a few tasks receive a little.
/// Returns what each received.
async fn receiver_lives(
    factory: Factory,
    id: ShardId,
    seed: u64,
    sent_all: Arc<AtomicBool>,
) -> Vec<Vec<Payload>> {
    let mut received = Vec::new();
    let mut life = 0;
    let mut last = false;
    while !last {
        // Once all was sent, one more life takes the rest.
        last = sent_all.load(Ordering::SeqCst);
        life += 1;
        let shard = factory.create(id);
        for from in SENDERS {
            factory.connect(from, id);
        }
        let receiving = (0..TASKS).map(|task| {
            let mut rng = rng(seed, 1 << 20 | (id.0 + life * 100) << 4 | task);
            let most = if last { usize::MAX } else { rng.usize(1..20) };
            tokio::spawn(receive_all(rng, shard.clone(), most))
        });
        let receiving = receiving.collect();
        drop(shard);
        received.extend(join(receiving).await);
        yield_now().await;
    }
    received
}

/// Disconnects links, and connects them again soon after.
async fn cut_at_random(factory: Factory, seed: u64, sent_all: Arc<AtomicBool>) {
    let mut rng = rng(seed, 1 << 31);
    while !sent_all.load(Ordering::SeqCst) {
        let from = SENDERS[rng.usize(..SENDERS.len())];
        let to = RECEIVERS[rng.usize(..RECEIVERS.len())];
        factory.disconnect(from, to);
        yield_now().await;
        factory.connect(from, to);
        for _ in 0..rng.u32(0..20) {
            yield_now().await;
        }
    }
}

/// How many segments the test below sends, unless `STRESS_SEGMENTS` says otherwise. In release a hundred
/// million take half a minute:
///
/// ```text
/// STRESS_SEGMENTS=100000000 cargo test -p shard-mesh-tests --release --test stress reordered
/// ```
const SEGMENTS: u64 = 200_000;

#[test]
fn of_very_many_segments_that_are_reordered_none_is_lost_doubled_or_stuck() {
    let _ = Harness::new(
        module_path!(),
        "of_very_many_segments_that_are_reordered_none_is_lost_doubled_or_stuck",
    )
    .timeout(Duration::from_secs(1_000_000))
    .run(|run| {
        let factory = run.watch(InProcessTransportFactory::<u64>::new());
        let [a, b, to] = [0, 1, 2].map(|id| factory.create(ShardId(id)));
        factory.connect(ShardId(0), ShardId(2));
        factory.connect(ShardId(1), ShardId(2));
        Box::new(reordered(factory.mesh(), [a, b], to))
    });
}

async fn reordered(mesh: Mesh<u64>, senders: [Endpoint<u64>; 2], to: Endpoint<u64>) {
    let segments = std::env::var("STRESS_SEGMENTS").map_or(SEGMENTS, |it| it.parse().unwrap());
    // The last ones too are to be overtaken, by none.
    let of_each = segments / 32 * 16 + 3;
    // On one link at once, on the other in flight. The fault of that name would hide what a rule lacks.
    let _rule = mesh.rule(|m| match m.number % 16 {
        overtakers @ 1..=4 => Verdict::Reorder(overtakers),
        _ => Verdict::Pass,
    });
    mesh.link(1, 2).latency(Duration::from_millis(1));
    let tasks = senders.map(|sender| {
        let rests = mesh.clone();
        mesh.spawn(sender.local_shard(), async move {
            for number in 1..=of_each {
                sender.send_segment(ShardId(2), number).await.unwrap();
                if number % 4096 == 2 {
                    rests.settle().await;
                }
            }
        })
    });
    let mut links = [Gaps::default(), Gaps::default()];
    while let Some((from, number)) = to.recv_segment_from().await {
        links[usize::from(from == ShardId(1))].fill(number);
    }
    for (task, gaps) in tasks.into_iter().zip(&links) {
        assert_eq!(task.await.unwrap(), Some(()));
        assert_eq!((gaps.all_up_to, gaps.beyond.len()), (of_each, 0));
    }
    for link in mesh.stats().links() {
        assert_eq!((link.sent, link.delivered), (of_each, of_each), "{link:?}");
        assert!(link.reordered >= of_each / 4, "{link:?}");
    }
}

/// Which numbers have come, of 1 and up.
#[derive(Default)]
struct Gaps {
    all_up_to: u64,
    beyond: BTreeSet<u64>,
}

impl Gaps {
    fn fill(&mut self, number: u64) {
        assert!(number > self.all_up_to, "{number} came twice");
        assert!(self.beyond.insert(number), "{number} came twice");
        while self.beyond.remove(&(self.all_up_to + 1)) {
            self.all_up_to += 1;
        }
        // Each is overtaken by four at most, and so are those that overtake it.
        assert!(self.beyond.len() < 64, "{} is missing", self.all_up_to + 1);
    }
}

#[test]
fn crashes_restarts_and_spawns_at_once_leave_nothing_alive_in_a_crashed_shard() {
    run(
        "crashes_restarts_and_spawns_at_once_leave_nothing_alive_in_a_crashed_shard",
        |run| {
            let run = run.clone();
            Box::new(async move {
                for seed in 0..20 {
                    println!("seed {seed}");
                    die_and_live(&run, seed).await;
                }
            })
        },
    );
}

const MORTALS: u64 = 2;
/// A shard that lives all the time, by which the others are looked at.
const WITNESS: ShardId = ShardId(9);

/// How many tasks live.
#[derive(Clone)]
struct Living(Arc<AtomicU64>);

impl Living {
    fn begin(&self) -> Self {
        self.0.fetch_add(1, Ordering::SeqCst);
        self.clone()
    }
}

struct Life(Living);

impl Drop for Life {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Nothing takes a lock around crash, restart and spawn here: whether a shard has crashed is a guess,
/// and a call that was wrong about it panics.
async fn die_and_live(run: &Run, seed: u64) {
    let factory = run.watch(Factory::new().with_capacity(2));
    let mut endpoints: Vec<_> = (0..MORTALS).map(|id| factory.create(ShardId(id))).collect();
    let witness = factory.create(WITNESS);
    for from in (0..MORTALS).map(ShardId) {
        for to in (0..MORTALS).map(ShardId).filter(|&to| to != from) {
            factory.connect(from, to);
        }
        factory.connect(from, WITNESS);
        factory.connect(WITNESS, from);
    }
    let mesh = factory.mesh();
    mesh.from(0).latency(Duration::from_millis(1)).optional();
    mesh.from(1).reorder(0.3).optional();
    let living = Living(Arc::default());
    let threads = (0..3).map(|thread| {
        let (mesh, witness, living) = (mesh.clone(), witness.clone(), living.clone());
        let rng = rng(seed, thread);
        spawn_blocking(move || decide_lives(rng, &mesh, &witness, &living))
    });
    let mut received = Vec::new();
    for (given, came) in join(threads.collect()).await {
        endpoints.extend(given);
        received.extend(came);
    }
    // All crash for good: those that have not crashed already.
    for id in 0..MORTALS {
        let _crashed_before = catch_unwind(AssertUnwindSafe(|| mesh.crash(id)));
    }
    // A task that is polled at its crash is dropped after that poll.
    while living.0.load(Ordering::SeqCst) > 0 {
        yield_now().await;
    }
    for endpoint in &endpoints {
        let sent = endpoint.try_send_segment(WITNESS, (0, 0));
        assert_eq!(
            sent,
            Err(TrySendError::Closed((0, 0))),
            "{endpoint:?} lives"
        );
        let received = endpoint.try_recv_segment();
        assert_eq!(received, Err(TryRecvError::Closed), "{endpoint:?} lives");
    }
    received.extend(drain(&witness));
    let came = received.len();
    received.sort_unstable();
    received.dedup();
    assert_eq!(received.len(), came, "a segment came twice");
    for link in mesh.stats().links() {
        let gone = link.delivered + link.dropped;
        assert_eq!((link.sent, link.in_flight), (gone, 0), "{link:?}");
    }
}

/// What has arrived by now.
fn drain(at: &Shard) -> impl Iterator<Item = Payload> {
    std::iter::from_fn(|| at.try_recv_segment().ok())
}

/// Crashes and restarts shards, and gives them tasks. Returns the endpoints that it got, and what came
/// to the witness meanwhile.
fn decide_lives(
    mut rng: Rng,
    mesh: &Mesh<Payload>,
    witness: &Shard,
    living: &Living,
) -> (Vec<Shard>, Vec<Payload>) {
    const STEPS: u64 = 1_000;
    let (mut endpoints, mut received) = (Vec::new(), Vec::new());
    for step in 0..STEPS {
        let shard = ShardId(rng.u64(..MORTALS));
        let probe = witness.try_send_segment(shard, (u64::MAX, step));
        if matches!(probe, Err(TrySendError::Closed(_))) {
            let restarted = catch_unwind(AssertUnwindSafe(|| mesh.restart(shard)));
            endpoints.extend(restarted);
        } else if rng.bool() {
            let _crashed_before = catch_unwind(AssertUnwindSafe(|| mesh.crash(shard)));
        }
        received.extend(drain(witness));
        let own = endpoints
            .iter()
            .rfind(|it: &&Shard| it.local_shard() == shard);
        if let Some(endpoint) = own {
            let task = rng.u64(..);
            mesh.spawn(shard, live(Life(living.begin()), endpoint.clone(), task));
        }
    }
    (endpoints, received)
}

/// Sends and receives, for ever.
async fn live(_life: Life, endpoint: Shard, task: u64) {
    for number in 0.. {
        let to = ShardId((endpoint.local_shard().0 + 1) % MORTALS);
        let _refused = endpoint.send_segment(to, (task, number)).await;
        let _full = endpoint.try_send_segment(WITNESS, (task, number));
        for _ in 0..3 {
            let _nothing = endpoint.try_recv_segment();
        }
        yield_now().await;
    }
}

#[test]
fn a_restart_and_a_spawn_beside_a_crash_leave_nothing_alive() {
    run(
        "a_restart_and_a_spawn_beside_a_crash_leave_nothing_alive",
        |run| {
            let factory = run.watch(Factory::new());
            let (witness, mortal) = (factory.create(WITNESS), ShardId(0));
            let first_life = factory.create(mortal);
            factory.connect(WITNESS, mortal);
            factory.connect(mortal, WITNESS);
            factory.mesh().crash(mortal);
            Box::new(async move {
                drop(first_life);
                race(factory.mesh(), witness, mortal).await;
            })
        },
    );
}

/// In each round one thread restarts the shard and spawns tasks in it, and another crashes it as soon as
/// it is alive. Then it has crashed for good, until the next round.
async fn race(mesh: Mesh<Payload>, witness: Shard, mortal: ShardId) {
    const ROUNDS: u64 = 3_000;
    let (begun, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let crasher = {
        let (mesh, witness) = (mesh.clone(), witness.clone());
        let (begun, over) = (begun.clone(), over.clone());
        spawn_blocking(move || {
            for round in 1..=ROUNDS {
                while begun.load(Ordering::SeqCst) < round {
                    std::thread::yield_now();
                }
                while witness.try_send_segment(mortal, (0, round)).is_err() {
                    std::hint::spin_loop();
                }
                mesh.crash(mortal);
                over.store(round, Ordering::SeqCst);
            }
        })
    };
    let restarter = spawn_blocking(move || {
        let living = Living(Arc::default());
        for round in 1..=ROUNDS {
            begun.store(round, Ordering::SeqCst);
            let endpoint = mesh.restart(mortal);
            for task in 0..3 {
                mesh.spawn(mortal, live(Life(living.begin()), endpoint.clone(), task));
            }
            while over.load(Ordering::SeqCst) < round {
                std::thread::yield_now();
            }
            let sent = endpoint.try_send_segment(WITNESS, (0, round));
            assert!(
                sent.is_err(),
                "an endpoint outlived the crash of round {round}"
            );
            // A task that is polled at the crash is dropped after that poll.
            while living.0.load(Ordering::SeqCst) > 0 {
                std::thread::yield_now();
            }
        }
    });
    join(vec![crasher, restarter]).await;
}
