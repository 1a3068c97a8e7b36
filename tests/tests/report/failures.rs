//! Pages of tests that fail in other ways than by an assertion of their own, or are set up in others
//! than by one attribute.

use std::process::ExitCode;

use shard_mesh::{Endpoint, Harness, InProcessTransportFactory, Mesh, ShardId};
use tokio::time::sleep;

use crate::child::{check_page, failing, says};
use crate::support::{Packet, ms, put, send};

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "fails: `the_page_of_an_error` runs it"]
async fn error(
    leader: Endpoint<Packet>,
    follower: Endpoint<Packet>,
) -> Result<(), Box<dyn std::error::Error>> {
    leader.send_segment(ShardId(1), put("k", 1)).await?;
    let Some(Packet::Put { value, .. }) = follower.recv_segment().await else {
        return Err("no write came".into());
    };
    follower
        .send_segment(ShardId(0), Packet::Ack(value))
        .await?;
    Ok(())
}

#[test]
fn the_page_of_an_error() {
    check_page("failures::error");
}

#[shard_mesh::test(leader = 0, followers = [1], topology = duplex)]
#[ignore = "fails: `the_page_of_a_panic_in_a_task` runs it"]
async fn panic_in_a_task(leader: Endpoint<Packet>, follower: Endpoint<Packet>, mesh: Mesh<Packet>) {
    mesh.spawn(1, async move {
        let mut last = 0;
        while let Some(Packet::Put { value, .. }) = follower.recv_segment().await {
            assert_eq!(value, last + 1, "a gap in the log");
            last = value;
            send(&follower, 0, Packet::Ack(value)).await;
        }
    });
    for n in [1, 2, 4] {
        send(&leader, 1, put("k", n)).await;
        sleep(ms(10)).await;
        leader.recv_segment().await;
    }
}

#[test]
fn the_page_of_a_panic_in_a_task() {
    check_page("failures::panic_in_a_task");
}

#[test]
#[ignore = "fails: `the_page_of_a_harness_by_hand` runs it"]
fn by_hand() -> ExitCode {
    Harness::new(module_path!(), "by_hand").run(|run| {
        let factory = run.watch(InProcessTransportFactory::new());
        let [a, b] = [0, 1].map(|id| factory.create(ShardId(id)));
        factory.connect(ShardId(0), ShardId(1));
        Box::new(async move {
            send(&a, 1, put("k", 1)).await;
            assert_eq!(b.recv_segment().await, Some(put("k", 2)));
        })
    })
}

#[test]
fn the_page_of_a_harness_by_hand() {
    check_page("failures::by_hand");
}

#[test]
#[ignore = "fails: `the_page_of_two_meshes` runs it"]
fn two_meshes() -> ExitCode {
    Harness::new(module_path!(), "two_meshes").run(|run| {
        let mut meshes = [0, 1].map(|_| {
            let factory = run.watch(InProcessTransportFactory::new());
            let shards = [0, 1].map(|id| factory.create(ShardId(id)));
            factory.connect(ShardId(0), ShardId(1));
            (factory.mesh(), shards)
        });
        Box::new(async move {
            let [(_, [a, b]), (east, [c, d])] = &mut meshes;
            east.link(0, 1).latency(ms(5));
            for n in 1..=2 {
                send(a, 1, put("west", n)).await;
                let write = b.recv_segment().await.unwrap();
                send(c, 1, write).await;
            }
            d.recv_segment().await;
            let last = d.recv_segment().await;
            assert_eq!(last, Some(put("east", 2)));
        })
    })
}

#[test]
fn the_page_of_two_meshes() {
    check_page("failures::two_meshes");
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "fails: `a_failure_that_is_no_error_is_not_called_one` runs it"]
async fn fails_without_an_error(
    _leader: Endpoint<Packet>,
    _follower: Endpoint<Packet>,
) -> ExitCode {
    eprintln!("Error: this is none");
    ExitCode::FAILURE
}

#[test]
fn a_failure_that_is_no_error_is_not_called_one() {
    let page = failing("failures::fails_without_an_error");
    says(
        &page,
        &["what    returned a value that says that it failed"],
    );
}

#[shard_mesh::test(peers = 0..3)]
#[ignore = "fails: `who_waits_is_told_of_hangs_only` runs it"]
async fn panics_while_others_wait(peers: [Endpoint<Packet>; 3], mesh: Mesh<Packet>) {
    let [a, b, c] = peers;
    for waiting in [b, c] {
        mesh.spawn(waiting.local_shard(), async move {
            waiting.recv_segment().await
        });
    }
    sleep(ms(1)).await;
    drop(a);
    panic!("it fails");
}

#[test]
fn who_waits_is_told_of_hangs_only() {
    let page = failing("failures::panics_while_others_wait");
    assert!(!page.contains("who waits"), "{page}");
    assert!(!page.contains("wait to receive"), "{page}");
}

async fn applies_in_order(follower: Endpoint<Packet>) -> Result<(), String> {
    let mut last = 0;
    while let Some(Packet::Put { value, .. }) = follower.recv_segment().await {
        if value != last + 1 {
            return Err(format!("a gap in the log before {value}"));
        }
        last = value;
        send(&follower, 0, Packet::Ack(value)).await;
    }
    Ok(())
}

#[shard_mesh::test(leader = 0, followers = [1], topology = duplex, loss = 0.2, seeds = 0..64)]
#[ignore = "fails: `the_page_of_an_error_in_a_task` runs it"]
async fn error_in_a_task(leader: Endpoint<Packet>, follower: Endpoint<Packet>, mesh: Mesh<Packet>) {
    mesh.run(1, applies_in_order(follower));
    for n in 1..=4 {
        send(&leader, 1, put("k", n)).await;
    }
    mesh.settle().await;
}

#[test]
fn the_page_of_an_error_in_a_task() {
    check_page("failures::error_in_a_task");
}
