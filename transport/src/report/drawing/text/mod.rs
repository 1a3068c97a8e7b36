//! The timeline as a space-time diagram in text: a lane per shard, time down the side.

use std::fmt;

mod arrow;
mod cycle;
mod line;
mod matters;
mod repeats;
mod rows;
mod window;

use self::arrow::{Arrow, Paint, arrow};
use self::line::{Lane, Line};
use self::repeats::Shown;
use self::rows::Row;
use self::window::Window;
use super::steps::{Change, Layout, Life, Step, What};
use crate::report::drawing::words;
use crate::report::words::count;
use crate::trace::timeline::Timeline;

/// Columns of a terminal that all must fit into.
const WIDTH: usize = 100;

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(false, WIDTH))
    }
}

impl Timeline {
    /// The moments that matter as a space-time diagram of so many columns, with or without the colours of a
    /// terminal.
    pub(crate) fn text(&self, color: bool, width: usize) -> String {
        if self.events.is_empty() {
            return "nothing happened in the mesh, or nothing was recorded\n".to_owned();
        }
        let layout = Layout::new(self);
        let window = Window::new(self, &layout);
        let mut text = String::new();
        for line in Diagram::new(self, &layout, &window, width).lines() {
            line.render(&mut text, width, color);
        }
        text
    }
}

/// The state that is carried from line to line.
struct Diagram<'a> {
    timeline: &'a Timeline,
    layout: &'a Layout,
    window: &'a Window,
    lanes: Vec<Lane>,
    /// How many cuts stand.
    cuts: usize,
    /// Room for the time at the side, and for all of a line.
    margin: usize,
    width: usize,
}

impl<'a> Diagram<'a> {
    fn new(timeline: &'a Timeline, layout: &'a Layout, window: &'a Window, width: usize) -> Self {
        let rows = window.items.iter().filter_map(|it| match it {
            Shown::Row(row) => Some(row),
            Shown::Again { .. } | Shown::Gap(_) => None,
        });
        let times = rows.map(|row| layout.steps[row.first].at);
        let margin = times.map(|at| words::time(at).len()).max().unwrap_or(0);
        let mut diagram = Self {
            timeline,
            layout,
            window,
            lanes: window.lanes.iter().map(|id| Lane::new(*id)).collect(),
            cuts: 0,
            margin: margin.max("time".len()) + 2,
            width,
        };
        if let Some(first) = window.items.first() {
            for step in &layout.steps[..first.steps().first] {
                diagram.advance(step);
            }
        }
        diagram
    }

    fn lines(mut self) -> Vec<Line> {
        let mut lines = Vec::new();
        let before = words::before(self.window.before, self.timeline.forgotten);
        lines.extend(before.map(Line::text));
        lines.push(Line::header(&self.lanes, self.margin));
        let mut then = None;
        for item in &self.window.items {
            let Shown::Row(row) = item else {
                lines.push(self.left_out_between(*item));
                then = None;
                continue;
            };
            let at = self.layout.steps[row.first].at;
            let time = if then == Some(at) {
                String::new()
            } else {
                words::time(at)
            };
            then = Some(self.layout.steps[row.end - 1].at);
            lines.push(self.line(row, &time));
        }
        lines.extend(self.left_out());
        lines
    }

    /// A line that stands for many.
    fn left_out_between(&mut self, item: Shown) -> Line {
        let Row { first, end } = item.steps();
        let steps = &self.layout.steps[first..end];
        let cuts = self.cuts;
        for step in steps {
            self.advance(step);
        }
        let last = words::time(steps[steps.len() - 1].at);
        let what = match item {
            Shown::Again { turns, .. } => {
                format!("… {turns} times more, but for numbers, until {last}")
            }
            Shown::Row(_) | Shown::Gap(_) => {
                let events: u64 = steps.iter().map(|step| step.events).sum();
                format!("… {}, until {last}", count(events, "event"))
            }
        };
        let margin = " ".repeat(self.margin + 1);
        let mut line = Line::new(&margin, Self::bracket(cuts, self.cuts), &self.lanes);
        for (lane, it) in self.lanes.iter().enumerate() {
            if it.life != Life::Gone {
                line.mark(lane, '⋮', Paint::Dim);
            }
        }
        line.note(&what, Paint::Dim);
        line
    }

    fn left_out(&self) -> Option<Line> {
        let shards = self.timeline.shards.iter().copied();
        let out: Vec<_> = shards
            .filter(|it| !self.window.lanes.contains(it))
            .collect();
        let with = match self.window.hidden {
            0 => "to which nothing happened meanwhile".to_owned(),
            hidden => format!("with {hidden} events"),
        };
        let (count, ids) = (out.len(), words::shards(&out));
        (count > 0).then(|| Line::text(format!("{count} shards left out, {with}: {ids}")))
    }

