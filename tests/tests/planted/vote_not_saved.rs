//! Voters that do not write down for whom they have voted in a term. The smallest set is one crash of those
//! who have voted, after which they do so again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use shard_mesh::{Disk, Endpoint, Mesh, Moment, ShardId, ms};
use tokio::time::{Instant, sleep, timeout_at};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Packet {
    /// For a term.
    Request(u64),
    Granted(u64),
}

/// Who has led in each term.
type Leaders = Arc<Mutex<BTreeMap<u64, Vec<ShardId>>>>;

/// One that votes, and stands for a term of its own choice now and then.
async fn node(at: Endpoint<Packet>, disk: Disk<u64>, leaders: Leaders) {
    let me = at.local_shard();
    // The last term in which it has voted. Planted: it is read once, and never written.
    let mut voted = disk.read(|term| *term);
    loop {
        // The first two stand at nearly the same time, the third one hardly ever.
        let pause = [ms(20), ms(24), ms(1000)][usize::try_from(me.0).unwrap()];
        let until = Instant::now() + pause;
        let mut granted = 0;
        let mut standing = None;
        while let Ok(Some((from, packet))) = timeout_at(until, at.recv_segment_from()).await {
            match packet {
                Packet::Request(term) if term > voted => {
                    voted = term;
                    let _ = at.try_send_segment(from, Packet::Granted(term));
                }
                Packet::Granted(term) if Some(term) == standing => granted += 1,
                _ => {}
            }
        }
        let term = voted + 1;
        (voted, standing) = (term, Some(term));
        for peer in (0..3).map(ShardId).filter(|it| *it != me) {
            let _ = at.try_send_segment(peer, Packet::Request(term));
        }
        let until = Instant::now() + ms(15);
        while let Ok(Some((from, packet))) = timeout_at(until, at.recv_segment_from()).await {
            match packet {
                Packet::Request(term) if term > voted => {
                    voted = term;
                    let _ = at.try_send_segment(from, Packet::Granted(term));
                }
                Packet::Granted(term) if Some(term) == standing => granted += 1,
                _ => {}
            }
        }
        if granted + 1 >= 2 {
            leaders.lock().unwrap().entry(term).or_default().push(me);
        }
    }
}

pub(crate) async fn body(peers: [Endpoint<Packet>; 3], mesh: Mesh<Packet>) {
    let leaders = Leaders::default();
    for peer in peers {
        let (disk, leaders) = (mesh.disk(&peer, 0), leaders.clone());
        mesh.host(peer, move |at| node(at, disk.clone(), leaders.clone()));
    }
    for _ in 0..100 {
        sleep(ms(10)).await;
        let leaders = leaders.lock().unwrap();
        let two = leaders.values().any(|it| it.len() > 1);
        assert!(!two, "two leaders of one term");
    }
}

#[shard_mesh::test(peers = 0..3, chaos = [partition, crash], latency = "1ms", seeds = 0..1000)]
#[ignore = "fails: `it_is_found_and_shrunk` runs it"]
async fn found(peers: [Endpoint<Packet>; 3], mesh: Mesh<Packet>) {
    body(peers, mesh).await;
}

#[shard_mesh::test(peers = 0..3, latency = "1ms", pinned)]
#[ignore = "fails: `it_is_found_and_shrunk` runs it"]
async fn pasted(peers: [Endpoint<Packet>; 3], mesh: Mesh<Packet>) {
    mesh.after(Moment::sent(1, 0, 4))
        .crash(2)
        .lasting(ms(40))
        .in_flight_arrives();
    mesh.after(Moment::sent(1, 0, 4))
        .crash(0)
        .lasting(ms(40))
        .in_flight_arrives();
    body(peers, mesh).await;
}

#[test]
fn it_is_found_and_shrunk() {
    crate::check::check("vote_not_saved", include_str!("vote_not_saved.rs"), "1 of ");
}
