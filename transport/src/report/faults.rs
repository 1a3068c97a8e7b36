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

/// One thing that was wrong.
struct Trouble {
    /// When it began, as far as it is known.
    began: Option<u64>,
    stands: bool,
    told: String,
}

/// A line for each fault, crash, pause and wrong clock, in the order in which they began: on which links,
/// when, by which line, and what it has met; and for each crash that found unsynced writes.
pub(super) fn all(mesh: &MeshSnapshot) -> Vec<String> {
    let faults = mesh.faults.iter().map(|fault| {
        let stands = fault.stands();
        let when = |kind| at(mesh, fault, kind);
        let (began, ended) = (when(Kind::FaultBegan), when(Kind::FaultEnded));
        let from = if stands { "since" } else { "from" };
        let from = began.map(|began| format!(" {from} {}", Millis(began)));
        let until = ended.map(|ended| format!(" to {}", Millis(ended)));
        let when = from.unwrap_or_default() + &until.unwrap_or_default();
        Trouble {
            began,
            stands,
            told: line(fault, &when),
        }
    });
    let losses = mesh.disk_losses.iter().map(|it| Trouble {
        began: Some(it.at),
        stands: false,
        told: disk_loss(it),
    });
    let (troubled, mended) = shards_in_trouble(mesh);
    let mut all: Vec<_> = faults.chain(mended).chain(losses).collect();
    all.extend(troubled);
    sort_by(&mut all, |a, b| a.began.cmp(&b.began));
    let over = all.iter().filter(|it| !it.stands).count();
    let mut left_out = over.saturating_sub(MOST_OVER);
    let mut lines = Vec::new();
    if left_out > 0 {
        lines.push(format!("{left_out} more that were over before these"));
    }
    for it in all {
        if it.stands || left_out == 0 {
            lines.push(it.told);
        } else {
            left_out -= 1;
        }
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
        let writes = match times {
            1 => "1 write or sync".to_owned(),
            times => format!("{times} writes or syncs"),
        };
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
    /// Since when its clock is wrong.
    clock: Option<u64>,
    over: Vec<Trouble>,
}

impl Fate {
    fn was(&mut self, began: u64, told: String) {
        self.over.push(Trouble {
            began: Some(began),
            stands: false,
            told,
        });
    }
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
                if let Some(since) = fate.paused.take() {
                    let (from, to) = (Millis(since), Millis(at));
                    fate.was(since, format!("shard {shard} paused from {from} to {to}"));
                }
            }
            Kind::Crashed => {
                fate.crashed = Some(at);
                if let Some(since) = fate.paused.take() {
                    let (from, at) = (Millis(since), Millis(at));
                    fate.was(
                        since,
                        format!("shard {shard} paused from {from} to its crash at {at}"),
                    );
                }
            }
            Kind::Restarted => {
                let crashed = fate.crashed.take();
                let told = crashed.map(|crashed| format!(" crashed at {} and", Millis(crashed)));
                let told = told.unwrap_or_default();
                fate.was(
                    crashed.unwrap_or(at),
                    format!("shard {shard}{told} was restarted at {}", Millis(at)),
                );
            }
            Kind::ClockAhead | Kind::ClockBehind | Kind::ClockDrifts => {
                fate.clock.get_or_insert(at);
            }
            Kind::ClockRight => {
                if let Some(since) = fate.clock.take() {
                    let (from, to) = (Millis(since), Millis(at));
                    fate.was(
                        since,
                        format!("the clock of shard {shard} was wrong from {from} to {to}"),
                    );
                }
            }
            _ => {}
        }
    }
    fate
}

/// What is wrong with shards when the test fails, of many with which the same is wrong in one line; and what
/// was wrong and is not any more.
fn shards_in_trouble(mesh: &MeshSnapshot) -> (Vec<Trouble>, Vec<Trouble>) {
    let mut over = Vec::new();
    let mut troubles: Vec<(Option<u64>, String, Vec<ShardId>)> = Vec::new();
    let mut add = |began: Option<u64>, trouble: String, shard: ShardId| match troubles
        .iter_mut()
        .find(|(_, same, _)| *same == trouble)
    {
        Some((_, _, shards)) => shards.push(shard),
        None => troubles.push((began, trouble, vec![shard])),
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
        let mut fate = fate(mesh, id);
        over.append(&mut fate.over);
        if crashed || paused {
            let when = |at: Option<u64>, word| {
                at.map_or_else(String::new, |at| format!(" {word} {}", Millis(at)))
            };
            if crashed {
                add(
                    fate.crashed,
                    format!("crashed{}", when(fate.crashed, "at")),
                    id,
                );
            } else {
                add(
                    fate.paused,
                    format!("paused{}", when(fate.paused, "since")),
                    id,
                );
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
            let since = fate.clock.map(|at| format!(", since {}", Millis(at)));
            let told = format!(
                "a clock that {}{}",
                wrong.join(" and "),
                since.unwrap_or_default()
            );
            add(fate.clock, told, id);
        }
    }
    let tell = |(began, what, of): (Option<u64>, String, Vec<ShardId>)| {
        let s = if of.len() == 1 { "" } else { "s" };
        Trouble {
            began,
            stands: true,
            told: format!("shard{s} {}: {what}", shards(&of)),
        }
    };
    (troubles.into_iter().map(tell).collect(), over)
}
