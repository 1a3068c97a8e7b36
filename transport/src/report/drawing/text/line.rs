//! One line of the diagram in text: its lanes, and what is drawn over them.

use super::arrow::{Arrow, Paint};
use crate::contract::shard_id::ShardId;
use crate::report::drawing::clean::{clean, isolated};
use crate::report::drawing::steps::Life;

/// The lane of one shard.
pub(super) struct Lane {
    pub(super) id: ShardId,
    pub(super) life: Life,
}

impl Lane {
    fn line(&self) -> char {
        match self.life {
            Life::Up => '│',
            Life::Paused => '┊',
            Life::Gone => ' ',
        }
    }

    pub(super) fn new(id: ShardId) -> Self {
        Self { id, life: Life::Up }
    }
}

/// How far apart lanes are, so that up to 12 and some words fit into 100 columns.
fn pitch(lanes: usize) -> usize {
    match lanes {
        0..=3 => 14,
        4 => 12,
        5 | 6 => 10,
        7 | 8 => 8,
        _ => 6,
    }
}

/// One line of the diagram.
pub(super) struct Line {
    cells: Vec<(char, Paint)>,
    /// Columns of the lanes.
    columns: Vec<usize>,
    pitch: usize,
    notes: Vec<(String, Paint)>,
    label: String,
}

impl Line {
    /// With `margin` before the lanes.
    pub(super) fn new(margin: &str, bracket: char, lanes: &[Lane]) -> Self {
        let pitch = pitch(lanes.len());
        let mut cells: Vec<_> = margin.chars().map(|c| (c, Paint::Dim)).collect();
        cells.extend([(bracket, Paint::Magenta), (' ', Paint::Plain)]);
        let start = cells.len() + 1;
        let columns: Vec<_> = (0..lanes.len()).map(|lane| start + lane * pitch).collect();
        cells.resize(
            columns.last().map_or(start, |last| last + 1),
            (' ', Paint::Plain),
        );
        for (column, lane) in columns.iter().zip(lanes) {
            cells[*column] = (lane.line(), Paint::Dim);
        }
        Self {
            cells,
            columns,
            pitch,
            notes: Vec::new(),
            label: String::new(),
        }
    }

    /// The names of the lanes.
    pub(super) fn header(lanes: &[Lane], margin: usize) -> Self {
        let mut line = Self::new(&format!("{:>margin$} ", "time"), ' ', lanes);
        for (lane, column) in lanes.iter().zip(line.columns.clone()) {
            let id = lane.id.to_string();
            // Ids that are too long differ in their ends, if in anything.
            let id = &id[id.len().saturating_sub(line.pitch - 1)..];
            let start = (column - id.len() / 2).max(margin + 2);
            line.put(start, id, Paint::Plain);
        }
        line
    }

    /// A line of words alone.
    pub(super) fn text(words: String) -> Self {
        Self {
            cells: Vec::new(),
            columns: Vec::new(),
            pitch: 0,
            notes: vec![(words, Paint::Dim)],
            label: String::new(),
        }
    }

    fn put(&mut self, start: usize, text: &str, paint: Paint) {
        let end = start + text.chars().count();
        if self.cells.len() < end {
            self.cells.resize(end, (' ', Paint::Plain));
        }
        for (cell, c) in self.cells[start..].iter_mut().zip(text.chars()) {
            *cell = (c, paint);
        }
    }

    /// Draws something on a lane.
    pub(super) fn mark(&mut self, lane: usize, mark: char, paint: Paint) {
        self.cells[self.columns[lane]] = (mark, paint);
    }

    /// Says something beside the lanes.
    pub(super) fn note(&mut self, words: &str, paint: Paint) {
        if !words.is_empty() {
            self.notes.push((words.to_owned(), paint));
        }
    }

    /// Says what the segment was.
    pub(super) fn label(&mut self, label: &str) {
        label.clone_into(&mut self.label);
    }

    /// How many columns of `width` are left for the words in a line across all lanes.
    pub(super) fn room_in_rule(&self, width: usize) -> usize {
        let first = self.columns.first().map_or(0, |first| first - 1);
        width - first - 4
    }

