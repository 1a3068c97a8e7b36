use super::words::segments;
use crate::millis::Millis;
use crate::network::fault_state::FaultState;
use crate::report::drawing::words::links;
use crate::run::failure::MeshSnapshot;
use crate::trace::fault_info::Verb;
use crate::trace::record::Kind;

/// A line for each fault that stands, oldest first: on which links, since when, by which line, and
/// what it has met.
pub(super) fn in_force(mesh: &MeshSnapshot) -> Vec<String> {
    let standing = mesh.faults.iter().filter(|fault| fault.stands());
    standing.map(|fault| line(mesh, fault)).collect()
}

fn line(mesh: &MeshSnapshot, fault: &FaultState) -> String {
    let info = &fault.info;
    let on = match info.verb {
        Verb::Rule => String::new(),
        _ if info.links.is_empty() => " on no link".to_owned(),
        _ => format!(" on {}", links(&info.links)),
    };
    let since = began(mesh, fault.number).map(|began| format!(" since {}", Millis(began)));
    let (met, struck) = (fault.segments_met(), fault.segments_struck());
    let met = match (met, fault.probability) {
        (0, _) => "met nothing yet".to_owned(),
        (met, Some(_)) => format!("met {}, struck {struck}", segments(met)),
        (met, None) => format!("met {}", segments(met)),
    };
    let (what, asked) = (&info.what, info.asked);
    let (since, file, line) = (since.unwrap_or_default(), asked.file(), asked.line());
    format!("{what}{on}{since}, {met} ({file}:{line})")
}

/// When a fault began, if the log still knows.
fn began(mesh: &MeshSnapshot, fault: u64) -> Option<u64> {
    let log = mesh.recording.logs.first()?;
    let mut records = log.records.iter();
    let began = records.find(|it| it.kind == Kind::FaultBegan && it.segment == fault)?;
    Some(began.at)
}
