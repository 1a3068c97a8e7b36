#[shard_mesh::test(peers = 0..2, seeds = 0..256)]
async fn a_sweep(a: Endpoint, b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, seeds = 5..=9, timeout = "5s")]
async fn a_sweep_with_its_last(a: Endpoint, b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, seed = 7)]
async fn one_seed(a: Endpoint, b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, seeds = 0..256, also = [17, 4711])]
async fn a_sweep_and_what_once_failed(a: Endpoint, b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, latency = "1ms..5ms", exhaustive = 1)]
async fn every_single_fault(a: Endpoint, b: Endpoint) {}

#[shard_mesh::test(peers = 0..2, seed = 7, pinned)]
async fn pinned(a: Endpoint, b: Endpoint) {}
