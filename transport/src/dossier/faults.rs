use super::words::segments;
use crate::failure::Found;
use crate::fault::{FaultState, Verb};
use crate::log::Kind;
use crate::moment::Moment;
use crate::timeline::links;

/// A line for each fault that stands, oldest first: on which links, since when, by which line, and
/// what it has met.
pub(super) fn in_force(mesh: &Found) -> Vec<String> {
    let standing = mesh.faults.iter().filter(|fault| fault.stands());
    standing.map(|fault| line(mesh, fault)).collect()
}

fn line(mesh: &Found, fault: &FaultState) -> String {
    let info = &fault.info;
    let mut line = info.what.clone();
    if info.links.is_empty() && info.verb != Verb::Rule {
        line += " on no link";
    } else if !info.links.is_empty() {
        line += &format!(" on {}", links(&info.links));
    }
    if let Some(began) = began(mesh, fault.number) {
        line += &format!(" since {}", Moment(began));
    }
    let (met, struck) = (fault.segments_met(), fault.segments_struck());
    line += &match (met, fault.probability) {
        (0, _) => ", met nothing yet".to_owned(),
        (met, Some(_)) => format!(", met {}, struck {struck}", segments(met)),
        (met, None) => format!(", met {}", segments(met)),
    };
    format!("{line} ({}:{})", info.asked.file(), info.asked.line())
}

/// When a fault began, if the log still knows.
fn began(mesh: &Found, fault: u64) -> Option<u64> {
    let log = mesh.recording.logs.first()?;
    let mut records = log.records.iter();
    let began = records.find(|it| it.kind == Kind::FaultBegan && it.segment == fault)?;
    Some(began.at)
}
