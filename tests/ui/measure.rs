use shard_mesh::Mesh;

fn measures_a_text(mesh: &Mesh) {
    mesh.measure("terms", "three");
}

fn main() {}
