//! What was done to the network and to shards: what stands when the test fails, and what was over by
//! then.

use super::words::{count, segments};
use crate::contract::shard_id::ShardId;
use crate::millis::{Millis, millis};
use crate::network::disk::DiskLoss;
use crate::network::inbox::arrivals::EndpointState;
use crate::network::links::fault_state::FaultState;
use crate::network::waits::ShardView;
use crate::ordered::sort_by;
use crate::report::drawing::words::{links, shards};
use crate::run::failure::MeshSnapshot;
use crate::trace::fault_info::Verb;
use crate::trace::record::Kind;

/// How many of those that are over are told: the last.
const MOST_OVER: usize = 12;

/// A line for each fault that stands, oldest first: on which links, since when, by which line, and
/// what it has met; and for shards that have crashed, are paused, or have a wrong clock.
pub(super) fn in_force(mesh: &MeshSnapshot) -> Vec<String> {
    let standing = mesh.faults.iter().filter(|fault| fault.stands());
    let mut lines: Vec<_> = standing
        .map(|fault| {
            let since = at(mesh, fault, Kind::FaultBegan);
            let since = since.map(|since| format!(" since {}", Millis(since)));
            line(fault, &since.unwrap_or_default())
        })
        .collect();
    lines.extend(troubled_shards(mesh));
    lines
}

/// The same for what was over when the test failed, in the order in which it ended.
pub(super) fn over(mesh: &MeshSnapshot) -> Vec<String> {
    let ended = mesh.faults.iter().filter(|fault| !fault.stands());
    let mut over: Vec<_> = ended
        .map(|fault| {
            let when = |kind| at(mesh, fault, kind);
            let (began, ended) = (when(Kind::FaultBegan), when(Kind::FaultEnded));
            let began = began.map(|began| format!(" from {}", Millis(began)));
            let until = ended.map(|ended| format!(" to {}", Millis(ended)));
            let when = began.unwrap_or_default() + &until.unwrap_or_default();
            (ended, line(fault, &when))
        })
        .collect();
    over.extend(
        mended_shards(mesh)
            .into_iter()
            .map(|(at, it)| (Some(at), it)),
    );
    let losses = mesh.disk_losses.iter();
    over.extend(losses.map(|it| (Some(it.at), disk_loss(it))));
    sort_by(&mut over, |(a, _), (b, _)| a.cmp(b));
    let mut lines: Vec<_> = over.into_iter().map(|(_, line)| line).collect();
    if let Some(more) = lines.len().checked_sub(MOST_OVER + 1) {
        lines.drain(..=more);
        lines.insert(0, format!("{} more before these", more + 1));
    }
    lines
}

fn disk_loss(DiskLoss { at, disk, lost, of }: &DiskLoss) -> String {
    let writes = count(*of, "unsynced write");
    let lost = match lost {
        0 if *of == 1 => format!("kept the {writes}"),
        1 if *of == 1 => format!("lost the {writes}"),
        0 => format!("kept all of {writes}"),
        lost if lost == of => format!("lost all of {writes}"),
        lost => format!("lost the last {lost} of {writes}"),
    };
    format!("{disk}: the crash at {} {lost}", Millis(*at))
}

/// What tasks have done that outlived their shard.
pub(super) fn outlived(mesh: &MeshSnapshot) -> Vec<String> {
    let tell = |(shard, disk, times): &(ShardId, String, u64)| {
        let writes = count(*times, "write or sync");
        format!(
            "{disk}: {writes} of a task that outlived a crash of shard {shard} did nothing: spawn it \
             with `shard_mesh::spawn`, so that it dies with its shard"
        )
    };
    let disks = mesh.outlived.disks.iter().map(tell);
    let tasks = mesh.outlived.tasks.iter().map(|(shard, spawned, alive)| {
        let times = if *spawned == 1 { "once".to_owned() } else { format!("{spawned} times") };
        format!(
            "tasks of shard {shard} called `tokio::spawn` {times}; of all such tasks in the test {alive} \
             outlived its crash: use `shard_mesh::spawn`, whose tasks die with their shard"
        )
    });
    disks.chain(tasks).collect()
}

fn line(fault: &FaultState, when: &str) -> String {
    let info = &fault.info;
    let on = match info.verb {
        Verb::Rule => String::new(),
        _ if info.links.is_empty() => " on no link".to_owned(),
        _ => format!(" on {}", links(&info.links)),
    };
    let (met, struck) = (fault.segments_met(), fault.segments_struck());
    let met = match (met, fault.probability) {
        (0, _) if fault.stands() => "met nothing yet".to_owned(),
        (0, _) => "met nothing".to_owned(),
        (met, Some(_)) => format!("met {}, struck {struck}", segments(met)),
        (met, None) => format!("met {}", segments(met)),
    };
    let (what, asked) = (&info.what, info.asked);
    let by = info.by_chaos.map(|kind| format!(" by chaos ({kind})"));
    let by = by.unwrap_or_default();
    let (file, line) = (asked.file(), asked.line());
    format!("{what}{by}{on}{when}, {met} ({file}:{line})")
}

