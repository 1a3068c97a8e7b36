//! The smallest set of decisions as a reader sees it: lines to paste, and what stands out in many.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::printed_episode;
use crate::contract::segment::Segment;
use crate::decision::chaos::episode::Begins;
use crate::decision::choice::{Asked, Choice, Decision, OnSegment};
use crate::ordered::sort_by;

/// What segments were, each with its mesh.
pub(super) type SegmentLabels = HashMap<(usize, Segment), String>;

/// As many characters of what a segment was go beside a line.
const MOST_LABEL: usize = 60;

/// The decisions, in order, as lines to paste into the body of a test. Beside each stands what its segment
/// was, where that is known.
pub(super) fn lines(decisions: &[Decision], labels: &SegmentLabels) -> String {
    let beside = |of: Option<(usize, Segment)>| {
        let label = of.and_then(|of| labels.get(&of));
        let label = label.map(|label| match label.char_indices().nth(MOST_LABEL) {
            Some((end, _)) => format!(" // {}…", &label[..end]),
            None => format!(" // {label}"),
        });
        label.unwrap_or_default()
    };
    let on_segments = on_segments(decisions);
    let mut lines = imports(&on_segments, decisions) + &rules(&on_segments, &beside);
    for decision in decisions {
        match decision {
            Decision::OnSegment(_) => {}
            Decision::Asked(asked) => lines += &pin(asked),
            Decision::Episode(episode) => {
                for line in printed_episode::lines(episode, &name(episode.mesh)) {
                    lines += &line;
                    lines += &beside(decision.segment());
                    lines.push('\n');
                }
            }
        }
    }
    lines
}

/// What the variable of a mesh is called.
fn name(mesh: usize) -> String {
    match mesh {
        0 => "mesh".to_owned(),
        other => format!("mesh_{}", other + 1),
    }
}

/// What the lines name.
fn imports(on_segments: &[OnSegment], all: &[Decision]) -> String {
    let mut imports = String::new();
    let is_delay = |it: &OnSegment| matches!(it.choice, Choice::Delayed(_));
    if on_segments.iter().any(is_delay) {
        imports += "use std::time::Duration;\n";
    }
    let episodes = all.iter().filter_map(|it| match it {
        Decision::Episode(it) => Some(it),
        _ => None,
    });
    let mut names = Vec::new();
    if episodes
        .clone()
        .any(|it| matches!(it.begins, Begins::After(_)))
    {
        names.push("Moment");
    }
    if !on_segments.is_empty() {
        names.push("Verdict");
    }
    if episodes.count() > 0 {
        names.push("ms");
    }
    let _ = match &names[..] {
        [] => Ok(()),
        [one] => writeln!(imports, "use shard_mesh::{one};"),
        several => writeln!(imports, "use shard_mesh::{{{}}};", several.join(", ")),
    };
    imports
}

fn on_segments(decisions: &[Decision]) -> Vec<OnSegment> {
    let on_segment = |decision: &Decision| match decision {
        Decision::OnSegment(it) => Some(*it),
        Decision::Asked(_) | Decision::Episode(_) => None,
    };
    decisions.iter().filter_map(on_segment).collect()
}

/// Puts them in the order in which they are printed: those about segments by link and number, then
/// those that were asked for by name as they were, and episodes by when they began.
pub(super) fn sort(decisions: &mut [Decision]) {
    let key = |it: &Decision| match it {
        Decision::OnSegment(it) => (0, Some((it.mesh, it.segment)), 0),
        Decision::Asked(_) => (1, None, 0),
        // Those that begin at one moment stay in their order.
        Decision::Episode(it) => (2, None, it.began),
    };
    sort_by(decisions, |a, b| key(a).cmp(&key(b)));
}

fn pin(Asked { name, told, .. }: &Asked) -> String {
    let comment = told.value.as_ref().map(|value| format!(" // {value}"));
    let comment = comment.unwrap_or_default();
    format!("mesh.pin({name:?}, {});{comment}\n", told.pin)
}

/// As rules, one for each mesh that has any.
fn rules(decisions: &[OnSegment], beside: &dyn Fn(Option<(usize, Segment)>) -> String) -> String {
    let mut rules = String::new();
    for of_mesh in decisions.chunk_by(|a, b| a.mesh == b.mesh) {
        let arm = |it: &OnSegment| arm(it) + &beside(Some((it.mesh, it.segment))) + "\n";
        let arms: String = of_mesh.iter().map(arm).collect();
        let mesh = of_mesh[0].mesh;
        let name = name(mesh);
        let _ = write!(
            rules,
            "let _rule = {name}.rule(|m| match (m.from.0, m.to.0, m.number) {{\n{arms}    \
             _ => Verdict::Pass,\n}});\n"
        );
    }
    rules
}

