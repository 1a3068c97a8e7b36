//! `mesh.at`: what begins at a time, in which order, and how it ends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use shard_mesh::{Endpoint, EventKind, Mesh, ShardId, TryRecvError, ms};
use tokio::time::{Instant, sleep, sleep_until};

async fn idle(at: Endpoint<u64>) {
    while at.recv_segment().await.is_some() {}
}

#[shard_mesh::test(peers = 0..3)]
async fn a_cut_is_there_from_its_time_to_its_end(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
    mesh.at(ms(10)).partition([0], [1, 2]).lasting(ms(10));
    let began = Instant::now();
    for (at, arrives) in [(0, true), (9, true), (10, false), (19, false), (20, true)] {
        sleep_until(began + ms(at)).await;
        peers[0].send_segment(ShardId(1), at).await.unwrap();
        let expected = if arrives {
            Ok(at)
        } else {
            Err(TryRecvError::Empty)
        };
        assert_eq!(peers[1].try_recv_segment(), expected, "{at} ms");
    }
}

#[shard_mesh::test(peers = 0..2)]
async fn what_ends_goes_before_what_begins(
    a: Endpoint<u64>,
    b: [Endpoint<u64>; 1],
    mesh: Mesh<u64>,
) {
    let [b] = b;
    mesh.at(ms(5)).link(0, 1).hold().lasting(ms(5));
    mesh.at(ms(10)).link(0, 1).hold().lasting(ms(5)).optional();
    sleep(ms(6)).await;
    a.send_segment(ShardId(1), 1).await.unwrap();
    sleep(ms(3)).await;
    assert_eq!(b.try_recv_segment(), Err(TryRecvError::Empty));
    sleep(ms(1)).await;
    // Released by the end of the one, before the other held the link again.
    assert_eq!(b.try_recv_segment(), Ok(1));
}

#[shard_mesh::test(peers = 0..2)]
async fn lines_of_one_moment_begin_in_their_order(_peers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
    for _ in 0..2 {
        mesh.at(ms(5)).link(0, 1).cut().optional();
        mesh.at(ms(5)).link(1, 0).hold().optional();
        mesh.at(ms(4)).link(1, 0).loss(0.5).optional();
    }
    sleep(ms(6)).await;
    let began = mesh.timeline();
    let began = began.events().iter().map(|it| match &it.kind {
        EventKind::FaultBegan(fault) => fault.what.split(' ').next().unwrap(),
        other => panic!("{other}"),
    });
    let began: Vec<_> = began.collect();
    assert_eq!(began, ["loss", "loss", "cut", "hold", "cut", "hold"]);
}

#[shard_mesh::test(peers = 0..3)]
async fn a_crash_ends_with_a_boot(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
    let boots = Arc::new(Mutex::new(Vec::new()));
    let [a, b, c] = peers;
    for peer in [b, c] {
        let (boots, began) = (boots.clone(), Instant::now());
        mesh.host(peer, move |at| {
            boots
                .lock()
                .unwrap()
                .push((at.local_shard().0, began.elapsed()));
            idle(at)
        });
    }
    mesh.at(ms(5)).crash(1).lasting(ms(7));
    mesh.at(ms(6)).crash(2);
    sleep(ms(20)).await;
    assert_eq!(
        *boots.lock().unwrap(),
        [(1, ms(0)), (2, ms(0)), (1, ms(12))]
    );
    drop(a);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_task_of_a_shard_may_plan(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let here = mesh.clone();
    mesh.host(b, move |at| {
        let here = here.clone();
        async move {
            sleep(ms(3)).await;
            here.at(ms(5)).clock(0).ahead(ms(100)).lasting(ms(5));
            idle(at).await;
        }
    });
    let apart = || {
        mesh.clock(0)
            .now()
            .duration_since(mesh.clock(1).now())
            .unwrap()
    };
    sleep(ms(4)).await;
    assert_eq!(apart(), Duration::ZERO);
    sleep(ms(2)).await;
    assert_eq!(apart(), ms(100));
    sleep(ms(4)).await;
    assert_eq!(apart(), Duration::ZERO);
}

#[shard_mesh::test(peers = 0..2)]
async fn a_pause_freezes_and_lets_go(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.host(b, |at| async move {
        while let Some((from, n)) = at.recv_segment_from().await {
            let _ = at.send_segment(from, n).await;
        }
    });
    mesh.at(ms(5)).pause(1).lasting(ms(10));
    sleep(ms(5)).await;
    a.send_segment(ShardId(1), 7).await.unwrap();
    let asked = Instant::now();
    assert_eq!(a.recv_segment().await, Some(7));
    assert_eq!(asked.elapsed(), ms(10));
}

#[shard_mesh::test(peers = 0..2, start_paused = false)]
async fn on_a_real_clock_it_works(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.at(ms(20)).link(0, 1).hold().lasting(ms(20));
    let began = Instant::now();
    while began.elapsed() < ms(25) {
        a.send_segment(ShardId(1), 1).await.unwrap();
        while b.try_recv_segment().is_ok() {}
        sleep(ms(1)).await;
    }
    a.send_segment(ShardId(1), 2).await.unwrap();
    while b.recv_segment().await != Some(2) {}
    assert!(began.elapsed() >= ms(40));
}

#[shard_mesh::test(peers = 0..4, flavor = "multi_thread", worker_threads = 2)]
async fn on_several_threads_chaos_harms_nothing(peers: [Endpoint<u64>; 4], mesh: Mesh<u64>) {
    let [client, nodes @ ..] = peers;
    for node in nodes {
        mesh.host(node, |at| async move {
            while let Some((from, n)) = at.recv_segment_from().await {
                let _ = at.try_send_segment(from, n);
            }
        });
    }
    mesh.chaos()
        .all_kinds()
        .clients([0])
        .every(ms(1)..ms(5))
        .lasting(ms(1)..ms(5));
    let began = Instant::now();
    while began.elapsed() < ms(300) {
        for to in 1..4 {
            let _ = client.try_send_segment(ShardId(to), 1);
        }
        while client.try_recv_segment().is_ok() {}
        sleep(ms(1)).await;
    }
    mesh.calm().await;
    for to in 1..4 {
        while client.try_recv_segment().is_ok() {}
        client.send_segment(ShardId(to), 100 + to).await.unwrap();
        while client.recv_segment().await != Some(100 + to) {}
    }
}
