//! What each row of the picture shows.

use ::svg::Document;
use ::svg::node::Node;
use ::svg::node::element::{Circle, Group, Path, TSpan, Text, Title};

use super::picture::{LEFT, Picture, STEP, TOP};
use crate::contract::segment::Segment;
use crate::report::drawing::clean::{clean, isolated};
use crate::report::drawing::flights::{Flight, Late};
use crate::report::drawing::steps::{Change, What};
use crate::report::drawing::words;

/// How far down an arrow goes that arrives in the row in which it was sent, so that it shows its
/// direction.
const SLANT: usize = 9;

/// From an arrow to that of a copy that is sent in the same row.
const BESIDE: usize = 5;

/// Characters of what is said beside the lanes.
const NOTE: usize = 64;

impl Picture<'_> {
    pub(super) fn row(&self, row: usize, document: &mut Document) {
        let step = &self.layout.steps[row];
        match &step.what {
            What::Sent(flights) => {
                let flights = flights.iter().map(|index| &self.layout.flights[*index]);
                for (place, flight) in flights.enumerate() {
                    let mut group = self.way(flight, place);
                    if place == 0 {
                        self.note(row, Some(flight), &mut group);
                    }
                    document.append(group);
                }
            }
            What::Arrived(index) | What::Lost(index) | What::Received(index) => {
                let flight = &self.layout.flights[*index];
                if let Some(mut group) = self.at_receiver(row, flight) {
                    self.note(row, Some(flight), &mut group);
                    document.append(group);
                }
            }
            What::Shards(change, shards) => {
                let class = match change {
                    Change::Crashed => "lost",
                    _ => "turn",
                };
                let mut group = Group::new().set("class", class);
                for shard in shards.iter().filter(|it| self.lanes.contains(it)) {
                    group.append(change_mark(*change, (self.x(*shard), self.y(row))));
                }
                self.note(row, None, &mut group);
                document.append(group);
            }
            What::Began(fault) | What::Ended(fault) => {
                let (y, right) = (self.y(row), self.right());
                let asked = words::asked(fault);
                let mut group = Group::new()
                    .set("class", "fault")
                    .add(Title::new(words::caption(self.layout, step) + &asked))
                    .add(Path::new().set("d", format!("M{LEFT} {y}H{right}")));
                self.note(row, None, &mut group);
                document.append(group);
            }
        }
    }

    /// The arrow of a flight, from where it was sent or from the upper edge; `place` is that among
    /// those that set off together.
    fn way(&self, flight: &Flight, place: usize) -> Group {
        let (from, to) = (self.x(flight.segment.from), self.x(flight.segment.to));
        let sent = self
            .layout
            .row(flight.sent)
            .filter(|row| *row >= self.first);
        let top = sent.map_or(TOP - STEP, |row| self.y(row)) + place * BESIDE;
        let short = (from * 3 + to * 9) / 12;
        let height = |row: usize, slant: usize| {
            if Some(row) == sent {
                top + slant
            } else {
                self.y(row)
            }
        };
        let ((x, y), end) = match (self.layout.row(flight.arrived), flight.lost) {
            (Some(row), _) => {
                let received = self.layout.row(flight.received) == Some(row);
                (
                    (to, height(row, SLANT)),
                    if received { "got" } else { "in" },
                )
            }
            (None, Some((event, _))) => {
                let row = self.layout.row(Some(event)).unwrap_or(0);
                ((short, height(row, SLANT - 2)), "cross")
            }
            (None, None) if flight.late == Some(Late::Held) => ((short, top + SLANT - 2), "bar"),
            (None, None) => ((short, self.bottom()), "open"),
        };
        let end = if sent.is_none() {
            format!("{end} from")
        } else {
            end.to_owned()
        };
        let path = Path::new().set("class", end).set(
            "d",
            format!("M{from} {top}{}", line_to((from, top), (x, y))),
        );
        let group = Group::new()
            .set("class", format!("way {}", kind(flight)))
            .add(Title::new(self.title(flight)))
            .add(path);
        if place > 0 {
            return group;
        }
        // Above the arrow, where it begins; of one whose beginning is not drawn, where it ends.
        let ((x, y), left) = match sent {
            Some(_) => ((from, top), from > to),
            None => ((to, y), from < to),
        };
        let number = Text::new(number(flight)).set("y", y - 3);
        group.add(if left {
            number.set("class", "back").set("x", x - 11)
        } else {
            number.set("x", x + 11)
        })
    }

    /// What becomes of a flight later than it was sent; `None` if there is nothing to show.
    fn at_receiver(&self, row: usize, flight: &Flight) -> Option<Group> {
        let (x, y) = (self.x(flight.segment.to), self.y(row));
        let group = |class: &str| {
            let group = Group::new().set("class", class);
            group.add(Title::new(self.title(flight)))
        };
        Some(match &self.layout.steps[row].what {
            What::Received(_) => {
                let circle = Circle::new().set("cx", x).set("cy", y).set("r", 4);
                group("take").add(circle)
            }
            What::Lost(_) if flight.arrived.is_some() => group("lost").add(cross((x, y), 4)),
            // It is drawn from where it was sent.
            _ if self.layout.row(flight.sent) >= Some(self.first) => {
                return self.notes.then(|| group(kind(flight)));
            }
            _ => self.way(flight, 0),
        })
    }

    /// Says beside the lanes what a row shows, and what the segment was.
    fn note(&self, row: usize, flight: Option<&Flight>, group: &mut Group) {
        if flight.is_some() && !self.notes {
            return;
        }
        let step = &self.layout.steps[row];
        let label = flight.and_then(|it| self.label(it));
        let mut caption = words::caption(self.layout, step);
        if caption.is_empty() && label.is_none() {
            return;
        }
        let between = if caption.is_empty() { " " } else { " · " };
        match (&step.what, flight) {
            (What::Began(fault) | What::Ended(fault), _) => {
                caption = words::with_line(&caption, fault, NOTE);
            }
            // Of what becomes of it in the inbox, the caption tells the number itself.
            (What::Sent(_) | What::Arrived(_), Some(it)) => {
                caption = format!("{} {caption}", number(it));
            }
            (What::Lost(_), Some(it)) if it.arrived.is_none() => {
                caption = format!("{} {caption}", number(it));
            }
            _ => {}
        }
        let caption = clean(caption.trim_end(), NOTE);
        let room = NOTE.saturating_sub(caption.chars().count() + between.len());
        let mut note = Text::new(caption)
            .set("class", "note")
            .set("x", self.right() + 24)
            .set("y", self.y(row) + 4);
        if let Some(label) = label {
            let label = isolated(clean(&label, room));
            note.append(TSpan::new(format!("{between}{label}")).set("class", "dim"));
        }
        group.append(note);
    }

    /// What a segment was, in as few bytes as the file has room for.
    fn label(&self, flight: &Flight) -> Option<String> {
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
    fn title(&self, flight: &Flight) -> String {
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
fn kind(flight: &Flight) -> &'static str {
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

fn number(flight: &Flight) -> String {
    format!("#{}", flight.segment.number)
}

/// A line, in the fewest bytes: relative to where it begins.
fn line_to(from: (usize, usize), to: (usize, usize)) -> String {
    let way = |from: usize, to: usize| {
        let sign = if to < from { "-" } else { "" };
        format!("{sign}{}", from.abs_diff(to))
    };
    format!("l{} {}", way(from.0, to.0), way(from.1, to.1))
}

fn cross((x, y): (usize, usize), size: usize) -> Path {
    let (left, right, top, bottom) = (x - size, x + size, y - size, y + size);
    let cross = format!("M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}");
    Path::new().set("d", cross)
}

fn change_mark(change: Change, (x, y): (usize, usize)) -> Path {
    match change {
        Change::Crashed => cross((x, y), 6),
        _ => Path::new().set("d", format!("M{} {y}H{}", x - 8, x + 8)),
    }
}
