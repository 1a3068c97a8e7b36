//! What is said of a segment wherever it is drawn: its number, its kind, and what it was.

use super::picture::Picture;
use crate::contract::segment::Segment;
use crate::report::drawing::clean::{clean, isolated};
use crate::report::drawing::flights::{Flight, Late};
use crate::report::drawing::words;

impl Picture<'_> {
    /// What a segment was, in as few bytes as the file has room for.
    pub(super) fn label(&self, flight: &Flight) -> Option<String> {
        let label = self.timeline.label(&flight.segment)?;
        let mut bytes = 0;
        let fits = |c: &char| {
            bytes += if matches!(c, '&' | '<' | '>') {
                5
            } else {
                c.len_utf8()
            };
            bytes <= self.label
        };
        let most = label.chars().take_while(fits).count();
        Some(clean(label, most))
    }

    /// What is shown to those who point at it.
    pub(super) fn title(&self, flight: &Flight) -> String {
        let at = |event| {
            let row = self.layout.row(event)?;
            Some(words::time(self.layout.steps[row].at))
        };
        let lost = flight
            .lost
            .map(|(event, why)| (format!("lost {why}"), Some(event)));
        let told = [
            ("sent".to_owned(), flight.sent),
            ("arrived".to_owned(), flight.arrived),
            ("received".to_owned(), flight.received),
        ];
        let told = told.into_iter().chain(lost);
        let told = told.filter_map(|(what, event)| Some((what, at(event)?)));
        let told: Vec<_> = told.collect();
        let copy = if flight.copy { ", a copy" } else { "" };
        let Segment { from, to, .. } = flight.segment;
        let mut title = format!("{} of {from} -> {to}{copy}\n", number(flight));
        if let Some(label) = self.label(flight) {
            title += &(isolated(label) + "\n");
        }
        let moments = told.chunk_by(|(_, a), (_, b)| a == b).map(|those| {
            let what = those.iter().map(|(what, _)| what.as_str());
            format!("{} at {}", what.collect::<Vec<_>>().join(", "), those[0].1)
        });
        title + &moments.collect::<Vec<_>>().join(", ")
    }
}

/// The class of what is drawn of a flight.
pub(super) fn kind(flight: &Flight) -> &'static str {
    let late = !flight.came_at_once();
    match (flight.lost, flight.late) {
        (Some(_), None) if late => "lost",
        (Some(_), Some(_)) if late && flight.arrived.is_none() => "lost late",
        (_, Some(Late::Held)) if late => "held late",
        _ if flight.copy && late => "copy late",
        _ if flight.copy => "copy",
        _ if late => "ok late",
        _ => "ok",
    }
}

pub(super) fn number(flight: &Flight) -> String {
    format!("#{}", flight.segment.number)
}
