//! What the seeds of a sweep covered, in words.

use std::time::Duration;

use super::words::count;
use crate::network::measured::Measured;
use crate::run::coverage::Coverage;
use crate::run::inert::Exposure;

/// What befell the shards, in a line; `None` where nothing did.
pub(super) fn line(coverage: &Coverage) -> Option<String> {
    let befell = befell(coverage);
    let seeds = count(coverage.seeds, "seed");
    (!befell.is_empty()).then(|| format!("{seeds} before it passed: {}", befell.join("; ")))
}

/// In a line for each thing.
pub(super) fn lines(coverage: &Coverage, exposures: &[Exposure]) -> Vec<String> {
    let seeds = coverage.seeds;
    let mut lines = vec![format!(
        "{} passed, with {} in {:?} of its clock",
        count(seeds, "seed"),
        count(coverage.of_meshes.segments, "segment"),
        Duration::from_millis(coverage.millis)
    )];
    lines.extend(exposures.iter().filter_map(|it| it.covered(seeds)));
    for (kind, episodes) in &coverage.of_meshes.kinds {
        let with = coverage.seeds_with.get(kind).copied().unwrap_or_default();
        lines.push(format!(
            "chaos of the kind `{kind}`: {}, in {with} of {}",
            count(*episodes, "episode"),
            count(seeds, "seed")
        ));
    }
    lines.extend(befell(coverage));
    let measured = coverage.of_meshes.measured.iter();
    lines.extend(measured.map(|(name, values)| measure(name, values, seeds)));
    lines
}

/// What was measured under a name: once at least.
fn measure(name: &str, values: &[Measured], seeds: u64) -> String {
    let mut values = values.to_vec();
    values.sort_unstable_by(Measured::order);
    let (least, most) = (values[0], values[values.len() - 1]);
    let median = values[(values.len() - 1) / 2];
    let measured = values.len();
    let seeds = count(seeds, "seed");
    format!(
        "\"{name}\": {least} at least, {median} in the median, {most} at most, {measured} times in {seeds}"
    )
}

/// What befell the shards.
fn befell(coverage: &Coverage) -> Vec<String> {
    let of = &coverage.of_meshes;
    let mut befell = Vec::new();
    if of.crashes > 0 {
        let crashes = count_with(of.crashes, "crash", "crashes");
        befell.push(format!(
            "{crashes}, {} of which found unsynced writes",
            of.found_unsynced
        ));
    }
    if of.restarts > 0 {
        let restarts = count(of.restarts, "restart");
        befell.push(format!(
            "{restarts}, after {} of which the shard sent again",
            of.sent_again
        ));
    }
    let partitions = of.with_majority + of.without_majority;
    if partitions > 0 {
        let partitions = count(partitions, "partition");
        befell.push(format!(
            "{partitions} of all nodes, {} of which left a majority together",
            of.with_majority
        ));
    }
    befell
}

fn count_with(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
