//! How the arrow of a segment is placed: from the row in which it was sent to the one in which it
//! arrived, or to what it came to instead.

use ::svg::node::element::{Group, Path, Text, Title};

use super::picture::{Picture, STEP, TOP};
use super::segment::{kind, number};
use crate::report::drawing::flights::{Flight, Late};

/// How far down an arrow goes that arrives in the row in which it was sent, so that it shows its
/// direction.
const SLANT: usize = 9;

/// From an arrow to that of a copy that is sent in the same row.
const BESIDE: usize = 5;

impl Picture<'_> {
    /// The arrow of a flight, from where it was sent or from the upper edge; `place` is that among
    /// those that set off together.
    pub(super) fn arrow(&self, flight: &Flight, place: usize) -> Group {
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
}

/// A line, in the fewest bytes: relative to where it begins.
fn line_to(from: (usize, usize), to: (usize, usize)) -> String {
    let way = |from: usize, to: usize| {
        let sign = if to < from { "-" } else { "" };
        format!("{sign}{}", from.abs_diff(to))
    };
    format!("l{} {}", way(from.0, to.0), way(from.1, to.1))
}
