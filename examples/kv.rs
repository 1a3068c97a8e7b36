//! A map on a leader and two followers, and clients that try again until they are answered. What they
//! asked and were told is recorded, and checked for an order that explains it. Two bugs are planted, which
//! the checker names: a read that a follower answers, and a retry that is applied once more.
//!
//! Learn from it: clients say when they ask and what they are told (`mesh.history`), and a call that is
//! given up is dropped, because it may have taken effect; what each does next is picked by the mesh; chaos
//! crashes the leader in the middle of all that, and nobody need say what the right answers are. It leans
//! on three promises: a disk keeps what was synced; a client is spared by chaos, and its links are not; and
//! the history is checked when the test has returned.
//!
//! `cargo run --example kv`, or with `-- follower` or `-- retry` behind it; `cargo test --example kv -- --ignored` runs the tests that fail.

use std::collections::BTreeMap;

use shard_mesh::spec::{Map, MapOp};
use shard_mesh::{Checked, Disk, Endpoint, History, Mesh, ShardId, ms};
use tokio::time::timeout;

/// Who leads; the others follow.
const LEADER: ShardId = ShardId(0);
const KEYS: [char; 2] = ['a', 'b'];

type Op = MapOp<char, u64>;

#[derive(Clone, Debug)]
enum Message {
    /// Of a client: its how-manieth request, however often it comes.
    Request(u64, Op),
    Answer(u64, Option<u64>),
    /// Of the leader, to its followers.
    Update(Store),
}

/// What a server has on its disk.
#[derive(Clone, Debug, Default)]
struct Store {
    version: u64,
    map: BTreeMap<char, u64>,
    /// The last request of each client, and its answer.
    answered: BTreeMap<ShardId, (u64, Option<u64>)>,
}

impl Store {
    fn apply(&mut self, client: ShardId, request: u64, op: Op) -> Option<u64> {
        let answer = match op {
            MapOp::Get(key) => self.map.get(&key).copied(),
            MapOp::Put(key, value) => self.map.insert(key, value).and(None),
            MapOp::Remove(key) => self.map.remove(&key).and(None),
        };
        self.version += 1;
        self.answered.insert(client, (request, answer));
        answer
    }
}

/// What is planted.
#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// A follower answers what is only read.
    FollowersAnswer,
    /// The leader does not know again what it has applied.
    ForgetsRequests,
}

async fn serve(at: Endpoint<Message>, disk: Disk<Store>, bug: Bug) {
    let leads = at.local_shard() == LEADER;
    while let Some((from, message)) = at.recv_segment_from().await {
        let (request, op) = match message {
            Message::Request(request, op) => (request, op),
            Message::Update(store) if store.version > disk.read(|it| it.version) => {
                disk.write(|it| *it = store);
                continue;
            }
            Message::Update(_) | Message::Answer(..) => continue,
        };
        let known = disk.read(|store| store.answered.get(&from).copied());
        let answer = match (known, op) {
            (_, MapOp::Get(key)) if !leads => disk.read(|store| store.map.get(&key).copied()),
            _ if !leads => continue,
            (Some((last, answer)), _) if last == request && bug != Bug::ForgetsRequests => answer,
            _ => {
                let answer = disk.write(|store| store.apply(from, request, op));
                // Nobody hears of it before it is safe.
                disk.sync().await;
                for follower in [1, 2].map(ShardId) {
                    let store = disk.read(Store::clone);
                    let _ = at.try_send_segment(follower, Message::Update(store));
                }
                answer
            }
        };
        let _ = at.try_send_segment(from, Message::Answer(request, answer));
    }
}

/// Asks until it is answered, but not for ever.
async fn ask(client: &Endpoint<Message>, to: ShardId, request: u64, op: Op) -> Option<Option<u64>> {
    for _ in 0..4 {
        let _ = client.try_send_segment(to, Message::Request(request, op));
        let answer = async {
            loop {
                match client.recv_segment().await {
                    Some(Message::Answer(of, answer)) if of == request => return answer,
                    Some(_) => {}
                    None => std::future::pending().await,
                }
            }
        };
        if let Ok(answer) = timeout(ms(40), answer).await {
            return Some(answer);
        }
    }
    None
}

