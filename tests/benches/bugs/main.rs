//! How soon planted bugs are found: by chaos, by schedules that are drawn by hand, and by the simplest one.
//!
//! ```text
//! cargo bench -p shard-mesh-tests --bench bugs                in the median of nine disjoint ranges of seeds
//! cargo bench -p shard-mesh-tests --bench bugs -- --quick     of three
//! ```
//!
//! The bugs are those of `tests/planted`. The schedules by hand are those that the examples had before
//! chaos: see `schedule`. A range is run seed by seed, on one thread, until the bug shows, or until a limit of
//! cpu time: a figure that begins with `>` is that limit. What a range took is how many seeds it took, times
//! what a seed costs in the mean of all ranges. It is a report and not a test: the exit code is 0.
//!
//! Chaos is to find each within 2 s, and never to take more than twice what the schedule by hand takes; the
//! simple one is to take 40 times what chaos takes, in the geometric mean. A row that misses its bound says so.
//! All takes some ten minutes.

#[path = "../cpu_time/mod.rs"]
mod cpu_time;

mod bug;
mod planted;
mod schedule;
mod search;

use std::time::Duration;

use bug::{BUGS, Bug};
use schedule::Schedule;
use search::{Found, search};

/// How much cpu time a range takes at most.
const LIMIT: Duration = Duration::from_secs(10);

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs benches too, and nobody waits for figures there.
    if !arguments.iter().any(|it| it == "--bench") {
        println!("nothing is measured but under `cargo bench`");
        return;
    }
    let ranges = if arguments.iter().any(|it| it == "--quick") {
        3
    } else {
        9
    };
    // Each bug is a panic that is caught, on a thread of a sweep.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() == Some("main") {
            told(panic);
        }
    }));
    println!(
        "cpu time until a bug shows, median of {ranges} disjoint ranges of seeds, at most {LIMIT:?} each"
    );
    let titles = [
        "chaos",
        "by hand",
        "simple",
        "chaos/by hand",
        "simple/chaos",
        "seeds of each",
    ];
    print("", &titles.map(str::to_owned), "");
    let rows: Vec<_> = BUGS.iter().map(|bug| row(bug, ranges)).collect();
    let mean = geometric_mean(rows.iter().map(|it| it.0));
    let times = geometric_mean(rows.iter().map(|it| it.1));
    let mut figures = [const { String::new() }; 6];
    (figures[3], figures[4]) = (format!("{mean:.2}"), format!("{times:.1}"));
    print(
        "geometric mean",
        &figures,
        if times < 40.0 { "MISSED" } else { "ok" },
    );
}

/// Measures and prints one bug. How many times what the schedule by hand took chaos took, and how many times
/// what chaos took the simple one.
fn row(bug: &Bug, ranges: u64) -> (f64, f64) {
    let schedules = [Schedule::Chaos, bug.by_hand, Schedule::Simple];
    let [chaos, by_hand, simple] = schedules.map(|it| search(bug, it, ranges, LIMIT));
    let times = |of: &Found, to: &Found| of.seconds / to.seconds;
    let (to_hand, to_chaos) = (times(&chaos, &by_hand), times(&simple, &chaos));
    let seeds = format!("{} {} {}", chaos.seeds, by_hand.seeds, simple.seeds);
    let figures = [
        chaos.to_string(),
        by_hand.to_string(),
        simple.to_string(),
        ratio(&chaos, &by_hand),
        ratio(&simple, &chaos),
        seeds,
    ];
    let missed = chaos.is_limit || chaos.seconds > 2.0 || to_hand > 2.0;
    print(bug.name, &figures, if missed { "MISSED" } else { "ok" });
    (to_hand, to_chaos)
}

fn print(
    what: &str,
    [chaos, by_hand, simple, to_hand, to_chaos, seeds]: &[String; 6],
    bound: &str,
) {
    println!(
        "{what:<22}{chaos:>10}{by_hand:>10}{simple:>10}{to_hand:>15}{to_chaos:>14}{seeds:>20}  {bound}"
    );
}

/// With its mark where one of them is a limit.
fn ratio(of: &Found, to: &Found) -> String {
    let mark = match (of.is_limit, to.is_limit) {
        (false, false) => "",
        (true, false) => ">",
        (false, true) => "<",
        (true, true) => "?",
    };
    format!("{mark}{:.2}", of.seconds / to.seconds)
}

fn geometric_mean(ratios: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = ratios.fold((0.0, 0.0), |(sum, count), it| (sum + it.ln(), count + 1.0));
    (sum / count).exp()
}
