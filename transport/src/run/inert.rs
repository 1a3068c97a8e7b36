//! What a test that passed has not met: faults that did nothing, and what must hold sometimes and
//! never did. A test that never met its fault is not a test.

use std::panic::Location;

use crate::decision::asked::Pin;
use crate::millis::Millis;
use crate::network::episodes::state::PlanState;
use crate::network::episodes::told::{NamedKind, PlanTold};
use crate::network::links::fault_state::FaultState;
use crate::network::sometimes::Sometimes;
use crate::network::watched::Watched;

/// Where chance had this many hits to be expected and none came, it is no accident.
const NO_ACCIDENT: f64 = 20.0;

/// What one line of a test met, in one run or in many.
#[derive(Clone, Debug)]
pub(crate) struct Exposure {
    what: String,
    asked: &'static Location<'static>,
    met: Met,
    /// In how many of the runs it met something.
    runs: u64,
}

#[derive(Clone, Copy, Debug)]
enum Met {
    Fault {
        optional: bool,
        /// How many segments were exposed to it.
        exposed: u64,
        /// How many of them it struck, where that is left to chance, and how many that should be.
        struck: u64,
        expected: f64,
    },
    Sometimes {
        reached: u64,
        held: u64,
    },
    /// Whether what is pinned was asked for.
    Pin(bool),
    /// Whether a kind of chaos that the test has named touched anything; in one run, when its first
    /// episode was due.
    Chaos(bool, Option<u64>),
    /// Whether an episode that is planned has begun.
    Planned(PlanState),
}

impl Exposure {
    pub(crate) fn of_pin(pin: Pin) -> Self {
        Self::new(pin.name, pin.asked, Met::Pin(pin.met))
    }

    /// Whether a run in which nothing is drawn can be blamed for it.
    fn holds_for_pinned(&self) -> bool {
        matches!(self.met, Met::Pin(_) | Met::Planned(_))
    }

    /// Those of one mesh.
    pub(crate) fn all(mesh: &dyn Watched) -> Vec<Self> {
        let (faults, sometimes) = (mesh.faults(), mesh.sometimes());
        let faults = faults.iter().filter(|it| it.info.by_chaos.is_none());
        let faults = faults.map(|fault| Self::of_fault(fault));
        let chaos = mesh.chaos();
        let kinds = chaos.iter().flat_map(|chaos| {
            let named = chaos.named.iter();
            named.map(|named| Self::of_kind(named, chaos.asked))
        });
        let planned = mesh.planned().into_iter().filter(|it| !it.optional);
        faults
            .chain(sometimes.into_iter().map(Self::of_sometimes))
            .chain(kinds)
            .chain(planned.map(Self::of_planned))
            .collect()
    }

    fn of_kind(named: &NamedKind, asked: &'static Location<'static>) -> Self {
        let what = format!("chaos of the kind `{}`", named.kind);
        Self::new(what, asked, Met::Chaos(named.touched, named.first))
    }

    fn of_planned(planned: PlanTold) -> Self {
        Self::new(planned.what, planned.asked, Met::Planned(planned.state))
    }

    fn of_fault(fault: &FaultState) -> Self {
        let exposed = fault.segments_met();
        #[allow(clippy::cast_precision_loss, reason = "an estimate")]
        let expected = fault.probability.unwrap_or(0.0) * exposed as f64;
        let met = Met::Fault {
            optional: fault.is_optional(),
            exposed,
            struck: fault.segments_struck(),
            expected,
        };
        Self::new(fault.info.what.clone(), fault.info.asked, met)
    }

    fn of_sometimes(sometimes: Sometimes) -> Self {
        let Sometimes {
            what,
            asked,
            reached,
            held,
        } = sometimes;
        Self::new(what, asked, Met::Sometimes { reached, held })
    }

    fn new(what: String, asked: &'static Location<'static>, met: Met) -> Self {
        Self {
            what,
            asked,
            met,
            runs: met.is_any().into(),
        }
    }