/// A client, with requests of its own choice.
async fn work(
    client: Endpoint<Message>,
    mesh: Mesh<Message>,
    history: History<Map<char, u64>>,
    bug: Bug,
) {
    let me = client.local_shard();
    for request in 1..=12 {
        let key = mesh.pick("key", KEYS);
        let (op, to) = if mesh.chance("reads", 0.5) {
            let servers = if bug == Bug::FollowersAnswer { 3 } else { 1 };
            (MapOp::Get(key), ShardId(mesh.pick("server", 0..servers)))
        } else {
            (MapOp::Put(key, 100 * me.0 + request), LEADER)
        };
        let call = history.invoke(me, op);
        // One that is not answered may have taken effect, or may do so yet.
        if let Some(answer) = ask(&client, to, request, op).await {
            call.returned(answer);
        }
    }
}

async fn some_order_explains_it(
    (servers, clients): ([Endpoint<Message>; 3], [Endpoint<Message>; 3]),
    mesh: &Mesh<Message>,
    bug: Bug,
) -> History<Map<char, u64>> {
    for server in servers {
        let disk = mesh.disk(&server, Store::default()).latency(ms(1));
        mesh.host(server, move |at| serve(at, disk.clone(), bug));
    }
    let history = mesh.history(Map::default());
    let work = clients.map(|client| {
        let id = client.local_shard();
        mesh.spawn(id, work(client, mesh.clone(), history.clone(), bug))
    });
    for client in work {
        client.await.unwrap();
    }
    history
}

#[shard_mesh::test(peers = 0..3, clients = 10..=12, chaos, latency = "1ms..9ms", seeds = 0..200)]
async fn a_map_behaves_as_one(
    servers: [Endpoint<Message>; 3],
    clients: [Endpoint<Message>; 3],
    mesh: Mesh<Message>,
) {
    some_order_explains_it((servers, clients), &mesh, Bug::None).await;
}

#[shard_mesh::test(peers = 0..3, clients = 10..=12, chaos = [partition], latency = "1ms..9ms", seeds = 0..200)]
#[should_panic(expected = "that is not linearizable")]
async fn a_read_of_a_follower_is_named(
    servers: [Endpoint<Message>; 3],
    clients: [Endpoint<Message>; 3],
    mesh: Mesh<Message>,
) {
    some_order_explains_it((servers, clients), &mesh, Bug::FollowersAnswer).await;
}

#[shard_mesh::test(peers = 0..3, clients = 10..=12, chaos = [lossy, slow], latency = "1ms..9ms", seeds = 0..200)]
#[should_panic(expected = "that is not linearizable")]
async fn a_retry_that_is_applied_twice_is_named(
    servers: [Endpoint<Message>; 3],
    clients: [Endpoint<Message>; 3],
    mesh: Mesh<Message>,
) {
    some_order_explains_it((servers, clients), &mesh, Bug::ForgetsRequests).await;
}

// The same two, as they fail.
#[shard_mesh::test(peers = 0..3, clients = 10..=12, chaos = [partition], latency = "1ms..9ms", seeds = 0..200)]
#[ignore = "fails, to show its report"]
async fn a_follower_answers(
    servers: [Endpoint<Message>; 3],
    clients: [Endpoint<Message>; 3],
    mesh: Mesh<Message>,
) {
    some_order_explains_it((servers, clients), &mesh, Bug::FollowersAnswer).await;
}

#[shard_mesh::test(peers = 0..3, clients = 10..=12, chaos = [lossy, slow], latency = "1ms..9ms", seeds = 0..200)]
#[ignore = "fails, to show its report"]
async fn a_retry_is_applied_twice(
    servers: [Endpoint<Message>; 3],
    clients: [Endpoint<Message>; 3],
    mesh: Mesh<Message>,
) {
    some_order_explains_it((servers, clients), &mesh, Bug::ForgetsRequests).await;
}

#[shard_mesh::shard_mesh(peers = 0..3, clients = 10..=12, latency = "1ms..9ms")]
async fn main(
    servers: [Endpoint<Message>; 3],
    clients: [Endpoint<Message>; 3],
    mesh: Mesh<Message>,
) {
    let bug = match std::env::args().nth(1).as_deref() {
        Some("follower") => Bug::FollowersAnswer,
        Some("retry") => Bug::ForgetsRequests,
        _ => Bug::None,
    };
    let history = some_order_explains_it((servers, clients), &mesh, bug).await;
    match history.check() {
        Checked::NotLinearizable(disorder) => println!("{disorder}"),
        other => println!("{history:?}: {other:?}"),
    }
}
