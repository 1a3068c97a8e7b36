//! `Mesh::host`: nodes in the styles in which people write them, over crashes, pauses and their own end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use shard_mesh::{Endpoint, Mesh, ShardId, TransportError, TryRecvError};

/// What happened, in order.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Notes its drop.
struct Noted(Diary, &'static str);

impl Drop for Noted {
    fn drop(&mut self) {
        self.0.note(self.1);
    }
}

async fn echo(at: Endpoint<u64>) {
    while let Some((from, n)) = at.recv_segment_from().await {
        let _ = at.send_segment(from, n).await;
    }
}

async fn fallible(at: Endpoint<u64>) -> Result<(), TransportError> {
    while let Some((from, n)) = at.recv_segment_from().await {
        at.send_segment(from, n).await?;
    }
    Ok(())
}

async fn endless(at: Endpoint<u64>) -> std::convert::Infallible {
    echo(at).await;
    std::future::pending().await
}

struct Node {
    at: Endpoint<u64>,
    boots: Arc<Mutex<u64>>,
}

impl Node {
    fn new(at: Endpoint<u64>, boots: Arc<Mutex<u64>>) -> Self {
        *boots.lock().unwrap() += 1;
        Self { at, boots }
    }

    async fn run(self) -> Result<(), String> {
        while let Some((from, n)) = self.at.recv_segment_from().await {
            let reply = n + 100 * *self.boots.lock().unwrap();
            let sent = self.at.send_segment(from, reply).await;
            sent.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// Sends `n` to shard `to`, and gives the answer.
async fn ask(client: &Endpoint<u64>, to: u64, n: u64) -> u64 {
    client.send_segment(ShardId(to), n).await.unwrap();
    client.recv_segment().await.unwrap()
}

#[shard_mesh::test(peers = 0..2)]
async fn a_node_that_never_ran_boots_after_a_crash_with_an_endpoint_that_is_alive(
    client: Endpoint<u64>,
    server: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.host(server, echo);
    for _ in 0..2 {
        mesh.crash(1);
        mesh.restart(1);
    }
    assert_eq!(ask(&client, 1, 3).await, 3);
}

#[shard_mesh::test(peers = 0..6)]
async fn nodes_of_many_styles_boot_and_boot_again(
    [client, a, b, c, d, e]: [Endpoint<u64>; 6],
    mesh: Mesh<u64>,
) {
    let boots = Arc::new(Mutex::new(0));
    mesh.host(a, echo);
    mesh.host(b, fallible);
    mesh.host(c, endless);
    mesh.host(d, {
        let boots = boots.clone();
        move |at| Node::new(at, boots.clone()).run()
    });
    mesh.host(e, async |at: Endpoint<u64>| echo(at).await);
    for to in 1..=5 {
        let extra = if to == 4 { 100 } else { 0 };
        assert_eq!(ask(&client, to, to).await, to + extra);
        mesh.crash(to);
        let refused = client.send_segment(ShardId(to), 1).await;
        assert_eq!(refused, Err(TransportError::Closed));
        mesh.restart(to);
        assert_eq!(ask(&client, to, to).await, to + 2 * extra);
    }
    assert_eq!(*boots.lock().unwrap(), 2);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_crash_drops_the_node_before_it_returns(
    [client, server]: [Endpoint<u64>; 2],
    mesh: Mesh<u64>,
) {
    let diary = Diary::default();
    let of_node = diary.clone();
    mesh.host(server, move |at| {
        of_node.note("boots");
        let noted = Noted(of_node.clone(), "dropped");
        async move {
            let _noted = noted;
            echo(at).await;
        }
    });
    assert_eq!(ask(&client, 1, 1).await, 1);
    mesh.crash(1);
    assert_eq!(diary.take(), ["boots", "dropped"]);
    // Twice before anybody could boot it: it boots once, in the life that lasts.
    mesh.restart(1);
    mesh.crash(1);
    mesh.restart(1);
    assert_eq!(ask(&client, 1, 2).await, 2);
    assert_eq!(diary.take(), ["boots"]);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_paused_node_is_frozen(client: Endpoint<u64>, server: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.host(server, echo);
    mesh.pause(1);
    client.send_segment(ShardId(1), 1).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(client.try_recv_segment(), Err(TryRecvError::Empty));
    mesh.resume(1);
    assert_eq!(client.recv_segment().await, Some(1));
}

#[shard_mesh::test(peers = 0..3)]
async fn a_node_that_returns_has_exited(
    [client, server, other]: [Endpoint<u64>; 3],
    mesh: Mesh<u64>,
) {
    mesh.link(2, 1).cut().optional();
    drop(other);
    mesh.host(server, async |at: Endpoint<u64>| {
        let (from, n) = at.recv_segment_from().await.unwrap();
        at.send_segment(from, n).await.unwrap();
    });
    assert_eq!(ask(&client, 1, 1).await, 1);
    assert_eq!(client.recv_segment().await, None, "its links are closed");
    let refused = client.send_segment(ShardId(1), 2).await;
    assert_eq!(refused, Err(TransportError::Closed));
    mesh.crash(1);
    drop(mesh.restart(1));
    assert_eq!(ask(&client, 1, 3).await, 3);
    assert_eq!(client.recv_segment().await, None);
    // It ended again: that is no crash, and boots it as well.
    mesh.crash(1);
    mesh.restart(1);
    assert_eq!(ask(&client, 1, 4).await, 4);
}

#[shard_mesh::test(peers = 0..2)]
async fn links_stay_open_though_the_node_drops_its_endpoint(
    client: Endpoint<u64>,
    server: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.host(server, |at| {
        drop(at);
        std::future::pending::<()>()
    });
    mesh.settle().await;
    client.send_segment(ShardId(1), 1).await.unwrap();
    let nothing = tokio::time::timeout(Duration::from_secs(1), client.recv_segment()).await;
    assert!(nothing.is_err(), "it is silent, and there");
}

#[shard_mesh::test(peers = 0..2)]
async fn a_node_may_crash_and_restart_its_own_shard(
    client: Endpoint<u64>,
    server: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let own = mesh.clone();
    mesh.host(server, move |at| {
        let own = own.clone();
        async move {
            while let Some((from, n)) = at.recv_segment_from().await {
                if n == 0 {
                    own.crash(1);
                    own.restart(1);
                }
                // Of a life that is over.
                let _ = at.send_segment(from, n).await;
            }
        }
    });
    client.send_segment(ShardId(1), 0).await.unwrap();
    mesh.settle().await;
    assert_eq!(ask(&client, 1, 5).await, 5);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_node_that_may_fail_boots_again(
    client: Endpoint<u64>,
    server: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.may_fail(1);
    let mut boots = 0;
    mesh.host(server, move |at| {
        boots += 1;
        assert!(boots != 2, "it does not boot");
        async move {
            let (from, n) = at.recv_segment_from().await.unwrap();
            at.send_segment(from, n).await.unwrap();
            if n == 1 { Err("it fails") } else { Ok(()) }
        }
    });
    for n in [1, 0, 2] {
        if n > 0 {
            assert_eq!(ask(&client, 1, n).await, n);
        }
        mesh.settle().await;
        mesh.crash(1);
        mesh.restart(1);
        mesh.settle().await;
    }
}

/// What a node captures may be the mesh itself, and goes with the test.
#[test]
fn a_mesh_that_its_node_captures_is_freed() {
    let alive = Arc::new(());
    let held = alive.clone();
    let harness = shard_mesh::Harness::new(module_path!(), "holds_itself");
    harness.run(|run| {
        let factory = run.watch(shard_mesh::InProcessTransportFactory::<u64>::new());
        let (shard, mesh) = (factory.create(ShardId(0)), factory.mesh());
        let held = held.clone();
        Box::new(async move {
            let own = mesh.clone();
            mesh.host(shard, move |at| {
                let (_own, _held) = (own.clone(), held.clone());
                echo(at)
            });
        })
    });
    drop(held);
    assert_eq!(Arc::strong_count(&alive), 1);
}