    /// Adds the exposures of one more run to those of others: those of one line are one.
    pub(crate) fn add_all(all: &mut Vec<Self>, run: Vec<Self>) {
        let mut of_run = Vec::new();
        for one in run {
            one.add_to(&mut of_run, u64::max);
        }
        for one in of_run {
            one.add_to(all, |runs, more| runs + more);
        }
    }

    fn add_to(self, all: &mut Vec<Self>, runs: fn(u64, u64) -> u64) {
        let same = |other: &&mut Self| (other.asked, &other.what) == (self.asked, &self.what);
        match all.iter_mut().find(same) {
            None => all.push(self),
            Some(other) => {
                other.met = other.met.and(self.met);
                other.runs = runs(other.runs, self.runs);
            }
        }
    }

    /// What it met in the runs of so many seeds, where that tells anything.
    pub(crate) fn covered(&self, seeds: u64) -> Option<String> {
        let Self {
            what,
            asked,
            met,
            runs,
        } = self;
        let seeds = format!(
            "in {runs} of {seeds} seed{}",
            if seeds == 1 { "" } else { "s" }
        );
        let met = match *met {
            Met::Fault {
                exposed,
                struck,
                expected,
                ..
            } if expected > 0.0 => format!("{what} struck {struck} of {exposed} segments, {seeds}"),
            Met::Fault { exposed, .. } => format!("{what} met {exposed} segments, {seeds}"),
            Met::Sometimes { reached, held } => {
                format!("\"{what}\" held {held} of {reached} times, {seeds}")
            }
            Met::Planned(_) => format!("{what} began {seeds}"),
            // `Coverage` counts each kind, named or not.
            Met::Pin(_) | Met::Chaos(..) => return None,
        };
        Some(format!("{met} ({}:{})", asked.file(), asked.line()))
    }

    /// What is wrong, if anything is, and what to do.
    fn complaint(&self) -> Option<(String, &'static str)> {
        const FAULT: &str =
            "send on those links while the fault stands, or let it be with `.optional()`";
        let Self {
            what, asked, met, ..
        } = self;
        match *met {
            Met::Fault { optional: true, .. } => None,
            Met::Fault { exposed: 0, .. } => {
                Some((format!("{what} met no segment: {asked}"), FAULT))
            }
            Met::Fault {
                struck: 0,
                expected,
                ..
            } if expected >= NO_ACCIDENT => Some((format!("{what} never struck: {asked}"), FAULT)),
            Met::Sometimes { reached, held: 0 } => Some((
                format!("never held, in {}: \"{what}\": {asked}", times(reached)),
                "let the test, or more seeds, bring about what must hold sometimes",
            )),
            Met::Pin(false) => Some((
                format!("\"{what}\" is pinned, but was not asked for after that: {asked}"),
                "pin what the report names, as it names it, before it is asked for",
            )),
            Met::Chaos(false, first) => {
                let due = first.map(|at| format!(", its first episode was due at {}", Millis(at)));
                Some((
                    format!("{what} touched nothing{}: {asked}", due.unwrap_or_default()),
                    "run more seeds with `seeds = 0..64`, or shorten the gaps with `mesh.chaos().every(…)`",
                ))
            }
            Met::Planned(PlanState::Impossible) => Some((
                format!("{what} could not begin: {asked}"),
                "plan a crash or a pause for a shard whose node runs, and a fault for links that are there",
            )),
            Met::Planned(PlanState::Waits | PlanState::Cancelled) => Some((
                format!("{what} has not begun: {asked}"),
                "plan what comes to pass before the test ends or calls `calm`, or let it be with `.optional()`",
            )),
            Met::Fault { .. }
            | Met::Sometimes { .. }
            | Met::Pin(true)
            | Met::Chaos(true, _)
            | Met::Planned(PlanState::Begun) => None,
        }
    }
}

