//! What each row of the picture shows.

use ::svg::Document;
use ::svg::node::Node;
use ::svg::node::element::{Circle, Group, Path, TSpan, Text, Title};

use super::picture::{LEFT, Picture};
use super::segment::{kind, number};
use super::style::CHARACTER;
use crate::report::drawing::clean::{clean, isolated};
use crate::report::drawing::flights::Flight;
use crate::report::drawing::steps::{Change, Step, What};
use crate::report::drawing::words;

/// Characters of what is said beside the lanes.
const NOTE: usize = 64;

/// Room for what is said beside the lanes, but for what has to be whole.
const NOTES: usize = 520;

impl Picture<'_> {
    /// How wide the page is.
    pub(super) fn width(&self) -> usize {
        let rows = self.layout.steps[self.first..].iter();
        let whole = rows.filter_map(|it| self.whole(it));
        let notes = whole.map(|it| it.chars().count() * CHARACTER + 40);
        self.right() + notes.max().unwrap_or(0).max(NOTES)
    }

    /// A caption that is not cut, however long it is.
    fn whole(&self, step: &Step) -> Option<String> {
        match &step.what {
            What::Noted(_, text) => Some(text.to_string()),
            What::Began(fault) | What::Ended(fault) => {
                let caption = words::caption(self.layout, step);
                Some(words::with_line(&caption, fault, usize::MAX))
            }
            _ => None,
        }
    }

    pub(super) fn row(&self, row: usize, document: &mut Document) {
        let step = &self.layout.steps[row];
        match &step.what {
            What::Sent(flights) => {
                let flights = flights.iter().map(|index| &self.layout.flights[*index]);
                for (place, flight) in flights.enumerate() {
                    let mut group = self.arrow(flight, place);
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
            What::Noted(shard, _) | What::Refused(shard, ..) => {
                let (class, mark): (_, fn(_) -> Path) = match &step.what {
                    What::Refused(..) => ("lost", barred),
                    _ => ("turn", diamond),
                };
                let caption = clean(&words::caption(self.layout, step), usize::MAX);
                let mut group = Group::new().set("class", class).add(Title::new(caption));
                if self.lanes.contains(shard) {
                    group.append(mark((self.x(*shard), self.y(row))));
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
            _ => self.arrow(flight, 0),
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
        let says_more = !caption.is_empty();
        match (&step.what, flight) {
            // Of what becomes of it in the inbox, the caption tells the number itself.
            (What::Sent(_) | What::Arrived(_), Some(it)) => {
                caption = format!("{} {caption}", number(it));
            }
            (What::Lost(_), Some(it)) if it.arrived.is_none() => {
                caption = format!("{} {caption}", number(it));
            }
            _ => {}
        }
        let mut caption = match self.whole(step) {
            Some(whole) => clean(&whole, usize::MAX),
            None => clean(caption.trim_end(), NOTE),
        };
        if says_more && label.is_some() {
            caption.push_str(" ·");
        }
        let room = NOTE.saturating_sub(caption.chars().count() + 1);
        let mut note = Text::new(caption)
            .set("class", "note")
            .set("x", self.right() + 24)
            .set("y", self.y(row) + 4);
        if let Some(label) = label {
            // Renderers differ in which spaces they leave out.
            let label = isolated(clean(&label, room));
            note.append(TSpan::new(label).set("class", "dim").set("dx", CHARACTER));
        }
        group.append(note);
    }
}

fn diamond((x, y): (usize, usize)) -> Path {
    let (left, right, top, bottom) = (x - 5, x + 5, y - 5, y + 5);
    let diamond = format!("M{left} {y}L{x} {top}L{right} {y}L{x} {bottom}Z");
    Path::new().set("d", diamond)
}

/// A circle with a bar.
fn barred((x, y): (usize, usize)) -> Path {
    let circle = format!("M{} {y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0", x - 5);
    Path::new().set("d", format!("{circle}M{} {}l8 -8", x - 4, y + 4))
}

fn cross((x, y): (usize, usize), size: usize) -> Path {
    let (left, right, top, bottom) = (x - size, x + size, y - size, y + size);
    let cross = format!("M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}");
    Path::new().set("d", cross)
}

fn change_mark(change: Change, (x, y): (usize, usize)) -> Path {
    match change {
        Change::Crashed => cross((x, y), 6),
        // A dial with its hands.
        Change::Clock(_) => {
            let dial = format!("M{} {y}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0", x - 6);
            Path::new().set("d", format!("{dial}M{x} {}V{y}H{}", y - 4, x + 3))
        }
        _ => Path::new().set("d", format!("M{} {y}H{}", x - 8, x + 8)),
    }
}
