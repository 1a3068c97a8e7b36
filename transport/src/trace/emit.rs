//! The events of a mesh, in line with what else is traced: by the conventions of `tracing`, with this
//! crate's name as the target.

use tracing::level_filters::LevelFilter;

use crate::contract::shard_id::ShardId;
use crate::millis::Millis;
use crate::trace::record::{Kind, Record};

/// Emits an event for a record: what is the matter at `DEBUG`, what goes as it should at `TRACE`.
#[inline]
pub(crate) fn trace(record: &Record, from: ShardId, to: ShardId) {
    // All that a segment pays for where nobody listens.
    if LevelFilter::current() >= LevelFilter::DEBUG {
        emit(record, from, to);
    }
}

#[cold]
fn emit(record: &Record, from: ShardId, to: ShardId) {
    let (at, segment) = (Millis(record.at), record.segment);
    macro_rules! of_segment {
        ($level:ident, $what:literal) => {
            tracing::$level!(target: "shard_mesh", %from, %to, segment, %at, $what)
        };
    }
    macro_rules! of_shard {
        ($what:literal) => {
            tracing::debug!(target: "shard_mesh", shard = %from, %at, $what)
        };
    }
    match record.kind {
        Kind::Sent => of_segment!(trace, "sent"),
        Kind::Arrived => of_segment!(trace, "arrived"),
        Kind::Received => of_segment!(trace, "received"),
        Kind::LostToCut => of_segment!(debug, "lost to a cut"),
        Kind::LostByChance => of_segment!(debug, "lost by chance"),
        Kind::LostToRule => of_segment!(debug, "lost to a rule"),
        Kind::LostInCrash => of_segment!(debug, "lost in a crash"),
        Kind::LostAtEnd => of_segment!(debug, "lost with the endpoint"),
        Kind::Held => of_segment!(debug, "held"),
        Kind::DuplicatedByChance | Kind::DuplicatedByRule => of_segment!(debug, "duplicated"),
        Kind::ReorderedByChance | Kind::ReorderedByRule => of_segment!(debug, "may be overtaken"),
        Kind::Dropped => of_shard!("endpoint dropped"),
        Kind::Crashed => of_shard!("crashed"),
        Kind::Restarted => of_shard!("restarted"),
        Kind::Paused => of_shard!("paused"),
        Kind::Resumed => of_shard!("resumed"),
        Kind::ClockAhead => of_shard!("clock set ahead"),
        Kind::ClockBehind => of_shard!("clock set behind"),
        Kind::ClockDrifts => of_shard!("clock set to another speed"),
        Kind::ClockRight => of_shard!("clock set right"),
        Kind::RefusedClosed | Kind::RefusedUnknown => {
            let to = ShardId(record.segment);
            tracing::debug!(target: "shard_mesh", %from, %to, %at, "send refused");
        }
        // Told with their names by whoever knows them.
        Kind::FaultBegan | Kind::FaultEnded | Kind::Noted => {}
    }
}

/// Emits an event for a fault that begins or ends.
pub(crate) fn trace_fault(what: &str, fault: &crate::trace::fault_info::FaultInfo, at: u64) {
    let at = Millis(at);
    tracing::debug!(target: "shard_mesh", %fault, %at, "{what}");
}

/// Emits an event for what was noted of a shard.
pub(crate) fn trace_note(shard: ShardId, note: &str, at: u64) {
    let at = Millis(at);
    tracing::debug!(target: "shard_mesh", %shard, %at, "{note}");
}
