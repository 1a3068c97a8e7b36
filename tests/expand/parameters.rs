#[shard_mesh::test(peers = [0, 1, 2, 3])]
async fn generics_and_patterns<T: Transport, const N: usize>(
    mut a: T,
    #[allow(unused_variables)] [b, _]: [Arc<dyn Transport>; 2],
    c: [impl Transport; N],
    Mesh { .. }: Mesh,
) where
    T: Clone,
{
}

#[shard_mesh::test(peers = [0, 1])]
async fn r#try(_: Endpoint, ref b: Endpoint) {}
