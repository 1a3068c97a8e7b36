use shard_mesh::Mesh;

fn picks(mesh: &Mesh) {
    let _: f64 = mesh.pick("a fraction", 0.0..1.0);
}

fn main() {}