    fn line(&mut self, row: &Row, time: &str) -> Line {
        let step = &self.layout.steps[row.first];
        let cuts = self.cuts;
        self.advance(step);
        let margin = format!("{time:>width$} ", width = self.margin);
        let mut line = Line::new(&margin, Self::bracket(cuts, self.cuts), &self.lanes);
        let Some((flight, arrow)) = arrow(self.layout, row.first) else {
            self.turn(&mut line, step);
            return line;
        };
        let segment = self.layout.flights[flight].segment;
        let place = |id| self.lanes.iter().position(|it| it.id == id).unwrap_or(0);
        let ends = (place(segment.from), place(segment.to));
        let steps = &self.layout.steps[row.first..row.end];
        if matches!(arrow, Arrow::Mark(_)) {
            let flights = steps.iter().filter_map(|step| self.layout.flight(step));
            let flights: Vec<_> = flights.collect();
            line.arrow(ends, arrow, "");
            line.note(&words::at_receiver(&step.what, &flights), arrow.paint());
        } else {
            let numbers =
                words::numbers(segment.number, self.layout.number(&steps[steps.len() - 1]));
            if !line.arrow(ends, arrow, &numbers) {
                line.note(&numbers, arrow.paint());
            }
            let last = steps[steps.len() - 1].at;
            if last > step.at {
                line.note(&format!("until {}", words::time(last)), arrow.paint());
            }
            line.note(&words::caption(self.layout, step), arrow.paint());
        }
        line.label(&self.labels(steps));
        line
    }

    /// What the segments were that a line is about, as far as a line has room.
    fn labels(&self, steps: &[Step]) -> String {
        let flights = steps.iter().filter_map(|step| self.layout.flight(step));
        let labels = flights.filter_map(|it| self.timeline.label(&it.segment));
        let mut labels: Vec<_> = labels.take(WIDTH).collect();
        labels.dedup();
        labels.join(", ")
    }

    /// The mark at the side of a line, before which `before` cuts stood and after which `after` do.
    fn bracket(before: usize, after: usize) -> char {
        match (before, after) {
            (0, 0) => ' ',
            (0, _) => '┏',
            (_, 0) => '┗',
            (before, after) if before == after => '┃',
            _ => '┣',
        }
    }

    /// A line about shards or a fault.
    fn turn(&self, line: &mut Line, step: &Step) {
        let caption = words::caption(self.layout, step);
        match &step.what {
            What::Shards(change, shards) => {
                let (mark, paint) = match change {
                    Change::Crashed => ('╳', Paint::Red),
                    Change::Dropped | Change::Paused => ('┴', Paint::Plain),
                    Change::Restarted | Change::Resumed => ('┬', Paint::Plain),
                    Change::Clock(_) => ('◷', Paint::Plain),
                };
                let lanes = self.lanes.iter().enumerate();
                for (lane, _) in lanes.filter(|(_, it)| shards.contains(&it.id)) {
                    line.mark(lane, mark, paint);
                }
                line.note(&caption, paint);
            }
            What::Noted(shard, _) | What::Refused(shard, ..) => {
                let (mark, paint) = match &step.what {
                    What::Refused(..) => ('⊘', Paint::Red),
                    _ => ('◇', Paint::Plain),
                };
                if let Some(lane) = self.lanes.iter().position(|it| it.id == *shard) {
                    line.mark(lane, mark, paint);
                }
                line.note(&caption, paint);
            }
            What::Began(fault) | What::Ended(fault) => {
                let rule = if fault.is_cut() { '═' } else { '─' };
                let room = line.room_in_rule(self.width);
                line.rule(rule, &words::with_line(&caption, fault, room));
            }
            _ => {}
        }
    }

