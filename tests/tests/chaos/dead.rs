//! What a task of a dead machine does up to the end of its poll does not count.

use shard_mesh::{Endpoint, Mesh, Moment, ShardId, ms};
use tokio::time::sleep;

#[shard_mesh::test(peers = 0..2)]
async fn neither_its_panic_nor_its_error(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.after(Moment::sent(1, 0, 1)).crash(1).lasting(ms(5));
    mesh.after(Moment::sent(1, 0, 2)).crash(1).lasting(ms(5));
    let mut boots = 0;
    mesh.host(b, move |at| {
        boots += 1;
        let boot = boots;
        async move {
            if boot == 3 {
                return std::future::pending().await;
            }
            // Not async: it returns to the dead.
            at.try_send_segment(ShardId(0), 1).unwrap();
            let second = at.try_send_segment(ShardId(0), 2);
            assert!(boot == 2, "a dead machine panics");
            second.map_err(|_| "a dead machine fails")
        }
    });
    sleep(ms(20)).await;
    assert_eq!(mesh.stats().link(1, 0).sent, 2);
}

#[shard_mesh::test(peers = 0..2)]
#[should_panic(expected = "alive")]
async fn the_panic_of_a_life_after_it_does(_a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    mesh.at(ms(1)).crash(1).lasting(ms(5));
    let mut boots = 0;
    mesh.host(b, move |_| {
        boots += 1;
        let boot = boots;
        async move {
            sleep(ms(2)).await;
            assert!(boot == 1, "alive");
        }
    });
    sleep(ms(20)).await;
}

#[shard_mesh::test(peers = 0..3)]
async fn it_neither_sends_nor_hears(peers: [Endpoint<u64>; 3], mesh: Mesh<u64>) {
    let [a, b, c] = peers;
    mesh.after(Moment::sent(1, 0, 1)).crash(1).lasting(ms(5));
    let mut boots = 0;
    mesh.host(b, move |at| {
        boots += 1;
        let boot = boots;
        async move {
            if boot > 1 {
                return std::future::pending().await;
            }
            let one = async {
                at.send_segment(ShardId(0), 1).await.unwrap();
                unreachable!("a dead machine hears that it has sent");
            };
            let other = async {
                at.send_segment(ShardId(2), 2).await.unwrap();
                unreachable!("a dead machine sends");
            };
            let hears = async {
                while at.recv_segment().await.is_some() {}
                unreachable!("a dead machine hears of its end");
            };
            tokio::join!(one, other, hears);
        }
    });
    sleep(ms(3)).await;
    mesh.calm().await;
    assert_eq!(mesh.stats().link(1, 2).sent, 0);
    drop((a, c));
    mesh.crash(1);
}
