//! `clients` of the attribute: wired both ways with every shard that is none, and with no client.

use shard_mesh::{Endpoint, Mesh, ShardId};

/// The links of the mesh between these two groups, and within the second.
fn links(mesh: &Mesh, clients: &[u64]) -> (Vec<(u64, u64)>, usize) {
    let is_client = |shard: ShardId| clients.contains(&shard.0);
    let (mut beside, mut served) = (Vec::new(), 0);
    for (from, to) in mesh.links() {
        if is_client(from) || is_client(to) {
            beside.push((from.0, to.0));
        } else {
            served += 1;
        }
    }
    (beside, served)
}

#[shard_mesh::test(peers = 0..3, clients = [10, 11])]
async fn clients_of_peers(peers: Vec<Endpoint>, clients: Vec<Endpoint>, mesh: Mesh) {
    let ids = |shards: &[Endpoint]| {
        shards
            .iter()
            .map(|it| it.local_shard().0)
            .collect::<Vec<_>>()
    };
    assert_eq!((ids(&peers), ids(&clients)), (vec![0, 1, 2], vec![10, 11]));
    let (mut beside, served) = links(&mesh, &[10, 11]);
    assert_eq!(served, 6);
    let mut expected: Vec<_> = (0..3)
        .flat_map(|peer| [10, 11].map(|client| [(client, peer), (peer, client)]))
        .flatten()
        .collect();
    beside.sort_unstable();
    expected.sort_unstable();
    assert_eq!(beside, expected);
}

#[shard_mesh::test(leader = 0, followers = 1..=20, clients = 100..=103)]
async fn many_clients_of_roles(
    leader: Endpoint,
    followers: Vec<Endpoint>,
    clients: [Endpoint; 4],
    mesh: Mesh,
) {
    assert_eq!(leader.local_shard(), ShardId(0));
    assert_eq!(followers.len(), 20);
    assert_eq!(clients[3].local_shard(), ShardId(103));
    let (beside, served) = links(&mesh, &[100, 101, 102, 103]);
    assert_eq!((beside.len(), served), (2 * 4 * 21, 20));
}

#[shard_mesh::test(peers = 0..4, topology = ring, clients = [9])]
async fn a_client_is_in_no_topology(_peers: [Endpoint; 4], _client: Endpoint, mesh: Mesh) {
    let (beside, served) = links(&mesh, &[9]);
    assert_eq!((beside.len(), served), (8, 4));
}