    /// What a step changes for the lines that follow.
    fn advance(&mut self, step: &Step) {
        match &step.what {
            What::Began(fault) if fault.is_cut() => self.cuts += 1,
            What::Ended(fault) if fault.is_cut() => self.cuts = self.cuts.saturating_sub(1),
            _ => {}
        }
        for lane in &mut self.lanes {
            lane.life = self.layout.life(step, lane.id, lane.life);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::contract::segment::Segment;
    use crate::contract::shard_id::ShardId;
    use crate::report::drawing::samples::{segment, timeline};
    use crate::trace::event::EventKind;
    use crate::trace::timeline::Labels;

    fn labelled(label: &str) -> Timeline {
        let mut timeline = timeline(
            2,
            [EventKind::Sent(segment(1)), EventKind::Received(segment(1))],
        );
        timeline.set_labels(Labels::from([(segment(1), label.to_owned())]));
        timeline
    }

    #[test]
    fn a_segment_is_told_by_what_it_was() {
        let drawn = "  time    0             1\n    0s    ●─#1─────────▶◆  put k v\n";
        assert_eq!(labelled("put k v").to_string(), drawn);
    }

    #[test]
    fn no_label_makes_a_line_long_or_breaks_it() {
        for nasty in [
            "x".repeat(1 << 20),
            "🦀".repeat(200),
            "\n\u{1b}[2J\u{0}".repeat(50),
        ] {
            let text = labelled(&nasty).to_string();
            assert_eq!(text.lines().count(), 2, "{text}");
            assert!(
                text.chars().all(|c| c == '\n' || !c.is_control()),
                "{text:?}"
            );
            assert!(text.lines().all(|it| it.chars().count() <= WIDTH), "{text}");
            assert!(text.ends_with("…\n"), "{text}");
        }
    }

    #[test]
    fn notes_that_take_all_the_room_leave_none_for_a_label() {
        for length in 0..2 * WIDTH {
            for filler in ["x", "…", "漢"] {
                let mut line = Line::text(filler.repeat(length));
                line.label("put k v");
                let mut text = String::new();
                line.render(&mut text, WIDTH, false);
                assert!(text.chars().count() <= WIDTH + 1, "{text}");
            }
        }
    }

    #[test]
    fn a_heartbeat_takes_one_row() {
        let mut timeline = timeline(2, (1..=100).map(|n| EventKind::Sent(segment(n))));
        for (n, event) in (0..).zip(&mut timeline.events) {
            event.at = Duration::from_secs(n);
        }
        timeline.set_labels((1..=100).map(|n| (segment(n), "beat".to_owned())).collect());
        let drawn = "  time    0             1\n    0s    ●─#1-100─────▶│  until 99s, not received · beat\n";
        assert_eq!(timeline.to_string(), drawn);
    }

    #[test]
    fn a_label_from_right_to_left_is_kept_apart() {
        let text = labelled("שלום").to_string();
        assert!(text.ends_with("◆  \u{2068}שלום\u{2069}\n"), "{text:?}");
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let kinds = [
            EventKind::Sent(segment(1)),
            EventKind::Lost(segment(1), crate::Loss::Chance),
        ];
        let timeline = timeline(2, kinds);
        let mut text = timeline.text(true, WIDTH);
        assert!(text.contains("\u{1b}[31m"), "{text:?}");
        while let Some(start) = text.find('\u{1b}') {
            let end = start + text[start..].find('m').unwrap();
            text.replace_range(start..=end, "");
        }
        assert_eq!(text, timeline.to_string());
    }

    #[test]
    fn what_was_forgotten_is_counted_and_what_comes_of_it_is_drawn() {
        let mut timeline = timeline(2, [EventKind::Arrived(segment(7))]);
        timeline.forgotten = 372;
        let drawn = "… 372 events before or among these\n\
                     \u{20}\u{20}time    0             1\n\
                     \u{20}   0s    │  ╌╌╌╌╌╌╌#7╌▶│  sent before these, not received\n";
        assert_eq!(timeline.to_string(), drawn);
    }

    #[test]
    fn of_many_shards_the_last_to_act_have_lanes() {
        let sends = (1..1000).map(|to| {
            EventKind::Sent(Segment {
                from: ShardId(0),
                to: ShardId(to),
                number: 1,
            })
        });
        let text = timeline(1000, sends).to_string();
        assert!(text.contains("│  not received\n"), "{text}");
        assert!(
            text.starts_with("… 988 events before these\n")
                && text.ends_with("left out, to which nothing happened meanwhile: 1-988\n"),
            "{text}"
        );
    }

    #[test]
    fn a_number_without_room_is_told_beside() {
        let kinds = [EventKind::Sent(segment(12_345_678_901_234))];
        let text = timeline(2, kinds).to_string();
        assert!(text.contains("▶│  #12345678901234, not received"), "{text}");
    }

    #[test]
    fn an_id_without_room_is_cut_at_its_front() {
        let mut timeline = timeline(2, [EventKind::Paused(ShardId(1))]);
        timeline.shards[0] = ShardId(u64::MAX);
        let text = timeline.to_string();
        assert!(
            text.lines().next().unwrap().contains("4073709551615"),
            "{text}"
        );
    }
}
