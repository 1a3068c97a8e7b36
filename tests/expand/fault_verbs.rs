#[shard_mesh::test(leader = 0, followers = [1, 2], loss = 0.01)]
async fn one_fault(leader: Endpoint, followers: [Endpoint; 2]) {}

/// In one order, whatever the order in which they are written.
#[shard_mesh::test(
    peers = [0, 1],
    rate = 1000,
    reorder = config::REORDER,
    duplicate = 1,
    loss = LOSS / 2.0,
    latency = "1ms..20ms",
    seed = 7,
)]
async fn all_of_them(a: Endpoint, b: Endpoint, mesh: Mesh) -> Result<(), Error> {}
