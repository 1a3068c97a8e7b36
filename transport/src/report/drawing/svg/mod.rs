//! The timeline as a picture: a lane per shard, time down the page, arrows from send to arrival.

mod arrow;
mod frame;
mod picture;
mod rows;
mod segment;
mod style;

use ::svg::Document;
use ::svg::node::Node as _;
use ::svg::node::element::{Rectangle, Title};

use self::picture::{Picture, STEP};
use crate::report::drawing::steps::Layout;
use crate::trace::timeline::Timeline;

/// At most so many events are drawn, the last, in so many bytes: browsers are slow to open more.
const EVENTS: u64 = 10_000;
const BYTES: usize = 2_000_000;

/// So few events are drawn however many bytes that takes.
const FEWEST: u64 = 100;

impl Timeline {
    /// The timeline as a picture in SVG: a lane for each shard, time down the page, and an arrow for
    /// each segment, from the row in which it was sent to the one in which it arrived. To point at an
    /// arrow shows what the segment was, where that is known, and its times.
    ///
    /// Of a long run it shows the last 10,000 events, or fewer where they would take more than 2 MB.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2, latency = "5ms")]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     a.send_segment(ShardId(1), 7).await.unwrap();
    ///     b.recv_segment().await.unwrap();
    ///     let picture = mesh.timeline().svg();
    ///     assert!(picture.starts_with("<svg ")); // `std::fs::write("timeline.svg", picture)`
    /// }
    /// ```
    #[must_use]
    pub fn svg(&self) -> String {
        self.picture(None)
    }

    /// The same under a title.
    pub(crate) fn picture(&self, title: Option<&str>) -> String {
        let layout = Layout::new(self);
        let mut events = EVENTS;
        loop {
            let picture = Picture::new(self, &layout, events).draw(title).to_string();
            if picture.len() <= BYTES || events < FEWEST {
                return picture;
            }
            events /= 2;
        }
    }
}

