//! The parts put together: two servers, the bridge between them, and their clients.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shard_mesh::{Endpoint, Mesh, ShardId};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use crate::client::{Told, ask};
use crate::replica::{Accept, Message, Replica};

const LEADER: ShardId = ShardId(0);
const BRIDGE: ShardId = ShardId(1);
const FOLLOWER: ShardId = ShardId(2);
/// When a leader sends again what is not acknowledged.
const RESEND_AFTER: Duration = Duration::from_millis(100);

/// A replica, as its task and the test share it: the disk of a server.
pub(crate) type Shared = Arc<Mutex<Replica>>;

/// A server. Whether those that it sends to are gone it cannot tell.
async fn serve(endpoint: Endpoint<Message>, replica: Shared) {
    let mut resend_at = Instant::now() + RESEND_AFTER;
    loop {
        let out = match timeout_at(resend_at, endpoint.recv_segment_from()).await {
            Ok(Some((from, message))) => replica.lock().unwrap().hear(from, message),
            Ok(None) => return,
            Err(_) => {
                resend_at += RESEND_AFTER;
                replica.lock().unwrap().resend()
            }
        };
        // Whoever is paused must not hold up the others; what is not acknowledged goes again.
        for (to, message) in out {
            endpoint.try_send_segment(to, message).ok();
        }
    }
}

/// The bridge hands on what comes. It remembers nothing, so a crash costs it nothing.
async fn relay(endpoint: Endpoint<Message>) {
    while let Some((from, message)) = endpoint.recv_segment_from().await {
        let to = if from == LEADER { FOLLOWER } else { LEADER };
        endpoint.try_send_segment(to, message).ok();
    }
}

pub(crate) struct Cluster {
    pub(crate) mesh: Mesh<Message>,
    /// Who leads.
    pub(crate) leader: Shared,
    pub(crate) follower: Shared,
    clients: BTreeMap<ShardId, JoinHandle<Option<Told>>>,
}

impl Cluster {
    pub(crate) fn start(
        mesh: &Mesh<Message>,
        endpoints: &[Endpoint<Message>; 5],
        requests: u64,
        accept: Accept,
    ) -> Self {
        let [leader, bridge, follower, clients @ ..] = endpoints.clone();
        let mut cluster = Self {
            mesh: mesh.clone(),
            leader: Arc::new(Mutex::new(Replica::leader(BRIDGE))),
            follower: Arc::new(Mutex::new(Replica::follower(accept))),
            clients: BTreeMap::new(),
        };
        let (leads, follows) = (cluster.leader.clone(), cluster.follower.clone());
        mesh.host(leader, move |endpoint| serve(endpoint, leads.clone()));
        mesh.host(follower, move |endpoint| serve(endpoint, follows.clone()));
        mesh.host(bridge, relay);
        for endpoint in clients {
            let id = endpoint.local_shard();
            let client = ask(endpoint, [LEADER, FOLLOWER], requests);
            cluster.clients.insert(id, mesh.spawn(id, client));
        }
        cluster
    }

    /// Crashes the leader. After a while the follower leads.
    pub(crate) async fn lose_leader(&mut self, down: Duration) {
        self.mesh.crash(LEADER);
        sleep(down).await;
        self.follower.lock().unwrap().promote();
        self.leader = self.follower.clone();
    }

    /// Waits until the clients have all answers, and compares these to the ledger of who leads: each
    /// request is to be in there once, and its answer the sum at that place. Returns what is not so.
    pub(crate) async fn finish(&mut self) -> Outcome {
        let mut outcome = Outcome::default();
        let mut told = BTreeMap::new();
        for (session, client) in std::mem::take(&mut self.clients) {
            let client = client.await.unwrap().expect("no client crashes");
            outcome.retries += client.retries;
            for (number, sum) in client.sums {
                told.insert((session, number), sum);
            }
        }
        outcome.requests = told.len();
        let (mut applied, mut sum) = (BTreeMap::<_, Vec<u64>>::new(), 0);
        for entry in &self.leader.lock().unwrap().ledger {
            sum += entry.amount;
            let request = (entry.id.session, entry.id.number);
            applied.entry(request).or_default().push(sum);
        }
        for (request, told) in told {
            let mistake = match applied.remove(&request).as_deref() {
                None => "lost",
                Some([sum]) if *sum == told => continue,
                Some([_]) => "answered wrongly",
                Some(_) => "applied twice",
            };
            let (session, number) = request;
            let mistake = format!("request {number} of session {session} was {mistake}");
            outcome.mistakes.push(mistake);
        }
        outcome
    }
}

#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) requests: usize,
    pub(crate) retries: usize,
    pub(crate) mistakes: Vec<String>,
}
