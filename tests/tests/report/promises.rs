//! Pages of tests whose properties, waits and histories do not hold.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use shard_mesh::spec::{Register, RegisterOp, RegisterRet};
use shard_mesh::{Endpoint, Mesh};
use tokio::time::sleep;

use crate::child::check_page;
use crate::support::{Packet, ms, put, send};

/// Each of two shards takes the lead when it has not heard the other for a while.
#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: `the_page_of_a_property` runs it"]
async fn property(peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    let leaders = Arc::new(AtomicU64::new(0));
    let now = leaders.clone();
    mesh.always("at most one leads", move || {
        now.load(Ordering::Relaxed) <= 1
    });
    for (patience, peer) in [15, 40].into_iter().zip(peers) {
        let (leaders, noting) = (leaders.clone(), mesh.clone());
        mesh.host(peer, move |at| {
            let (leaders, noting) = (leaders.clone(), noting.clone());
            async move {
                while tokio::time::timeout(ms(patience), at.recv_segment())
                    .await
                    .is_ok()
                {}
                noting.note(&at, "leads");
                leaders.fetch_add(1, Ordering::Relaxed);
                loop {
                    send(&at, 1 - at.local_shard().0, Packet::Beat).await;
                    sleep(ms(10)).await;
                }
            }
        });
    }
    sleep(ms(100)).await;
    mesh.isolate(0);
    sleep(ms(100)).await;
}

#[test]
fn the_page_of_a_property() {
    check_page("promises::property");
}

/// What is lost is not sent again.
#[shard_mesh::test(leader = 0, followers = [1, 2], loss = 0.2, seed = 7)]
#[ignore = "fails: `the_page_of_a_wait` runs it"]
async fn wait(leader: Endpoint<Packet>, followers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    let logs = Arc::new(Mutex::new([0, 0]));
    for (index, follower) in followers.into_iter().enumerate() {
        let logs = logs.clone();
        mesh.host(follower, move |at| {
            let logs = logs.clone();
            async move {
                while at.recv_segment().await.is_some() {
                    logs.lock().unwrap()[index] += 1;
                }
            }
        });
    }
    for n in 1..=8 {
        for follower in [1, 2] {
            send(&leader, follower, put("k", n)).await;
        }
        sleep(ms(5)).await;
    }
    mesh.until("both followers have it all", move || {
        *logs.lock().unwrap() == [8, 8]
    })
    .within(ms(200))
    .await;
}

#[test]
fn the_page_of_a_wait() {
    check_page("promises::wait");
}

/// A replica answers reads with what it has, which may be old.
#[shard_mesh::test(peers = 0..2, clients = [10, 11])]
#[ignore = "fails: `the_page_of_a_history` runs it"]
async fn history(peers: [Endpoint<Packet>; 2], clients: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    for peer in peers {
        mesh.host(peer, replica);
    }
    let [writer, reader] = &clients;
    let history = mesh.history(Register(0));
    for n in 1..=3 {
        if n == 2 {
            mesh.partition([0], [1]);
        }
        let call = history.invoke(writer, RegisterOp::Write(n));
        send(writer, 0, put("k", n)).await;
        writer.recv_segment().await;
        call.returned(RegisterRet::Done);
        sleep(ms(5)).await;
        let call = history.invoke(reader, RegisterOp::Read);
        send(reader, 1, Packet::Beat).await;
        let Some(Packet::Ack(value)) = reader.recv_segment().await else {
            panic!("no answer");
        };
        call.returned(RegisterRet::Value(value));
        sleep(ms(5)).await;
    }
}

/// The first hands on what it is told, and acknowledges it at once.
async fn replica(at: Endpoint<Packet>) {
    let mut now = 0;
    while let Some((from, packet)) = at.recv_segment_from().await {
        if let Packet::Put { key, value } = packet {
            now = value;
            if at.local_shard().0 == 0 {
                send(&at, 1, put(key, value)).await;
            }
        }
        if from.0 >= 10 {
            send(&at, from.0, Packet::Ack(now)).await;
        }
    }
}

#[test]
fn the_page_of_a_history() {
    check_page("promises::history");
}
