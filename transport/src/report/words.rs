//! How reports put things.

/// How many of many things one line names.
const FEW: usize = 4;

/// The first few of many things, in one line.
pub(super) fn few(mut things: Vec<String>, between: &str) -> String {
    if things.len() > FEW {
        let more = things.len() - FEW;
        things.truncate(FEW);
        things.push(format!("and {more} more"));
    }
    things.join(between)
}

/// `1 segment`, `2 segments`.
pub(super) fn count(count: u64, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        count => format!("{count} {thing}s"),
    }
}

pub(super) fn segments(number: u64) -> String {
    count(number, "segment")
}

pub(super) fn copies(number: u64) -> String {
    match number {
        1 => "1 copy".to_owned(),
        number => format!("{number} copies"),
    }
}