impl Met {
    /// Whether something came of it.
    fn is_any(self) -> bool {
        match self {
            Self::Fault {
                exposed,
                struck,
                expected,
                ..
            } => exposed > 0 && (struck > 0 || expected == 0.0),
            Self::Sometimes { held, .. } => held > 0,
            Self::Pin(met) | Self::Chaos(met, _) => met,
            Self::Planned(state) => state == PlanState::Begun,
        }
    }

    fn and(self, more: Self) -> Self {
        match (self, more) {
            (
                Self::Fault {
                    optional,
                    exposed,
                    struck,
                    expected,
                },
                Self::Fault {
                    optional: more_optional,
                    exposed: more_exposed,
                    struck: more_struck,
                    expected: more_expected,
                },
            ) => Self::Fault {
                optional: optional || more_optional,
                exposed: exposed + more_exposed,
                struck: struck + more_struck,
                expected: expected + more_expected,
            },
            (
                Self::Sometimes { reached, held },
                Self::Sometimes {
                    reached: more_reached,
                    held: more_held,
                },
            ) => Self::Sometimes {
                reached: reached + more_reached,
                held: held + more_held,
            },
            (Self::Pin(met), Self::Pin(more)) => Self::Pin(met || more),
            (Self::Chaos(met, _), Self::Chaos(more, _)) => Self::Chaos(met || more, None),
            (Self::Planned(PlanState::Begun), Self::Planned(_)) => self,
            (Self::Planned(_), Self::Planned(_)) => more,
            // One line asks for one of them.
            (known, _) => known,
        }
    }
}

/// The report on a test that passed, though it did not meet all for which it asked.
///
/// Where all is `pinned`, or every single fault is tried, faults of chance strike nothing, and what must hold
/// sometimes may never hold.
pub(crate) fn report(exposures: &[Exposure], pinned: bool) -> Option<String> {
    // Each once, though it is said of many faults that one line asked for, or of many meshes.
    let (mut lines, mut helps) = (Vec::new(), Vec::new());
    let judged = exposures
        .iter()
        .filter(|it| !pinned || it.holds_for_pinned());
    for (complaint, help) in judged.filter_map(Exposure::complaint) {
        let help = format!("help: {help}");
        if !lines.contains(&complaint) {
            lines.push(complaint);
        }
        if !helps.contains(&help) {
            helps.push(help);
        }
    }
    if lines.is_empty() {
        return None;
    }
    lines.append(&mut helps);
    let lines = lines.join("\n  ");
    Some(format!(
        "the test passed, but did not test what it says:\n  {lines}"
    ))
}

fn times(number: u64) -> String {
    match number {
        1 => "the one time that it was reached".to_owned(),
        more => format!("{more} times that it was reached"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_once_in_a_run_and_once_for_each_run() {
        let (asked, mut all) = (Location::caller(), Vec::new());
        let reach =
            |held| Exposure::new("x".to_owned(), asked, Met::Sometimes { reached: 2, held });
        // In two meshes of one run, then in a run in which it never held.
        Exposure::add_all(&mut all, vec![reach(1), reach(2)]);
        Exposure::add_all(&mut all, vec![reach(0)]);
        let told = all[0].covered(2).unwrap();
        assert!(
            told.starts_with("\"x\" held 3 of 6 times, in 1 of 2 seeds ("),
            "{told}"
        );
    }

    #[test]
    fn what_is_said_of_many_faults_of_one_line_is_said_once() {
        let asked = Location::caller();
        let exposure = |what: &str, met| Exposure::new(what.to_owned(), asked, met);
        let cut = Met::Fault {
            optional: false,
            exposed: 0,
            struck: 0,
            expected: 0.0,
        };
        let never = Met::Sometimes {
            reached: 1,
            held: 0,
        };
        // As of two meshes, which have their faults first.
        let of_mesh = [exposure("cut", cut), exposure("a leader", never)];
        let report = report(&[of_mesh.clone(), of_mesh].concat(), false).unwrap();
        for once in [
            "cut met no segment",
            "a leader",
            ".optional()",
            "more seeds",
        ] {
            assert_eq!(report.matches(once).count(), 1, "{once} in {report}");
        }
    }
}
