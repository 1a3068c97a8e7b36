use std::fmt;

use crate::contract::shard_id::ShardId;
use crate::history::asked::{Moment, Outcome, Recorded};
use crate::history::lanes::Lanes;
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
    op: String,
    /// With what it returned.
    what: String,
    began: Moment,
    ended: Option<Moment>,
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
            Outcome::Returned(moment, ret) if counts => (format!("{ret:?}"), Some(*moment)),
            _ => ("?".to_owned(), None),
        };
        let op = format!("{:?}", call.op);
        let mut what = format!("{op} -> {ret}");
        if let Some((end, _)) = what.char_indices().nth(MOST_TOLD) {
            what.truncate(end);
            what.push('…');
        }
        Self {
            client: call.client,
            op,
            what,
            began: call.invoked,
            ended,
        }
    }
}

impl Disorder {
    pub(super) fn new(shown: Vec<Shown>, of: usize) -> Self {
        Self { shown, of }
    }

    /// Says in the lanes of clients what they asked and were told.
    pub(super) fn mark(&self, lanes: &dyn Lanes) {
        for it in &self.shown {
            if let Some(mark) = it.began.mark {
                lanes.tell(mark, &format!("asks {}", it.op));
            }
            if let Some(mark) = it.ended.and_then(|it| it.mark) {
                lanes.tell(mark, &it.what);
            }
        }
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
            .flat_map(|it| [Some(it.began.place), it.ended.map(|it| it.place)])
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
            let begin = column(it.began.place);
            let (end, sign) = match it.ended {
                Some(it) => (column(it.place).max(begin + 1), '┤'),
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
                Some(end) => format!("{} to {}", Millis(it.began.at), Millis(end.at)),
                None => format!("{} and on", Millis(it.began.at)),
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
