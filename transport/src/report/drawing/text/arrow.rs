//! How what happens to a segment is drawn in one row.

use std::fmt::Write;

use crate::report::drawing::flights::Late;
use crate::report::drawing::steps::{Layout, What};

/// How a segment is drawn in one line, from the lane of its sender to that of its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrow {
    /// It sets off and arrives.
    Whole { received: bool, double: bool },
    /// It sets off and is stopped, at this mark.
    Stopped(char),
    /// It sets off.
    Leaves { double: bool },
    /// It arrives, having set off earlier.
    Comes { received: bool, double: bool },
    /// It is lost on its way.
    Breaks,
    /// Something becomes of it at its receiver.
    Mark(char),
}

/// What an arrow is drawn with.
pub(super) struct Stroke {
    pub(super) line: char,
    /// Where it crosses a lane.
    pub(super) crossing: char,
    /// At its end.
    pub(super) head: Option<char>,
    /// How many columns are left free at its two ends.
    pub(super) gaps: (usize, usize),
}

impl Arrow {
    pub(super) fn paint(self) -> Paint {
        match self {
            Self::Whole { double: true, .. }
            | Self::Leaves { double: true }
            | Self::Comes { double: true, .. } => Paint::Magenta,
            Self::Whole { .. } => Paint::Plain,
            Self::Leaves { .. } | Self::Comes { .. } => Paint::Cyan,
            Self::Stopped('✕') | Self::Breaks | Self::Mark('✕') => Paint::Red,
            Self::Stopped(_) => Paint::Yellow,
            Self::Mark(_) => Paint::Green,
        }
    }

    pub(super) fn is_received(self) -> bool {
        matches!(
            self,
            Self::Whole { received: true, .. } | Self::Comes { received: true, .. }
        )
    }

    /// Whether its sender has a part in this line.
    pub(super) fn sets_off(self) -> bool {
        matches!(
            self,
            Self::Whole { .. } | Self::Stopped(_) | Self::Leaves { .. }
        )
    }

    pub(super) fn stroke(self, head: char) -> Option<Stroke> {
        let stroke = |line, crossing, head, gaps| {
            Some(Stroke {
                line,
                crossing,
                head,
                gaps,
            })
        };
        match self {
            Self::Whole { double: false, .. } => stroke('─', '┼', Some(head), (0, 0)),
            Self::Whole { double: true, .. } => stroke('═', '╪', Some(head), (0, 0)),
            Self::Stopped(mark) => stroke('─', '┼', Some(mark), (0, 1)),
            Self::Leaves { double: false } => stroke('╌', '┼', None, (0, 2)),
            Self::Leaves { double: true } => stroke('╍', '┿', None, (0, 2)),
            Self::Comes { double: false, .. } => stroke('╌', '┼', Some(head), (2, 0)),
            Self::Comes { double: true, .. } => stroke('╍', '┿', Some(head), (2, 0)),
            Self::Breaks => stroke('╌', '┼', Some('✕'), (2, 1)),
            Self::Mark(_) => None,
        }
    }
}

/// The arrow of a row that is about a segment, and whose it is.
pub(super) fn arrow(layout: &Layout, row: usize) -> Option<(usize, Arrow)> {
    let it = |index: usize| &layout.flights[index];
    let here = |event: Option<usize>| layout.row(event) == Some(row);
    Some(match &layout.steps[row].what {
        What::Sent(flights) => {
            let mut came = flights.iter().filter(|index| it(**index).came_at_once());
            let came = came.next().map(|index| {
                let received = flights.iter().any(|index| here(it(*index).received));
                let double = flights.len() > 1 || it(*index).copy;
                Arrow::Whole { received, double }
            });
            let first = it(flights[0]);
            let arrow = came.unwrap_or_else(|| match first.lost {
                Some((event, _)) if here(Some(event)) => Arrow::Stopped('✕'),
                _ if first.late == Some(Late::Held) => Arrow::Stopped('┤'),
                _ => Arrow::Leaves {
                    double: flights.len() > 1,
                },
            });
            (flights[0], arrow)
        }
        What::Arrived(index) => (
            *index,
            Arrow::Comes {
                received: here(it(*index).received),
                double: it(*index).copy,
            },
        ),
        What::Lost(index) if it(*index).arrived.is_none() => (*index, Arrow::Breaks),
        What::Lost(index) => (*index, Arrow::Mark('✕')),
        What::Received(index) => (*index, Arrow::Mark('◆')),
        What::Shards(..)
        | What::Refused(..)
        | What::Noted(..)
        | What::Began(_)
        | What::Ended(_) => return None,
    })
}

/// A colour on a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Dim,
    Red,
    Green,
    Yellow,
    Magenta,
    Cyan,
}

impl Paint {
    pub(super) fn write(self, out: &mut String, text: &str, color: bool) {
        if color && self != Self::Plain {
            let _ = write!(out, "\u{1b}[{}m{text}\u{1b}[0m", self.code());
        } else {
            out.push_str(text);
        }
    }

    /// As ECMA-48 has it, "Select Graphic Rendition".
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "0",
            Self::Dim => "2",
            Self::Red => "31",
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Magenta => "35",
            Self::Cyan => "36",
        }
    }
}
