//! What a picture shows, and where on the page.

use crate::contract::shard_id::ShardId;
use crate::ordered::ordered;
use crate::report::drawing::steps::Layout;
use crate::trace::timeline::Timeline;

/// Up to so many shards have a lane each, even if nothing happened to them.
const FEW: usize = 8;

/// Room for the time at the side, and above the first row.
pub(super) const LEFT: usize = 84;
pub(super) const TOP: usize = 72;

/// From one row to the next.
pub(super) const STEP: usize = 24;

/// What is drawn, and where.
pub(super) struct Picture<'a> {
    pub(super) timeline: &'a Timeline,
    pub(super) layout: &'a Layout,
    /// The first row that is drawn.
    pub(super) first: usize,
    pub(super) lanes: Vec<ShardId>,
    /// From one lane to the next.
    pub(super) pitch: usize,
    /// How many bytes what a segment was may take, so that the file stays small.
    pub(super) label: usize,
    /// Whether there is room to say beside the lanes what happens to segments.
    pub(super) notes: bool,
}

impl<'a> Picture<'a> {
    /// Of the last `most` events.
    pub(super) fn new(timeline: &'a Timeline, layout: &'a Layout, most: u64) -> Self {
        let mut events = 0;
        let fits = layout.steps.iter().rev().take_while(|step| {
            events += step.events;
            events <= most
        });
        // The last row, however many events it tells of.
        let rows = fits.count().max(1).min(layout.steps.len());
        let first = layout.steps.len() - rows;
        let mut lanes = Vec::new();
        if timeline.shards.len() <= FEW {
            lanes.extend(&timeline.shards);
        } else {
            for step in &layout.steps[first..] {
                lanes.append(&mut layout.parties(step));
            }
        }
        let lanes = ordered(lanes);
        Self {
            timeline,
            layout,
            first,
            pitch: match lanes.len() {
                0..=4 => 150,
                5..=8 => 110,
                9..=16 => 80,
                _ => 60,
            },
            lanes,
            label: (300_000 / rows.max(1)).clamp(24, 200),
            notes: rows <= 4000,
        }
    }

    /// The column of a shard.
    pub(super) fn x(&self, shard: ShardId) -> usize {
        self.column(self.lanes.binary_search(&shard).unwrap_or(0))
    }

    /// The height of a row; of one that is not drawn, the upper edge.
    pub(super) fn y(&self, row: usize) -> usize {
        match row.checked_sub(self.first) {
            Some(row) => TOP + row * STEP,
            None => TOP - STEP,
        }
    }

    pub(super) fn column(&self, lane: usize) -> usize {
        LEFT + self.pitch / 2 + lane * self.pitch
    }

    /// Where the last lane ends.
    pub(super) fn right(&self) -> usize {
        LEFT + self.lanes.len() * self.pitch
    }

    pub(super) fn bottom(&self) -> usize {
        self.y(self.layout.steps.len())
    }
}