fn arm(decision: &OnSegment) -> String {
    let Segment { from, to, number } = decision.segment;
    let verdict = match decision.choice {
        Choice::Lost => "Verdict::Drop".to_owned(),
        Choice::Duplicated => "Verdict::Duplicate(m.payload.clone())".to_owned(),
        Choice::Reordered(overtakers) => format!("Verdict::Reorder({overtakers})"),
        Choice::Delayed(millis) => format!("Verdict::Delay(Duration::from_millis({millis}))"),
    };
    format!("    ({from}, {to}, {number}) => {verdict},")
}

/// How many of the links on which something happened a summary names.
const MOST_TOLD: usize = 8;

/// What stands out among many decisions: what happened on which link, how often, and between which
/// numbers; first what happened most.
pub(super) fn summary(decisions: &[Decision]) -> Vec<String> {
    let decisions = on_segments(decisions);
    let mut groups: Vec<Vec<OnSegment>> = Vec::new();
    let place = |it: &OnSegment| (it.mesh, it.segment.from, it.segment.to);
    for of_link in decisions.chunk_by(|a, b| place(a) == place(b)) {
        let kind = |it: &OnSegment| std::mem::discriminant(&it.choice);
        let begin = groups.len();
        for decision in of_link {
            let same = groups[begin..]
                .iter_mut()
                .find(|it| kind(&it[0]) == kind(decision));
            match same {
                Some(group) => group.push(*decision),
                None => groups.push(vec![*decision]),
            }
        }
    }
    sort_by(&mut groups, |a, b| b.len().cmp(&a.len()));
    let several = decisions.iter().any(|it| it.mesh > 0);
    let told = groups.iter().take(MOST_TOLD).map(|it| tell(it, several));
    let mut lines: Vec<_> = told.collect();
    let left: usize = groups.iter().skip(MOST_TOLD).map(Vec::len).sum();
    if left > 0 {
        lines.push(format!("and {left} more on other links"));
    }
    lines
}

/// A group of decisions of one kind on one link, in order of the numbers.
fn tell(group: &[OnSegment], several: bool) -> String {
    let (first, last) = (group[0], group[group.len() - 1]);
    let Segment { from, to, number } = first.segment;
    let delays = group.iter().filter_map(|it| match it.choice {
        Choice::Delayed(millis) => Some(millis),
        _ => None,
    });
    let what = match first.choice {
        Choice::Lost => "lost".to_owned(),
        Choice::Duplicated => "duplicated".to_owned(),
        Choice::Reordered(_) => "reordered".to_owned(),
        Choice::Delayed(_) => {
            let (short, long) = (delays.clone().min(), delays.max());
            let (short, long) = (short.unwrap_or_default(), long.unwrap_or_default());
            format!("delayed by {short} to {long} ms")
        }
    };
    let mesh = if several {
        format!(" of mesh {}", first.mesh + 1)
    } else {
        String::new()
    };
    let numbers = match last.segment.number {
        last if last == number => format!("#{number}"),
        last => format!("between #{number} and #{last}"),
    };
    format!("{} {what} on {from} -> {to}{mesh}, {numbers}", group.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::shard_id::ShardId;
    use crate::decision::choice::Told;

    #[test]
    fn what_was_asked_for_is_pinned_by_its_name() {
        let asked = |name: &str, pin: &str, value: Option<&str>| {
            Decision::Asked(Asked {
                name: name.to_owned(),
                place: 1,
                told: Told {
                    pin: pin.to_owned(),
                    value: value.map(str::to_owned),
                },
            })
        };
        let all = [
            asked("stop of 2 #3", "17", None),
            asked("a \"word\"", "1", Some("\"del\"")),
        ];
        let lines = lines(&all, &SegmentLabels::new());
        let expected =
            "mesh.pin(\"stop of 2 #3\", 17);\nmesh.pin(\"a \\\"word\\\"\", 1); // \"del\"\n";
        assert_eq!(lines, expected);
    }

    #[test]
    fn of_many_decisions_it_is_told_what_stands_out() {
        let decision = |to, number, choice| {
            let segment = Segment {
                from: ShardId(0),
                to: ShardId(to),
                number,
            };
            Decision::OnSegment(OnSegment::new(0, segment, choice, None))
        };
        let mut decisions = vec![
            decision(1, 3, Choice::Delayed(7)),
            decision(1, 4, Choice::Lost),
            decision(1, 9, Choice::Delayed(2)),
        ];
        assert_eq!(
            summary(&decisions),
            [
                "2 delayed by 2 to 7 ms on 0 -> 1, between #3 and #9",
                "1 lost on 0 -> 1, #4"
            ]
        );
        decisions.extend((2..20).map(|to| decision(to, 1, Choice::Duplicated)));
        let told = summary(&decisions);
        assert_eq!((told.len(), &*told[8]), (9, "and 12 more on other links"));
    }
}
