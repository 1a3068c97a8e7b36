//! An episode of chaos as lines to paste.

use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::{Begins, Crash, Episode, What, Which, Wrong};

/// The lines that do the same: one for each shard that crashes.
pub(super) fn lines(episode: &Episode, mesh: &str) -> Vec<String> {
    let begins = match episode.begins {
        Begins::At(at) => format!("{mesh}.at(ms({at}))"),
        Begins::After(moment) => format!("{mesh}.after({moment})"),
    };
    let lasting = format!(".lasting(ms({}))", episode.lasting);
    let line = |what: &str, how: &str| format!("{begins}{what}{lasting}{how};");
    match &episode.what {
        What::Cut(which) => vec![line(&cut(which), "")],
        What::Hold(which) => vec![line(&format!("{}.hold()", links(which)), "")],
        What::Pause(shard) => vec![line(&format!(".pause({shard})"), "")],
        What::Clock(shard, wrong) => vec![line(&format!(".clock({shard}).{}", clock(*wrong)), "")],
        What::Crash(crash) => {
            let how = losses(crash);
            let shards = crash.shards.iter();
            shards
                .map(|shard| line(&format!(".crash({shard})"), &how))
                .collect()
        }
    }
}

fn losses(crash: &Crash) -> String {
    let kept = crash.keeping.map(|kept| format!(".keeping({kept})"));
    let arrives = crash.in_flight_arrives.then_some(".in_flight_arrives()");
    kept.unwrap_or_default() + arrives.unwrap_or_default()
}

fn cut(which: &Which) -> String {
    match which {
        Which::Between(left, right) => format!(".partition({}, {})", list(left), list(right)),
        Which::Leading(left, right) => format!(".one_way({}, {})", list(left), list(right)),
        Which::Around(shard) => format!(".isolate({shard})"),
        other => format!("{}.cut()", links(other)),
    }
}

fn links(which: &Which) -> String {
    match which {
        Which::All => ".all()".to_owned(),
        Which::Link(from, to) => format!(".link({from}, {to})"),
        Which::Between(left, right) => format!(".between({}, {})", list(left), list(right)),
        Which::Leading(left, right) => format!(".leading({}, {})", list(left), list(right)),
        Which::From(shard) => format!(".from({shard})"),
        Which::To(shard) => format!(".to({shard})"),
        Which::Around(shard) => format!(".around({shard})"),
    }
}

fn list(shards: &[ShardId]) -> String {
    let shards: Vec<_> = shards.iter().map(ToString::to_string).collect();
    format!("[{}]", shards.join(", "))
}

fn clock(wrong: Wrong) -> String {
    let millis = |nanos: u64| nanos / 1_000_000;
    match wrong {
        Wrong::Ahead(nanos) => format!("ahead(ms({}))", millis(nanos)),
        Wrong::Behind(nanos) => format!("behind(ms({}))", millis(nanos)),
        #[allow(
            clippy::cast_precision_loss,
            reason = "at most a thousand times a million"
        )]
        Wrong::Drifts(millionths) => format!("drift({:?})", millionths as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::segment::Segment;
    use crate::decision::chaos::moment::{Happens, Moment};

    fn printed(begins: Begins, what: What) -> String {
        let episode = Episode {
            mesh: 0,
            begins,
            began: 7,
            lasting: 40,
            what,
        };
        lines(&episode, "mesh").join("\n")
    }

    #[test]
    fn each_is_a_line_of_rust() {
        let at = Begins::At(1204);
        let shards = |ids: &[u64]| ids.iter().copied().map(ShardId).collect::<Vec<_>>();
        let between = Which::Between(shards(&[0, 1]), shards(&[2]));
        let printed_at = |what| printed(at, what);
        assert_eq!(
            printed_at(What::Cut(between)),
            "mesh.at(ms(1204)).partition([0, 1], [2]).lasting(ms(40));"
        );
        assert_eq!(
            printed_at(What::Cut(Which::Leading(shards(&[0]), shards(&[2])))),
            "mesh.at(ms(1204)).one_way([0], [2]).lasting(ms(40));"
        );
        assert_eq!(
            printed_at(What::Hold(Which::From(ShardId(3)))),
            "mesh.at(ms(1204)).from(3).hold().lasting(ms(40));"
        );
        assert_eq!(
            printed_at(What::Clock(ShardId(3), Wrong::Drifts(990_000))),
            "mesh.at(ms(1204)).clock(3).drift(0.99).lasting(ms(40));"
        );
        let sent = Moment(Happens::Sent(Segment {
            from: ShardId(0),
            to: ShardId(9),
            number: 8,
        }));
        let crash = What::Crash(Crash {
            shards: shards(&[1, 2]),
            keeping: Some(3),
            in_flight_arrives: true,
        });
        assert_eq!(
            printed(Begins::After(sent), crash),
            "mesh.after(Moment::sent(0, 9, 8)).crash(1).lasting(ms(40)).keeping(3).in_flight_arrives();\n\
             mesh.after(Moment::sent(0, 9, 8)).crash(2).lasting(ms(40)).keeping(3).in_flight_arrives();"
        );
    }
}
