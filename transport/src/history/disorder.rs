use std::fmt;

use crate::contract::shard_id::ShardId;
use crate::history::asked::{Outcome, Recorded};
use crate::history::sequential::Spec;
use crate::millis::Millis;

/// Operations that no order explains: what [`History::check`](crate::History::check) found. Its `Display`
/// draws them against time.
///
/// They are as few as could be found. An operation that is not shown may have taken effect at any time, and
/// as often as it likes: these have no order all the same.
///
/// See [`spec::Map`](crate::spec::Map) for an example.
#[derive(Clone, Debug)]
pub struct Disorder {
    shown: Vec<Shown>,
    /// Of how many, which belong to the same part of the state.
    of: usize,
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    client: ShardId,
    what: String,
    /// Where and when it began and ended, if it did.
    began: (u64, u64),
    ended: Option<(u64, u64)>,
}

/// As wide is the drawing.
const WIDTH: usize = 40;

/// As many operations are shown at most: the last ones.
const MOST_SHOWN: usize = 12;

/// As many characters of an operation are told at most.
const MOST_TOLD: usize = 60;

impl Shown {
    /// With what it returned, where that `counts`.
    pub(super) fn of<S: Spec>(call: &Recorded<S>, counts: bool) -> Self {
        let (ret, ended) = match &call.outcome {
            Outcome::Returned(moment, ret) if counts => {
                (format!("{ret:?}"), Some((moment.place, moment.at)))
            }
            _ => ("?".to_owned(), None),
        };
        let mut what = format!("{:?} -> {ret}", call.op);
        if let Some((end, _)) = what.char_indices().nth(MOST_TOLD) {
            what.truncate(end);
            what.push('…');
        }
        Self {
            client: call.client,
            what,
            began: (call.invoked.place, call.invoked.at),
            ended,
        }
    }
}

impl Disorder {
    pub(super) fn new(shown: Vec<Shown>, of: usize) -> Self {
        Self { shown, of }
    }
}

impl fmt::Display for Disorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shown, of } = self;
        let before = shown.len().saturating_sub(MOST_SHOWN);
        let operations = match shown.len() {
            1 => "1 operation".to_owned(),
            several => format!("{several} operations"),
        };
        write!(f, "no order explains {operations}, of {of}")?;
        if before > 0 {
            write!(f, ", of which the last are")?;
        }
        write!(f, ":")?;
        let all = shown.len();
        let shown = &shown[before..];
        // Only the order of beginnings and ends matters, so each has a column of its own.
        let mut places: Vec<_> = shown
            .iter()
            .flat_map(|it| [Some(it.began.0), it.ended.map(|(place, _)| place)])
            .flatten()
            .collect();
        places.sort_unstable();
        let column = |place: u64| {
            let rank = places.partition_point(|it| *it < place);
            (rank * WIDTH / places.len().max(1)).min(WIDTH - 1)
        };
        let width = shown.iter().map(|it| it.what.chars().count()).max();
        let width = width.unwrap_or(0);
        for it in shown {
            let begin = column(it.began.0);
            let (end, sign) = match it.ended {
                Some((place, _)) => (column(place).max(begin + 1), '┤'),
                None => (WIDTH, '…'),
            };
            let bar: String = (0..=WIDTH)
                .map(|at| match at {
                    at if at == begin => '├',
                    at if at == end => sign,
                    at if at > begin && at < end => '─',
                    _ => ' ',
                })
                .collect();
            let until = match it.ended {
                Some((_, at)) => format!("{} to {}", Millis(it.began.1), Millis(at)),
                None => format!("{} and on", Millis(it.began.1)),
            };
            let (client, what) = (it.client, &it.what);
            write!(f, "\n  client {client:<3} {what:<width$}  {bar}  {until}")?;
        }
        if all < *of {
            write!(
                f,
                "\n  (whenever the other operations took effect, if they did)"
            )?;
        }
        Ok(())
    }
}