    /// Draws a line across all lanes, with words in it.
    pub(super) fn rule(&mut self, line: char, words: &str) {
        let first = self.columns.first().map_or(0, |first| first - 1);
        for cell in &mut self.cells[first..] {
            *cell = (line, Paint::Magenta);
        }
        self.put(first + 2, &format!(" {words} "), Paint::Magenta);
    }

    /// Draws an arrow between two lanes. Returns whether there was room for the number.
    pub(super) fn arrow(&mut self, (from, to): (usize, usize), arrow: Arrow, number: &str) -> bool {
        let paint = arrow.paint();
        let (from, to) = (self.columns[from], self.columns[to]);
        let (right, length) = (from < to, from.abs_diff(to));
        let at = |far: usize| if right { from + far } else { from - far };
        if arrow.sets_off() {
            self.cells[from] = ('●', paint);
        }
        match arrow {
            Arrow::Mark(mark) => self.cells[to] = (mark, paint),
            _ if arrow.is_received() => self.cells[to] = ('◆', paint),
            _ => {}
        }
        let Some(stroke) = arrow.stroke(if right { '▶' } else { '◀' }) else {
            return true;
        };
        let first = 1 + stroke.gaps.0;
        let mut last = length - 1 - stroke.gaps.1;
        if let Some(head) = stroke.head {
            self.cells[at(last)] = (head, paint);
            last -= 1;
        }
        for far in first..=last {
            let cell = &mut self.cells[at(far)];
            let crosses = self.columns.contains(&at(far)) && cell.0 != ' ';
            *cell = (
                if crosses {
                    stroke.crossing
                } else {
                    stroke.line
                },
                paint,
            );
        }
        // In the gap next to the end that has a part in this line.
        let (near, end) = if arrow.sets_off() {
            (first, last.min(self.pitch - 1))
        } else {
            (first.max(length + 1 - self.pitch), last)
        };
        let (room, wanted) = (end + 1 - near, number.len());
        if wanted > room {
            return false;
        }
        let inset = usize::from(wanted < room);
        let leftmost = match (right, arrow.sets_off()) {
            (true, true) => at(near) + inset,
            (true, false) => at(end) + 1 - wanted - inset,
            (false, true) => at(near) + 1 - wanted - inset,
            (false, false) => at(end) + inset,
        };
        self.put(leftmost, number, paint);
        true
    }

    /// Writes the line, cut at `width` columns.
    pub(super) fn render(&self, out: &mut String, width: usize, color: bool) {
        let blank = |(c, _): &&(char, Paint)| *c == ' ';
        let blanks = self.cells.iter().rev().take_while(blank).count();
        let drawn = if self.notes.is_empty() && self.label.is_empty() {
            &self.cells[..self.cells.len() - blanks]
        } else {
            &self.cells[..]
        };
        for run in drawn.chunk_by(|(_, a), (_, b)| a == b) {
            let text: String = run.iter().map(|(c, _)| *c).collect();
            run[0].1.write(out, &text, color);
        }
        let mut room = width.saturating_sub(drawn.len());
        let mut between = if drawn.is_empty() { "" } else { "  " };
        for (words, paint) in &self.notes {
            paint.write(out, &fit(&format!("{between}{words}"), &mut room), color);
            between = ", ";
        }
        if !self.label.is_empty() {
            let between = if self.notes.is_empty() { "  " } else { " · " };
            out.push_str(&fit(between, &mut room));
            out.push_str(&isolated(fit(&self.label, &mut room)));
        }
        out.push('\n');
    }
}

/// As much of a text as fits into `room` columns, which it takes.
fn fit(text: &str, room: &mut usize) -> String {
    let mut fitting = String::new();
    for c in clean(text, *room).chars() {
        let columns = columns(c);
        // The last is for what stands for the rest.
        if columns > *room || (columns == *room && c != '…') {
            fitting.extend((*room > 0).then_some('…'));
            *room = 0;
            break;
        }
        *room -= columns;
        fitting.push(c);
    }
    fitting
}

/// How many columns a character may take at most.
fn columns(c: char) -> usize {
    let narrow = c < '\u{1100}' || ('\u{2010}'..='\u{22ff}').contains(&c);
    if narrow { 1 } else { 2 }
}
