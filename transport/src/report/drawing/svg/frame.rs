//! What is behind the arrows: lanes, times, and the shades of cuts.

use ::svg::Document;
use ::svg::node::Node;
use ::svg::node::element::{Group, Path, Rectangle, Text, Title};

use super::picture::{LEFT, Picture, STEP, TOP};
use super::style;
use crate::contract::shard_id::ShardId;
use crate::report::drawing::clean::clean;
use crate::report::drawing::steps::{Life, What};
use crate::report::drawing::words;
use crate::trace::fault_info::FaultInfo;

/// So many rows apart, the ids of the lanes are told again.
const AGAIN: usize = 40;

impl Picture<'_> {
    /// A shade over the lanes that a cut parts, for as long as it stands: one for each side.
    pub(super) fn bands(&self, document: &mut Document) {
        let mut standing = Vec::new();
        for (row, step) in self.layout.steps.iter().enumerate() {
            match &step.what {
                What::Began(fault) if fault.is_cut() => standing.push((row, fault)),
                What::Ended(fault) => {
                    let ended = standing.iter().position(|(_, it)| *it == fault);
                    if let Some(ended) = ended {
                        let (began, _) = standing.remove(ended);
                        self.band(fault, began, row, document);
                    }
                }
                _ => {}
            }
        }
        for (began, fault) in standing {
            self.band(fault, began, self.layout.steps.len(), document);
        }
    }

    fn band(&self, fault: &FaultInfo, began: usize, ended: usize, document: &mut Document) {
        if ended < self.first {
            return;
        }
        let [left, right] =
            words::sides(&fault.links).unwrap_or_else(|| [words::ends(&fault.links), Vec::new()]);
        let mut group = Group::new().add(Title::new(words::fault_began(fault)));
        for (class, side) in [("left", left), ("right", right)] {
            let places = side
                .iter()
                .filter_map(|it| self.lanes.binary_search(it).ok());
            let places: Vec<_> = places.collect();
            for run in places.chunk_by(|a, b| a + 1 == *b) {
                let (top, width) = (self.y(began), run.len() * self.pitch);
                let x = LEFT + run[0] * self.pitch;
                group.append(
                    Rectangle::new()
                        .set("class", class)
                        .set("x", x)
                        .set("y", top)
                        .set("width", width)
                        .set("height", self.y(ended) - top),
                );
            }
        }
        document.append(group);
    }

    /// The time at the side, where it changes.
    pub(super) fn times(&self, document: &mut Document) {
        let mut then = None;
        for (row, step) in self.layout.steps.iter().enumerate().skip(self.first) {
            if then == Some(step.at) {
                continue;
            }
            then = Some(step.at);
            let y = self.y(row);
            document.append(
                Text::new(words::time(step.at))
                    .set("class", "dim time")
                    .set("x", LEFT - 12)
                    .set("y", y + 4),
            );
            let line = format!("M{LEFT} {y}H{}", self.right());
            document.append(Path::new().set("class", "tick").set("d", line));
        }
    }

    /// The lanes, with gaps where a shard has no endpoint, and their ids.
    pub(super) fn lanes(&self, document: &mut Document) {
        let top = TOP - STEP;
        let mut lanes: Vec<_> = self.lanes.iter().map(|id| Strip::new(*id, top)).collect();
        for (row, step) in self.layout.steps.iter().enumerate() {
            for shard in self.layout.parties(step) {
                if let Ok(lane) = self.lanes.binary_search(&shard) {
                    let now = self.layout.life(step, shard, lanes[lane].life);
                    lanes[lane].goes_on(now, self.column(lane), self.y(row));
                }
            }
        }
        let again = AGAIN.max(4 * self.lanes.len());
        for (place, mut lane) in lanes.into_iter().enumerate() {
            let x = self.column(place);
            lane.goes_on(Life::Gone, x, self.bottom());
            document.append(lane.drawn);
            let name = |class| Text::new(self.id(lane.id)).set("class", class);
            document.append(name("id").set("x", x).set("y", top - 8));
            for row in (self.first + again..self.layout.steps.len()).step_by(again) {
                // Between two rows.
                document.append(name("again").set("x", x).set("y", self.y(row) - 4));
            }
        }
    }

    /// The id of a shard; of one that is too long, the end, where it differs from others.
    fn id(&self, shard: ShardId) -> String {
        let id = shard.to_string();
        let room = self.pitch / style::CHARACTER;
        if id.len() > room {
            format!("…{}", &id[id.len() + 1 - room..])
        } else {
            id
        }
    }

    /// What is not shown.
    pub(super) fn edges(&self, document: &mut Document) {
        let before = &self.layout.steps[..self.first];
        let before: u64 = before.iter().map(|step| step.events).sum();
        if let Some(words) = words::before(before, self.timeline.forgotten) {
            document.append(line(words, 20));
        }
        let shards = self.timeline.shards.iter().copied();
        let out: Vec<_> = shards
            .filter(|it| self.lanes.binary_search(it).is_err())
            .collect();
        if !out.is_empty() {
            let words = format!(
                "{} shards left out, to which nothing happened: {}",
                out.len(),
                clean(&words::shards(&out), 80)
            );
            document.append(line(words, self.bottom() + STEP));
        }
        if self.timeline.events.is_empty() {
            let words = "nothing happened in the mesh, or nothing was recorded";
            document.append(line(words.to_owned(), self.bottom() + STEP));
        }
    }
}

/// A line of words from the left edge.
fn line(words: String, y: usize) -> Text {
    Text::new(words)
        .set("class", "dim")
        .set("x", 20)
        .set("y", y)
}

/// A lane, drawn as far as is known how its shard is.
struct Strip {
    id: ShardId,
    drawn: Group,
    life: Life,
    /// Since which height.
    since: usize,
}

impl Strip {
    fn new(id: ShardId, top: usize) -> Self {
        Self {
            id,
            drawn: Group::new()
                .set("class", "lane")
                .add(Title::new(format!("shard {id}"))),
            life: Life::Up,
            since: top,
        }
    }

    /// From a height on, its shard is like that.
    fn goes_on(&mut self, life: Life, x: usize, y: usize) {
        if life == self.life {
            return;
        }
        if y > self.since {
            let path = Path::new().set("d", format!("M{x} {}V{y}", self.since));
            match self.life {
                Life::Up => self.drawn.append(path),
                Life::Paused => self.drawn.append(path.set("class", "paused")),
                Life::Gone => {}
            }
        }
        (self.life, self.since) = (life, y);
    }
}