impl Picture<'_> {
    fn draw(&self, title: Option<&str>) -> Document {
        let (width, height) = (self.width(), self.bottom() + 2 * STEP);
        let mut document = Document::new()
            .set("viewBox", (0, 0, width, height))
            .set("width", width)
            .set("height", height);
        if let Some(title) = title {
            document.append(Title::new(title));
        }
        let mut document = document.add(style::style()).add(style::ends()).add(
            Rectangle::new()
                .set("class", "page")
                .set("width", "100%")
                .set("height", "100%"),
        );
        self.bands(&mut document);
        self.times(&mut document);
        self.lanes(&mut document);
        for row in self.first..self.layout.steps.len() {
            self.row(row, &mut document);
        }
        self.edges(&mut document);
        document
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use roxmltree::{Document, Node};

    use super::picture::TOP;
    use super::*;
    use crate::report::drawing::samples::{fault, fault_on, segment, timeline};
    use crate::trace::event::{EventKind, Loss};
    use crate::trace::fault_info::Verb;
    use crate::trace::timeline::Labels;

    /// The texts of all elements of this name.
    fn texts(picture: &str, name: &str) -> Vec<String> {
        let document = Document::parse(picture).unwrap_or_else(|error| panic!("{error}"));
        let named = document
            .descendants()
            .filter(|it| it.tag_name().name() == name);
        let text = |it: Node<'_, '_>| {
            let texts = it.descendants().filter(Node::is_text);
            texts.filter_map(|it| it.text()).collect::<String>()
        };
        named.map(text).collect()
    }

    /// A text as a browser shows it.
    fn shown(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn labelled(label: &str) -> String {
        let mut timeline = timeline(
            2,
            [EventKind::Sent(segment(1)), EventKind::Received(segment(1))],
        );
        timeline.set_labels(Labels::from([(segment(1), label.to_owned())]));
        timeline.svg()
    }

    #[test]
    fn no_label_makes_a_picture_that_is_not_well_formed() {
        let controls: String = (0..=0x9f_u8).map(char::from).collect();
        for nasty in [
            r#"</title><script>alert("&'")</script> ]]> &#0; <!-- "#,
            &controls,
            "\u{fffe}\u{ffff}\u{feff}\u{202e}\u{2066}",
            "🦀 שלום العالم é",
            &"x<&".repeat(1 << 19),
            "",
        ] {
            let picture = labelled(nasty);
            assert!(texts(&picture, "script").is_empty());
            assert!(picture.len() < 10_000, "{} bytes", picture.len());
            assert_eq!(texts(&picture, "title").len(), 3);
        }
    }

    #[test]
    fn a_label_is_shown_as_it_is() {
        let label = r#"Put { k: "<a> & b" }"#;
        let picture = labelled(label);
        let titles = texts(&picture, "title");
        let title = format!("#1 of 0 -> 1\n{label}\nsent, arrived, received at 0s");
        assert!(titles.contains(&title), "{titles:?}");
        let notes = texts(&picture, "text");
        let note = format!("#1 {label}");
        assert!(notes.iter().any(|it| shown(it) == note), "{notes:?}");
    }

    #[test]
    fn ten_thousand_events_stay_under_two_megabytes() {
        let label = "Put { key: \"k\", value: \"<&>\", at: 17 }".repeat(10);
        let sent: Vec<_> = (1..=10_000).map(|n| EventKind::Sent(segment(n))).collect();
        let held =
            (1..=5_000).flat_map(|n| [EventKind::Sent(segment(n)), EventKind::Held(segment(n))]);
        let late = (1..=5_000).map(|n| EventKind::Sent(segment(n)));
        let late = late.chain((1..=5_000).map(|n| EventKind::Arrived(segment(n))));
        let few = (1..=4_000).map(|n| EventKind::Sent(segment(n)));
        for kinds in [sent, held.collect(), late.collect(), few.collect()] {
            let mut timeline = timeline(50, kinds);
            timeline.set_labels((1..=10_000).map(|n| (segment(n), label.clone())).collect());
            let picture = timeline.svg();
            assert!(picture.len() < 2_000_000, "{} bytes", picture.len());
            assert!(texts(&picture, "title").len() > 4_000);
        }
    }

    #[test]
    fn what_takes_too_many_bytes_is_drawn_in_part() {
        let links = [(0, 1), (0, 2)];
        let cut = Arc::new(fault_on(Verb::Cut, "cut", &links));
        let pair = || {
            [
                EventKind::FaultBegan(cut.clone()),
                EventKind::FaultEnded(cut.clone()),
            ]
        };
        let picture = timeline(3, (0..5_000).flat_map(|_| pair())).svg();
        assert!(picture.len() < 2_000_000, "{} bytes", picture.len());
        let texts = texts(&picture, "text");
        let before = texts.iter().any(|it| it.contains("events before these"));
        assert!(before, "{texts:?}");
    }

    #[test]
    fn of_a_longer_run_the_last_ten_thousand_events_are_drawn() {
        let mut timeline = timeline(2, (1..=10_500).map(|n| EventKind::Sent(segment(n))));
        timeline.forgotten = 7;
        let texts = texts(&timeline.svg(), "text");
        let texts: Vec<_> = texts.iter().map(|it| shown(it)).collect();
        let has = |text: &str| texts.iter().any(|it| it == text);
        assert!(
            has("… 507 events before or among these"),
            "{:?}",
            texts.last()
        );
        assert!(has("#501") && !has("#500"));
    }

    #[test]
    fn what_comes_of_a_forgotten_segment_is_drawn_from_the_edge() {
        let picture = timeline(2, [EventKind::Arrived(segment(7))]).svg();
        let edge = format!("M159 {}l150 {STEP}", TOP - STEP);
        assert!(picture.contains(&edge), "{picture}");
    }

    #[test]
    fn a_cut_that_is_not_healed_shades_the_lanes_to_the_end() {
        let cut = Arc::new(fault(Verb::Cut, "cut"));
        let kinds = [
            EventKind::FaultBegan(cut),
            EventKind::Sent(segment(1)),
            EventKind::Lost(segment(1), Loss::Cut),
        ];
        let picture = timeline(3, kinds).svg();
        let document = Document::parse(&picture).unwrap();
        let bands = document
            .descendants()
            .filter(|it| it.tag_name().name() == "rect");
        let bands = bands.filter_map(|it| {
            Some((
                it.attribute("class")?,
                it.attribute("x")?,
                it.attribute("height")?,
            ))
        });
        assert_eq!(
            bands.collect::<Vec<_>>(),
            [("left", "84", "48"), ("right", "234", "48")]
        );
    }
}
