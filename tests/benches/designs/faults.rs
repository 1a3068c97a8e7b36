use std::time::Duration;

use shard_mesh::Links;

use super::Segment;

/// Puts the fault of this name on the links: 1 % of what is random, latencies as the names say.
pub(crate) fn put(name: &str, links: &Links<Segment>) {
    let millis = Duration::from_millis;
    match name {
        "latency=5ms" => drop(links.latency(millis(5))),
        "latency=1ms..20ms" => drop(links.latency(millis(1)..=millis(20))),
        "loss" => drop(links.loss(0.01)),
        "duplicate" => drop(links.duplicate(0.01)),
        "reorder" => drop(links.reorder(0.01)),
        _ => panic!("no fault is named `{name}`"),
    }
}