/// When a fault began, or ended, if the log still knows.
fn at(mesh: &MeshSnapshot, fault: &FaultState, kind: Kind) -> Option<u64> {
    let log = mesh.recording.logs.first()?;
    let mut records = log.records.iter();
    let record = records.find(|it| it.kind == kind && it.segment == fault.number)?;
    Some(record.at)
}

/// What happened to one shard.
#[derive(Default)]
struct Fate {
    crashed: Option<u64>,
    paused: Option<u64>,
    /// When each ended, and what it was.
    over: Vec<(u64, String)>,
}

/// As far as the log still knows.
fn fate(mesh: &MeshSnapshot, shard: ShardId) -> Fate {
    let mut fate = Fate::default();
    let index = mesh.recording.shards.iter().position(|it| *it == shard);
    let index = index.and_then(|index| u32::try_from(index).ok());
    let records = mesh
        .recording
        .logs
        .first()
        .map_or(&[][..], |log| &log.records);
    for record in records.iter().filter(|it| Some(it.from) == index) {
        let at = record.at;
        match record.kind {
            Kind::Paused => {
                fate.paused.get_or_insert(at);
            }
            Kind::Resumed => {
                let paused = fate.paused.take().map(|since| {
                    format!(
                        "shard {shard} paused from {} to {}",
                        Millis(since),
                        Millis(at)
                    )
                });
                fate.over.extend(paused.map(|paused| (at, paused)));
            }
            Kind::Crashed => {
                fate.crashed = Some(at);
                let paused = fate.paused.take().map(|since| {
                    let (since, at) = (Millis(since), Millis(at));
                    format!("shard {shard} paused from {since} to its crash at {at}")
                });
                fate.over.extend(paused.map(|paused| (at, paused)));
            }
            Kind::Restarted => {
                let crashed = fate.crashed.take();
                let crashed = crashed.map(|crashed| format!(" crashed at {} and", Millis(crashed)));
                let crashed = crashed.unwrap_or_default();
                let told = format!("shard {shard}{crashed} was restarted at {}", Millis(at));
                fate.over.push((at, told));
            }
            _ => {}
        }
    }
    fate
}

/// What is wrong with shards when the test fails; of many with which the same is wrong, in one line.
fn troubled_shards(mesh: &MeshSnapshot) -> Vec<String> {
    let mut troubles: Vec<(String, Vec<ShardId>)> = Vec::new();
    let mut add = |trouble: String, shard: ShardId| match troubles
        .iter_mut()
        .find(|(same, _)| *same == trouble)
    {
        Some((_, shards)) => shards.push(shard),
        None => troubles.push((trouble, vec![shard])),
    };
    for view in &mesh.waits.shards {
        let ShardView {
            id,
            paused,
            endpoint,
            clock_error: (ahead, error),
            clock_drift,
            ..
        } = *view;
        let crashed = endpoint == EndpointState::Crashed;
        if crashed || paused {
            let fate = fate(mesh, id);
            let when = |at: Option<u64>, word| {
                at.map_or_else(String::new, |at| format!(" {word} {}", Millis(at)))
            };
            if crashed {
                add(format!("crashed{}", when(fate.crashed, "at")), id);
            } else {
                add(format!("paused{}", when(fate.paused, "since")), id);
            }
        }
        let way = if ahead { "ahead" } else { "behind" };
        let wrong = (!error.is_zero()).then(|| format!("is {} {way}", Millis(millis(error))));
        #[allow(
            clippy::cast_precision_loss,
            reason = "at most a thousand times a million"
        )]
        let drift = clock_drift.map(|it| format!("runs at {} of the true speed", it as f64 / 1e6));
        let wrong: Vec<_> = wrong.into_iter().chain(drift).collect();
        if !wrong.is_empty() {
            add(format!("a clock that {}", wrong.join(" and ")), id);
        }
    }
    let tell = |(what, of): (String, Vec<ShardId>)| {
        let s = if of.len() == 1 { "" } else { "s" };
        format!("shard{s} {}: {what}", shards(&of))
    };
    troubles.into_iter().map(tell).collect()
}

/// Crashes and pauses that are over, and when they were.
fn mended_shards(mesh: &MeshSnapshot) -> Vec<(u64, String)> {
    let shards = mesh.waits.shards.iter();
    shards.flat_map(|view| fate(mesh, view.id).over).collect()
}
