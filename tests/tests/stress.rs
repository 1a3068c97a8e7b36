//! Many tasks on several threads, which give up at random, on shards that come and go: nothing is
//! lost, doubled or reordered, nobody is stuck, and the counts add up.
//!
//! The threads' timing is not repeatable, but what each task tries to do is: it is drawn from the
//! seed that a failure shows. Order per link can be seen by one receiving task at a time only.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use fastrand::Rng;
use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Run, ShardId};
use tokio::task::{JoinHandle, yield_now};

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
